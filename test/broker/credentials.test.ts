/**
 * Keys and passwords in place of OAuth, through the broker: what is taken becomes a grant like any other, what is not
 * leaves nothing, and what was typed can be read nowhere. The provider is a real server that knows its keys.
 */
import type { ErrorCode } from "@alter-ai/protocol/http";
import type { lookup } from "node:dns";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { compileAddresses } from "../../broker/src/config/policies.ts";
import { createOutbound } from "../../broker/src/outbound.ts";
import { App } from "../../sdk/src/index.ts";
import { startKeyApi, type KeyApi } from "../servers/key-api.ts";
import {
  accepted,
  begin,
  grantsOf,
  outcomeOf,
  refused,
  rowsOf,
  viewOf,
  type Claimed,
} from "./steps.ts";
import {
  A,
  B,
  connect,
  RETURN_URL,
  startWorld,
  type Json,
  type Reply,
  type World,
} from "./world.ts";

/** A record as careless as its author can be: it takes anything for a part of its host, or for all of it. */
const tenant = (host: string, scheme: string): Json => ({
  ...{ name: "Tenants", api_hosts: [], tenant_hosts: [host] },
  variables: { tenant: { label: "Tenant", pattern: ".{1,80}", chosen_by: "user" } },
  credential: {
    ...{ kind: "api_key", fields: { api_key: { label: "API key" } } },
    inject: { header: "X-Api-Key" },
  },
  identity: { source: "check", request: { url: `${scheme}://${host}/me` } },
});

/** Only what a name means is made up: `inside.localhost` leads into the network that the broker stands in. */
const lookUp = ((name: string, _options: unknown, done: (error: null, found: unknown) => void) =>
  done(null, [
    { address: name === "inside.localhost" ? "10.0.0.1" : "127.0.0.1", family: 4 },
  ])) as unknown as typeof lookup;

let world: World;
let api: KeyApi;
/** Everything that anybody has typed as a secret, and what was made of it. */
const typed = new Set<string>();
/** Every answer to the page and to backends but for tokens themselves. */
const answers: string[] = [];

beforeAll(async () => {
  api = await startKeyApi();
  const me = `${api.url}/me`;
  const shared = { api_hosts: [api.host] };
  const whose = { id: "account.id", label: "account.email" };
  const key = { label: "API key", example: "key_…", pattern: "key_[0-9a-f]{32}" };
  const records = {
    ledger: {
      ...{ name: "Ledger", ...shared },
      credential: {
        ...{ kind: "api_key", help_url: "https://ledger.example/keys", fields: { api_key: key } },
        inject: { header: "X-Api-Key" },
      },
      identity: { source: "request", request: { url: me }, ...whose },
    },
    desk: {
      ...{ name: "Desk", ...shared },
      variables: { user: { label: "User", pattern: "[^:]{1,40}", chosen_by: "user" } },
      credential: {
        ...{ kind: "basic", fields: { password: { label: "Password" } } },
        ...{ user: "{user}/token", password: "{password}" },
      },
      identity: { source: "request", request: { url: me }, ...whose },
    },
    mute: {
      ...{ name: "Mute", ...shared },
      credential: {
        ...{ kind: "api_key", fields: { api_key: { label: "API key" } } },
        inject: { header: "X-Api-Key" },
      },
      identity: { source: "check", request: { url: me } },
    },
    query: {
      ...{ name: "Query", ...shared },
      credential: {
        ...{ kind: "api_key", fields: { api_key: { label: "API key" } }, inject: { query: "key" } },
      },
      identity: { source: "check", request: { url: `${me}?a=b` } },
    },
    token: {
      ...{ name: "Token", ...shared },
      credential: {
        ...{ kind: "basic", fields: { password: { label: "Password" } } },
        ...{ user: "token", password: "{password}" },
      },
      identity: { source: "check", request: { url: me } },
    },
    tenants: tenant(`{tenant}.localhost:${api.port}`, "http"),
    anywhere: tenant("{tenant}", "https"),
  };
  world = await startWorld({
    fetch: createOutbound(compileAddresses(["127.0.0.0/8", "::1"]), lookUp),
    configure: (file) => {
      Object.assign(file["providers"] as Json, records);
      file["provider_timeout_seconds"] = 1;
      for (const app of file["apps"] as Json[])
        Object.assign(
          app["providers"] as Json,
          Object.fromEntries(Object.keys(records).map((id) => [id, {}])),
        );
    },
  });
}, 30_000);
afterEach(() => {
  api.control.answer = undefined;
});
afterAll(async () => {
  // Whatever happened in between: nothing that was typed is anywhere but in the vault.
  const left = Object.entries({ ...(await world.left()), "an answer": answers.join("\n") });
  for (const [where, text] of left)
    for (const secret of typed) expect(text.includes(secret), where).toBe(false);
  expect(typed.size).toBeGreaterThan(20);
  await world.stop();
  await api.stop();
});

/** Sessions for one of them; each user of a test is somebody new. */
const start = (sub: string, provider = "ledger", session: Json = {}): Promise<Claimed> =>
  begin(world, { sub, session: { allowed_providers: [provider], ...session } });

type Values = Record<string, string>;

const give = async (
  { browser, session_id }: Pick<Claimed, "browser" | "session_id">,
  values: Values,
  more: Json = {},
  headers: Record<string, string> = {},
): Promise<Reply> => {
  for (const name of ["api_key", "password"]) {
    const value = values[name];
    // Below this it may be part of anything.
    if (value !== undefined && value.length > 8) typed.add(value);
  }
  const reply = await browser.page(
    "credential",
    {
      ...{ session_id, provider: "ledger" },
      values: Object.entries(values).map(([name, value]) => ({ name, value })),
      ...more,
    },
    headers,
  );
  answers.push(JSON.stringify(reply.body));
  return reply;
};

const tokenOf = async (sub: string, provider: string, more: Json = {}): Promise<Reply> =>
  world.backend().token({
    ...{ user_token: await world.userToken(sub), provider, ...more },
    request: { method: "GET", host: api.host },
  });

/** Whether the API takes what the broker hands out, put where the broker says. */
const works = async ({ access_token, injection }: Json): Promise<boolean> => {
  const { in: place, name, template } = injection as Record<"in" | "name" | "template", string>;
  const value = template.replace("{token}", () => String(access_token));
  const url = new URL(`${api.url}/used`);
  if (place === "query") url.searchParams.set(name, value);
  return (
    (await fetch(url, place === "header" ? { headers: { [name]: value } } : {})).status === 200
  );
};

const events = async (session_id: string): Promise<unknown[]> =>
  (await world.audit())
    .filter((row) => row["session_id"] === session_id)
    .map(({ event, reason }) => [event, reason]);

describe("what the provider takes", () => {
  test("is a grant like any other: outcome, rows, token, host, audit", async () => {
    const session = await start("ann");
    const shown = (await viewOf(session))["view"] as { providers: Json[] };
    expect(shown.providers).toEqual([
      {
        ...{ id: "ledger", name: "Ledger", scopes: [], accounts: [], credential: "api_key" },
        help_url: "https://ledger.example/keys",
        fields: [{ name: "api_key", label: "API key", example: "key_…", secret: true }],
      },
    ]);
    const key = api.makeKey("ann@example.com");
    const before = api.received.length;
    // As it is copied: with a space and the end of a line.
    const reply = await give(session, { api_key: ` ${key}\n` });
    typed.add(key);
    expect(reply.body).toMatchObject({
      phase: "ended",
      close_at_once: false,
      outcome: {
        status: "success",
        connections: [
          { provider: "ledger", account_identifier: "ann@example.com", operation: "creation" },
        ],
      },
    });
    expect(await outcomeOf(world, session)).toMatchObject({ status: "success" });
    expect(api.received.slice(before).map(({ method, url }) => [method, url])).toEqual([
      ["GET", "/me"],
    ]);
    expect(await grantsOf(world, "ann")).toMatchObject([
      { provider_id: "ledger", status: "active", account_identifier: "ann@example.com" },
    ]);
    const { body } = await tokenOf("ann", "ledger");
    expect(body).toMatchObject({
      ...{ access_token: key, token_type: "ApiKey", expires_at: null, allowed_hosts: [api.host] },
      injection: { in: "header", name: "X-Api-Key", template: "{token}" },
    });
    expect(await works(body)).toBe(true);
    expect(await events(session.session_id)).toEqual([
      ["session.created", null],
      ["session.claimed", "popup"],
      ["grant.created", null],
      ["session.ended", "done"],
    ]);
    await refused(
      world,
      async () =>
        world.backend().token({
          ...{ user_token: await world.userToken("ann"), provider: "ledger" },
          request: { method: "GET", host: "evil.example" },
        }),
      "host_not_allowed",
    );
  });

  test("a user and a password, of which only the password is one", async () => {
    const session = await start("basic", "desk");
    // A password may hold a colon and a space; and ends of it are part of it.
    const password = api.makeKey("desk@work.test");
    const reply = await give(session, { user: "ann@work.test", password }, { provider: "desk" });
    expect(reply.body).toMatchObject({ outcome: { status: "success" } });
    const [grant] = await grantsOf(world, "basic");
    expect(grant).toMatchObject({ metadata: { user: "ann@work.test" } });
    const { body } = await tokenOf("basic", "desk");
    const pair = Buffer.from(String(body["access_token"]), "base64").toString();
    expect(pair).toBe(`ann@work.test/token:${password}`);
    expect(body).toMatchObject({ token_type: "Basic" });
    typed.add(String(body["access_token"]));
    expect(await works(body)).toBe(true);
  });

  test("in a query, where the API wants it there", async () => {
    const session = await start("query", "query");
    api.control.answer = ({ url }, response) => {
      const is = new URL(url, api.url).searchParams;
      const status = is.get("key") === "key_of_a_query_+&=" && is.get("a") === "b" ? 200 : 401;
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    };
    const reply = await give(session, { api_key: "key_of_a_query_+&=" }, { provider: "query" });
    expect(reply.body).toMatchObject({ outcome: { status: "success" } });
    expect((await tokenOf("query", "query")).body).toMatchObject({
      injection: { in: "query", name: "key", template: "{token}" },
    });
  });

  test.each(["request", "proxyRequest"] as const)(
    "the SDK's %s puts it there, to its hosts alone, and is told when it is over",
    async (send) => {
      const sub = `sdk ${send}`;
      const key = api.makeKey(`${send}@work.test`);
      await accepted(async () => give(await start(sub), { api_key: key }));
      const app = new App({
        ...{ apiKey: world.keys.demo.key, baseUrl: B },
        userTokenGetter: () => world.userToken(sub),
        fetch: async (url, init) =>
          url.startsWith(`${B}/`) ? world.broker.fetch(new Request(url, init)) : fetch(url, init),
      });
      const call = (url: string) => app[send]("GET", url, { provider: "ledger" });
      const before = api.received.length;
      expect((await call(`${api.url}/used?by=${send}`)).status).toBe(200);
      expect(api.received.slice(before)).toMatchObject([
        { url: `/used?by=${send}`, headers: { "x-api-key": key } },
      ]);
      await expect(call("https://evil.example/")).rejects.toMatchObject({
        code: "host_not_allowed",
      });
      api.endKey(key);
      await expect(call(`${api.url}/used`)).rejects.toMatchObject({ code: "credential_revoked" });
      expect(await grantsOf(world, sub)).toMatchObject([{ status: "credential_revoked" }]);
    },
  );

  test("the same account renews its grant, another is one of its own", async () => {
    const first = await start("again");
    await accepted(() => give(first, { api_key: api.makeKey("one@work.test") }));
    const [grant] = await grantsOf(world, "again");
    const newer = api.makeKey("one@work.test");
    const second = await accepted(async () => give(await start("again"), { api_key: newer }));
    expect(second.body).toMatchObject({
      close_at_once: true,
      outcome: { connections: [{ operation: "reauth", grant_id: grant?.["grant_id"] }] },
    });
    expect((await tokenOf("again", "ledger")).body["access_token"]).toBe(newer);
    await accepted(async () =>
      give(await start("again"), { api_key: api.makeKey("two@work.test") }),
    );
    expect(await grantsOf(world, "again")).toHaveLength(2);
    expect((await tokenOf("again", "ledger")).body["code"]).toBe("ambiguous_grant");
  });

  test("where nobody says whose it is: known by its end, and by being the very same", async () => {
    const key = api.makeKey("somebody");
    await accepted(async () => give(await start("mute", "mute"), { api_key: key }, MUTE));
    const [grant] = await grantsOf(world, "mute");
    expect(grant).toMatchObject({ account_identifier: `…${key.slice(-4)}` });
    await accepted(async () => give(await start("mute", "mute"), { api_key: key }, MUTE));
    expect(await grantsOf(world, "mute")).toHaveLength(1);
    // Ended at the provider, and found out by the API's no: another key may then take its place.
    api.endKey(key);
    const { body: token } = await tokenOf("mute", "mute");
    const refused_token_id = token["token_id"];
    expect((await tokenOf("mute", "mute", { refused_token_id })).body["code"]).toBe(
      "credential_revoked",
    );
    const session = await start("mute", "mute");
    const other = api.makeKey("somebody");
    const renew = grant?.["grant_id"];
    await accepted(() => give(session, { api_key: other }, { ...MUTE, renew }));
    expect(await grantsOf(world, "mute")).toMatchObject([{ grant_id: renew, status: "active" }]);
    expect((await tokenOf("mute", "mute")).body["access_token"]).toBe(other);
  });

  test("the very same key at another tenant is another account: what works goes on leading where it led [M11]", async () => {
    api.control.answer = (_received, response) =>
      void response.writeHead(200, { "content-type": "application/json" }).end("{}");
    const api_key = "key_that_two_tenants_take";
    const at = (tenant: string) => async () =>
      give(await start("two tenants", "tenants"), { tenant, api_key }, { provider: "tenants" });
    await accepted(at("acme"));
    const [first] = await grantsOf(world, "two tenants");
    await accepted(at("globex"));
    const hosts = async () =>
      (await rowsOf(world, "two tenants")).map((row) => [row["id"], row["allowed_hosts"]]);
    const both = await hosts();
    expect(both).toHaveLength(2);
    expect(Object.fromEntries(both)[String(first?.["grant_id"])]).toContain("acme.localhost");
    // Twin: where it led before, it renews.
    await accepted(at("acme"));
    expect(await hosts()).toEqual(both);
  });

  test("known by its end: by characters that are whole, and none that turn a line around", async () => {
    const session = await start("turned", "token");
    api.control.answer = (_received, response) =>
      void response.writeHead(200, { "content-type": "application/json" }).end("{}");
    const password = "twenty characters or more \u{1f511}\u{1f511}\u202e\u{1f511}";
    await accepted(() => give(session, { password }, { provider: "token" }));
    const [grant] = await grantsOf(world, "turned");
    expect(grant?.["account_identifier"]).toBe("…\u{1f511}\u{1f511}\u{1f511}");
  });

  test("a multiple session goes on", async () => {
    const session = await start("many", "ledger", { multiple: true });
    const one = await give(session, { api_key: api.makeKey("one@many.test") });
    expect(one.body).toMatchObject({ phase: "choosing", view: { connections: [{}] } });
    const two = await give(session, { api_key: api.makeKey("two@many.test") });
    expect(two.body).toMatchObject({ phase: "choosing", view: { connections: [{}, {}] } });
    await session.browser.page("finish", { session_id: session.session_id, reason: "done" });
    expect(await outcomeOf(world, session)).toMatchObject({
      connections: [
        { account_identifier: "one@many.test" },
        { account_identifier: "two@many.test" },
      ],
    });
  });

  test("a redirect stages it until the browser that began redeems it [H2]", async () => {
    const token = await world.mint(
      { allowed_providers: ["ledger"], return_url: RETURN_URL },
      "redirected",
    );
    const browser = world.browser();
    const { body, verifier } = await browser.claimRedirect(token);
    const session_id = String(body["session_id"]);
    const reply = await give({ browser, session_id }, { api_key: api.makeKey("r@work.test") });
    expect(reply.body["outcome"]).toBeUndefined();
    expect(await rowsOf(world, "redirected")).toMatchObject([{ status: "pending" }]);
    expect((await tokenOf("redirected", "ledger")).body["code"]).toBe("grant_not_found");
    const code = new URL(String(reply.body["redirect_to"])).searchParams.get("alter_connect_code");
    const redeemed = await world.post("/v1/connect/redeem", { code, verifier }, { origin: A });
    expect(redeemed.body).toMatchObject({ status: "success" });
    expect(await works((await tokenOf("redirected", "ledger")).body)).toBe(true);
  });

  test("a revocation destroys it, and says that the provider was not told", async () => {
    await accepted(async () => give(await start("gone"), { api_key: api.makeKey("g@work.test") }));
    const [grant] = await grantsOf(world, "gone");
    const ended = await world
      .backend()
      .revoke(String(grant?.["grant_id"]), await world.userToken("gone"));
    expect(ended.body).toMatchObject({ provider_revocation: "unsupported" });
    expect(await rowsOf(world, "gone")).toMatchObject([{ status: "revoked", sealed: null }]);
  });
});

const MUTE = { provider: "mute" };

describe("what the provider does not take", () => {
  /** Nothing of an account: the session is as it was but for the attempt, and the app hears of none. */
  const expectNothing = async (session: Claimed, sub: string, phase: string): Promise<void> => {
    expect(await rowsOf(world, sub)).toEqual([]);
    expect(await viewOf(session)).toMatchObject({ phase, view: { connections: [] } });
    expect(await outcomeOf(world, session)).toMatchObject({ status: "pending", phase });
  };

  test("a key that is not one: said so, with a row, and the right one is taken after it", async () => {
    const session = await start("wrong");
    const reply = await give(session, { api_key: `key_${"0".repeat(32)}` });
    expect([reply.status, reply.body["code"]]).toEqual([422, "credential_refused"]);
    await expectNothing(session, "wrong", "choosing");
    expect((await events(session.session_id)).at(-1)).toEqual([
      "credential.refused",
      "credential_refused",
    ]);
    const right = await give(session, { api_key: api.makeKey("w@work.test") });
    expect(right.body).toMatchObject({ outcome: { status: "success" } });
  });

  const answering = (status: number, body: string, headers: Record<string, string> = {}) =>
    [status, body, { "content-type": "application/json", ...headers }] as const;

  test.each<[string, ReturnType<typeof answering>, ErrorCode, string]>([
    ["forbidden", answering(403, "{}"), "credential_refused", ""],
    ["an account that is not there", answering(404, "{}"), "credential_refused", ""],
    ["down", answering(500, "{}"), "provider_unavailable", "provider_reply_invalid"],
    ["too many calls", answering(429, "{}"), "provider_unavailable", "provider_reply_invalid"],
    [
      "a page with a login",
      answering(200, "<h1>Log in</h1>", { "content-type": "text/html" }),
      "provider_unavailable",
      "provider_reply_invalid",
    ],
    ["nobody's account", answering(200, "{}"), "provider_unavailable", "identity_unavailable"],
  ])("%s", async (name, [status, body, headers], code, failure) => {
    const sub = `not ${name}`;
    const session = await start(sub);
    api.control.answer = (_received, response) =>
      void response.writeHead(status, headers).end(body);
    const reply = await give(session, { api_key: api.makeKey("n@work.test") });
    expect(reply.body["code"]).toBe(code);
    await expectNothing(session, sub, failure === "" ? "choosing" : "failed");
    expect((await viewOf(session))["failure"] ?? "").toBe(failure);
  });

  test("a redirect is followed nowhere: the key would go along", async () => {
    const session = await start("moved");
    const elsewhere = await startKeyApi();
    api.control.answer = (_received, response) =>
      void response.writeHead(302, { location: `${elsewhere.url}/me` }).end();
    const reply = await give(session, { api_key: api.makeKey("m@work.test") });
    expect(reply.body["code"]).toBe("provider_unavailable");
    expect(elsewhere.received).toEqual([]);
    await expectNothing(session, "moved", "failed");
    await elsewhere.stop();
  });

  test("no answer in time", async () => {
    const session = await start("slow");
    let free = () => {};
    api.control.answer = (_received, response) => {
      free = () => response.end();
    };
    const reply = await give(session, { api_key: api.makeKey("s@work.test") });
    free();
    expect(reply.body["code"]).toBe("provider_timeout");
    await expectNothing(session, "slow", "failed");
  });

  test("what came back after Cancel is kept nowhere [H8]", async () => {
    const session = await start("late");
    const reached = new Promise<() => void>((resolve) => {
      api.control.answer = (_received, response) =>
        resolve(() =>
          response
            .writeHead(200, { "content-type": "application/json" })
            .end('{"account":{"id":"late","email":"l@work.test"}}'),
        );
    });
    const giving = give(session, { api_key: api.makeKey("l@work.test") });
    const answer = await reached;
    await world.widget(session.token, session.verifier).cancel();
    answer();
    expect((await giving).body).toMatchObject({ phase: "ended", outcome: { status: "exit" } });
    expect(await rowsOf(world, "late")).toEqual([]);
  });

  test("of two clicks one counts [M14]", async () => {
    const session = await start("twice");
    const key = api.makeKey("t@work.test");
    const before = api.received.length;
    const replies = await Promise.all([1, 2].map(() => give(session, { api_key: key })));
    const [won, lost] = replies.sort((a, b) => a.status - b.status);
    expect(won?.status).toBe(200);
    // While the first is at work, or when it is done.
    expect(["session_busy", "session_ended"]).toContain(lost?.body["code"]);
    expect(api.received.length).toBe(before + 1);
    expect(await rowsOf(world, "twice")).toHaveLength(1);
    await refused(world, () => give(session, { api_key: key }), "session_ended");
  });

  test("a session has thirty attempts [L19]", async () => {
    const session = await start("thirty");
    const wrong = { api_key: `key_${"1".repeat(32)}` };
    for (let i = 0; i < 30; i += 1)
      expect((await give(session, wrong)).body["code"]).toBe("credential_refused");
    const asked = api.received.length;
    await refused(world, () => give(session, wrong), "too_many_attempts");
    expect(api.received.length).toBe(asked);
  }, 20_000);
});

describe("what nobody is asked about", () => {
  const key = () => api.makeKey("x@work.test");

  test.each<[string, string, () => Values, string]>([
    ["nothing", "ledger", () => ({ api_key: "" }), "api_key"],
    ["another form", "ledger", () => ({ api_key: "key_of_another_form" }), "api_key"],
    ["a field of its own", "ledger", () => ({ api_key: key(), admin: "1" }), "values"],
    ["a name that every object has", "ledger", () => ({ constructor: key() }), "values"],
    ["a key in the wrong field", "mute", () => ({ [key()]: "x" }), "values"],
    ["L26: a header behind it", "mute", () => ({ api_key: `${key()}\r\nX-Admin: 1` }), "api_key"],
    ["L26: a space in it", "mute", () => ({ api_key: `${key()} ${key()}` }), "api_key"],
    ["L26: beyond ASCII", "mute", () => ({ api_key: `${key()}é` }), "api_key"],
    ["L26: a NUL", "mute", () => ({ api_key: `${key()}\0x` }), "api_key"],
    [
      "L26: a line in a password",
      "desk",
      () => ({ user: "ann", password: `${key()}\r\nX-Admin: 1` }),
      "password",
    ],
    ["L26: a colon in a user", "desk", () => ({ user: "ann:x", password: key() }), "user"],
    ["a password without its user", "desk", () => ({ password: key() }), "user"],
  ])("%s", async (name, provider, values, field) => {
    const session = await start(`form ${name}`, provider);
    const asked = api.received.length;
    const reply = await refused(
      world,
      () => give(session, values(), { provider }),
      "invalid_variable",
    );
    expect(reply.body["detail"]).toBe(`values.${field}: not as it has to be.`);
    expect(api.received.length).toBe(asked);
    // The twin: the same session takes what is of the form.
    const right = provider === "desk" ? { user: "ann", password: key() } : { api_key: key() };
    await accepted(() => give(session, right, { provider }));
  });

  test("twice the same field, an endless value, no values", async () => {
    const session = await start("shapes");
    const { browser, session_id } = session;
    const send = (values: unknown) => () =>
      browser.page("credential", { session_id, provider: "ledger", values });
    const one = { name: "api_key", value: key() };
    await refused(world, send([one, one]), "invalid_variable");
    await refused(world, send([{ ...one, value: "k".repeat(4097) }]), "invalid_request");
    await refused(world, send([]), "invalid_request");
    await refused(world, send(undefined), "invalid_request");
  });

  test("a provider of another session, one with OAuth, and the other way round", async () => {
    const session = await start("which");
    const values = { api_key: key() };
    const to = (provider: string) => () => give(session, values, { provider });
    await refused(world, to("desk"), "provider_not_allowed");
    await refused(world, to("nobody"), "provider_not_allowed");
    const both = await begin(world, { sub: "which" });
    await refused(world, () => give(both, values, { provider: "calendar" }), "invalid_request");
    await refused(
      world,
      () =>
        session.browser.page("authorize", { session_id: session.session_id, provider: "ledger" }),
      "invalid_request",
    );
  });

  test("C1: from another origin, or as a form", async () => {
    const session = await start("foreign");
    const values = { api_key: key() };
    const with_ = (headers: Record<string, string>) => () => give(session, values, {}, headers);
    await refused(world, with_({ origin: "https://evil.example" }), "cross_site_refused");
    await refused(world, with_({ "sec-fetch-site": "cross-site" }), "cross_site_refused");
    await refused(world, with_({ "content-type": "text/plain" }), "unsupported_media_type");
    await accepted(with_({}));
  });

  test("H1: with another session's cookie, or none", async () => {
    const ann = await start("owner");
    const eve = await start("other");
    const values = { api_key: key() };
    const { session_id } = ann;
    await refused(
      world,
      () => give({ browser: eve.browser, session_id }, values),
      "unknown_session",
    );
    await refused(
      world,
      () => give({ browser: world.browser(), session_id }, values),
      "unknown_session",
    );
    await accepted(() => give(ann, values));
  });

  test("to renew what is not the user's", async () => {
    await connect(world, { sub: "theirs", account: "t@work.test" });
    await accepted(async () => give(await start("theirs"), { api_key: key() }));
    const [calendar, ledger] = await grantsOf(world, "theirs");
    const session = await start("mine");
    for (const grant of [calendar, ledger, { grant_id: "grant_none" }])
      await refused(
        world,
        () => give(session, { api_key: key() }, { renew: grant?.["grant_id"] }),
        "grant_not_found",
      );
  });

  test("a session that has expired", async () => {
    const session = await start("expired");
    world.pass(16 * 60_000);
    await refused(world, () => give(session, { api_key: key() }), "session_expired");
  });

  test("L10: of a user who is gone meanwhile", async () => {
    const session = await start("deprovisioned");
    const [row] = await world.database.rows(
      `select issuer from sessions where id = '${session.session_id}'`,
    );
    await world.store.deprovisioned.mark(
      { app_id: "demo", issuer: String(row?.["issuer"]), subject: "deprovisioned" },
      world.now() + 1,
    );
    const asked = api.received.length;
    expect((await give(session, { api_key: key() })).body["code"]).toBe("session_ended");
    expect(api.received.length).toBe(asked);
    expect(await rowsOf(world, "deprovisioned")).toEqual([]);
  });
});

describe("L26: a host that the user has typed", () => {
  test.each<[string, string, () => string]>([
    ["an address of the inside", "anywhere", () => "169.254.169.254"],
    ["another", "anywhere", () => "10.0.0.1:8080"],
    ["a name that leads there", "tenants", () => "inside"],
    ["a path behind it", "tenants", () => `localhost:${api.port}/admin?x=`],
    ["a path behind all of it", "anywhere", () => `localhost:${api.port}/admin?x=`],
    ["a user before it", "tenants", () => `x@localhost:${api.port}#`],
    ["a fragment behind it", "tenants", () => `localhost:${api.port}#`],
    ["a line behind it", "tenants", () => `x\r\nHost: evil.example`],
    ["a name of the record's", "tenants", () => "{api_key}"],
  ])("%s", async (name, provider, given) => {
    const sub = `host ${name}`;
    const session = await start(sub, provider);
    const asked = api.received.length;
    const values = { tenant: given(), api_key: api.makeKey("h@work.test") };
    const reply = await give(session, values, { provider });
    expect(reply.body["code"]).toMatch(/^(?:provider_unavailable|invalid_variable)$/);
    expect(api.received.length).toBe(asked);
    expect(await rowsOf(world, sub)).toEqual([]);
  });

  test("twin: one that may be there is asked, by a key as it was typed and no template", async () => {
    const session = await start("host", "tenants");
    api.control.answer = (_received, response) =>
      void response.writeHead(200, { "content-type": "application/json" }).end("{}");
    const api_key = "{tenant}{api_key}{token}$&";
    await accepted(() => give(session, { tenant: "acme", api_key }, { provider: "tenants" }));
    const host = `acme.localhost:${api.port}`;
    expect(api.received.at(-1)).toMatchObject({
      url: "/me",
      headers: { host, "x-api-key": api_key },
    });
    const { body } = await world.backend().token({
      ...{ user_token: await world.userToken("host"), provider: "tenants" },
      request: { method: "GET", host },
    });
    expect(body).toMatchObject({ allowed_hosts: [host], access_token: api_key });
  });
});
