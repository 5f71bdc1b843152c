/** From an open window to a claimed session: who is heard, what is sent where, and what a refusal tells. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  APP,
  CHALLENGE,
  claimed,
  createPage,
  pass,
  problem,
  SESSION,
  settle,
  stopAll,
  viewReply,
} from "./page.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  stopAll();
  vi.useRealTimers();
});

const READY = { to: "*", message: { type: "alter-connect:ready", v: 1 } };
const happy = { claim: [claimed], view: [viewReply()] };

describe("asking", () => {
  it("says ready at once and each second, to anybody, and nothing else [L1]", async () => {
    const page = createPage(happy);
    await page.start({ at: "start" });
    await pass(3_000);
    expect(page.sent.posts).toEqual([READY, READY, READY, READY]);
    expect(page.sent.calls).toEqual([]);
    expect(page.screen().name).toBe("loading");
  });

  it("says after ten seconds that an app must open it, and still listens", async () => {
    const page = createPage(happy);
    await page.start({ at: "start" });
    await pass(9_999);
    expect(page.screen().name).toBe("loading");
    await pass(1);
    expect(page.screen()).toEqual({ name: "open_from_app", refused: false });
    await pass(5_000);
    expect(page.readies()).toHaveLength(16);
    await page.hear();
    expect(page.screen().name).toBe("confirm");
  });

  it("does not wait for an opener that is not there", async () => {
    const page = createPage(happy);
    page.window.opener = null;
    await page.start({ at: "start" });
    expect(page.screen()).toEqual({ name: "open_from_app", refused: false });
    expect(page.sent.posts).toEqual([]);
  });

  it("is silent on the lost page", async () => {
    const page = createPage(happy);
    await page.start({ at: "lost" });
    await page.hear();
    await pass(20_000);
    expect(page.screen().name).toBe("lost");
    expect(page.sent.posts).toEqual([]);
    expect(page.sent.calls).toEqual([]);
  });
});

describe("listening", () => {
  const strangers = {
    "another window": { source: { postMessage: () => undefined } },
    "a window that is gone": { source: null },
    "an opaque origin": { origin: "null" },
    "another version": { data: { ...SESSION, v: 2 } },
    "another type": { data: { ...SESSION, type: "alter-connect:outcome" } },
    "no token": { data: { ...SESSION, token: undefined } },
    "a token that is no text": { data: { ...SESSION, token: 7 } },
    "an endless token": { data: { ...SESSION, token: "x".repeat(5_000) } },
    "a short challenge": { data: { ...SESSION, challenge: "c" } },
    "inherited fields": { data: Object.create(SESSION) as unknown },
    text: { data: JSON.stringify(SESSION) },
    nothing: { data: null },
  };
  it.each(Object.entries(strangers))("ignores %s", async (_, event) => {
    const page = createPage(happy);
    await page.start({ at: "start" });
    await page.hear(event);
    expect(page.sent.calls).toEqual([]);
    expect(page.told()).toEqual([]);
    expect(page.memory.size).toBe(0);
    // The twin: the same page, the same moment, the app's own message.
    await page.hear();
    expect(page.calls("claim")).toHaveLength(1);
  });

  it("hears nobody while there is no opener, not even a message without a source", async () => {
    const page = createPage(happy);
    page.window.opener = null;
    await page.start({ at: "start" });
    await page.hear({ source: null });
    expect(page.sent.calls).toEqual([]);
  });

  it("takes one session for each load", async () => {
    const page = createPage(happy);
    await page.claim();
    await page.hear({ data: { ...SESSION, token: "another" } });
    expect(page.calls("claim")).toHaveLength(1);
  });
});

describe("claiming", () => {
  it("claims with what the browser vouches for, then shows the view", async () => {
    const page = createPage(happy);
    await page.claim();
    expect(page.calls("claim")).toEqual([
      {
        shape: "popup",
        token: SESSION.token,
        opener_origin: APP,
        challenge: CHALLENGE,
        claim_id: `1${"r".repeat(42)}`,
      },
    ]);
    expect(page.sent.entered).toEqual(["s1"]);
    expect(page.memory.size).toBe(0);
    expect(page.calls("view")).toEqual([{ session_id: "s1" }]);
    expect(page.told()).toEqual([
      { to: APP, message: { type: "alter-connect:event", v: 1, name: "page_ready" } },
    ]);
    const before = page.readies().length;
    await pass(5_000);
    expect(page.readies()).toHaveLength(before);
    expect(page.screen().name).toBe("confirm");
  });

  it("repeats its claim_id after a reload, and only for the same attempt [M6]", async () => {
    const memory = new Map<string, string>();
    const first = createPage({ claim: ["never"] }, memory);
    await first.claim();
    const [key] = memory.keys();
    expect(key).toContain(CHALLENGE);

    const other = createPage({ claim: ["never"] }, memory);
    await other.start({ at: "start" });
    await other.hear({ data: { ...SESSION, challenge: "d".repeat(43) } });
    expect(memory.size).toBe(2);

    const reloaded = createPage(happy, memory);
    await reloaded.claim();
    expect(reloaded.calls("claim")).toEqual(first.calls("claim"));
    expect(memory.has(String(key))).toBe(false);
  });

  it("repeats itself when the broker was not reached, with the same claim_id", async () => {
    const page = createPage({ claim: ["no answer", claimed], view: [viewReply()] });
    await page.claim();
    expect(page.screen()).toEqual({ name: "trouble", kind: "unreachable", reference: undefined });
    expect(page.told()).toEqual([]);
    page.flow.retry();
    await settle();
    const [lost, repeated] = page.calls("claim");
    expect(repeated).toEqual(lost);
    expect(page.screen().name).toBe("confirm");
  });

  it("does not call it a refusal when the broker is the one in trouble", async () => {
    const page = createPage({ claim: [problem(503, "shutting_down")] });
    await page.claim();
    expect(page.screen()).toEqual({ name: "trouble", kind: "unexpected", reference: "req_1" });
    expect(page.told()).toEqual([]);
  });

  it.each([
    [404, "unknown_session", { name: "open_from_app", refused: true }],
    [403, "origin_not_allowed", { name: "open_from_app", refused: true }],
    [409, "claim_shape_refused", { name: "open_from_app", refused: true }],
    [410, "session_expired", { name: "ended", ending: "expired" }],
    [410, "session_ended", { name: "ended", ending: "over" }],
    [409, "session_claimed", { name: "ended", ending: "elsewhere" }],
    [409, "session_claimed_elsewhere", { name: "ended", ending: "elsewhere" }],
  ])(
    "tells a refusal (%i %s) to its sender alone, and is done [M22]",
    async (status, code, end) => {
      const evil = "https://evil.example";
      const page = createPage({ claim: [problem(status, code)] });
      await page.start({ at: "start" });
      await page.hear({ origin: evil });
      const error = { to: evil, message: { type: "alter-connect:error", v: 1, code } };
      expect(page.told()).toEqual([error]);
      expect(page.screen()).toMatchObject(end);
      // Nothing is asked, answered or claimed again, whoever tries.
      const before = page.readies().length;
      await page.hear({ origin: evil });
      await page.hear();
      await pass(20_000);
      expect(page.readies()).toHaveLength(before);
      expect(page.told()).toEqual([error]);
      expect(page.sent.calls).toHaveLength(1);
      expect(page.sent.entered).toEqual([]);
      expect(page.screen()).toMatchObject(end);
    },
  );

  it("finds out that cookies are blocked before anybody leaves", async () => {
    const page = createPage({ claim: [claimed], view: [problem(404, "unknown_session")] });
    await page.claim();
    expect(page.screen().name).toBe("cookies_blocked");
    expect(page.told()).toEqual([
      { to: APP, message: { type: "alter-connect:error", v: 1, code: "cookies_blocked" } },
    ]);
    expect(page.calls("authorize")).toEqual([]);
  });

  it("still knows blocked cookies when the first view got lost", async () => {
    const page = createPage({
      claim: [claimed],
      view: ["no answer", problem(404, "unknown_session")],
    });
    await page.claim();
    expect(page.screen().name).toBe("trouble");
    page.flow.retry();
    await settle();
    expect(page.screen().name).toBe("cookies_blocked");
  });

  it("calls a session without its cookie lost when it claimed nothing itself", async () => {
    const page = createPage({ view: [problem(404, "unknown_session")] });
    await page.reload();
    expect(page.screen()).toEqual({ name: "lost" });
    expect(page.sent.posts).toEqual([]);
  });
});
