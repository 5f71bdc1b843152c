/** What the widget may ask: with what proof, and what is told along the way and at the end [M5, H2, H7, H8, H9, M23]. */
import { widget } from "@alter-ai/protocol/http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hang } from "../servers/faults.ts";
import { accepted, away, begin, grantsOf, land, outcomeOf, refused } from "./steps.ts";
import { A, connect, RETURN_URL, secret, startWorld, type Json, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const SECOND = 1_000;

describe("M5: the token alone is not enough once somebody has claimed it", () => {
  test("unclaimed, the token alone tells the phase and can cancel", async () => {
    const token = await world.mint();
    const asker = world.widget(token, "");
    const pending = await accepted(() => asker.outcome());
    expect(pending.body).toEqual({
      status: "pending",
      phase: "unclaimed",
      page_gone: false,
      expires_in: 600,
      retry_after: 0,
    });
    expect(widget.outcome.reply.parse(pending.body)).toEqual(pending.body);
    expect((await accepted(() => asker.cancel())).body).toEqual({ status: "exit" });
    await refused(world, () => world.browser().claim(token), "session_ended");
  });

  test("claimed, no verifier gets neither the outcome nor a cancel", async () => {
    const session = await begin(world);
    const curious = world.widget(session.token, "");
    await refused(world, () => curious.outcome(), "session_claimed_elsewhere");
    await refused(world, () => curious.cancel(), "session_claimed_elsewhere");
    expect(await outcomeOf(world, session)).toMatchObject({ phase: "choosing" });
  });

  test.each(["outcome", "cancel"] as const)(
    "claimed, another verifier at %s is a widget whose token somebody else has claimed: both stop",
    async (call) => {
      const sub = `m5-${call}`;
      const session = await connect(world, { sub, session: { multiple: true } });
      expect(await outcomeOf(world, session)).toMatchObject({ phase: "choosing" });
      const other = world.widget(session.token, secret());
      expect((await other[call]()).body).toMatchObject({ code: "session_claimed_elsewhere" });
      expect(await outcomeOf(world, session)).toMatchObject({
        error: { code: "session_claimed_elsewhere" },
      });
      // What the thief connected is taken back, and it is on record.
      expect(await grantsOf(world, sub)).toEqual([]);
      expect(await world.audit()).toContainEqual(
        expect.objectContaining({
          event: "session.claimed_elsewhere",
          session_id: session.session_id,
        }),
      );
    },
  );

  test("a session that the app's server completes has no widget, so no verifier raises the alarm", async () => {
    const token = await world.mint({ return_url: RETURN_URL, completion: "backend" });
    const claim = { shape: "backend", token, claim_id: secret() };
    await accepted(() => world.browser().page("claim", claim));
    await refused(
      world,
      () => world.widget(token, secret()).outcome(),
      "session_claimed_elsewhere",
    );
  });

  test.each([["no verifier", ""] as const, ["another verifier", secret()] as const])(
    "ended, %s gets nothing and changes nothing",
    async (_, verifier) => {
      const ended = await connect(world);
      const late = world.widget(ended.token, verifier);
      await refused(world, () => late.outcome(), "session_ended");
      await refused(world, () => late.cancel(), "session_ended");
      expect(await outcomeOf(world, ended)).toMatchObject({ status: "success" });
    },
  );

  test("a token of another session, a spoilt one, none", async () => {
    const { verifier, token } = await begin(world);
    for (const spoilt of [`${token}x`, "x", ""])
      await refused(world, () => world.widget(spoilt, verifier).outcome(), "unknown_session");
    await refused(
      world,
      () => world.call("/v1/connect/outcome", { headers: { origin: A } }),
      "unknown_session",
    );
  });
});

test("H9: the phases along the way", async () => {
  const token = await world.mint({ multiple: true });
  const phases: unknown[] = [];
  let verifier = "";
  const note = async () => {
    const { body } = await accepted(() => world.widget(token, verifier).outcome());
    phases.push(body["phase"] ?? body["status"]);
  };
  await note();
  const browser = world.browser();
  const claimed = await browser.claim(token);
  ({ verifier } = claimed);
  const session_id = String(claimed.body["session_id"]);
  await note();
  const denied = await browser.visit(session_id, "calendar", { deny: true });
  await note();
  await land(browser, denied);
  await note();
  await land(browser, await browser.visit(session_id));
  await note();
  await browser.page("finish", { session_id, reason: "done" });
  await note();
  expect(phases).toEqual([
    ...["unclaimed", "choosing", "at_provider", "failed", "choosing", "success"],
  ]);
});

describe("page_gone", () => {
  const goneOf = async (session: Parameters<typeof outcomeOf>[1]) =>
    (await outcomeOf(world, session))["page_gone"];

  test("a goodbye counts after three seconds, unless the page is back", async () => {
    const session = await begin(world);
    const say = (event: string) =>
      accepted(() => session.browser.page("page", { session_id: session.session_id, event }));
    await say("gone");
    expect(await goneOf(session)).toBe(false);
    world.pass(3.1 * SECOND);
    expect(await goneOf(session)).toBe(true);
    await say("here");
    expect(await goneOf(session)).toBe(false);
    world.pass(89 * SECOND);
    expect(await goneOf(session)).toBe(false);
    world.pass(2 * SECOND);
    expect(await goneOf(session)).toBe(true);
    await session.browser.visit(session.session_id);
    await say("gone");
    world.pass(100 * SECOND);
    // At the provider nobody can tell gone from away.
    expect(await goneOf(session)).toBe(false);
  });

  test("a waiting widget hears of it when the three seconds are over", async () => {
    const session = await begin(world);
    await session.browser.page("page", { session_id: session.session_id, event: "gone" });
    const { body } = await world.widget(session.token, session.verifier).outcome(20);
    expect(body).toMatchObject({ status: "pending", page_gone: true });
  });
});

test("gone while the exchange is running means wait", async () => {
  const session = await away(world);
  const held = hang();
  world.calendar.control.fail("token", held);
  const landing = land(session.browser, session.back);
  await held.reached;
  await session.browser.page("page", { session_id: session.session_id, event: "gone" });
  world.pass(4 * SECOND);
  expect(await outcomeOf(world, session)).toMatchObject({ phase: "finishing", page_gone: false });
  let answered = false;
  const asked = world
    .widget(session.token, session.verifier)
    .outcome(25)
    .finally(() => (answered = true));
  await outcomeOf(world, await begin(world));
  expect(answered).toBe(false);
  held.release();
  await landing;
  expect((await asked).body).toMatchObject({ status: "success" });
});

describe("H8: the first end stands", () => {
  test("cancel after a connection answers success, and the connection lives", async () => {
    const session = await connect(world, { sub: "won" });
    const { body } = await accepted(() => world.widget(session.token, session.verifier).cancel());
    expect(body).toMatchObject({ status: "success" });
    const user_token = await world.userToken("won");
    await accepted(() => world.backend().token({ user_token, provider: "calendar" }));
  });

  test("a cancel in a multiple session with a connection is its success", async () => {
    const session = await connect(world, { session: { multiple: true } });
    const { body } = await accepted(() => world.widget(session.token, session.verifier).cancel());
    expect(body).toMatchObject({ status: "success", connections: [{ provider: "calendar" }] });
  });

  test("cancel against callback: whoever wins, both sides are told the same", async () => {
    for (let head_start = 0; head_start < 8; head_start += 1) {
      const sub = `cancel-race-${head_start}`;
      const session = await away(world, { sub });
      const asker = world.widget(session.token, session.verifier);
      const landing = land(session.browser, session.back);
      for (let i = 0; i < head_start; i += 1) await outcomeOf(world, session);
      const [cancelled] = await Promise.all([asker.cancel(), landing]);
      const { body } = await asker.outcome();
      expect(cancelled.body).toEqual(body);
      const user_token = await world.userToken(sub);
      const { body: issued } = await world.backend().token({ user_token, provider: "calendar" });
      expect(issued["code"]).toBe(body["status"] === "success" ? undefined : "grant_not_found");
    }
  });
});

describe("M23: long polls", () => {
  test("a commit wakes the waiter at once", async () => {
    const session = await away(world);
    const started = performance.now();
    const asker = world.widget(session.token, session.verifier);
    const told = (async () => {
      for (;;) {
        const { body } = await asker.outcome(25);
        if (body["status"] !== "pending") return body;
      }
    })();
    await land(session.browser, session.back);
    expect(await told).toMatchObject({ status: "success" });
    expect(performance.now() - started).toBeLessThan(10 * SECOND);
  });

  test("a newer waiter answers the older, and a cancel wakes the newer", async () => {
    const { token, verifier } = await begin(world);
    const asker = world.widget(token, verifier);
    const started = performance.now();
    // Which of the two comes to wait first is the database's to say.
    const both = [asker.outcome(25), asker.outcome(25)];
    const older = await Promise.race(both);
    expect(older.body).toMatchObject({ status: "pending", retry_after: 1 });
    await asker.cancel();
    const newer = (await Promise.all(both)).find((reply) => reply !== older);
    expect(newer?.body).toEqual({ status: "exit" });
    expect(performance.now() - started).toBeLessThan(10 * SECOND);
  });

  test.each<[string, string, Json]>([
    ["nonsense", "x", { phase: "choosing" }],
    ["a negative wait", "-5", { phase: "choosing" }],
    ["none", "", { phase: "choosing" }],
  ])("%s is no wait", async (_, wait, expected) => {
    const { token, verifier } = await begin(world);
    const reply = await world.call(`/v1/connect/outcome?wait=${wait}`, {
      headers: {
        origin: A,
        authorization: `Bearer ${token}`,
        "alter-connect-verifier": verifier,
      },
    });
    expect(reply.body).toMatchObject(expected);
  });

  test("a shutdown answers all of them, and those who still come", async () => {
    const closing = await startWorld();
    try {
      const { token, verifier } = await begin(closing);
      const asker = closing.widget(token, verifier);
      const waiting = asker.outcome(25);
      closing.broker.close();
      const answer = { status: "pending", phase: "choosing", retry_after: 1 };
      expect((await waiting).body).toMatchObject(answer);
      expect((await asker.outcome(25)).body).toMatchObject(answer);
    } finally {
      await closing.stop();
    }
  });
});

test("H2: a redirect session tells the token nothing of what was connected", async () => {
  const token = await world.mint({ return_url: RETURN_URL });
  const browser = world.browser();
  const { verifier, body } = await browser.claimRedirect(token);
  await browser.callback(await browser.visit(String(body["session_id"])));
  const asker = world.widget(token, verifier);
  const told = await accepted(() => asker.outcome());
  expect(told.body).toMatchObject({ status: "pending", phase: "finishing" });
  expect(Object.keys(told.body).sort()).toEqual(
    ["expires_in", "page_gone", "phase", "retry_after", "status"].sort(),
  );
  await refused(world, () => asker.cancel(), "session_ended");
});

describe("H2: a redirect session that ended without a success", () => {
  const left = async () => {
    const token = await world.mint({ return_url: RETURN_URL });
    const browser = world.browser();
    const { verifier, body } = await browser.claimRedirect(token);
    const session_id = String(body["session_id"]);
    return { token, browser, verifier, session_id, asker: world.widget(token, verifier) };
  };

  test("says exit to the app that cancels it from its own page, and goes on saying so", async () => {
    const { browser, session_id, asker } = await left();
    await browser.visit(session_id);
    expect((await accepted(() => asker.cancel())).body).toEqual({ status: "exit" });
    expect((await accepted(() => asker.outcome())).body).toEqual({ status: "exit" });
    expect((await accepted(() => asker.cancel())).body).toEqual({ status: "exit" });
    // The user who is still on the page is sent home, and nobody else is told anything.
    const { body } = await browser.page("view", { session_id });
    expect(String(body["redirect_to"])).toContain("alter_connect_exit=1");
    expect(body).not.toHaveProperty("outcome");
  });

  test("says exit where the page cancelled it", async () => {
    const { browser, session_id, asker } = await left();
    await browser.page("finish", { session_id, reason: "cancel" });
    expect((await accepted(() => asker.outcome())).body).toEqual({ status: "exit" });
  });

  test("keeps its errors for the way back", async () => {
    for (const reason of ["denied", "not_you"]) {
      const { browser, session_id, asker } = await left();
      await land(browser, await browser.visit(session_id, "calendar", { deny: true }));
      await browser.page("finish", { session_id, reason });
      expect((await accepted(() => asker.outcome())).body).toMatchObject({ status: "pending" });
      await refused(world, () => asker.cancel(), "session_ended");
    }
  });

  test("tells nobody without the verifier, exit or not", async () => {
    const { token, asker } = await left();
    await asker.cancel();
    for (const verifier of ["", secret()])
      await refused(world, () => world.widget(token, verifier).outcome(), "session_ended");
  });
});
