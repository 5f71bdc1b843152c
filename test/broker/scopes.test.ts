/** Scopes: asked for, required, left out by the user, added later [M3, M13]. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { begin, grantsOf, land, outcomeOf, viewOf } from "./steps.ts";
import { A, connect, startWorld, type Json, type World } from "./world.ts";

const READ = "calendar.read";
const WRITE = "calendar.write";

let world: World;
beforeAll(async () => {
  world = await startWorld({
    configure: (file) => {
      const providers = file["providers"] as Record<string, Json>;
      providers["calendar"] = {
        ...providers["calendar"],
        scopes: { [READ]: "See your events", [WRITE]: "Change your events" },
      };
      for (const app of file["apps"] as { providers: Record<string, Json> }[])
        app.providers["calendar"] = {
          ...app.providers["calendar"],
          optional_scopes: [WRITE],
          required_scopes: [READ],
        };
    },
  });
});
afterAll(() => world.stop());

const tokenFor = async (sub: string, more: Json = {}) =>
  world.backend().token({ user_token: await world.userToken(sub), provider: "calendar", ...more });

/** What the provider was asked for at the newest departure. */
const asked = (): string[] =>
  (
    world.calendar.control
      .calls("authorize")
      .findLast(({ url }) => url.pathname === "/auth")
      ?.url.searchParams.get("scope") ?? ""
  ).split(" ");

test("what was granted to the newest of very many accounts is asked for, and the page says so", async () => {
  const sub = "hoarder";
  await connect(world, {
    ...{ sub, account: "newest@work.test", session: { required_scopes: [WRITE] } },
  });
  const [newest] = await grantsOf(world, sub);
  const grant_id = String(newest?.["grant_id"]);
  const stored = await world.store.grants.byId("demo", grant_id);
  if (!stored) throw new Error("no grant");
  for (let i = 0; i < 100; i += 1)
    await world.store.grants.insert({
      ...stored,
      ...{ id: `older-${i}`, account_id: `older ${i}`, scopes: [READ] },
      created_at: stored.created_at - 1000 + i,
    });
  const session = await begin(world, { sub, session: { grant_id } });
  const { view } = (await viewOf(session)) as { view: { providers: Json[]; renewing?: Json } };
  const [calendar] = view.providers as { scopes: string[]; accounts: Json[] }[];
  expect(calendar?.scopes).toContain("Change your events");
  expect(calendar?.accounts).toHaveLength(100);
  expect(view.renewing).toMatchObject({ grant_id });
  await session.browser.visit(session.session_id);
  expect(asked()).toContain(WRITE);
});

describe("scope added later", () => {
  test("a call that needs it is refused, a session that requires it asks for it, and it cures the grant", async () => {
    const sub = "later";
    await connect(world, { sub, account: "one@work.test" });
    expect(asked()).not.toContain(WRITE);
    const [before] = await grantsOf(world, sub);
    const opened = world.calendar.counts.refresh;

    const refused = await tokenFor(sub, { required_scopes: [WRITE] });
    expect(refused).toMatchObject({
      status: 403,
      body: { code: "scope_reauth_required", missing_scopes: [WRITE] },
    });
    expect(world.calendar.counts.refresh).toBe(opened);
    expect((await grantsOf(world, sub))[0]).toEqual(before);
    // The twin: the same call without that need.
    expect((await tokenFor(sub)).status).toBe(200);

    const session = await connect(world, {
      sub,
      account: "one@work.test",
      session: { required_scopes: [WRITE] },
    });
    expect(asked()).toEqual(expect.arrayContaining([READ, WRITE]));
    expect(await outcomeOf(world, session)).toMatchObject({
      connections: [{ grant_id: before?.["grant_id"], operation: "reauth" }],
    });
    expect((await tokenFor(sub, { required_scopes: [WRITE] })).status).toBe(200);
  });

  test("what has been granted before is asked for again, so that no renewal loses it", async () => {
    const sub = "kept";
    await connect(world, { sub, session: { required_scopes: [WRITE] } });
    await connect(world, { sub });
    expect(asked()).toContain(WRITE);
    expect((await tokenFor(sub, { required_scopes: [WRITE] })).status).toBe(200);
    // Not of another user's doing.
    await connect(world, { sub: "kept-not" });
    expect(asked()).not.toContain(WRITE);
  });

  test("a browser that has confirmed less is shown the page again [H4]", async () => {
    const sub = "confirmed";
    const { browser } = await connect(world, { sub });
    // The twin: the same scopes need no second click.
    expect((await begin(world, { sub, browser })).authorization).toBeDefined();
    const wider = await begin(world, { sub, browser, session: { required_scopes: [WRITE] } });
    expect(wider.authorization).toBeUndefined();
    // "Not you?" forgets whatever was confirmed, whichever scopes it was for.
    await browser.page("finish", { session_id: wider.session_id, reason: "not_you" });
    expect((await begin(world, { sub, browser })).authorization).toBeUndefined();
  });

  test("the page shows in words what will be asked for", async () => {
    const plain = await begin(world, { sub: "words" });
    expect(await viewOf(plain)).toMatchObject({
      view: { providers: [{ scopes: expect.not.arrayContaining(["Change your events"]) }] },
    });
    const more = await begin(world, { sub: "words", session: { required_scopes: [WRITE] } });
    expect(await viewOf(more)).toMatchObject({
      view: { providers: [{ scopes: expect.arrayContaining(["Change your events"]) }] },
    });
  });
});

describe("partial consent", () => {
  test("without a required scope there is no connection, and another try may bring it", async () => {
    const sub = "partial";
    const session = await begin(world, { sub });
    const { browser, session_id } = session;
    await land(browser, await browser.visit(session_id, "calendar", { without: [READ] }));
    expect(await viewOf(session)).toMatchObject({ phase: "failed", failure: "scopes_missing" });
    expect(await grantsOf(world, sub)).toEqual([]);
    // Tokens that nobody keeps are taken back.
    expect(world.calendar.counts.revocation).toBeGreaterThan(0);
    expect(await world.audit()).toContainEqual(
      expect.objectContaining({ event: "callback.failed", reason: "scopes_missing", subject: sub }),
    );
    await land(browser, await browser.visit(session_id));
    expect(await outcomeOf(world, session)).toMatchObject({ status: "success" });
  });

  test("a scope that only the session requires is held to as well, and leaves an older grant as it was", async () => {
    const sub = "partial-session";
    await connect(world, { sub });
    const before = await grantsOf(world, sub);
    const session = await begin(world, { sub, session: { required_scopes: [WRITE] } });
    const { browser, session_id } = session;
    await land(browser, await browser.visit(session_id, "calendar", { without: [WRITE] }));
    expect(await viewOf(session)).toMatchObject({ failure: "scopes_missing" });
    expect(await grantsOf(world, sub)).toEqual(before);
    expect((await tokenFor(sub)).status).toBe(200);
  });

  test("a scope that nobody requires may be left out, and everybody can see it", async () => {
    const sub = "optional";
    await connect(world, { sub, session: { required_scopes: [WRITE] } });
    // Asked for again because it was granted before; this time the user leaves it out.
    const session = await begin(world, { sub });
    const { browser, session_id } = session;
    const account = "two@work.test";
    await land(browser, await browser.visit(session_id, "calendar", { account, without: [WRITE] }));
    const { connections } = (await outcomeOf(world, session)) as { connections: Json[] };
    expect(connections[0]?.["scopes"]).not.toContain(WRITE);
    expect((await tokenFor(sub, { account, required_scopes: [WRITE] })).body).toMatchObject({
      code: "scope_reauth_required",
      missing_scopes: [WRITE],
    });
  });
});

test("a scope that an operator requires from now on is told before the call, and by the list", async () => {
  const sub = "operator";
  await connect(world, { sub });
  const client = world.config.apps.get("demo")?.providers.get("calendar");
  client?.required_scopes.push(WRITE);
  try {
    expect(await tokenFor(sub)).toMatchObject({
      status: 403,
      body: { code: "scope_reauth_required", missing_scopes: [WRITE] },
    });
    expect((await grantsOf(world, sub))[0]).toMatchObject({ missing_scopes: [WRITE] });
    await connect(world, { sub });
    expect((await tokenFor(sub)).status).toBe(200);
    expect((await grantsOf(world, sub))[0]).toMatchObject({ missing_scopes: [] });
  } finally {
    client?.required_scopes.pop();
  }
});

test.each([
  ["a scope nobody configured", { required_scopes: ["calendar.admin"] }],
  ["two scopes in one", { required_scopes: [`${READ} ${WRITE}`] }],
  ["a scope of a provider that is not offered", { required_scopes: ["files.read"] }],
])("%s is refused when the session is made [M13]", async (_name, more) => {
  const before = await world.snapshot();
  const reply = await world.backend().createSession({
    user_token: await world.userToken("wish"),
    allowed_origin: A,
    allowed_providers: ["calendar"],
    ...more,
  });
  expect(reply).toMatchObject({ status: 400, body: { code: "invalid_request" } });
  expect(await world.snapshot()).toBe(before);
});
