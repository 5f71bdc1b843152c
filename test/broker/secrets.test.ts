/** After everything that can happen, good and bad: which secret can be read where. In logs and on disk: none. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { refused as error } from "../servers/callback.ts";
import { html, json, type Fault } from "../servers/faults.ts";
import { createScanner } from "./scanner.ts";
import { away, begin, expired, issue, land } from "./steps.ts";
import { A, B, connect, RETURN_URL, secret, startWorld, type Json, type World } from "./world.ts";

const { found, keep, secrets } = createScanner();

let world: World;
/** All that the broker answered, by route: status line, headers and body as one text. */
const replies = new Map<string, string[]>();
/** The broker's own fetch throws, or the provider's token endpoint answers otherwise, while one is set. */
let quoting = false;
let instead: Fault | undefined;

beforeAll(async () => {
  world = await startWorld({
    configure: (file) => {
      const [key] = (file["vault"] as { keys: { key: string }[] }).keys;
      keep("vault key", key?.key);
      const { files } = file["providers"] as Record<string, Json>;
      Object.assign(files ?? {}, { response_mode: "form_post" });
    },
    // A runtime or a proxy library may quote the whole request in its error.
    fetch: async (url, init) => {
      if (quoting) throw new Error(`failed: ${JSON.stringify(init)} ${String(init?.body)}`);
      return fetch(url, init);
    },
  });
  record();
  await popupFlows();
  await failures();
  await refreshes();
  await redirects();
  await forms();
}, 60_000);
// The twin plants one.
afterAll(() => world.stop({ leaks: ["a row"] }));

/** Taps every place at which a secret is made: what comes in, what goes out, what the provider hands over. */
const record = (): void => {
  const { fetch: inner } = world.broker;
  world.broker.fetch = async (request) => {
    const asked = request.clone();
    const response = await inner(request);
    const text = await response.clone().text();
    const url = new URL(request.url);
    const route = url.pathname
      .replace(/(?<=\/callback\/).*|(?<=\/grants\/).*/, ":id")
      .replace(/^\/v1\/connect\//, "");
    const whole = `${response.status} ${JSON.stringify([...response.headers])} ${text}`;
    replies.set(route, [...(replies.get(route) ?? []), whole]);
    const sent = await asked.text();
    collect(sent.startsWith("{") ? (JSON.parse(sent) as Json) : {});
    collect(Object.fromEntries(url.searchParams));
    collect(text.startsWith("{") ? (JSON.parse(text) as Json) : {});
    const location = new URL(response.headers.get("location") ?? "/", A);
    keep("form handle", location.searchParams.get("handle"));
    keep("user token", request.headers.get("alter-user-token"));
    keep("widget verifier", request.headers.get("alter-connect-verifier"));
    for (const cookie of response.headers.getSetCookie())
      keep(cookie.startsWith("acc=") ? "confirmations" : "page cookie", cookieValue(cookie));
    return response;
  };
  const tap: Fault = async (real) => {
    const reply = await (instead ? instead(real) : real());
    const text = reply?.body.toString() ?? "";
    const given = text.startsWith("{") ? (JSON.parse(text) as Json) : {};
    keep("access token", given["access_token"]);
    keep("refresh token", given["refresh_token"]);
    keep("id token", given["id_token"]);
    return reply;
  };
  for (const { control } of [world.calendar, world.files])
    for (const endpoint of ["token", "refresh"] as const)
      control.fail(endpoint, tap, { times: 1_000 });
  for (const { key } of Object.values(world.keys)) keep("API key", key);
  keep("client secret", "canary-secret-of-calendar");
};

const cookieValue = (cookie: string): string => /^[^=]+=([^;]*)/.exec(cookie)?.[1] ?? "";

const NAMES: Record<string, string> = {
  session_token: "session token",
  token: "session token",
  user_token: "user token",
  claim_id: "claim id",
  verifier: "widget verifier",
  access_token: "access token",
};
const collect = (body: Json): void => {
  for (const [name, kind] of Object.entries(NAMES)) keep(kind, body[name]);
  if (typeof body["authorization_url"] === "string") {
    const { searchParams } = new URL(body["authorization_url"]);
    keep("OAuth state", searchParams.get("state"));
    keep("nonce", searchParams.get("nonce"));
  }
};
/** What only the provider sees of an exchange, and the code on its way. */
const collectFromProvider = (): void => {
  for (const { form } of [
    ...world.calendar.control.calls("token"),
    ...world.calendar.control.calls("revocation"),
    ...world.calendar.control.calls("refresh"),
    ...world.files.control.calls("token"),
  ]) {
    keep("authorization code", form.get("code"));
    keep("PKCE verifier", form.get("code_verifier"));
    keep("refresh token", form.get("refresh_token") ?? form.get("token"));
  }
};

const popupFlows = async (): Promise<void> => {
  const { token, verifier, session_id, browser } = await connect(world, { sub: "ann" });
  await world.widget(token, verifier).outcome();
  await browser.page("view", { session_id });
  await world.browser().claim(token);
  await connect(world, { sub: "ann" });
  const open = await connect(world, { sub: "ann", session: { multiple: true } });
  await open.browser.page("page", { session_id: open.session_id, event: "gone" });
  await open.browser.page("finish", { session_id: open.session_id, reason: "done" });
  const stolen = await begin(world);
  await world.browser().claim(stolen.token);
  await world.widget(stolen.token, secret()).outcome();
  const cancelled = await away(world);
  await world.widget(cancelled.token, cancelled.verifier).cancel();
  await land(cancelled.browser, cancelled.back);
};

const failures = async (): Promise<void> => {
  const lost = await away(world);
  keep("authorization code", new URL(lost.back).searchParams.get("code"));
  await land(world.browser(), lost.back);
  await land(lost.browser, `${lost.back}&code=again`);
  const session = await begin(world);
  const { browser, session_id } = session;
  const LEAKY = json({ error: "invalid_grant", access_token: secret() }, 400);
  world.calendar.control.tamper(error("access_denied"));
  await land(browser, await browser.visit(session_id));
  for (const fault of [undefined, html(500), LEAKY, json({ refresh_token: secret() })]) {
    const back = await browser.visit(session_id);
    quoting = fault === undefined;
    instead = fault;
    await land(browser, back);
    quoting = false;
  }
  instead = undefined;
  world.pass(3_601_000);
  await browser.page("view", { session_id });
  await world.backend("alter_rk_nobody").listGrants(await world.userToken());
  await world.backend().listGrants(`${await world.userToken()}x`);
  await world.backend().token({ user_token: await world.userToken(), provider: "calendar", x: 1 });
  await world.post("/v1/connect/redeem", { code: secret() }, { origin: A });
  // A bug of ours whose message quotes a parameter, as drivers do.
  const { list } = world.store.grants;
  const user_token = await world.userToken();
  world.store.grants.list = () => Promise.reject(new Error(`near "${user_token}"`));
  const bug = await world.backend().listGrants(user_token);
  world.store.grants.list = list;
  expect([bug.status, bug.body["code"]]).toEqual([500, "internal_error"]);
};

const refreshes = async (): Promise<void> => {
  await expired(world, "refresh");
  for (const fault of [undefined, html(500), json({ error: "x", refresh_token: secret() }, 400)]) {
    quoting = fault === undefined;
    instead = fault;
    await issue(world, "refresh");
    quoting = false;
  }
  instead = undefined;
  await issue(world, "refresh");
  const { body } = await world.backend().listGrants(await world.userToken("refresh"));
  const [grant] = body["grants"] as { grant_id: string }[];
  await world.backend().revoke(grant?.grant_id ?? "", await world.userToken("refresh"));
};

const redirects = async (): Promise<void> => {
  for (const reason of ["done", "cancel"]) {
    const browser = world.browser();
    const token = await world.mint({ return_url: RETURN_URL, multiple: true }, "redirect");
    const { verifier, state, body } = await browser.claimRedirect(token);
    keep("widget verifier", verifier);
    keep("redirect state", state);
    const session_id = String(body["session_id"]);
    if (reason === "done") await land(browser, await browser.visit(session_id));
    const finished = await browser.page("finish", { session_id, reason });
    const url = new URL(String(finished.body["redirect_to"]));
    const code = url.searchParams.get("alter_connect_code");
    keep("result code", code);
    await browser.page("view", { session_id });
    if (code !== null) await world.post("/v1/connect/redeem", { code, verifier }, { origin: A });
  }
};

/** One that is fetched, one that is not fetched in time, one that comes twice. */
const forms = async (): Promise<void> => {
  for (const fetched of [true, false]) {
    const session = { allowed_providers: ["files"] };
    const { browser, session_id } = await begin(world, { sub: "forms", session });
    const { form = new URLSearchParams() } = await browser.consent(session_id, "files");
    keep("authorization code", form.get("code"));
    const post = () => world.call("/oauth/callback/files", { method: "POST", body: form });
    const handle = (await post()).headers.get("location") ?? "";
    await post();
    expect(handle).toContain("?handle=");
    if (!fetched) await world.call(handle);
    else expect(await land(browser, B + handle)).toBe(`/connect/s/${session_id}`);
  }
};

test("all kinds of secrets went through the broker", () => {
  collectFromProvider();
  expect([...secrets.keys()].sort()).toEqual([
    "API key",
    "OAuth state",
    "PKCE verifier",
    "access token",
    "authorization code",
    "claim id",
    "client secret",
    "confirmations",
    "form handle",
    "id token",
    "nonce",
    "page cookie",
    "redirect state",
    "refresh token",
    "result code",
    "session token",
    "user token",
    "vault key",
    "widget verifier",
  ]);
});

test("the log holds none of them, and still says what went wrong [L5]", () => {
  expect(found(JSON.stringify(world.logs))).toEqual([]);
  const times = (event: string) => world.logs.filter((line) => line.event === event).length;
  expect(times("callback_refused")).toBe(3);
  expect(times("callback_failed")).toBe(5);
  expect(times("refresh_failed")).toBe(3);
  expect(times("refused")).toBeGreaterThan(3);
  expect([times("bug"), times("callback_bug")]).toEqual([1, 0]);
});

/** With SQLite the file itself, with what is not yet written into it or not yet overwritten. */
const disk = (): Promise<string> => world.database.bytes();

test("nor does the disk; the app's own `state` is no secret of the broker's", async () => {
  expect(found(await disk())).toEqual(["redirect state"]);
});

test("a reply holds what its route is for, and nothing else", () => {
  const told = Object.fromEntries(
    [...replies].map(([route, texts]) => [route, found(texts.join("\n"))]),
  );
  expect(told).toEqual({
    sessions: ["session token"],
    "/v1/tokens": ["access token"],
    "/v1/grants": [],
    "/v1/grants/:id": [],
    claim: ["page cookie"],
    view: ["redirect state", "result code"],
    authorize: ["OAuth state", "confirmations", "nonce"],
    page: [],
    finish: ["redirect state", "result code"],
    outcome: [],
    cancel: [],
    redeem: [],
    "/oauth/callback/:id": ["form handle"],
  });
});

test("the twin: a secret planted in the log, a row or a reply would be found, however it is spelt [L5]", async () => {
  for (const [kind, values] of secrets)
    for (const value of values)
      for (const text of [
        value,
        encodeURIComponent(value),
        Buffer.from(value).toString("hex"),
        ...[`x${value}y`, `xy${value}`, `{"token":"${value}"}`].map((s) =>
          Buffer.from(s).toString("base64"),
        ),
      ])
        expect(found(`… ${text} …`)).toContain(kind);

  const [token = ""] = secrets.get("refresh token") ?? [];
  const sql = "update audit set reason = ? where id in (select id from audit limit 1)";
  await world.database.rows(sql, token);
  expect(found(await disk())).toEqual(["redirect state", "refresh token"]);
});
