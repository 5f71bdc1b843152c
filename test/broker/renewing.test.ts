/** A session made to renew one grant: the same account keeps its id, another one is a creation and a sentence [M3]. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { begin, grantsOf, land, outcomeOf, viewOf } from "./steps.ts";
import { A, connect, startWorld, type Json, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const connected = async (sub: string, account: string): Promise<string> => {
  await connect(world, { sub, account });
  return String((await grantsOf(world, sub)).at(-1)?.["grant_id"]);
};

test("the same account keeps its grant id, and the provider is told whose account is meant", async () => {
  const sub = "same";
  const grant_id = await connected(sub, "one@work.test");
  world.calendar.control.revoke("one@work.test");
  const session = await begin(world, {
    sub,
    session: { grant_id, allowed_providers: undefined },
  });
  const { browser, session_id } = session;
  expect(await viewOf(session)).toMatchObject({
    view: {
      providers: [{ id: "calendar" }],
      renewing: { grant_id, provider: "calendar", account_identifier: "one@work.test" },
    },
  });
  await land(browser, await browser.visit(session_id, "calendar", { account: "one@work.test" }));
  const asked = world.calendar.control.calls("authorize").map(({ url }) => url.searchParams);
  expect(asked.some((query) => query.get("login_hint") === "one@work.test")).toBe(true);
  expect(await outcomeOf(world, session)).toMatchObject({
    connections: [{ grant_id, operation: "reauth" }],
  });
});

test("another account is a grant of its own; the old one stays as it was, and the page waits to be read", async () => {
  const sub = "another";
  const grant_id = await connected(sub, "one@work.test");
  const [before] = await grantsOf(world, sub);
  const session = await begin(world, { sub, session: { grant_id } });
  const { browser, session_id } = session;
  await land(
    browser,
    await browser.visit(session_id, "calendar", { account: `${sub}@example.com` }),
  );
  const outcome = (await outcomeOf(world, session)) as { connections: Json[] };
  expect(outcome.connections).toMatchObject([{ operation: "creation" }]);
  expect(outcome.connections[0]?.["grant_id"]).not.toBe(grant_id);
  expect((await grantsOf(world, sub))[0]).toEqual(before);
  // The account is plainly the user's own, and yet not the one that was meant.
  expect(await viewOf(session)).toMatchObject({ close_at_once: false });
});

test("whose account is to be renewed is always shown, also to a browser that confirmed before", async () => {
  const sub = "shown";
  const { browser } = await connect(world, { sub });
  const grant_id = String((await grantsOf(world, sub))[0]?.["grant_id"]);
  expect((await begin(world, { sub, browser })).authorization).toBeDefined();
  const renewal = await begin(world, { sub, browser, session: { grant_id } });
  expect(renewal.authorization).toBeUndefined();
});

describe("where the provider does not say whose account it is", () => {
  const HOUR = 3_600_000;
  let nameless: World;
  beforeAll(async () => {
    nameless = await startWorld({
      configure: (file) => {
        const { calendar } = file["providers"] as Record<string, Json>;
        if (calendar) calendar["identity"] = { source: "none" };
        for (const app of file["apps"] as { providers: Record<string, Json> }[])
          Object.assign(app.providers["calendar"] ?? {}, { grant_lifetime_seconds: 3600 });
      },
    });
  });
  afterAll(() => nameless.stop());

  const token = async (sub: string) =>
    nameless.backend().token({ user_token: await nameless.userToken(sub), provider: "calendar" });

  test("the grant that was asked for is renewed, once it is over", async () => {
    const sub = "one";
    await connect(nameless, { sub });
    const [before] = await grantsOf(nameless, sub);
    nameless.pass(HOUR);
    await connect(nameless, { sub, session: { grant_id: before?.["grant_id"] } });
    expect(await grantsOf(nameless, sub)).toMatchObject([
      { grant_id: before?.["grant_id"], status: "active" },
    ]);
    expect((await token(sub)).status).toBe(200);
  });

  test("one that works is never replaced: it may be another account", async () => {
    const sub = "two";
    await connect(nameless, { sub });
    const [before] = await grantsOf(nameless, sub);
    await connect(nameless, { sub, session: { grant_id: before?.["grant_id"] } });
    const after = await grantsOf(nameless, sub);
    expect(after).toHaveLength(2);
    expect(after[0]).toEqual(before);
    // Two that work cannot be told apart.
    expect((await token(sub)).body).toMatchObject({ code: "ambiguous_grant" });
  });

  test("a new one that works is the one meant, beside what has ended", async () => {
    const sub = "three";
    await connect(nameless, { sub });
    nameless.pass(HOUR);
    expect((await token(sub)).body).toMatchObject({ code: "grant_expired" });
    await connect(nameless, { sub });
    expect((await token(sub)).status).toBe(200);
  });
});

test.each([
  [
    "of another user",
    async () => connected("renew-other", "o@work.test"),
    {},
    404,
    "grant_not_found",
  ],
  ["that nobody has", async () => "grant_none", {}, 404, "grant_not_found"],
  [
    "at a provider that is not offered",
    async () => connected("renew", "r@work.test"),
    { allowed_providers: ["files"] },
    403,
    "provider_not_allowed",
  ],
])("a grant %s cannot be renewed", async (_name, grant, more, status, code) => {
  const grant_id = await grant();
  const before = await world.snapshot();
  const reply = await world.backend().createSession({
    user_token: await world.userToken("renew"),
    allowed_origin: A,
    grant_id,
    ...more,
  });
  expect(reply).toMatchObject({ status, body: { code } });
  expect(await world.snapshot()).toBe(before);
});

test("a revoked grant is over: it is connected anew, not renewed", async () => {
  const grant_id = await connected("over", "one@work.test");
  await world.backend().revoke(grant_id, await world.userToken("over"));
  const reply = await world.backend().createSession({
    user_token: await world.userToken("over"),
    allowed_origin: A,
    grant_id,
  });
  expect(reply).toMatchObject({ status: 404, body: { code: "grant_not_found" } });
});

test("a session may be given less time to be claimed than the broker would, and no more", async () => {
  const token = await world.mint({ expires_in: 5 });
  world.pass(6_000);
  expect(await world.browser().claim(token)).toMatchObject({
    status: 410,
    body: { code: "session_expired" },
  });
  // The twin: as long as the broker gives.
  const longer = await world.mint({});
  world.pass(6_000);
  expect((await world.browser().claim(longer)).status).toBe(200);
  const more = await world.backend().createSession({
    user_token: await world.userToken(),
    allowed_origin: A,
    expires_in: 601,
  });
  expect(more).toMatchObject({ status: 400, body: { code: "invalid_request" } });
});
