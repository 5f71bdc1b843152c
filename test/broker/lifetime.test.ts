/** Grants with a lifetime: over by the clock, told as such, renewed under the same id. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { grantsOf } from "./steps.ts";
import { connect, startWorld, type Json, type World } from "./world.ts";

const DAY = 86_400;

let world: World;
beforeAll(async () => {
  world = await startWorld({
    configure: (file) => {
      for (const app of file["apps"] as { providers: Record<string, Json> }[])
        app.providers["calendar"] = {
          ...app.providers["calendar"],
          grant_lifetime_seconds: DAY,
        };
    },
  });
});
afterAll(() => world.stop());

const token = async (sub: string, provider = "calendar") =>
  world.backend().token({
    user_token: await world.userToken(sub),
    provider,
    request: { method: "GET", host: world[provider as "calendar" | "files"].host },
  });

test("past its lifetime a grant gives no token, its tokens are gone, and the same account renews it", async () => {
  const sub = "over";
  await connect(world, { sub, account: "one@work.test" });
  await connect(world, { sub, provider: "files" });
  const [grant] = await grantsOf(world, sub);
  expect(Date.parse(String(grant?.["expires_at"]))).toBeGreaterThan(world.now());
  expect((await token(sub)).status).toBe(200);

  world.pass(DAY * 1000 + 1);
  expect((await grantsOf(world, sub))[0]).toMatchObject({ status: "expired" });
  const refreshes = world.calendar.counts.refresh;
  expect(await token(sub)).toMatchObject({ status: 410, body: { code: "grant_expired" } });
  expect(world.calendar.counts.refresh).toBe(refreshes);
  const stored = await world.store.grants.byId("demo", String(grant?.["grant_id"]));
  expect(stored).toMatchObject({ status: "expired", sealed: null });
  expect(await world.audit()).toContainEqual(expect.objectContaining({ event: "grant.expired" }));
  // The twin: a grant without a lifetime is only refreshed.
  expect((await token(sub, "files")).status).toBe(200);

  await connect(world, { sub, account: "one@work.test" });
  expect((await grantsOf(world, sub))[0]).toMatchObject({
    grant_id: grant?.["grant_id"],
    status: "active",
  });
  expect((await token(sub)).status).toBe(200);
});

test("a token is not to be used for longer than its grant lives", async () => {
  const sub = "close";
  await connect(world, { sub });
  world.pass((DAY - 40) * 1000);
  const { body } = await token(sub);
  expect(Date.parse(String(body["expires_at"])) - world.now()).toBeLessThanOrEqual(40_000);
});

test("what nobody asks for any more loses its tokens by the clock as well", async () => {
  const sub = "forgotten";
  await connect(world, { sub });
  const [grant] = await grantsOf(world, sub);
  world.pass(DAY * 1000 + 1);
  await world.broker.purge();
  const stored = await world.store.grants.byId("demo", String(grant?.["grant_id"]));
  expect(stored).toMatchObject({ status: "expired", sealed: null });
});

test("the list filters by what is so now, not by what was written down", async () => {
  const sub = "listed";
  await connect(world, { sub });
  await connect(world, { sub, provider: "files" });
  world.pass(DAY * 1000 + 1);
  const user_token = await world.userToken(sub);
  const list = async (query: string) =>
    ((await world.backend().listGrants(user_token, query)).body["grants"] as Json[]).map(
      (grant) => grant["provider_id"],
    );
  expect(await list("?status=expired")).toEqual(["calendar"]);
  expect(await list("?status=active")).toEqual(["files"]);
  expect(await list("?status=credential_revoked")).toEqual([]);
  expect(await list("")).toEqual(["calendar", "files"]);
  const wrong = await world.backend().listGrants(user_token, "?status=revoked");
  expect(wrong).toMatchObject({ status: 400, body: { code: "invalid_request" } });
});
