/** Where providers send the browser back: what is refused before anything is consumed, and what one consume means [M14, H3]. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { away, grantsOf, land, outcomeOf, state, viewOf, type Away } from "./steps.ts";
import { B, startWorld, type Browser, type Json, type World } from "./world.ts";

const MINUTE = 60_000;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const changed = (url: string, change: (parameters: URLSearchParams) => void): string => {
  const next = new URL(url);
  change(next.searchParams);
  return next.href;
};
const parameter = (url: string, name: string) => new URL(url).searchParams.get(name) ?? "";

describe("refused before anything is consumed [M14]", () => {
  const other = (url: string, provider: string) =>
    url.replace("/callback/calendar", `/callback/${provider}`);
  const twice = (name: string) => (url: string) =>
    changed(url, (parameters) => parameters.append(name, parameters.get(name) ?? ""));
  const without = (name: string) => (url: string) =>
    changed(url, (parameters) => parameters.delete(name));
  const set = (name: string, value: string) => (url: string) =>
    changed(url, (parameters) => parameters.set(name, value));

  test.each<[string, string, (url: string) => string]>([
    ["a provider that is none", "unknown_provider", (url) => other(url, "nothere")],
    ["a name every object has", "unknown_provider", (url) => other(url, "constructor")],
    ["H3: another provider's path", "other_provider", (url) => other(url, "files")],
    ["two codes", "duplicate_parameter", twice("code")],
    ["two states", "duplicate_parameter", twice("state")],
    ["two issuers", "duplicate_parameter", twice("iss")],
    ["two of what nobody reads", "duplicate_parameter", (url) => `${url}&x=1&x=1`],
    ["a state nobody made", "unknown_state", set("state", "A".repeat(43))],
    ["no state", "unknown_state", without("state")],
    ["another issuer", "issuer_mismatch", set("iss", "https://evil.example")],
    ["no issuer from a provider that sends one", "issuer_mismatch", without("iss")],
    ["a code of no size", "malformed", set("code", "x".repeat(4097))],
  ])("%s", async (_, reason, spoil) => {
    const session = await away(world);
    const before = await state(world);
    expect(await land(session.browser, spoil(session.back))).toBe("/connect/lost");
    expect(await state(world)).toBe(before);
    expect(world.logs.findLast(({ event }) => event === "callback_refused")).toMatchObject({
      reason,
    });
    // The twin: the same browser with the callback as the provider sent it.
    expect(await land(session.browser, session.back)).toBe(`/connect/s/${session.session_id}`);
    expect(await outcomeOf(world, session)).toMatchObject({ status: "success" });
  });

  test.each<[string, (victim: Away, mallory: Away) => Promise<[Browser, string, Away]>]>([
    [
      "a forwarded authorization URL: the victim's browser with Mallory's state",
      async (victim, mallory) => [victim.browser, mallory.back, mallory],
    ],
    [
      "Mallory's state under the victim's code",
      async (victim, mallory) => [
        victim.browser,
        changed(victim.back, (p) => p.set("state", parameter(mallory.back, "state"))),
        mallory,
      ],
    ],
    [
      "the victim's callback in Mallory's browser",
      async (victim, mallory) => [mallory.browser, victim.back, victim],
    ],
    [
      "a cookie of the right name from another session",
      async (victim, mallory) => {
        const own = victim.browser.jar.get(`ac_${victim.session_id}`) ?? "";
        victim.browser.jar.set(`ac_${mallory.session_id}`, own);
        return [victim.browser, mallory.back, mallory];
      },
    ],
  ])("%s", async (_, attack) => {
    const victim = await away(world, { sub: "victim" });
    const mallory = await away(world, { sub: "mallory" });
    const [browser, url, owner] = await attack(victim, mallory);
    const before = await state(world);
    expect(await land(browser, url)).toBe("/connect/lost");
    expect(await state(world)).toBe(before);
    expect(world.logs.findLast(({ event }) => event === "callback_refused")).toMatchObject({
      reason: "other_browser",
    });
    expect(await land(owner.browser, owner.back)).toBe(`/connect/s/${owner.session_id}`);
    expect(await outcomeOf(world, owner)).toMatchObject({ status: "success" });
  });

  test("a prefetch spends nothing", async () => {
    const session = await away(world);
    const before = await state(world);
    const cookie = [...session.browser.jar].map(([name, value]) => `${name}=${value}`).join("; ");
    for (const purpose of ["prefetch", "prefetch;prerender"]) {
      const reply = await world.call(session.back.slice(B.length), {
        headers: { cookie, "sec-purpose": purpose },
      });
      expect(reply.status).toBe(204);
    }
    expect(await state(world)).toBe(before);
    expect(await land(session.browser, session.back)).toBe(`/connect/s/${session.session_id}`);
  });

  test("of a session nobody knows any more", async () => {
    const session = await away(world);
    world.pass(26 * MINUTE);
    const before = world.calendar.counts.token;
    expect(await land(session.browser, session.back)).toBe("/connect/lost");
    expect(world.calendar.counts.token).toBe(before);
  });
});

describe("on a session that has ended nothing is exchanged, and its page says so", () => {
  test.each<[string, (session: Away) => Promise<unknown>, Json]>([
    [
      "cancelled by the widget",
      ({ token, verifier }) => world.widget(token, verifier).cancel(),
      { status: "exit" },
    ],
    [
      "cancelled on the page",
      ({ browser, session_id }) => browser.page("finish", { session_id, reason: "cancel" }),
      { status: "exit" },
    ],
    [
      "expired",
      async () => world.pass(15 * MINUTE),
      { status: "error", error: { code: "session_expired" } },
    ],
  ])("%s", async (_, end, outcome) => {
    const session = await away(world, { sub: "ended" });
    await end(session);
    const before = await state(world);
    expect(await land(session.browser, session.back)).toBe(`/connect/s/${session.session_id}`);
    expect(await state(world)).toBe(before);
    expect(await viewOf(session)).toMatchObject({ phase: "ended", outcome });
    expect(await grantsOf(world, "ended")).toEqual([]);
  });
});

describe("one consume, one exchange [M14]", () => {
  test("a replay waits on the session's page and exchanges nothing", async () => {
    const session = await away(world, { session: { multiple: true } });
    await land(session.browser, session.back);
    const before = await state(world);
    for (let i = 0; i < 3; i += 1)
      expect(await land(session.browser, session.back)).toBe(`/connect/s/${session.session_id}`);
    expect(await state(world)).toBe(before);
    expect(await viewOf(session)).not.toHaveProperty("failure");
  });

  test("five callbacks at once exchange once", async () => {
    const session = await away(world, { sub: "double" });
    const before = world.calendar.counts.token;
    const landed = await Promise.all(
      Array.from({ length: 5 }, () => land(session.browser, session.back)),
    );
    expect(new Set(landed)).toEqual(new Set([`/connect/s/${session.session_id}`]));
    expect(world.calendar.counts.token).toBe(before + 1);
    expect(await grantsOf(world, "double")).toHaveLength(1);
  });

  test("an older departure lands on a sentence, and the newer one still works", async () => {
    const session = await away(world);
    const newer = await session.browser.visit(session.session_id);
    const before = world.calendar.counts.token;
    expect(await land(session.browser, session.back)).toBe(`/connect/s/${session.session_id}`);
    expect(await viewOf(session)).toMatchObject({ failure: "authorization_superseded" });
    expect(world.calendar.counts.token).toBe(before);
    await land(session.browser, newer);
    expect(await outcomeOf(world, session)).toMatchObject({ status: "success" });
  });

  test("the code of another attempt in the same browser does not fit this one's verifier", async () => {
    const sub = "swapped";
    const one = await away(world, { sub });
    const two = await away(world, { sub, browser: one.browser });
    const swapped = changed(one.back, (p) => p.set("code", parameter(two.back, "code")));
    await land(one.browser, swapped);
    expect(await viewOf(one)).toMatchObject({ phase: "failed", failure: "provider_refused" });
    expect(await grantsOf(world, sub)).toEqual([]);
    // The twin: an attempt whose code is its own.
    await land(one.browser, await one.browser.visit(one.session_id));
    expect(await outcomeOf(world, one)).toMatchObject({ status: "success" });
  });
});
