/** Which grant a connection becomes: provider and account, per user; never the e-mail alone, never with less than before [M3]. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { begin, grantsOf, land, outcomeOf } from "./steps.ts";
import { connect, startWorld, type Json, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const connected = async (sub: string, account: string) => {
  const session = await connect(world, { sub, account });
  const outcome = await outcomeOf(world, session);
  return (outcome["connections"] as Json[])[0] ?? {};
};

test("the same account again is a re-authorisation, another one a grant of its own", async () => {
  const first = await connected("match", "one@work.test");
  expect(first).toMatchObject({ operation: "creation", account_identifier: "one@work.test" });
  const again = await connected("match", "one@work.test");
  expect(again).toMatchObject({ operation: "reauth", grant_id: first["grant_id"] });
  const second = await connected("match", "two@work.test");
  expect(second).toMatchObject({ operation: "creation" });
  expect(second["grant_id"]).not.toBe(first["grant_id"]);
  const others = await connected("match-other", "one@work.test");
  expect(others).toMatchObject({ operation: "creation" });
  expect((await grantsOf(world, "match")).map((grant) => grant["grant_id"])).toEqual([
    first["grant_id"],
    second["grant_id"],
  ]);
});

test("after a revocation the account begins anew", async () => {
  const first = await connected("anew", "one@work.test");
  await world.backend().revoke(String(first["grant_id"]), await world.userToken("anew"));
  const again = await connected("anew", "one@work.test");
  expect(again).toMatchObject({ operation: "creation" });
  expect(again["grant_id"]).not.toBe(first["grant_id"]);
});

test("scopes never narrow silently [M3]", async () => {
  const sub = "narrow";
  await connected(sub, "one@work.test");
  const user_token = await world.userToken(sub);
  const tokenOf = async () =>
    (await world.backend().token({ user_token, provider: "calendar" })).body;
  const before = await tokenOf();
  const scope = "openid email offline_access";
  world.calendar.control.fail("token", async (real) => {
    const reply = await real();
    const body = JSON.parse(reply.body.toString()) as Json;
    return { ...reply, body: Buffer.from(JSON.stringify({ ...body, scope })) };
  });
  const narrower = await connected(sub, "one@work.test");
  expect(narrower["scopes"]).toEqual([...scope.split(" "), "calendar.read"]);
  expect(await tokenOf()).toMatchObject({
    access_token: before["access_token"],
    scopes: narrower["scopes"],
  });
  // The twin: as many scopes replace the tokens.
  await connected(sub, "one@work.test");
  expect((await tokenOf())["access_token"]).not.toBe(before["access_token"]);
});

test("a multiple session appends, and holds each grant once", async () => {
  const session = await begin(world, {
    sub: "multi",
    session: { multiple: true, allowed_providers: ["calendar", "files"] },
  });
  const { browser, session_id } = session;
  for (const [provider, account] of [
    ["calendar", "one@work.test"],
    ["files", "one@files.test"],
    ["calendar", "two@work.test"],
    ["calendar", "one@work.test"],
  ] as const) {
    await land(browser, await browser.visit(session_id, provider, { account }));
    expect(await outcomeOf(world, session)).toMatchObject({ status: "pending", phase: "choosing" });
  }
  const { body } = await browser.page("finish", { session_id, reason: "done" });
  expect(
    ((body["outcome"] as Json)["connections"] as Json[]).map((connection) => [
      connection["provider"],
      connection["account_identifier"],
      connection["operation"],
    ]),
  ).toEqual([
    ["files", "one@files.test", "creation"],
    ["calendar", "two@work.test", "creation"],
    ["calendar", "one@work.test", "reauth"],
  ]);
  expect(await grantsOf(world, "multi")).toHaveLength(3);
  expect(await outcomeOf(world, session)).toEqual(body["outcome"]);
});
