/** A token in use is renewed shortly before its end, while callers still get the old one; each grant at its own moment. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isDue } from "../../broker/src/grants/due.ts";
import type { Grant } from "../../broker/src/store/grants.ts";
import { html } from "../servers/faults.ts";
import { accepted, issue, works } from "./steps.ts";
import { connect, startWorld, type World } from "./world.ts";

const HOUR = 3_600_000;
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

/** So many users; as if their tokens had lived for ten hours and ended in 45 seconds: nine in ten are due. */
const nearTheirEnd = async (name: string, count: number): Promise<string[]> => {
  const users = Array.from({ length: count }, (_, i) => `${name} ${i}`);
  for (const sub of users) {
    await connect(world, { sub, account: `${sub.replace(" ", "-")}@work.test` });
    await world.database.rows(
      "update grants set access_expires_at = ?, updated_at = ? where subject = ?",
      world.now() + 45_000,
      world.now() - 10 * HOUR,
      sub,
    );
  }
  return users;
};
const tokensOf = (users: string[]) =>
  Promise.all(users.map(async (sub) => (await accepted(() => issue(world, sub))).body));

test("callers get the old token at once, and the new one when it is there", async () => {
  const users = await nearTheirEnd("ahead", 4);
  const refreshes = world.calendar.counts.refresh;
  const before = await tokensOf(users);
  for (const body of before) {
    expect(String(body["token_id"])).toMatch(/\.1$/);
    expect(await works(world, body)).toBe(true);
  }
  await world.broker.settled();
  const renewed = world.calendar.counts.refresh - refreshes;
  expect(renewed).toBeGreaterThan(0);
  const after = await tokensOf(users);
  const changed = after.filter((body, i) => body["token_id"] !== before[i]?.["token_id"]);
  expect(changed).toHaveLength(renewed);
  for (const body of changed) expect(await works(world, body)).toBe(true);
});

test("a provider that is down then costs nobody their token, and is asked once a minute", async () => {
  const users = await nearTheirEnd("down", 4);
  const calm = world.calendar.control.fail("refresh", html(500), { times: 100 });
  const refreshes = world.calendar.counts.refresh;
  for (let i = 0; i < 3; i += 1) {
    for (const body of await tokensOf(users)) expect(await works(world, body)).toBe(true);
    await world.broker.settled();
  }
  const asked = world.calendar.counts.refresh - refreshes;
  expect(asked).toBeGreaterThan(0);
  expect(asked).toBeLessThanOrEqual(users.length);
  calm();
});

describe("the moment", () => {
  const NOW = 1_700_000_000_000;
  const grant = (id: string, version = 1) =>
    ({ id, version, updated_at: NOW - 10 * HOUR }) as Pick<
      Grant,
      "id" | "version" | "updated_at"
    > as Grant;
  const tokens = (left: number | null, refresh_token: string | undefined = "r") =>
    ({ access_expires_at: left === null ? null : NOW + left, refresh_token }) as Parameters<
      typeof isDue
    >[1];
  const due = (left: number, id = "g") => isDue(grant(id), tokens(left), NOW);
  const ids = Array.from({ length: 200 }, (_, i) => `grant_${i}`);
  const share = (left: number) => ids.filter((id) => due(left, id)).length / ids.length;

  test("lies within the last five minutes, spread over them", () => {
    expect(share(5 * 60_000 + 31_000)).toBe(0);
    expect(share(30_000)).toBe(1);
    expect(share(180_000)).toBeGreaterThan(0.3);
    expect(share(180_000)).toBeLessThan(0.7);
  });

  test("is the same at every broker, and another for the next token", () => {
    const moments = (version: number) =>
      ids.map((id) => isDue(grant(id, version), tokens(180_000), NOW));
    expect(moments(1)).toEqual(moments(1));
    expect(moments(2)).not.toEqual(moments(1));
  });

  test("comes for no token without an end, and for none that cannot be renewed", () => {
    expect(isDue(grant("g"), tokens(null), NOW)).toBe(false);
    const { access_expires_at } = tokens(1_000);
    const without = { access_expires_at } as Parameters<typeof isDue>[1];
    expect(isDue(grant("g"), without, NOW)).toBe(false);
  });
});
