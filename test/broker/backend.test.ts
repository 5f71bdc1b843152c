/**
 * The calls of an app's backend: who may call, what a session may be created with, whose tokens and grants
 * they are, and how far a revocation reaches. The apps `demo` and `other` share one identity provider and
 * one OAuth client a provider, so nothing but the broker keeps them apart.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { json } from "../servers/faults.ts";
import {
  A,
  A2,
  B,
  connect,
  newKey,
  OTHER,
  RETURN_URL,
  secret,
  startWorld,
  type Json,
  type Reply,
  type World,
} from "./world.ts";

/** A key of the app that may do nothing without its user. */
const careful = newKey();

let world: World;
beforeAll(async () => {
  world = await startWorld({
    configure: (file) => {
      // Files revokes per user and client, as Google does; calendar per token.
      const { files } = file["providers"] as { files: Json };
      files["revocation_scope"] = "user_client";
      const [demo] = file["apps"] as { api_keys: Json[] }[];
      demo?.api_keys.push({ id: "careful", hash: careful.hash, needs_user: true });
    },
  });
});
afterAll(() => world.stop());

const otherBackend = () => world.backend(world.keys.other.key);
const refused = (reply: Reply, status: number, expected: string | Json) =>
  expect([reply.status, reply.body]).toEqual([
    status,
    expect.objectContaining(typeof expected === "string" ? { code: expected } : expected),
  ]);
/** Asserts the refusal, and that nothing was stored and no provider was called meanwhile. */
const refusesQuietly = async (
  call: () => Promise<Reply>,
  status: number,
  expected: string | Json,
) => {
  const calls = () => [world.calendar.counts, world.files.counts];
  const before = [await world.snapshot(), calls()];
  refused(await call(), status, expected);
  expect([await world.snapshot(), calls()]).toEqual(before);
};
const grantOf = async (sub: string, by: Json = { provider: "calendar" }): Promise<string> => {
  const user_token = await world.userToken(sub);
  const reply = await world
    .backend()
    .token({ user_token, ...by, request: { method: "GET", host: hostOf(by["provider"]) } });
  if (reply.status !== 200) throw new Error(`no grant: ${JSON.stringify(reply.body)}`);
  return String(reply.body["grant_id"]);
};
const hostOf = (provider: unknown) =>
  provider === "files" ? world.files.host : world.calendar.host;

describe("API keys", () => {
  const calls: [string, string, string][] = [
    ["POST", "/v1/connect/sessions", "201"],
    ["POST", "/v1/connect/complete", "400"],
    ["POST", "/v1/tokens", "404"],
    ["GET", "/v1/grants", "200"],
    ["DELETE", "/v1/grants/grant_x", "404"],
    ["GET", "/v1/providers", "200"],
  ];
  test.each(calls)("%s %s asks for one before anything else", async (method, path, status) => {
    const user_token = await world.userToken();
    const bodies: Record<string, Json> = {
      "/v1/connect/sessions": { user_token, allowed_origin: A },
      "/v1/connect/complete": { user_token, code: secret() },
      "/v1/tokens": { user_token, provider: "files", request: { method: "GET", host: "x" } },
    };
    const body = bodies[path];
    const send = (authorization?: string) =>
      world.call(path, {
        method,
        headers: {
          "content-type": "application/json",
          "alter-user-token": user_token,
          ...(authorization === undefined ? {} : { authorization }),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
    const { key, hash } = { key: world.keys.demo.key, hash: world.keys.demo.hash };
    for (const wrong of [
      undefined,
      "",
      "Bearer",
      `Basic ${key}`,
      key,
      `Bearer ${key.slice(0, -1)}`,
      `Bearer ${key} x`,
      `Bearer ${hash}`,
      `Bearer ${hash.slice("sha256:".length)}`,
      `Bearer alter_rk_${secret()}`,
      `Bearer ${await world.mint()}`,
    ])
      await refusesQuietly(() => send(wrong), 401, "invalid_api_key");
    expect(String((await send(`Bearer ${key}`)).status)).toBe(status);
    expect(String((await send(`bearer ${key}`)).status)).toBe(status);
  });
});

describe("creating a session [H5]", () => {
  const create = async (body: Json, key = world.keys.demo.key) =>
    world.backend(key).createSession({
      user_token: await world.userToken(),
      allowed_origin: A,
      ...body,
    });

  test.each<[string, Json, string | undefined]>([
    ["the app's origin", { allowed_origin: A }, undefined],
    ["another origin of it", { allowed_origin: A2 }, undefined],
    ["another app's origin", { allowed_origin: OTHER }, "origin_not_allowed"],
    ["a stranger's", { allowed_origin: "https://evil.example" }, "origin_not_allowed"],
    ["the broker's own", { allowed_origin: B }, "origin_not_allowed"],
    ["with a slash", { allowed_origin: `${A}/` }, "origin_not_allowed"],
    ["with a path", { allowed_origin: `${A}/x` }, "origin_not_allowed"],
    ["in capitals", { allowed_origin: A.toUpperCase() }, "origin_not_allowed"],
    ["null", { allowed_origin: "null" }, "origin_not_allowed"],
    ["*", { allowed_origin: "*" }, "origin_not_allowed"],
    ["none", { allowed_origin: undefined }, "invalid_request"],

    ["the configured return URL", { return_url: RETURN_URL }, undefined],
    ["below a configured folder", { return_url: `${A}/app/deep?x=1` }, undefined],
    ["the folder itself", { return_url: `${A}/app/` }, undefined],
    ["resolved, still below it", { return_url: `${A}/x/../app/y` }, undefined],
    ["the folder without its slash", { return_url: `${A}/app` }, "return_url_not_allowed"],
    ["beside the folder", { return_url: `${A}/apple` }, "return_url_not_allowed"],
    ["out of the folder", { return_url: `${A}/app/../evil` }, "return_url_not_allowed"],
    ["out of it, encoded", { return_url: `${A}/app/%2e%2e/evil` }, "return_url_not_allowed"],
    ["out of it, by backslash", { return_url: `${A}/app/..\\evil` }, "return_url_not_allowed"],
    ["out of it, slash encoded", { return_url: `${A}/app/..%2fevil` }, "return_url_not_allowed"],
    [
      "out of it, backslash encoded",
      { return_url: `${A}/app/..%5Cevil` },
      "return_url_not_allowed",
    ],
    ["below an exact one", { return_url: `${RETURN_URL}/x` }, "return_url_not_allowed"],
    ["an exact one with a query", { return_url: `${RETURN_URL}?x=1` }, "return_url_not_allowed"],
    ["another origin", { return_url: "http://localhost:4995/app/" }, "return_url_not_allowed"],
    [
      "an origin that begins alike",
      { return_url: `${A}.evil.example/app/` },
      "return_url_not_allowed",
    ],
    ["userinfo", { return_url: `http://x@localhost:4998/app/` }, "return_url_not_allowed"],
    ["an origin as userinfo", { return_url: `${A}@evil.example/app/` }, "return_url_not_allowed"],
    ["a fragment", { return_url: `${A}/app/#x` }, "return_url_not_allowed"],
    [
      "our own parameter",
      { return_url: `${A}/app/?alter_connect_code=x` },
      "return_url_not_allowed",
    ],
    [
      "our own, encoded",
      { return_url: `${A}/app/?%61lter_connect_state=x` },
      "return_url_not_allowed",
    ],
    ["another scheme", { return_url: "javascript:alert(1)//" }, "return_url_not_allowed"],
    ["relative", { return_url: "/app/" }, "return_url_not_allowed"],
    ["empty", { return_url: "" }, "return_url_not_allowed"],
    [
      "another origin of the app than this session's",
      { return_url: RETURN_URL, allowed_origin: A2 },
      "return_url_not_allowed",
    ],

    ["some of the providers", { allowed_providers: ["files"] }, undefined],
    ["one it does not have", { allowed_providers: ["files", "mail"] }, "provider_not_allowed"],
    ["an inherited name", { allowed_providers: ["constructor"] }, "provider_not_allowed"],
    ["none of them", { allowed_providers: [] }, "invalid_request"],

    ["backend completion", { completion: "backend", return_url: RETURN_URL }, undefined],
    ["backend completion to nowhere", { completion: "backend" }, "invalid_request"],
    ["another completion", { completion: "browser" }, "invalid_request"],
    ["a key we do not know", { scopes: ["calendar.read"] }, "invalid_request"],
    ["a redirect_uri", { redirect_uri: "https://evil.example" }, "invalid_request"],
    ["multiple in words", { multiple: "true" }, "invalid_request"],
  ])("%s", async (_name, body, code) => {
    if (code === undefined) {
      const reply = await create(body);
      expect([reply.status, reply.body]).toEqual([201, expect.anything()]);
      return;
    }
    const status = code === "invalid_request" ? 400 : 403;
    await refusesQuietly(() => create(body), status, code);
  });

  test("the token names the broker, is stored hashed only, and lives ten minutes", async () => {
    const { body } = await create({});
    const [, base, secretPart] = /^alter_cs_([\w-]+)\.([\w-]{43})$/.exec(
      String(body["session_token"]),
    ) ?? ["", "", "missing"];
    expect(Buffer.from(base ?? "", "base64url").toString()).toBe(B);
    expect(await world.snapshot()).not.toContain(secretPart);
    const lifetime = Date.parse(String(body["expires_at"])) - world.now();
    expect(lifetime).toBeGreaterThan(590_000);
    expect(lifetime).toBeLessThanOrEqual(600_000);
  });

  test("the token says whether there is a return URL for a redirect, which the widget cannot know else", async () => {
    const form = async (extra: Json) => String((await create(extra)).body["session_token"]);
    const withReturn = /^alter_cs_[\w-]+\.r\.[\w-]{43}$/;
    expect(await form({ return_url: RETURN_URL })).toMatch(withReturn);
    expect(await form({})).not.toMatch(withReturn);
    expect(await form({ return_url: RETURN_URL, completion: "backend" })).not.toMatch(withReturn);
  });

  test("a connect_url exists only where a backend redeems it [M20]", async () => {
    expect((await create({ return_url: RETURN_URL })).body).not.toHaveProperty("connect_url");
    const { body } = await create({ return_url: RETURN_URL, completion: "backend" });
    expect(body["connect_url"]).toBe(`${B}/connect#session=${String(body["session_token"])}`);
  });

  test("the body must be JSON, and say so", async () => {
    const send = (type: string | undefined, body: string) =>
      world.call("/v1/connect/sessions", {
        method: "POST",
        headers: {
          authorization: `Bearer ${world.keys.demo.key}`,
          ...(type === undefined ? {} : { "content-type": type }),
        },
        body,
      });
    const good = JSON.stringify({ user_token: await world.userToken(), allowed_origin: A });
    for (const type of [undefined, "text/plain", "application/x-www-form-urlencoded"])
      await refusesQuietly(() => send(type, good), 415, "unsupported_media_type");
    for (const bad of ["", "{", "null", "[]", '"x"'])
      await refusesQuietly(() => send("application/json", bad), 400, "invalid_request");
    expect((await send("Application/JSON; charset=utf-8", good)).status).toBe(201);
  });
});

describe("tokens", () => {
  let work: string;
  let home: string;
  beforeAll(async () => {
    await connect(world, { account: "ann@work.test" });
    work = await grantOf("ann");
    await connect(world, { account: "ann@home.test" });
    home = await grantOf("ann", { provider: "calendar", account: "ann@home.test" });
    await connect(world, { sub: "solo", account: "solo@work.test" });
  });
  const ask = async (body: Json, sub = "ann", backend = world.backend()) =>
    backend.token({ user_token: await world.userToken(sub), ...body });

  test.each<[string, Json]>([
    ["neither provider nor grant", {}],
    ["both", { provider: "calendar", grant_id: "grant_x" }],
    ["no user", { user_token: undefined, provider: "calendar" }],
    ["no request", { provider: "calendar", request: undefined }],
    ["a request without host", { provider: "calendar", request: { method: "GET" } }],
    ["a scope of its own", { provider: "calendar", scope: "calendar.write" }],
    ["an account that is no text", { provider: "calendar", account: 1 }],
  ])("%s is no question", async (_name, body) => {
    await refusesQuietly(() => ask(body), 400, "invalid_request");
  });

  test("a provider the app does not have", async () => {
    for (const provider of ["mail", "constructor", "__proto__"])
      await refusesQuietly(() => ask({ provider }), 403, "provider_not_allowed");
  });

  test("another user, another app, nobody: the grant does not exist [M12]", async () => {
    const whose = ["ben", "solo", "anna", "ANN"];
    for (const sub of whose)
      await refusesQuietly(() => ask({ grant_id: work }, sub), 404, "grant_not_found");
    await refusesQuietly(
      () => ask({ grant_id: work }, "ann", otherBackend()),
      404,
      "grant_not_found",
    );
    await refusesQuietly(() => ask({ grant_id: "grant_unknown" }), 404, "grant_not_found");
    // Told apart from a foreign one by nothing but the request's id.
    const [foreign, unknown] = [await ask({ grant_id: work }, "ben"), await ask({ grant_id: "x" })];
    expect({ ...foreign.body, request_id: "" }).toEqual({ ...unknown.body, request_id: "" });
    expect(await ask({ grant_id: work })).toMatchObject({ status: 200, body: { grant_id: work } });
  });

  test("two accounts are ambiguous until one is named, and only one's own are listed", async () => {
    await refusesQuietly(() => ask({ provider: "calendar" }), 409, {
      code: "ambiguous_grant",
      account_identifiers: ["ann@home.test", "ann@work.test"],
    });
    const mine = await ask({ provider: "calendar", account: "ann@home.test" });
    expect(mine.body["grant_id"]).toBe(home);
    for (const account of ["ann@else.test", "solo@work.test", "ANN@home.test"])
      await refusesQuietly(() => ask({ provider: "calendar", account }), 404, "grant_not_found");
    expect((await ask({ provider: "calendar" }, "solo")).status).toBe(200);
  });

  test("never connected is told from revoked", async () => {
    await refusesQuietly(() => ask({ provider: "calendar" }, "nobody"), 404, "grant_not_found");
    await connect(world, { sub: "gone" });
    const id = await grantOf("gone");
    await world.backend().revoke(id, await world.userToken("gone"));
    await refusesQuietly(() => ask({ provider: "calendar" }, "gone"), 410, "grant_revoked");
    await refusesQuietly(() => ask({ grant_id: id }, "gone"), 410, "grant_revoked");
    await refusesQuietly(() => ask({ provider: "files" }, "gone"), 404, "grant_not_found");
  });

  test("a reply has all that is needed to use the token, and only the right hosts", async () => {
    const { body } = await ask({ provider: "calendar" }, "solo");
    expect(body).toEqual({
      access_token: expect.any(String) as string,
      token_type: "Bearer",
      token_id: expect.stringMatching(/^grant_[\w-]{22}\.\d+$/) as string,
      cache_seconds: 30,
      grant_kind: "oauth",
      expires_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      scopes: expect.arrayContaining(["calendar.read"]) as string[],
      grant_id: expect.stringMatching(/^grant_[\w-]{22}$/) as string,
      allowed_hosts: [world.calendar.host],
      injection: { in: "header", name: "Authorization", template: "Bearer {token}" },
    });
    expect(await world.snapshot()).not.toContain(String(body["access_token"]));
  });

  test("a reply may be used again for as long as the user's own token lives, and no longer than configured", async () => {
    await ask({ provider: "calendar" }, "solo");
    const cached = async (exp: number) => {
      const user_token = await world.userToken("solo", {
        exp: Math.floor(world.now() / 1000) + exp,
      });
      const { body } = await world.backend().token({ user_token, provider: "calendar" });
      return Number(body["cache_seconds"]);
    };
    expect(await cached(300)).toBe(30);
    expect(await cached(20)).toBeLessThanOrEqual(20);
    expect(await cached(20)).toBeGreaterThan(10);
  });

  test("a token for another host is not even opened [M11]", async () => {
    const id = await grantOf("solo");
    // So old that handing it out would first need the provider.
    world.pass(200_000);
    const { host, hostname } = new URL(world.calendar.url);
    for (const wrong of [
      "evil.example",
      `evil.example/${host}`,
      `${host}.evil.example`,
      `x.${host}`,
      `${host}@evil.example`,
      hostname,
      host.toUpperCase(),
      world.files.host,
    ])
      await refusesQuietly(
        () => ask({ grant_id: id, request: { method: "GET", host: wrong } }, "solo"),
        403,
        { code: "host_not_allowed", allowed_hosts: [world.calendar.host] },
      );
    const { refresh } = world.calendar.counts;
    expect((await ask({ grant_id: id }, "solo")).status).toBe(200);
    expect(world.calendar.counts.refresh).toBe(refresh + 1);
  });

  test("what the provider has ended is told so, once it is found out", async () => {
    await connect(world, { sub: "cut", account: "cut@work.test" });
    const id = await grantOf("cut");
    world.calendar.control.revoke("cut@work.test");
    world.pass(200_000);
    refused(await ask({ grant_id: id }, "cut"), 410, "credential_revoked");
    await refusesQuietly(() => ask({ provider: "calendar" }, "cut"), 410, "credential_revoked");
    const { body } = await world.backend().listGrants(await world.userToken("cut"));
    expect(body["grants"]).toMatchObject([{ grant_id: id, status: "credential_revoked" }]);
    expect(
      (await world.audit()).filter(({ event }) => event === "grant.credential_revoked"),
    ).toMatchObject([{ grant_id: id, actor: "broker", reason: "invalid_grant" }]);
  });
});

describe("listing", () => {
  beforeAll(async () => {
    for (const account of ["pat@1.test", "pat@2.test", "pat@3.test"])
      await connect(world, { sub: "pat", account });
    await connect(world, { sub: "pat", provider: "files" });
    await connect(world, { sub: "eve" });
  });
  const list = async (query: string, sub = "pat", backend = world.backend()) =>
    backend.listGrants(await world.userToken(sub), query);
  const accountsOf = (reply: Reply) =>
    (reply.body["grants"] as Json[]).map((grant) => grant["account_identifier"]);
  const ALL = ["pat@1.test", "pat@2.test", "pat@3.test", "ann@files.test"];

  test("page by page, each once, oldest first", async () => {
    const seen: unknown[] = [];
    let cursor: unknown = undefined;
    do {
      const reply = await list(
        `?limit=1${cursor === undefined ? "" : `&cursor=${String(cursor)}`}`,
      );
      seen.push(...accountsOf(reply));
      cursor = reply.body["next_cursor"];
    } while (cursor !== null);
    expect(seen).toEqual(ALL);
    expect(accountsOf(await list(""))).toEqual(ALL);
    expect(accountsOf(await list("?provider=files"))).toEqual(["ann@files.test"]);
    expect(accountsOf(await list("?provider=mail"))).toEqual([]);
  });

  test("a user sees their own, in this app", async () => {
    expect(accountsOf(await list("", "eve"))).toEqual(["ann@calendar.test"]);
    expect(accountsOf(await list("", "nobody"))).toEqual([]);
    expect(accountsOf(await list("", "pat", otherBackend()))).toEqual([]);
  });

  test("a cursor is a place, not a permission: forged or foreign, it shows nobody else's", async () => {
    const forge = (text: string) => Buffer.from(text).toString("base64url");
    const { body } = await list("?limit=1");
    expect(accountsOf(await list(`?cursor=${String(body["next_cursor"])}`, "eve"))).not.toContain(
      "pat@2.test",
    );
    expect(accountsOf(await list(`?cursor=${forge("0.x")}`))).toEqual(ALL);
    for (const cursor of [
      "x",
      "%00",
      forge("x.x"),
      forge("1"),
      forge("-1.x"),
      forge("1.x' or 1=1 --"),
      forge("9999999999999999.x"),
      forge("1.\0"),
    ])
      await refusesQuietly(() => list(`?cursor=${cursor}`), 400, "invalid_request");
  });

  test("limits", async () => {
    for (const limit of ["0", "-1", "101", "1.5", "x", "", "NaN", "1e9"])
      await refusesQuietly(() => list(`?limit=${limit}`), 400, "invalid_request");
    for (const limit of ["1", "100"]) expect((await list(`?limit=${limit}`)).status).toBe(200);
  });

  test("the app's providers, and nothing secret of them", async () => {
    const { body } = await world.call("/v1/providers", {
      headers: { authorization: `Bearer ${world.keys.demo.key}` },
    });
    expect(body).toEqual({
      providers: [
        {
          id: "calendar",
          name: "Acme Calendar",
          scopes: ["openid", "email", "offline_access", "calendar.read"],
          optional_scopes: [],
        },
        {
          id: "files",
          name: "Acme Files",
          scopes: ["openid", "email", "offline_access", "files.read"],
          optional_scopes: [],
        },
      ],
    });
  });
});

describe("pending is invisible [H2]", () => {
  test("until the browser that started redeems it", async () => {
    const sub = "wait";
    const token = await world.mint({ return_url: RETURN_URL }, sub);
    const browser = world.browser();
    const { body, verifier } = await browser.claimRedirect(token);
    const url = await browser.visit(String(body["session_id"]));
    const landed = await browser.callback(url);
    const back = new URL(landed.headers.get("location") ?? "");
    const staged = (await world.audit()).find(({ event }) => event === "grant.staged");
    const id = String(staged?.["grant_id"]);
    const user_token = await world.userToken(sub);
    const { token: ask, listGrants, revoke } = world.backend();

    for (const call of [
      () => ask({ user_token, provider: "calendar" }),
      () => ask({ user_token, grant_id: id }),
      () => revoke(id, user_token),
      () => revoke(id),
    ])
      await refusesQuietly(call, 404, "grant_not_found");
    expect((await listGrants(user_token)).body["grants"]).toEqual([]);

    const code = back.searchParams.get("alter_connect_code");
    await world.post("/v1/connect/redeem", { code, verifier }, { origin: A });
    expect((await ask({ user_token, provider: "calendar" })).body["grant_id"]).toBe(id);
    expect((await listGrants(user_token)).body["grants"]).toMatchObject([{ grant_id: id }]);
  });
});

describe("disconnecting [M12]", () => {
  const works = async (sub: string, grant_id: string) =>
    (await world.backend().token({ user_token: await world.userToken(sub), grant_id })).status;
  const revocations = async (id: string) =>
    (await world.audit()).filter(
      (row) => row["event"] === "grant.revoked" && row["grant_id"] === id,
    );

  test("an id from somebody else's browser is nobody's grant", async () => {
    await connect(world, { sub: "victim" });
    const id = await grantOf("victim");
    const { revoke } = world.backend();
    await refusesQuietly(
      async () => revoke(id, await world.userToken("mallory")),
      404,
      "grant_not_found",
    );
    await refusesQuietly(
      async () => revoke("grant_x", await world.userToken("victim")),
      404,
      "grant_not_found",
    );
    // A user token that is no good is not "no user token".
    await refusesQuietly(() => revoke(id, ""), 401, "invalid_user_token");
    await refusesQuietly(() => revoke(id, "x"), 401, "invalid_user_token");
    await refusesQuietly(
      async () => otherBackend().revoke(id, await world.userToken("victim")),
      404,
      "grant_not_found",
    );
    await refusesQuietly(() => otherBackend().revoke(id), 404, "grant_not_found");
    expect(await works("victim", id)).toBe(200);
    expect(await revocations(id)).toEqual([]);

    refused(await revoke(id, await world.userToken("victim")), 200, {
      grant_id: id,
      status: "revoked",
      provider_revocation: "done",
    });
    expect(await works("victim", id)).toBe(410);
    expect(await revocations(id)).toMatchObject([
      { actor: "user:first", app_id: "demo", subject: "victim" },
    ]);
  });

  test("the key alone works, and is written down as the app's act", async () => {
    await connect(world, { sub: "victim" });
    const id = await grantOf("victim");
    refused(await world.backend().revoke(id), 200, { status: "revoked" });
    expect(await works("victim", id)).toBe(410);
    expect(await revocations(id)).toMatchObject([{ actor: "app:first" }]);
    // Once more says the same, and does nothing.
    const before = [await world.snapshot(), world.calendar.counts];
    refused(await world.backend().revoke(id), 200, { status: "revoked" });
    expect([await world.snapshot(), world.calendar.counts]).toEqual(before);
  });

  test("a key that needs the user does not work alone", async () => {
    await connect(world, { sub: "victim" });
    const id = await grantOf("victim");
    const { revoke } = world.backend(careful.key);
    await refusesQuietly(() => revoke(id), 401, "invalid_user_token");
    expect(await works("victim", id)).toBe(200);
    // The twin: with the user it does.
    refused(await revoke(id, await world.userToken("victim")), 200, { status: "revoked" });
    expect(await revocations(id)).toMatchObject([{ actor: "user:careful" }]);
  });

  test("why is written down; a reason of many lines is none", async () => {
    await connect(world, { sub: "victim" });
    const id = await grantOf("victim");
    const user_token = await world.userToken("victim");
    const revoke = (reason: string) =>
      world.backend().revoke(`${id}?reason=${encodeURIComponent(reason)}`, user_token);
    for (const reason of ["two\nlines", "x".repeat(201)])
      await refusesQuietly(() => revoke(reason), 400, "invalid_request");
    refused(await revoke("The user left the company"), 200, { status: "revoked" });
    expect(await revocations(id)).toMatchObject([
      { reason: "The user left the company", key_prefix: world.keys.demo.key.slice(0, 13) },
    ]);
  });

  test("the tokens are destroyed here even when the provider does not answer", async () => {
    await connect(world, { sub: "victim" });
    const id = await grantOf("victim");
    world.calendar.control.fail("revocation", json({ error: "temporarily_unavailable" }, 503));
    refused(await world.backend().revoke(id), 200, {
      status: "revoked",
      provider_revocation: "failed",
    });
    expect(await works("victim", id)).toBe(410);
  });
});

describe("one account, two users: how far a revocation reaches [M4]", () => {
  const share = async (provider: string) => {
    const account = `shared@${provider}.test`;
    const ids: Record<string, string> = {};
    for (const sub of ["ann-m4", "ben-m4"]) {
      await connect(world, { sub, provider, account });
      ids[sub] = await grantOf(sub, { provider });
    }
    return ids;
  };
  /** Whether the provider would still renew what it gave this user. */
  const renews = async (sub: string, provider: string) => {
    world.pass(200_000);
    const request = { method: "GET", host: hostOf(provider) };
    const user_token = await world.userToken(sub);
    return (await world.backend().token({ user_token, provider, request })).status;
  };

  test("wide: the provider is told only when the last of them goes", async () => {
    const ids = await share("files");
    const { revocation } = world.files.counts;
    refused(await world.backend().revoke(ids["ann-m4"] ?? ""), 200, {
      provider_revocation: "shared",
    });
    expect(world.files.counts.revocation).toBe(revocation);
    expect(await renews("ben-m4", "files")).toBe(200);
    refused(await world.backend().revoke(ids["ben-m4"] ?? ""), 200, {
      provider_revocation: "done",
    });
    expect(world.files.counts.revocation).toBe(revocation + 1);
  });

  test("narrow: the provider is told at once, and the other goes on", async () => {
    const ids = await share("calendar");
    const { revocation } = world.calendar.counts;
    refused(await world.backend().revoke(ids["ann-m4"] ?? ""), 200, {
      provider_revocation: "done",
    });
    expect(world.calendar.counts.revocation).toBe(revocation + 1);
    expect(await renews("ben-m4", "calendar")).toBe(200);
  });
});
