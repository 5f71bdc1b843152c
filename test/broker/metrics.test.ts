/** What the metrics say, and what they must never say: labels stay few whatever a caller sends, and nobody is in them. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { METRICS } from "../../broker/src/metrics.ts";
import { createPrometheus } from "../../broker/src/prometheus.ts";
import { html } from "../servers/faults.ts";
import { expectNoLeak } from "../servers/leaks.mjs";
import { createScanner } from "./scanner.ts";
import { away, expired, issue, land, pageCalls } from "./steps.ts";
import { B, connect, secret, startWorld, type World } from "./world.ts";

const { found, keep, secrets } = createScanner();

const prometheus = createPrometheus("9.9.9");
let world: World;
beforeAll(async () => {
  world = await startWorld({ metrics: prometheus });
});
afterAll(async () => {
  // Shared with the other files of this worker, which count the kinds they have kept.
  secrets.clear();
  await world.stop();
});

type Sample = { name: string; labels: string; value: number };
const scrape = async (): Promise<Sample[]> => {
  const { text } = await prometheus.scrape();
  expectNoLeak("the metrics", text);
  return [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(
    ([, name = "", labels = "", value]) => ({ name, labels, value: Number(value) }),
  );
};
const valueOf = async (name: string, labels = ""): Promise<number> =>
  (await scrape()).find((one) => one.name === name && one.labels === labels)?.value ?? 0;
/** Ours: the process's own come with what it first does, such as a kind of garbage collection. */
const series = async (): Promise<string[]> =>
  (await scrape())
    .filter(({ name }) => name.startsWith("alter_"))
    .map(({ name, labels }) => `${name}{${labels}}`)
    .sort();

/** What a stranger can vary in a request. */
const hostile = async (): Promise<void> => {
  // Shorter than a secret: it will be in the log, as what somebody has made up.
  const any = secret().slice(0, 30);
  const paths = [`/${any}`, `/v1/grants/${any}`, `/page/${any}`, `/connect/s/${any}`];
  for (const path of [...paths, `/oauth/callback/${any}?state=${any}&code=${any}`])
    for (const method of ["GET", "POST", "DELETE", "PURGE", any.replace(/\W/g, "X")])
      await world.call(path, { method, headers: { authorization: `Bearer ${any}` } });
  const user_token = await world.userToken();
  await world.backend().token({ user_token, provider: any });
  await world.backend().token({ user_token: any, provider: "calendar" });
  await world.backend().token({ user_token, provider: "calendar", account: any });
  await world.backend(any).token({ user_token, provider: "calendar" });
  for (const [name, body] of pageCalls(any)) await world.browser().page(name, body);
  await world.widget(any, any, `https://${any}.example`).outcome();
};

test("a caller can make no series of its own", async () => {
  await hostile();
  await world.broker.purge();
  const before = await series();
  await hostile();
  await hostile();
  const after = await series();
  expect(after.filter((one) => !before.includes(one))).toEqual([]);
});

test("a label of a caller's would have been seen", async () => {
  const other = createPrometheus("9.9.9");
  const path = secret();
  other.count("alter_refusals_total", { code: path });
  expect((await other.scrape()).text).toContain(path);
});

test("they tell a connect, a fresh token, a refreshed one and a refused one", async () => {
  const calls = (result: string) =>
    valueOf("alter_token_calls_total", `call="token",provider="calendar",result="${result}"`);
  const audited = (event: string) => valueOf("alter_audit_events_total", `event="${event}"`);
  const asked = (call: string, result: string) =>
    valueOf(
      "alter_provider_call_duration_seconds_count",
      `provider="calendar",call="${call}",result="${result}"`,
    );
  const created = await audited("session.created");
  await expired(world, "mia");
  expect([await calls("fresh"), await calls("refreshed")]).toEqual([1, 0]);
  await issue(world, "mia");
  expect([await calls("fresh"), await calls("refreshed")]).toEqual([1, 1]);
  expect(await asked("refresh", "ok")).toBe(1);
  await issue(world, "nobody-connected");
  expect(await calls("grant_not_found")).toBeGreaterThan(0);
  expect((await audited("session.created")) - created).toBe(1);
  expect(await valueOf("alter_sessions_ended_total", 'reason="done"')).toBe(1);
  expect(await asked("exchange", "ok")).toBe(1);

  const { browser, back } = await away(world);
  world.calendar.control.fail("token", html(500));
  await land(browser, back);
  expect(await asked("exchange", "provider_unavailable")).toBe(1);
  const failure = 'provider="calendar",call="exchange",kind="unusable_reply"';
  expect(await valueOf("alter_provider_failures_total", failure)).toBe(1);
  await land(browser, `${back}&code=again`);
  const reason = 'reason="duplicate_parameter"';
  expect(await valueOf("alter_callbacks_refused_total", reason)).toBe(1);
});

test("requests go by the pattern of their route", async () => {
  const count = (labels: string) => valueOf("alter_request_duration_seconds_count", labels);
  expect(await count('route="/v1/tokens",method="POST",status="2xx"')).toBeGreaterThan(0);
  expect(await count('route="/connect/s/:id",method="GET",status="2xx"')).toBeGreaterThan(0);
  expect(await count('route="(none)",method="other",status="4xx"')).toBeGreaterThan(0);
  expect(await valueOf("alter_requests_in_flight")).toBe(0);
  expect(await valueOf("alter_build_info", 'version="9.9.9"')).toBe(1);
});

test("the database by the names of the store's functions", async () => {
  const count = (operation: string) =>
    valueOf("alter_database_duration_seconds_count", `operation="${operation}"`);
  for (const operation of ["sessions.byToken", "grants.byId", "chains.append", "transaction"])
    expect(await count(operation), operation).toBeGreaterThan(0);
});

test("no secret, no subject and no id is in them", async () => {
  const { token, verifier, session_id } = await connect(world, { sub: "someone-in-particular" });
  const { body } = await issue(world, "someone-in-particular");
  for (const [kind, value] of Object.entries({ token, verifier, session_id, ...body }))
    keep(`of metrics: ${kind}`, value);
  keep("of metrics: subject", "someone-in-particular");
  keep("of metrics: key", world.keys.demo.key);
  const { text } = await prometheus.scrape();
  expect(found(text)).toEqual([]);
  expect(found(`${text} ${token}`)).toEqual(["of metrics: token"]);
  expect(text).not.toContain(B);
  for (const row of await world.audit())
    for (const id of [row["id"], row["grant_id"], row["request_id"]])
      if (id !== null) expect(text).not.toContain(String(id));
});

test("each metric of the table is there", async () => {
  const { text } = await prometheus.scrape();
  for (const name of Object.keys(METRICS)) expect(text).toContain(`# TYPE ${name} `);
  expect(text).toContain("nodejs_eventloop_lag_p99_seconds");
});
