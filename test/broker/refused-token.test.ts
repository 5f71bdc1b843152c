/** A token that the provider has answered with 401: another one, the end of the grant, or nothing better. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { grantsOf } from "./steps.ts";
import { connect, startWorld, type Json, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const token = async (sub: string, more: Json = {}) =>
  (
    await world
      .backend()
      .token({ user_token: await world.userToken(sub), provider: "calendar", ...more })
  ).body;

test("brings a fresh token at once, though the old one has time left", async () => {
  const sub = "fresh";
  await connect(world, { sub });
  const first = await token(sub);
  expect(await token(sub)).toMatchObject({ access_token: first["access_token"] });
  const second = await token(sub, { refused_token_id: first["token_id"] });
  expect(second["access_token"]).not.toBe(first["access_token"]);
  expect(second["token_id"]).not.toBe(first["token_id"]);
  // Whoever comes late with the old one is given the new one: no second refresh.
  const refreshes = world.calendar.counts.refresh;
  expect(await token(sub, { refused_token_id: first["token_id"] })).toMatchObject({
    token_id: second["token_id"],
  });
  expect(world.calendar.counts.refresh).toBe(refreshes);
});

test("of many callers costs one refresh", async () => {
  const sub = "crowd";
  await connect(world, { sub });
  const { token_id } = await token(sub);
  const refreshes = world.calendar.counts.refresh;
  const all = await Promise.all(
    Array.from({ length: 20 }, () => token(sub, { refused_token_id: token_id })),
  );
  expect(new Set(all.map((one) => one["token_id"])).size).toBe(1);
  expect(world.calendar.counts.refresh).toBe(refreshes + 1);
});

test("an API that refuses whatever comes does not cost a refresh each time", async () => {
  const sub = "stubborn";
  await connect(world, { sub });
  const first = await token(sub);
  const second = await token(sub, { refused_token_id: first["token_id"] });
  const refreshes = world.calendar.counts.refresh;
  expect(await token(sub, { refused_token_id: second["token_id"] })).toMatchObject({
    token_id: second["token_id"],
  });
  expect(world.calendar.counts.refresh).toBe(refreshes);
  // After a rest it may be tried again.
  world.pass(61_000);
  const third = await token(sub, { refused_token_id: second["token_id"] });
  expect(third["token_id"]).not.toBe(second["token_id"]);
});

test("a consent that was removed at the provider ends the grant", async () => {
  const sub = "removed";
  await connect(world, { sub, account: "removed@work.test" });
  const { token_id } = await token(sub);
  world.calendar.control.revoke("removed@work.test");
  // Nobody knows yet: the token has time left.
  expect(await token(sub)).toMatchObject({ token_id });
  expect(await token(sub, { refused_token_id: token_id })).toMatchObject({
    status: 410,
    code: "credential_revoked",
  });
  expect(await grantsOf(world, sub)).toMatchObject([{ status: "credential_revoked" }]);
  expect(await token(sub)).toMatchObject({ code: "credential_revoked" });
});

test("a made-up id changes nothing", async () => {
  const sub = "made-up";
  await connect(world, { sub });
  const first = await token(sub);
  const refreshes = world.calendar.counts.refresh;
  expect(await token(sub, { refused_token_id: "grant_x.1" })).toMatchObject({
    token_id: first["token_id"],
  });
  expect(world.calendar.counts.refresh).toBe(refreshes);
});

test("a provider that is down leaves the token as it is", async () => {
  const sub = "down";
  await connect(world, { sub });
  const { token_id } = await token(sub);
  const calm = world.calendar.control.fail("refresh", async () => ({
    status: 503,
    headers: {},
    body: Buffer.from(""),
  }));
  expect(await token(sub, { refused_token_id: token_id })).toMatchObject({ token_id });
  calm();
  expect(await grantsOf(world, sub)).toMatchObject([{ status: "active" }]);
});

test("a refresh token goes to no other client than its own, whatever is configured by now", async () => {
  const sub = "repointed";
  await connect(world, { sub });
  const client = world.config.apps.get("demo")?.providers.get("calendar");
  const { client_id = "" } = client ?? {};
  const refreshes = world.calendar.counts.refresh;
  try {
    Object.assign(client ?? {}, { client_id: "another" });
    world.pass(200_000);
    expect(await token(sub)).toMatchObject({ code: "credential_revoked" });
    expect(world.calendar.counts.refresh).toBe(refreshes);
  } finally {
    Object.assign(client ?? {}, { client_id });
  }
  // Nothing was destroyed: an operator who takes the change back has lost no grant.
  expect((await token(sub))["access_token"]).toBeDefined();
});

/** Answers to the code exchange as by a provider that gives no refresh tokens. */
const withoutRefreshToken = (): void => {
  world.files.control.fail("token", async (real) => {
    const reply = await real();
    const body = { ...(JSON.parse(reply.body.toString()) as Json), expires_in: 3600 };
    return { ...reply, body: Buffer.from(JSON.stringify({ ...body, refresh_token: undefined })) };
  });
};

const filesToken = (sub: string, more: Json = {}) =>
  token(sub, { provider: "files", request: { method: "GET", host: world.files.host }, ...more });

test("without a refresh token the provider is asked whether it still knows the token", async () => {
  const sub = "no-refresh";
  withoutRefreshToken();
  await connect(world, { sub, provider: "files", account: "nr@files.test" });
  const { token_id } = await filesToken(sub);
  // The API was wrong: the provider's own userinfo takes the token.
  expect(await filesToken(sub, { refused_token_id: token_id })).toMatchObject({ token_id });
  world.files.control.revoke("nr@files.test");
  expect(await filesToken(sub, { refused_token_id: token_id })).toMatchObject({
    code: "credential_revoked",
  });
  expect(await grantsOf(world, sub)).toMatchObject([{ status: "credential_revoked" }]);
});
