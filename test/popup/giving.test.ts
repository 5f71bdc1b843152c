/** A key given in place of leaving: what leads to it, what becomes of what was typed, what may go wrong. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  APP,
  connection,
  createPage,
  files,
  ledger,
  ok,
  pass,
  problem,
  settle,
  stopAll,
  view,
  viewReply,
  type Reply,
} from "./page.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  stopAll();
  vi.useRealTimers();
});

const KEY = "key_that_nobody_may_find";
const success = { status: "success" as const, connections: [connection({ provider: "ledger" })] };
const taken = viewReply({ phase: "ended", outcome: success, view: view({ providers: [ledger] }) });

/** The form is on the screen, and the key typed into it. */
const open = async (credential: Reply[], providers = [ledger]) => {
  const page = createPage({ view: [viewReply({ view: view({ providers }) })], credential });
  await page.reload();
  if (providers.length > 1) page.flow.choose(ledger);
  page.flow.type("api_key", KEY);
  return page;
};

/** All that the page keeps or has said, but for the one call that the key is for. */
const traces = (page: ReturnType<typeof createPage>): string =>
  JSON.stringify([
    ...[page.screen(), page.entry, page.sent.posts, page.sent.beacons, page.sent.left],
    ...[page.sent.entered, page.sent.calls.filter(({ path }) => !path.endsWith("/credential"))],
  ]) + String(page.flow.typed("api_key"));

it("is sent with the armed click and nothing else, once, and is then nowhere", async () => {
  const page = await open([taken]);
  page.flow.connect();
  await pass(499);
  page.flow.connect();
  expect(page.calls("credential")).toEqual([]);
  await pass(1);
  page.flow.connect();
  expect(page.screen()).toEqual({ name: "finishing" });
  // A double click.
  page.flow.connect();
  await settle();
  expect(page.calls("credential")).toEqual([
    {
      ...{ session_id: "s1", provider: "ledger" },
      values: [
        { name: "company", value: "acme" },
        { name: "api_key", value: KEY },
      ],
    },
  ]);
  expect(page.screen()).toMatchObject({ name: "finished" });
  expect(page.told().map(({ to, message }) => [to, message["name"] ?? message["outcome"]])).toEqual(
    [
      [APP, "provider_selected"],
      [APP, success],
    ],
  );
  expect(page.calls("authorize")).toEqual([]);
  expect(page.sent.left).toEqual([]);
  expect(traces(page)).not.toContain(KEY);
});

describe("what the user gets to see when it is not taken", () => {
  it.each([
    ["the provider says no", problem(422, "credential_refused"), "refused"],
    ["it is not of the form", problem(400, "invalid_variable"), "form"],
  ] as const)("%s: the form again, without the key", async (_, reply, wrong) => {
    const page = await open([reply, taken]);
    page.flow.type("company", "globex");
    await page.press(page.flow.connect);
    expect(page.screen()).toMatchObject({ name: "confirm", provider: ledger, wrong });
    expect(page.flow.typed("company")).toBe("globex");
    expect(traces(page)).not.toContain(KEY);
    page.flow.type("api_key", "another");
    await page.press(page.flow.connect);
    expect(page.calls("credential").at(-1)?.["values"]).toContainEqual({
      name: "api_key",
      value: "another",
    });
    expect(page.screen()).toMatchObject({ name: "finished" });
  });

  it.each(["provider_unavailable", "provider_timeout"] as const)(
    "%s: its sentence, and the form once more",
    async (code) => {
      const page = await open([problem(code === "provider_timeout" ? 504 : 502, code)]);
      await page.press(page.flow.connect);
      expect(page.screen()).toMatchObject({ name: "failed", failure: code, reference: "req_1" });
      expect(traces(page)).not.toContain(KEY);
      await page.press(page.flow.tryAgain);
      expect(page.screen()).toMatchObject({ name: "confirm", provider: ledger });
      expect(page.calls("authorize")).toEqual([]);
    },
  );

  it("too much at once: the form, once that is over", async () => {
    const page = await open([problem(429, "rate_limited")]);
    await page.press(page.flow.connect);
    expect(page.screen()).toMatchObject({ name: "trouble", kind: "busy" });
    page.flow.retry();
    expect(page.screen()).toMatchObject({ name: "confirm", provider: ledger });
    expect(page.calls("credential")).toHaveLength(1);
  });

  it("no answer: it may have arrived, so the broker is asked and nothing sent again", async () => {
    const page = createPage({
      view: [viewReply({ view: view({ providers: [ledger] }) }), taken],
      credential: ["no answer"],
    });
    await page.reload();
    page.flow.type("api_key", KEY);
    await page.press(page.flow.connect);
    expect(page.screen()).toMatchObject({ name: "finished" });
    expect(page.calls("credential")).toHaveLength(1);
  });

  it("another attempt is under way: the page waits for its end", async () => {
    const page = createPage({
      view: [
        viewReply({ view: view({ providers: [ledger] }) }),
        viewReply({ phase: "finishing" }),
        taken,
      ],
      credential: [problem(409, "session_busy")],
    });
    await page.reload();
    page.flow.type("api_key", KEY);
    await page.press(page.flow.connect);
    expect(page.screen()).toEqual({ name: "finishing" });
    await pass(1_000);
    expect(page.screen()).toMatchObject({ name: "finished" });
  });
});

it.each([
  ["going back", (page) => page.flow.back()],
  ["another choice", (page) => page.flow.choose(files)],
  ["Cancel", (page) => page.flow.cancel()],
  ["Not you?", (page) => page.flow.notYou()],
  ["leaving the page", (page) => page.flow.goesAway()],
] satisfies [string, (page: ReturnType<typeof createPage>) => void][])(
  "%s forgets the key",
  async (_, act) => {
    const page = await open([ok({})], [ledger, files]);
    expect(page.flow.typed("api_key")).toBe(KEY);
    act(page);
    expect(traces(page)).not.toContain(KEY);
  },
);

it("the end of the session, which comes by itself, forgets the key", async () => {
  const choosing = viewReply({ view: view({ providers: [ledger], expires_in: 60 }) });
  const page = createPage({ view: [choosing, problem(410, "session_expired")] });
  await page.reload();
  page.flow.type("api_key", KEY);
  await pass(60_000);
  expect(page.flow.typed("api_key")).toBe(KEY);
  await pass(1_000);
  expect(page.screen()).toMatchObject({ name: "ended", ending: "expired" });
  expect(traces(page)).not.toContain(KEY);
});

it("a redirect goes on to the app with what the broker says", async () => {
  const redirect_to = `${APP}/connected?alter_connect_code=c`;
  const page = await open([viewReply({ phase: "ended", redirect_to })]);
  await page.press(page.flow.connect);
  expect(page.sent.left).toEqual([{ url: redirect_to, how: "replace" }]);
});
