/** From an open window to a claimed session: who is heard, what is sent where, and what a refusal tells. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  APP,
  CHALLENGE,
  claimed,
  createPage,
  later,
  ok,
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
const happy = { claim: [claimed()], view: [viewReply()] };

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
    text: { data: JSON.stringify(SESSION) },
    nothing: { data: null },
  };
  it.each(Object.entries(strangers))("ignores %s", async (_, event) => {
    const page = createPage(happy);
    await page.start({ at: "start" });
    await page.hear(event);
    expect(page.sent.calls).toEqual([]);
    expect(page.told()).toEqual([]);
    expect(page.entry.kept).toBeNull();
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
  it("claims with what the browser vouches for, then shows what the claim replied", async () => {
    const page = createPage(happy);
    await page.claim();
    expect(page.calls("claim")).toEqual([
      {
        shape: "popup",
        token: SESSION.token,
        opener_origin: APP,
        challenge: CHALLENGE,
        claim_id: expect.stringMatching(/^\w{43}$/) as unknown,
      },
    ]);
    expect(page.sent.entered).toEqual(["s1"]);
    expect(page.entry.kept).toBeNull();
    expect(page.calls("view")).toEqual([]);
    expect(page.signs()).toEqual(["here"]);
    expect(page.told()).toEqual([
      { to: APP, message: { type: "alter-connect:event", v: 1, name: "page_ready" } },
    ]);
    const before = page.readies().length;
    await pass(5_000);
    expect(page.readies()).toHaveLength(before);
    expect(page.screen().name).toBe("confirm");
  });

  it("repeats its claim_id after a reload, and only for the same attempt [M6]", async () => {
    const first = createPage({ claim: ["never"] });
    await first.claim();
    // What the opener sends again need not be kept.
    expect(first.entry.kept).toEqual({
      challenge: CHALLENGE,
      claim_id: first.calls("claim")[0]?.claim_id,
    });

    const other = createPage({ claim: ["never"] }, { ...first.entry });
    await other.start({ at: "start" });
    await other.hear({ data: { ...SESSION, challenge: "d".repeat(43) } });
    expect(other.calls("claim")[0]?.claim_id).not.toBe(first.calls("claim")[0]?.claim_id);

    const reloaded = createPage(happy, first.entry);
    await reloaded.claim();
    expect(reloaded.calls("claim")).toEqual(first.calls("claim"));
    expect(reloaded.entry.kept).toBeNull();
  });

  it("repeats itself when the broker was not reached, with the same claim_id", async () => {
    const page = createPage({ claim: ["no answer", claimed()] });
    await page.claim();
    expect(page.screen()).toEqual({ name: "trouble", kind: "unreachable", reference: undefined });
    expect(page.told()).toEqual([]);
    page.flow.retry();
    await settle();
    const [lost, repeated] = page.calls("claim");
    expect(repeated).toEqual(lost);
    expect(page.screen().name).toBe("confirm");
  });

  it("does not call it a refusal when there are too many at once", async () => {
    const page = createPage({ claim: [problem(429, "rate_limited"), claimed()] });
    await page.claim();
    expect(page.screen()).toEqual({ name: "trouble", kind: "busy", reference: "req_1" });
    expect(page.told()).toEqual([]);
  });

  it("does not call it a refusal when the broker is the one in trouble", async () => {
    const page = createPage({ claim: [problem(500, "internal_error")] });
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
      expect(page.entry.kept).toBeNull();
      expect(page.screen()).toMatchObject(end);
    },
  );

  it("waits for an answer as long as it takes, and says nothing of it to anybody", async () => {
    const { reply, answer } = later();
    const page = createPage({ claim: [reply] });
    await page.claim();
    const asked = page.readies().length;
    // Past the moment at which a page that hears nobody gives up.
    await pass(25_000);
    expect(page.screen().name).toBe("loading");
    expect(page.readies()).toHaveLength(asked);
    expect(page.told()).toEqual([]);
    expect(page.signs()).toEqual([]);
    await answer(claimed());
    expect(page.screen().name).toBe("confirm");
    expect(page.calls("claim")).toHaveLength(1);
  });
});

describe("a claim whose cookie does not come back [L12]", () => {
  const unknown = problem(404, "unknown_session");
  const blocked = {
    to: APP,
    message: { type: "alter-connect:error", v: 1, code: "cookies_blocked" },
  };
  /** What was told besides the claim's own `page_ready`. */
  const errors = (page: ReturnType<typeof createPage>) =>
    page.told().filter(({ message }) => message.type === "alter-connect:error");

  it("shows before anybody leaves, on screen and to the sender of the token", async () => {
    const page = createPage({ claim: [claimed()], page: [unknown] });
    await page.claim();
    expect(page.screen().name).toBe("cookies_blocked");
    expect(errors(page)).toEqual([blocked]);
    // Nobody is waited for, and nobody hears of it twice.
    page.flow.cameIntoView();
    page.flow.cameBack();
    await pass(20_000);
    expect(errors(page)).toHaveLength(1);
    expect(page.calls("authorize")).toEqual([]);
  });

  it("shows even if Continue was pressed in the meantime", async () => {
    const { reply, answer } = later();
    const page = createPage({ claim: [claimed()], page: [reply], authorize: ["never"] });
    await page.claim();
    await page.press(page.flow.connect);
    expect(page.screen().name).toBe("leaving");
    await answer(unknown);
    expect(page.screen().name).toBe("cookies_blocked");
    expect(errors(page)).toEqual([blocked]);
    await pass(60_000);
    expect(page.screen().name).toBe("cookies_blocked");
    expect(page.sent.left).toEqual([]);
  });

  it("shows at the click, if the sign of life got lost", async () => {
    const page = createPage({
      claim: [claimed()],
      page: ["no answer"],
      authorize: [unknown],
      view: [unknown],
    });
    await page.claim();
    expect(page.screen().name).toBe("confirm");
    await page.press(page.flow.connect);
    expect(page.screen().name).toBe("cookies_blocked");
    expect(errors(page)).toEqual([blocked]);
  });

  it("is told once, when two calls find it out", async () => {
    const page = createPage({
      claim: [claimed()],
      page: ["no answer", unknown],
      authorize: [unknown],
      view: [unknown],
    });
    await page.claim();
    await page.press(page.flow.connect);
    page.flow.cameIntoView();
    await settle();
    expect(page.screen().name).toBe("cookies_blocked");
    expect(errors(page)).toEqual([blocked]);
  });

  it("is something else than a session that is lost later on", async () => {
    const page = createPage({ claim: [claimed()], page: [ok(null), unknown], view: [unknown] });
    await page.claim();
    page.flow.cameBack();
    await settle();
    expect(page.screen()).toEqual({ name: "lost", reference: "req_1" });
    expect(errors(page)).toEqual([]);
  });

  it("is something else than a session that this page did not claim", async () => {
    const page = createPage({ view: [unknown], page: [unknown] });
    await page.reload();
    expect(page.screen()).toEqual({ name: "lost", reference: "req_1" });
    expect(page.sent.posts).toEqual([]);
  });
});
