/** When a session ends by itself, what it ends as, and when it is forgotten [H10]. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { accepted, begin, outcomeOf, refused, state, view } from "./steps.ts";
import { connect, startWorld, type World } from "./world.ts";

const MINUTE = 60_000;
const SECOND = 1_000;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const expired = { status: "error", error: { code: "session_expired" } };

test("unclaimed ten minutes; the end can be read for ten more [H10]", async () => {
  const token = await world.mint();
  const late = await world.mint();
  world.pass(10 * MINUTE - SECOND);
  await accepted(() => world.browser().claim(late));
  world.pass(SECOND);
  await refused(world, () => world.browser().claim(token), "session_expired");
  expect((await world.widget(token, "").outcome()).body).toMatchObject(expired);
  world.pass(10 * MINUTE - SECOND);
  expect((await world.widget(token, "").outcome()).body).toMatchObject(expired);
  world.pass(SECOND);
  await refused(world, () => world.widget(token, "").outcome(), "session_ended");
});

test("claimed fifteen minutes, from the last departure, and sixty at most [H10]", async () => {
  const session = await begin(world);
  const { session_id, browser } = session;
  const left = async () => (await outcomeOf(world, session))["expires_in"];
  expect(await left()).toBe(900);
  for (const expected of [900, 900, 900, 240]) {
    world.pass(14 * MINUTE);
    await accepted(() => browser.page("authorize", { session_id, provider: "calendar" }));
    expect(Math.abs(Number(await left()) - expected)).toBeLessThan(3);
  }
  world.pass(4 * MINUTE);
  expect(await outcomeOf(world, session)).toMatchObject(expired);
  await refused(
    world,
    () => browser.page("authorize", { session_id, provider: "calendar" }),
    "session_expired",
  );
  expect((await view(browser, session_id)).body).toMatchObject({ outcome: expired });
  world.pass(10 * MINUTE);
  await refused(world, () => view(browser, session_id), "unknown_session");
});

test("with a connection the deadline is a success", async () => {
  const session = await connect(world, { session: { multiple: true } });
  world.pass(15 * MINUTE);
  expect(await outcomeOf(world, session)).toMatchObject({
    status: "success",
    connections: [{ provider: "calendar" }],
  });
  const before = await state(world);
  const { session_id } = session;
  const finished = await session.browser.page("finish", { session_id, reason: "not_you" });
  expect(finished.body).toMatchObject({ outcome: { status: "success" } });
  expect(await state(world)).toBe(before);
});

test("the purge takes what nobody can read any more, and nothing else", async () => {
  const read = await begin(world);
  world.pass(15 * MINUTE + 9 * MINUTE);
  const open = await begin(world);
  await world.broker.purge();
  expect(await outcomeOf(world, read)).toMatchObject(expired);
  world.pass(2 * MINUTE);
  await world.broker.purge();
  const gone = () => world.widget(read.token, read.verifier).outcome();
  await refused(world, gone, "unknown_session");
  expect(await outcomeOf(world, open)).toMatchObject({ phase: "choosing" });
});
