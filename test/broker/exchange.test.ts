/** What may happen while the provider still owes its token reply: races, leases, late results [M14, H8]. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { hang, html, type Fault } from "../servers/faults.ts";
import { away, grantsOf, land, outcomeOf, viewOf, type Claimed } from "./steps.ts";
import { startWorld, type Json, type World } from "./world.ts";

const MINUTE = 60_000;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const exchanging = async (sub: string, session: Json = {}, answer?: Fault) => {
  const attempt = await away(world, { sub, session });
  const held = hang();
  world.calendar.control.fail("token", async (real) => {
    const reply = await held(real);
    return answer ? answer(real) : reply;
  });
  const landing = land(attempt.browser, attempt.back);
  await held.reached;
  return { ...attempt, held, landing };
};

test("nothing else may begin, and a second callback waits for the first [M14]", async () => {
  const attempt = await exchanging("busy");
  expect(await viewOf(attempt)).toMatchObject({ phase: "finishing" });
  const { browser, session_id } = attempt;
  const again = { session_id, provider: "calendar" };
  expect((await browser.page("authorize", again)).body["code"]).toBe("session_busy");
  expect(await land(browser, attempt.back)).toBe(`/connect/s/${session_id}`);
  attempt.held.release();
  await attempt.landing;
  expect(await outcomeOf(world, attempt)).toMatchObject({ status: "success" });
});

test.each<[string, (attempt: Claimed) => Promise<unknown>, Json]>([
  [
    "cancel by the widget",
    ({ token, verifier }) => world.widget(token, verifier).cancel(),
    { status: "exit" },
  ],
  [
    "Not you",
    ({ browser, session_id }) => browser.page("finish", { session_id, reason: "not_you" }),
    { status: "error", error: { code: "wrong_user" } },
  ],
  [
    "a second claim",
    ({ token }) => world.browser().claim(token),
    { status: "error", error: { code: "session_claimed_elsewhere" } },
  ],
  [
    "expiry",
    async () => world.pass(15 * MINUTE),
    { status: "error", error: { code: "session_expired" } },
  ],
])("%s wins: no grant, the new tokens go back to the provider", async (name, end, outcome) => {
  const attempt = await exchanging(`race-${name}`);
  const revoked = world.calendar.counts.revocation;
  await end(attempt);
  const before = await world.snapshot();
  attempt.held.release();
  expect(await attempt.landing).toBe(`/connect/s/${attempt.session_id}`);
  expect(await outcomeOf(world, attempt)).toMatchObject(outcome);
  expect(await world.snapshot()).toBe(before);
  expect(await grantsOf(world, `race-${name}`)).toEqual([]);
  expect(world.calendar.counts.revocation).toBe(revoked + 1);
});

test("past the lease it has failed; another try works, and the late result is not written", async () => {
  const sub = "lease";
  const attempt = await exchanging(sub);
  world.pass(45_000);
  expect(await viewOf(attempt)).toMatchObject({
    phase: "failed",
    failure: "finishing_timed_out",
  });
  const retry = await attempt.browser.visit(attempt.session_id, "calendar", {
    account: "second@work.test",
  });
  const revoked = world.calendar.counts.revocation;
  attempt.held.release();
  await attempt.landing;
  expect(await grantsOf(world, sub)).toEqual([]);
  expect(world.calendar.counts.revocation).toBe(revoked + 1);
  expect(await viewOf(attempt)).toMatchObject({ phase: "at_provider" });
  await land(attempt.browser, retry);
  expect(await outcomeOf(world, attempt)).toMatchObject({
    connections: [{ account_identifier: "second@work.test" }],
  });
});

test("past the lease a late failure does not end the attempt that took its place", async () => {
  const first = await exchanging("late-failure", {}, html(500));
  world.pass(45_000);
  const back = await first.browser.visit(first.session_id);
  const held = hang();
  world.calendar.control.fail("token", held);
  const second = land(first.browser, back);
  await held.reached;
  first.held.release();
  await first.landing;
  expect(await viewOf(first)).toMatchObject({ phase: "finishing" });
  held.release();
  await second;
  expect(await outcomeOf(world, first)).toMatchObject({ status: "success" });
});
