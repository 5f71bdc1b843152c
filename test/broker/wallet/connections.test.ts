/** What somebody sees of their own in the Wallet, and how they end it. */
import { walletDocument } from "@alter-ai/protocol/wallet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changed, html } from "../../servers/faults.ts";
import { accepted, grantsOf, issue, refused, works } from "../steps.ts";
import { B, connect, RETURN_URL, type Json, type World } from "../world.ts";
import { appsOf, connectOther, signedIn, startWalletWorld, visit } from "./kit.ts";

let world: World;
beforeAll(async () => {
  world = await startWalletWorld({
    configure: (file) => {
      const { demo } = appsOf(file);
      if (!demo) return;
      demo["branding"] = { accent: "#3949ab", support_url: "https://app.example/help" };
      demo["secrets"] = {
        weather: {
          name: "Weather",
          api_hosts: ["api.weather.example"],
          inject: { header: "X-Api-Key" },
        },
      };
    },
  });
});
afterAll(() => world.stop());

describe("the view", () => {
  test("of nobody says how to sign in, and nothing of what there is", async () => {
    await connect(world, { sub: "shy" });
    const visitor = visit(world);
    const sign_in = [{ app: "demo", identity_provider: "Test IdP" }];
    expect(await visitor.view()).toEqual({ state: "signed_out", locale: "en", sign_in });
    const { app, ...rest } = await visitor.view({ app: "demo" });
    expect(rest).toEqual({ state: "signed_out", locale: "en", sign_in });
    expect(app).toMatchObject({ id: "demo", name: "Day Planner", brand: { colours: {} } });
    expect(await visitor.activity()).toEqual({ state: "signed_out", locale: "en", sign_in });
  });

  test("of an app without sign-in credentials says that it has none, signed in or not", async () => {
    for (const visitor of [visit(world), await signedIn(world)]) {
      expect(await visitor.view({ app: "other" })).toMatchObject({
        ...{ state: "no_wallet", locale: "en" },
        app: { id: "other", name: "Other App" },
      });
      expect(await visitor.view({ app: "nobody" })).toEqual({ state: "no_wallet", locale: "en" });
    }
  });

  test("of a user has every app that trusts the same identity provider, newest first", async () => {
    await connect(world, { sub: "una", account: "una@work.test" });
    world.pass(1_000);
    await connectOther(world, "una");
    world.pass(1_000);
    await connect(world, { sub: "una", provider: "files", account: "una@home.test" });
    await issue(world, "una");
    const visitor = await signedIn(world, "una");
    const view = await visitor.view();
    expect(view.connections).toMatchObject([
      {
        ...{ app: "demo", provider: "files", account_identifier: "una@home.test" },
        ...{ status: "active", last_used_at: null, ended_at: null },
      },
      { app: "other", provider: "calendar" },
      {
        ...{ app: "demo", provider: "calendar", account_identifier: "una@work.test" },
        scopes: ["See your email address", "Keep access when you are not here", "See your events"],
      },
    ]);
    expect(view.connections[2]?.["last_used_at"]).not.toBe(null);
    expect(view.apps).toEqual([
      { id: "demo", name: "Day Planner" },
      { id: "other", name: "Other App" },
    ]);
    expect(view.providers).toEqual([
      { id: "calendar", name: "Acme Calendar" },
      { id: "files", name: "Acme Files" },
    ]);
    expect(view).toMatchObject({ next_cursor: null, takes_effect_within: 0 });
    const one = await visitor.view({ app: "demo", provider: "files" });
    expect(one.connections).toHaveLength(1);
    expect(one.apps).toEqual([{ id: "demo", name: "Day Planner" }]);
    expect(one.providers).toHaveLength(2);
  });

  test("speaks the browser's language, scopes too", async () => {
    await connect(world, { sub: "jo" });
    const visitor = await signedIn(world, "jo");
    const { body } = await visitor.page("view", {}, { "accept-language": "de-CH" });
    expect(body["locale"]).toBe("de");
    const [connection] = body["connections"] as Json[];
    expect(connection?.["scopes"]).toContain("Ihre E-Mail-Adresse ansehen");
  });

  test("has what was granted to nobody yet in no list", async () => {
    const token = await world.mint({ return_url: RETURN_URL }, "half");
    const browser = world.browser();
    const { body } = await browser.claimRedirect(token);
    await browser.callback(await browser.visit(String(body["session_id"])));
    const visitor = await signedIn(world, "half");
    expect((await visitor.view()).connections).toEqual([]);
  });

  test("comes in pages that join without a gap or a connection twice", async () => {
    const now = world.now();
    await connect(world, { sub: "max" });
    const [first] = await world.store.people.grants(
      { issuer: world.idp.issuer, as: [{ subject: "max", app_ids: ["demo"] }] },
      { limit: 1 },
    );
    if (!first) throw new Error("no grant");
    // Three of each moment, so that pages end within one.
    for (let i = 0; i < 119; i++)
      await world.store.grants.insert({
        ...first,
        ...{ id: `grt_max_${i}`, account_id: `max-${i}`, created_at: now - Math.floor(i / 3) },
      });
    const visitor = await signedIn(world, "max");
    const ids: string[] = [];
    let pages = 0;
    for (let cursor: unknown; cursor !== null; pages += 1) {
      const view = await visitor.view(cursor === undefined ? {} : { cursor });
      ids.push(...view.connections.map(({ grant_id }) => grant_id));
      cursor = view["next_cursor"];
    }
    expect(pages).toBe(3);
    expect(ids).toHaveLength(120);
    expect(new Set(ids).size).toBe(120);
    const body = { cursor: "bm90IG9uZQ" };
    await refused(world, () => visitor.page("view", body), "invalid_request");
  });

  test("says what works, what ends soon and what has to be connected again", async () => {
    for (const account of ["a", "b", "c", "d"])
      await connect(world, { sub: "sam", account: `${account}@sam.test` });
    const rows = await world.database.rows(
      "select id, account_identifier from grants where subject = 'sam' order by created_at",
    );
    const id = (i: number) => String(rows[i]?.["id"]);
    const soon = world.now() + 3_600_000;
    const set = (sql: string, i: number) =>
      world.database.rows(`update grants set ${sql} where id = '${id(i)}' returning id`);
    await set(`warn_at = ${world.now() - 1}, ends_at = ${soon}`, 1);
    await set(`status = 'credential_revoked'`, 2);
    await set(`expires_at = ${world.now() - 1}`, 3);
    const visitor = await signedIn(world, "sam");
    const { connections } = await visitor.view();
    const at = (i: number) => connections.find(({ grant_id }) => grant_id === id(i));
    expect(at(0)).toMatchObject({ status: "active", ends_at: null });
    expect(at(1)).toMatchObject({ status: "expiring", ends_at: new Date(soon).toISOString() });
    expect(at(2)).toMatchObject({ status: "needs_reconnect", ends_at: null });
    expect(at(3)).toMatchObject({ status: "needs_reconnect", ends_at: null });
  });

  test("shows managed secrets as what they are: given, and nothing to revoke", async () => {
    const row = (id: string, audience: "user" | "everyone", audience_id: string) => ({
      ...{ id, app_id: "demo", secret: "weather", audience, audience_id },
      issuer: audience === "user" ? world.idp.issuer : "",
      ...{ sealed: "x", version: 1, expires_at: null, revoked_at: null, last_used_at: null },
      ...{ created_at: world.now(), updated_at: world.now() },
    });
    await world.store.managedSecrets.insert(row("sec_all", "everyone", "") as never);
    await world.store.managedSecrets.insert(row("sec_own", "user", "given") as never);
    const visitor = await signedIn(world, "given");
    const view = await visitor.view();
    expect(view.secrets).toMatchObject([
      { ...{ grant_id: "sec_own", app: "demo", provider: "weather" }, given_to: "user" },
    ]);
    expect(view.providers).toEqual([{ id: "weather", name: "Weather" }]);
    await refused(world, () => visitor.act("revoke", { grant_id: "sec_own" }), "grant_not_found");
    // What everyone has makes no app known to those who never met it.
    const stranger = await signedIn(world, "stranger");
    expect(await stranger.view()).toMatchObject({ secrets: [], apps: [] });
    expect((await stranger.view({ app: "demo" })).secrets).toMatchObject([
      { grant_id: "sec_all", given_to: "everyone" },
    ]);
    await connect(world, { sub: "stranger" });
    expect((await stranger.view()).secrets).toMatchObject([{ grant_id: "sec_all" }]);
  });
});

describe("a revocation", () => {
  test("works at once, wherever the app asks, and the provider is told", async () => {
    await connect(world, { sub: "rae" });
    const { body: issued } = await accepted(() => issue(world, "rae"));
    // The app's own processes may keep nothing, or they would go on.
    expect(issued["cache_seconds"]).toBe(0);
    const visitor = await signedIn(world, "rae");
    const [{ grant_id } = { grant_id: "" }] = (await visitor.view()).connections;
    const { body } = await accepted(() => visitor.act("revoke", { grant_id }));
    expect(body).toEqual({ grant_id, status: "revoked", provider_revocation: "done" });
    await refused(world, () => issue(world, "rae"), "grant_revoked");
    expect(await works(world, issued)).toBe(false);
    expect((await visitor.view()).connections).toMatchObject([
      { grant_id, status: "revoked", ended_at: expect.any(String) as string },
    ]);
    expect((await grantsOf(world, "rae")).map((grant) => grant["grant_kind"])).not.toContain(
      "oauth",
    );
    const rows = (await world.audit()).filter(({ event }) => event === "grant.revoked");
    expect(rows.at(-1)).toMatchObject({ actor: "wallet", subject: "rae", grant_id });
    // Undo is Connect again.
    await connect(world, { sub: "rae" });
    await accepted(() => issue(world, "rae"));
  });

  test("tells what happened at a provider that does not answer", async () => {
    await connect(world, { sub: "fay" });
    const visitor = await signedIn(world, "fay");
    const [{ grant_id } = { grant_id: "" }] = (await visitor.view()).connections;
    world.calendar.control.fail("revocation", html(500));
    const { body } = await accepted(() => visitor.act("revoke", { grant_id }));
    expect(body["provider_revocation"]).toBe("failed");
    await refused(world, () => issue(world, "fay"), "grant_revoked");
  });

  test("of a window that still shows somebody else is refused, whoever has signed in since [W11]", async () => {
    await connect(world, { sub: "eve" });
    await connect(world, { sub: "adam" });
    const visitor = await signedIn(world, "adam");
    const { session_id } = await visitor.view();
    await visitor.signIn("eve");
    const [{ grant_id } = { grant_id: "" }] = (await visitor.view()).connections;
    const calls = { revoke: { grant_id }, "revoke-all": { app: "demo" }, download: {} };
    for (const [name, body] of Object.entries(calls))
      await refused(world, () => visitor.page(name, { session_id, ...body }), "signed_out");
    // The twin: of the window that shows her it is done.
    await accepted(() => visitor.act("revoke", { grant_id }));
    await accepted(() => issue(world, "adam"));
  });

  test("twice does no harm", async () => {
    await connect(world, { sub: "two" });
    const visitor = await signedIn(world, "two");
    const [{ grant_id } = { grant_id: "" }] = (await visitor.view()).connections;
    await accepted(() => visitor.act("revoke", { grant_id }));
    const rows = (await world.audit()).length;
    await accepted(() => visitor.act("revoke", { grant_id }));
    expect((await world.audit()).length).toBe(rows);
  });

  test("of all of a provider, or of an app, ends those and no others", async () => {
    await connect(world, { sub: "pat", account: "a@pat.test" });
    await connect(world, { sub: "pat", account: "b@pat.test" });
    await connect(world, { sub: "pat", provider: "files" });
    await connectOther(world, "pat");
    await connect(world, { sub: "bystander" });
    const visitor = await signedIn(world, "pat");
    const left = async () =>
      (await visitor.view()).connections
        .filter(({ status }) => status === "active")
        .map(({ app, provider }) => `${String(app)} ${String(provider)}`);
    const none = { unsupported: 0, shared: 0, failed: 0, more: false };
    const both = { app: "demo", provider: "calendar" };
    expect((await visitor.act("revoke-all", both)).body).toEqual({ done: 2, ...none });
    expect(await left()).toEqual(["other calendar", "demo files"]);
    expect((await visitor.act("revoke-all", { provider: "files" })).body["done"]).toBe(1);
    expect((await visitor.act("revoke-all", { app: "demo" })).body["done"]).toBe(0);
    expect(await left()).toEqual(["other calendar"]);
    expect((await visitor.act("revoke-all", { app: "other" })).body["done"]).toBe(1);
    await accepted(() => issue(world, "bystander"));
    // Nobody ends everything by leaving both out.
    await refused(world, () => visitor.act("revoke-all", {}), "invalid_request");
  });

  test("of very many comes in parts, each of which is done", async () => {
    await connect(world, { sub: "lot" });
    const person = { issuer: world.idp.issuer, as: [{ subject: "lot", app_ids: ["demo"] }] };
    const [first] = await world.store.people.grants(person, { limit: 1 });
    if (!first) throw new Error("no grant");
    for (let i = 0; i < 30; i++)
      await world.store.grants.insert({ ...first, id: `grt_lot_${i}`, account_id: `lot-${i}` });
    const visitor = await signedIn(world, "lot");
    const parts: Json[] = [];
    do parts.push((await visitor.act("revoke-all", { app: "demo" })).body);
    while (parts.at(-1)?.["more"] === true && parts.length < 9);
    const ended = parts.flatMap(({ more: _, ...counts }) => Object.values(counts) as number[]);
    expect(ended.reduce((a, b) => a + b)).toBe(31);
    expect(parts).toHaveLength(2);
  });

  test("says how late it may be where the operator lets apps keep tokens", async () => {
    const slow = await startWalletWorld({
      configure: (file) => {
        file["token_cache_seconds"] = 45;
      },
    });
    await connect(slow);
    const visitor = await signedIn(slow);
    expect((await visitor.view())["takes_effect_within"]).toBe(45);
    expect((await issue(slow, "ann")).body["cache_seconds"]).toBe(45);
    await slow.stop();
  });
});

describe("activity", () => {
  test("says what was done, where and when, and what was refused and why: newest first", async () => {
    await connect(world, { sub: "act" });
    await issue(world, "act");
    world.pass(1_000);
    const user_token = await world.userToken("act");
    const elsewhere = { method: "post", host: "evil.example" };
    await world.backend().token({ user_token, provider: "calendar", request: elsewhere });
    world.pass(1_000);
    const secret = { method: "a secret", host: "eyJhbGciOi.SecretInTheWrongPlace" };
    await world.backend().token({ user_token, provider: "calendar", request: secret });
    const visitor = await signedIn(world, "act");
    const [{ grant_id } = { grant_id: "" }] = (await visitor.view()).connections;
    world.pass(1_000);
    await visitor.act("revoke", { grant_id });
    const view = await visitor.activity();
    const at = { app: "demo", provider: "calendar" };
    const plain = { method: null, host: null, reason: null, by: null };
    expect(view.activity).toMatchObject([
      { ...at, ...plain, kind: "revoked", by: "you" },
      { ...at, ...plain, kind: "refused", reason: "host_not_allowed" },
      { ...at, kind: "refused", method: "POST", host: "evil.example", reason: "host_not_allowed" },
      { ...at, kind: "used", method: "GET", host: world.calendar.host, reason: null },
      { ...at, ...plain, kind: "connected" },
    ]);
    expect(Object.keys(view.activity[0] ?? {}).sort()).toEqual(
      ["id", "at", "app", "provider", "kind", "method", "host", "reason", "by"].sort(),
    );
    expect(JSON.stringify(view)).not.toContain("SecretInTheWrongPlace");
    // What was refused where nothing is connected has its name as well.
    await world.backend().token({ user_token, provider: "files" });
    const { providers, activity } = await visitor.activity({ provider: "files" });
    expect(activity).toMatchObject([{ provider: "files", reason: "grant_not_found" }]);
    expect(providers).toContainEqual({ id: "files", name: "Acme Files" });
    expect((await visitor.activity({ app: "demo", provider: "calendar" })).activity).toHaveLength(
      5,
    );
  });

  test("comes in pages that join, within one moment too", async () => {
    const about = { app_id: "demo", issuer: world.idp.issuer, subject: "busy" };
    const at = world.now();
    const rows = Array.from({ length: 130 }, (_, i) => ({
      ...{ id: `aud_busy_${String(i).padStart(3, "0")}`, at: at - Math.floor(i / 40) },
      ...{ event: "token.issued", actor: "user:first", session_id: null, grant_id: null },
      ...{ provider: "calendar", reason: null, request_id: null, key_prefix: null },
      ...{ method: "GET", host: "api.example.com", ...about },
    }));
    const { chainAudit } = await import("../../../broker/src/audit/chain.ts");
    const { createSeals } = await import("../../../broker/src/audit/seals.ts");
    const chained = chainAudit(world.store, {
      sealsOf: createSeals(world.vault),
      newId: (prefix) => `${prefix}_busy`,
      now: world.now,
    });
    for (let i = 0; i < rows.length; i += 64) await chained.audit.add(rows.slice(i, i + 64));
    const visitor = await signedIn(world, "busy");
    const ids: unknown[] = [];
    for (let cursor: unknown; cursor !== null;) {
      const view = await visitor.activity(cursor === undefined ? {} : { cursor });
      ids.push(...view.activity.map(({ id }) => id));
      cursor = view["next_cursor"];
    }
    expect(new Set(ids).size).toBe(130);
    expect(ids).toHaveLength(130);
    expect(ids[0]).toBe("aud_busy_039");
  });
});

test("what a provider says it has granted is text, whatever name it has [W8]", async () => {
  const scope = "openid calendar.read constructor __proto__ see\u202e\u0007mail";
  world.calendar.control.fail("token", changed({ scope: `${scope} ${"x".repeat(3_000)}` }));
  await connect(world, { sub: "tess" });
  const visitor = await signedIn(world, "tess");
  const [connection] = (await visitor.view()).connections;
  expect(connection?.["scopes"]).toEqual([
    ...["See your events", "constructor", "__proto__", "seemail"],
    "x".repeat(128),
  ]);
  const document = walletDocument.parse((await visitor.act("download")).body);
  expect(document.connections[0]?.scopes).toEqual(connection?.["scopes"]);
});

describe("the download", () => {
  test("is all of it as one document of the protocol's form, and holds no token", async () => {
    await connect(world, { sub: "dan", account: "dan@work.test" });
    const { body: issued } = await accepted(() => issue(world, "dan"));
    const visitor = await signedIn(world, "dan");
    const reply = await accepted(() => visitor.act("download"));
    expect(reply.headers.get("content-disposition")).toBe('attachment; filename="wallet.json"');
    const document = walletDocument.parse(reply.body);
    expect(document).toMatchObject({
      user: { label: "dan@example.com" },
      apps: [{ id: "demo", name: "Day Planner" }],
      connections: [{ account_identifier: "dan@work.test" }],
    });
    expect(document.activity.map(({ kind }) => kind)).toEqual(["used", "connected"]);
    expect(JSON.stringify(reply.body)).not.toContain(issued["access_token"]);
  });

  test("of more than a page is as whole", async () => {
    const visitor = await signedIn(world, "max");
    const document = walletDocument.parse((await visitor.act("download")).body);
    expect(document.connections).toHaveLength(120);
  });

  test("is nobody else's", async () => {
    await refused(world, () => visit(world).act("download"), "signed_out");
  });
});

test("an app's backend learns where to send its users", async () => {
  const headers = { authorization: `Bearer ${world.keys.demo.key}` };
  const { body } = await accepted(() => world.call("/v1/wallet", { headers }));
  expect(body).toEqual({ url: `${B}/wallet?app=demo` });
  const other = { authorization: `Bearer ${world.keys.other.key}` };
  await refused(world, () => world.call("/v1/wallet", { headers: other }), "no_wallet");
  await refused(world, () => world.call("/v1/wallet"), "invalid_api_key");
});
