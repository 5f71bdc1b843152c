/** Providers that misbehave while somebody connects: a reason for the page, a cause in the log, and another try works. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { refused as error } from "../servers/callback.ts";
import { changed, hang, html, json, reset, type Fault } from "../servers/faults.ts";
import { begin, grantsOf, land, outcomeOf, viewOf } from "./steps.ts";
import { startWorld, type Json, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({
    configure: (file) => {
      const providers = file["providers"] as Record<string, Json>;
      Object.assign(providers["files"] ?? {}, { identity: { source: "userinfo" } });
      // Some of these providers never answer.
      file["provider_timeout_seconds"] = 3;
    },
  });
});
afterEach(() => {
  world.calendar.control.calm();
  world.files.control.calm();
});
afterAll(() => world.stop());

const TEXT = "<b>text of the provider</b>";
const HUGE = "x".repeat(2 << 20);

/** What stands in the log of the last failure. */
const lastFailure = (event: string): Json =>
  world.logs.findLast((entry) => entry.event === event) ?? {};

/** An id_token with other claims. Its signature no longer fits, but it came from the provider itself over TLS. */
const otherIdToken =
  (claims: Json): Fault =>
  async (real) => {
    const reply = await real();
    const body = JSON.parse(reply.body.toString()) as { id_token: string };
    const [head, payload = "", signature] = body.id_token.split(".");
    const given = JSON.parse(Buffer.from(payload, "base64url").toString()) as Json;
    const next = Buffer.from(JSON.stringify({ ...given, ...claims })).toString("base64url");
    const id_token = [head, next, signature].join(".");
    return { ...reply, body: Buffer.from(JSON.stringify({ ...body, id_token })) };
  };

/** Following it would hand code and client secret to whoever stands there. */
const redirected = (): Fault => () =>
  Promise.resolve({
    status: 307,
    headers: { location: `${world.files.url}/token` },
    body: Buffer.alloc(0),
  });

type Row = [string, () => Fault, string, Json];
const INVALID = "provider_reply_invalid";
const DOWN = "provider_unavailable";
const NOBODY = "identity_unavailable";

/** Between the consent and the connection: [what the provider answers, failure on the page, cause in the log]. */
const AT_TOKEN: Row[] = [
  ["a web page", () => html(), INVALID, { kind: "OAUTH_RESPONSE_IS_NOT_JSON", status: 200 }],
  ["a web page with 500", () => html(500), DOWN, { status: 500 }],
  [
    "an OAuth error",
    () => json({ error: "invalid_client", error_description: TEXT }, 401),
    "provider_refused",
    { kind: "error_reply", provider_error: "invalid_client", status: 401 },
  ],
  ["an OAuth error with 500", () => json({ error: "server_error" }, 500), DOWN, { status: 500 }],
  [
    "an OAuth error with 200",
    () => json({ error: "bad_verification_code", error_description: TEXT }),
    INVALID,
    { kind: "OAUTH_INVALID_RESPONSE" },
  ],
  ["a redirect with the code", redirected, INVALID, { status: 307 }],
  ["a reset", reset, DOWN, { kind: expect.stringMatching(/^(ECONNRESET|UND_ERR_SOCKET)$/) }],
  ["no answer in time", hang, "provider_timeout", { kind: "timeout" }],
  ["two megabytes", () => json({ access_token: HUGE }), INVALID, { kind: "reply_too_large" }],
  ["no access token", () => changed({ access_token: undefined }), INVALID, {}],
  ["no id_token", () => changed({ id_token: undefined }), INVALID, {}],
  ["an id_token of another attempt", () => otherIdToken({ nonce: "another" }), INVALID, {}],
  ["an id_token for another client", () => otherIdToken({ aud: "another" }), INVALID, {}],
  ["an id_token of another issuer", () => otherIdToken({ iss: "https://e.example" }), INVALID, {}],
  ["an id_token that is over", () => otherIdToken({ exp: 1 }), INVALID, {}],
];
const AT_USERINFO: Row[] = [
  ["a web page", () => html(), NOBODY, { status: 200 }],
  ["a web page with 500", () => html(500), NOBODY, { status: 500 }],
  ["somebody else", () => changed({ sub: "another" }), NOBODY, {}],
  ["a reset", reset, NOBODY, {}],
];

test.each([
  ...AT_TOKEN.map((row) => ["calendar", "token", "token", ...row] as const),
  ...AT_USERINFO.map((row) => ["files", "userinfo", "identity", ...row] as const),
])(
  "%s: at the %s endpoint (%s) %s",
  async (provider, endpoint, step, what, fault, failure, cause) => {
    const sub = `${endpoint} ${what}`;
    const session = await begin(world, {
      sub,
      session: { allowed_providers: ["calendar", "files"] },
    });
    const { browser, session_id } = session;
    const logged = world.logs.length;
    const elsewhere = world.files.counts.token;
    const stop = world[provider].control.fail(endpoint, fault());
    const back = await browser.visit(session_id, provider);
    expect(await land(browser, back)).toBe(`/connect/s/${session_id}`);
    stop();
    const seen = await viewOf(session);
    expect(seen).toMatchObject({ phase: "failed", failure });
    expect(seen).not.toHaveProperty("outcome");
    expect(JSON.stringify(seen)).not.toContain(TEXT);
    expect(await outcomeOf(world, session)).toMatchObject({ status: "pending", phase: "failed" });
    expect(await grantsOf(world, sub)).toEqual([]);
    expect(lastFailure("callback_failed")).toMatchObject({ provider, failure, step, ...cause });
    const lines = JSON.stringify(world.logs.slice(logged));
    for (const name of ["code", "state"])
      expect(lines).not.toContain(new URL(back).searchParams.get(name));
    expect(lines).not.toMatch(/"bug"|callback_bug/);
    if (provider === "calendar") expect(world.files.counts.token).toBe(elsewhere);

    await land(browser, await browser.visit(session_id, provider));
    expect(await outcomeOf(world, session)).toMatchObject({ status: "success" });
  },
);

describe("what the user or the provider says on the way back", () => {
  test.each<[string, string, string]>([
    ["access_denied", "access_denied", "access_denied"],
    ["server_error", "provider_refused", "server_error"],
    ["temporarily_unavailable", "provider_refused", "temporarily_unavailable"],
    ["\u0000\u202e", "provider_refused", "(unprintable)"],
  ])("error=%j", async (code, failure, provider_error) => {
    const session = await begin(world, { sub: "says" });
    const { browser, session_id } = session;
    const exchanges = world.calendar.counts.token;
    world.calendar.control.tamper(error(code, TEXT));
    await land(browser, await browser.visit(session_id));
    const seen = await viewOf(session);
    expect(seen).toMatchObject({ phase: "failed", failure });
    expect(JSON.stringify(seen)).not.toContain("text of the provider");
    expect(lastFailure("callback_failed")).toMatchObject({
      ...{ failure, provider_error, provider_text: TEXT },
    });
    expect(world.calendar.counts.token).toBe(exchanges);
    await land(browser, await browser.visit(session_id));
    expect(await outcomeOf(world, session)).toMatchObject({ status: "success" });
  });

  test("a callback with neither code nor error is no connection", async () => {
    const session = await begin(world, { sub: "neither" });
    world.calendar.control.tamper((parameters) => parameters.delete("code"));
    await land(session.browser, await session.browser.visit(session.session_id));
    expect(await viewOf(session)).toMatchObject({
      phase: "failed",
      failure: "provider_reply_invalid",
    });
    expect(await grantsOf(world, "neither")).toEqual([]);
  });
});

describe("before leaving", () => {
  const HOUR = 60 * 60_000;
  test.each<[string, () => Fault, string, Json]>([
    ["500", () => html(500), "provider_unavailable", { step: "discovery", status: 500 }],
    ["a web page", () => html(), "provider_reply_invalid", { step: "discovery" }],
    ["a reset", reset, "provider_unavailable", { step: "discovery" }],
    ["no answer in time", hang, "provider_timeout", { step: "discovery", kind: "timeout" }],
    [
      "another issuer's document",
      () => changed({ issuer: "https://evil.example" }),
      "provider_reply_invalid",
      { step: "discovery" },
    ],
    [
      "an endpoint in clear text",
      () => changed({ token_endpoint: "http://evil.example/token" }),
      "provider_reply_invalid",
      { step: "discovery", kind: "insecure_endpoint" },
    ],
    [
      "no authorization endpoint",
      () => changed({ authorization_endpoint: undefined }),
      "provider_reply_invalid",
      { step: "discovery", kind: "endpoint_missing" },
    ],
  ])("discovery with %s: nobody leaves, the next click works", async (_, fault, failure, cause) => {
    // What was discovered is kept for an hour.
    world.pass(HOUR + 1_000);
    const session = await begin(world, { sub: "discovery" });
    const { browser, session_id } = session;
    const body = { session_id, provider: "calendar" };
    world.calendar.control.fail("discovery", fault());
    const reply = await browser.page("authorize", body);
    expect([reply.status, reply.body["code"]]).toEqual([502, "provider_unavailable"]);
    expect(reply.headers.getSetCookie()).toEqual([]);
    expect(JSON.parse(await world.snapshot())).toMatchObject({
      1: expect.not.arrayContaining([expect.objectContaining({ session_id })]),
    });
    expect(await viewOf(session)).toMatchObject({ phase: "failed", failure });
    expect(lastFailure("authorize_failed")).toMatchObject(cause);

    await land(browser, await browser.visit(session_id));
    expect(await outcomeOf(world, session)).toMatchObject({ status: "success" });
  });
});
