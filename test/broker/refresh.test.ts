/** One refresh per expired token, however many callers and processes ask, and what ends a grant ends it for good. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../../broker/src/app.ts";
import { openStore } from "../../broker/src/store/store.ts";
import { openVault } from "../../broker/src/vault.ts";
import { hang, type Fault } from "../servers/faults.ts";
import { accepted, expired, grantsOf, issue, outcomeOf, refused, rowsOf, works } from "./steps.ts";
import { B, connect, startWorld, type Json, type World } from "./world.ts";
import { NOTHING_BUILT } from "./built.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

/** The providers' access tokens live two minutes. */
const EXPIRED = 121_000;

describe("single flight", () => {
  test("a thousand callers on an expired token: one refresh, one new token", async () => {
    const sub = "thousand";
    const before = await expired(world, sub);
    const refreshes = world.calendar.counts.refresh;
    const user_token = await world.userToken(sub);
    const { token } = world.backend();
    const replies = await Promise.all(
      Array.from({ length: 1_000 }, () => token({ user_token, provider: "calendar" })),
    );
    expect(world.calendar.counts.refresh).toBe(refreshes + 1);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    const tokens = new Set(replies.map(({ body }) => body["access_token"]));
    expect(tokens.size).toBe(1);
    expect(tokens).not.toContain(before["access_token"]);
    expect(await works(world, replies[0]?.body ?? {})).toBe(true);
  }, 60_000);

  test("each expiry rotates: the newest refresh token is the one that is used", async () => {
    const sub = "rotates";
    await expired(world, sub);
    const refreshes = world.calendar.counts.refresh;
    for (let i = 1; i <= 4; i += 1) {
      await accepted(() => issue(world, sub));
      await accepted(() => issue(world, sub));
      expect(world.calendar.counts.refresh).toBe(refreshes + i);
      world.pass(EXPIRED);
    }
    const sent = world.calendar.control.calls("refresh").slice(refreshes);
    expect(new Set(sent.map(({ form }) => form.get("refresh_token"))).size).toBe(4);
  });

  test("two brokers on one database: still one refresh per expiry", async () => {
    const sub = "two-brokers";
    // Two stores on one file in one process would each hold up the other: SQLite's wait holds the process.
    const own =
      world.database.engine === "sqlite" ? undefined : await openStore(world.config.storage);
    const store = own ?? world.store;
    const second = createApp({
      config: world.config,
      store,
      vault: await openVault({ config: world.config, store }),
      built: NOTHING_BUILT,
      log: () => undefined,
      now: world.now,
    });
    const ask = async (fetch: typeof second.fetch, user_token: string) => {
      const request = { method: "GET", host: world.calendar.host };
      const response = await fetch(
        new Request(`${B}/v1/tokens`, {
          method: "POST",
          headers: {
            authorization: `Bearer ${world.keys.demo.key}`,
            "content-type": "application/json",
          },
          body: JSON.stringify({ user_token, provider: "calendar", request }),
        }),
      );
      return (await response.json()) as Json;
    };
    try {
      await expired(world, sub);
      for (let round = 0; round < 3; round += 1) {
        const refreshes = world.calendar.counts.refresh;
        const user_token = await world.userToken(sub);
        const replies = await Promise.all(
          Array.from({ length: 80 }, (_, i) =>
            ask(i % 2 ? second.fetch : world.broker.fetch, user_token),
          ),
        );
        expect(world.calendar.counts.refresh).toBe(refreshes + 1);
        expect(new Set(replies.map((body) => body["access_token"])).size).toBe(1);
        expect(await works(world, replies[0] ?? {})).toBe(true);
        world.pass(EXPIRED);
      }
    } finally {
      second.close();
      await own?.close();
    }
  });

  test("a lease whose holder died is taken over when it runs out", async () => {
    const sub = "orphaned";
    await expired(world, sub);
    const id = String((await rowsOf(world, sub))[0]?.["id"]);
    const grant = await world.store.grants.byId("demo", id);
    if (!grant) throw new Error("no grant");
    expect(await world.store.grants.lease(grant, "dead", world.now(), world.now() + 45_000)).toBe(
      true,
    );
    const refreshes = world.calendar.counts.refresh;
    const waiting = issue(world, sub);
    await issue(world, "nobody");
    expect(world.calendar.counts.refresh).toBe(refreshes);
    world.pass(45_001);
    await accepted(() => waiting);
    expect(world.calendar.counts.refresh).toBe(refreshes + 1);
  });
});

/** The provider has renewed the token, and its answer does not arrive before `release`. */
const onTheWay = () => {
  const held = hang();
  const fault: Fault = async (real) => {
    const reply = await real();
    return held(() => Promise.resolve(reply));
  };
  return Object.assign(fault, { reached: held.reached, release: held.release });
};

describe("a grant that is over", () => {
  test("at the provider: credential_revoked, listed as such, asked no second time; a reconnect revives it", async () => {
    const sub = "over";
    const { grant_id } = await expired(world, sub);
    world.calendar.control.revoke(`${sub}@work.test`);
    const first = await issue(world, sub);
    expect([first.status, first.body["code"]]).toEqual([410, "credential_revoked"]);
    await refused(world, () => issue(world, sub), "credential_revoked");
    expect(await grantsOf(world, sub)).toMatchObject([{ grant_id, status: "credential_revoked" }]);
    expect(await rowsOf(world, sub)).toMatchObject([{ sealed: null }]);

    const again = await connect(world, { sub, account: `${sub}@work.test` });
    expect(await outcomeOf(world, again)).toMatchObject({
      connections: [{ operation: "reauth", grant_id }],
    });
    expect(await grantsOf(world, sub)).toMatchObject([{ grant_id, status: "active" }]);
    expect(await works(world, (await accepted(() => issue(world, sub))).body)).toBe(true);
  });

  test.each([
    ["before the provider has renewed anything", hang],
    ["with the new tokens on their way", onTheWay],
  ])("revoked during the refresh, %s: no resurrection", async (what, fault) => {
    const sub = `revoked ${what}`;
    const { grant_id } = await expired(world, sub);
    const held = fault();
    world.calendar.control.fail("refresh", held);
    const waiting = issue(world, sub);
    await held.reached;
    const revoked = await world.backend().revoke(String(grant_id), await world.userToken(sub));
    expect(revoked.body).toMatchObject({ status: "revoked", provider_revocation: "done" });
    const before = await world.snapshot();
    held.release();
    expect((await waiting).body["code"]).toBe("grant_revoked");
    expect(await world.snapshot()).toBe(before);
    expect(await rowsOf(world, sub)).toMatchObject([{ status: "revoked", sealed: null }]);
  });

  test("reconnected during the refresh: the new tokens stand", async () => {
    const sub = "reconnected";
    await expired(world, sub);
    const held = onTheWay();
    world.calendar.control.fail("refresh", held);
    const waiting = issue(world, sub);
    await held.reached;
    await connect(world, { sub, account: `${sub}@work.test` });
    const [{ sealed } = {}] = await rowsOf(world, sub);
    held.release();
    const { body } = await accepted(() => waiting);
    expect(await rowsOf(world, sub)).toMatchObject([{ sealed, status: "active" }]);
    expect((await issue(world, sub)).body["access_token"]).toBe(body["access_token"]);
    expect(await works(world, body)).toBe(true);
  });
});
