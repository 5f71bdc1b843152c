/** The life of a session as tables: every transition is pure, so time and races are plain arguments here. */
import type { Connection } from "@alter-ai/protocol/window";
import { describe, expect, test } from "vitest";
import {
  authorize,
  beginFinishing,
  claim,
  CLAIM_REPEAT,
  connected,
  fail,
  finish,
  FINISHING_LEASE,
  isOpen,
  isReadable,
  mayTellByToken,
  MOST_AUTHORIZATIONS,
  returned,
  settled,
  superseded,
  takesBack,
  type Claim,
  type End,
  type Session,
  type Step,
  UNCLAIMED,
} from "../../broker/src/session.ts";

const MINUTE = 60_000;
const T = 1_800_000_000_000;
const ORIGIN = "https://app.example.com";
const DEADLINES = {
  unclaimed: 10 * MINUTE,
  claimed: 15 * MINUTE,
  claimed_most: 60 * MINUTE,
  authorization: 15 * MINUTE,
  outcome: 10 * MINUTE,
};

const unclaimed = (over: Partial<Session> = {}): Session => ({
  id: "s1",
  app_id: "demo",
  issuer: "https://idp.example.com",
  subject: "ann",
  user: { label: "ann@example.com", label_kind: "verified_email", name: undefined },
  allowed_origin: ORIGIN,
  return_url: null,
  completion: "browser",
  multiple: false,
  providers: ["calendar", "files"],
  required_scopes: [],
  variables: {},
  renewing: null,
  preview: false,
  created_at: T,
  expires_at: T + DEADLINES.unclaimed,
  key_hash: "k1",
  locale: "de",
  ...UNCLAIMED,
  ...over,
});

const by = (shape: Claim["shape"], over: Partial<Claim> = {}): Claim => ({
  shape,
  opener_origin: shape === "popup" ? ORIGIN : null,
  challenge: shape === "backend" ? null : "challenge",
  state: shape === "redirect" ? "state" : null,
  claim_id_hash: "claim-id",
  cookie_hash: "cookie-2",
  ...over,
});

/** Claimed in the popup shape at T. */
const claimed = (over: Partial<Session> = {}): Session =>
  unclaimed({
    shape: "popup",
    challenge: "challenge",
    claim_id_hash: "claim-id",
    cookie_hash: "cookie-1",
    claimed_at: T,
    phase: "choosing",
    expires_at: T + DEADLINES.claimed,
    completion: over.shape === "backend" ? "backend" : "browser",
    ...over,
  });

const finishing = (over: Partial<Session> = {}): Session =>
  claimed({
    phase: "finishing",
    authorizations: 1,
    finishing_until: T + FINISHING_LEASE,
    ...over,
  });

const connection = (grant_id = "g1"): Connection => ({
  grant_id,
  provider: "calendar",
  provider_name: "Acme Calendar",
  account_identifier: "ann@work.test",
  timestamp: new Date(T).toISOString(),
  operation: "creation",
  scopes: ["calendar.read"],
  status: "active",
});

const after = (session: Session, step: Step | { elsewhere: true }): Session => {
  if (!("set" in step)) throw new Error(`refused: ${JSON.stringify(step)}`);
  return { ...session, ...step.set };
};
const codeOf = ({ outcome }: Session): string =>
  outcome?.status === "error" ? outcome.error.code : (outcome?.status ?? "none");

describe("settled: what the clock alone does", () => {
  const expiry = T + DEADLINES.claimed;
  test.each<[string, Session, number, Partial<Session>]>([
    ["before expiry nothing", claimed(), expiry - 1, { ended_at: null, phase: "choosing" }],
    ["unclaimed", unclaimed(), T + DEADLINES.unclaimed, { ended_at: T + DEADLINES.unclaimed }],
    [
      "at expiry it ended then, however late it is read",
      claimed(),
      expiry + MINUTE,
      { ended_at: expiry },
    ],
    [
      "its live state dies too",
      claimed({ live_state_hash: "h" }),
      expiry,
      { live_state_hash: null },
    ],
    ["a lease holds", finishing(), T + FINISHING_LEASE - 1, { phase: "finishing" }],
    [
      "a lease ends",
      finishing(),
      T + FINISHING_LEASE,
      { phase: "failed", failure: "finishing_timed_out", finishing_until: null, ended_at: null },
    ],
    [
      "expiry beats the lease",
      finishing({ expires_at: T + 1 }),
      T + FINISHING_LEASE,
      { ended_at: T + 1, failure: null },
    ],
  ])("%s", (_name, session, now, expected) => {
    expect(settled(session, now)).toMatchObject(expected);
  });

  test("without connections it is an error, with them a success", () => {
    expect(codeOf(settled(claimed(), expiry))).toBe("session_expired");
    const some = claimed({ multiple: true, connections: [connection()] });
    expect(settled(some, expiry).outcome).toEqual({
      status: "success",
      connections: [connection()],
    });
  });

  test("an ended session stays as it ended, and its outcome is readable for ten minutes", () => {
    const ended = after(claimed(), finish(claimed(), "cancel", T + 1));
    expect(settled(ended, expiry + MINUTE)).toBe(ended);
    expect(isReadable(ended, T + DEADLINES.outcome, DEADLINES)).toBe(true);
    expect(isReadable(ended, T + 1 + DEADLINES.outcome, DEADLINES)).toBe(false);
    // From the expiry, not from when somebody first looked.
    expect(isReadable(claimed(), expiry + DEADLINES.outcome - 1, DEADLINES)).toBe(true);
    expect(isReadable(claimed(), expiry + DEADLINES.outcome, DEADLINES)).toBe(false);
  });
});

describe("claim [M20]: three shapes, one per session", () => {
  const RETURN = { return_url: `${ORIGIN}/back` };
  const BACKEND = { ...RETURN, completion: "backend" as const };
  test.each<[string, Partial<Session>, Claim, string | undefined]>([
    ["popup", {}, by("popup"), undefined],
    ["popup, though redirect would do too", RETURN, by("popup"), undefined],
    [
      "popup from another origin",
      {},
      by("popup", { opener_origin: "https://evil.example" }),
      "origin_not_allowed",
    ],
    [
      "popup from a prefix of the origin",
      {},
      by("popup", { opener_origin: `${ORIGIN}.evil.example` }),
      "origin_not_allowed",
    ],
    [
      "popup from an opaque origin",
      {},
      by("popup", { opener_origin: "null" }),
      "origin_not_allowed",
    ],
    ["redirect", RETURN, by("redirect"), undefined],
    ["redirect without a return URL", {}, by("redirect"), "claim_shape_refused"],
    ["backend", BACKEND, by("backend"), undefined],
    ["backend on a browser session", RETURN, by("backend"), "claim_shape_refused"],
    ["popup on a backend session", BACKEND, by("popup"), "claim_shape_refused"],
    ["redirect on a backend session", BACKEND, by("redirect"), "claim_shape_refused"],
  ])("%s", (_name, over, given, refusal) => {
    const session = unclaimed(over);
    const step = claim(session, given, T + MINUTE, DEADLINES);
    if (refusal !== undefined) {
      expect(step).toEqual({ refuse: refusal });
      return;
    }
    expect(after(session, step)).toMatchObject({
      shape: given.shape,
      challenge: given.challenge,
      redirect_state: given.state,
      claim_id_hash: given.claim_id_hash,
      cookie_hash: given.cookie_hash,
      claimed_at: T + MINUTE,
      phase: "choosing",
      expires_at: T + MINUTE + DEADLINES.claimed,
    });
  });

  test.each<[string, Session, number, string]>([
    ["expired unclaimed", unclaimed(), T + DEADLINES.unclaimed, "session_expired"],
    ["expired claimed", claimed(), T + DEADLINES.claimed, "session_expired"],
    ["cancelled", claimed({ ended_at: T, outcome: { status: "exit" } }), T + 1, "session_ended"],
  ])("a session that is over is told so: %s", (_name, session, now, code) => {
    expect(claim(session, by("popup"), now, DEADLINES)).toEqual({ refuse: code });
    // Another challenge raises no alarm either: apps reuse a token after a closed window.
    expect(claim(session, by("popup", { challenge: "other" }), now, DEADLINES)).toEqual({
      refuse: code,
    });
  });
});

describe("claim again [M6, M5]", () => {
  const shapes: [string, Session, Claim][] = [
    ["popup", claimed(), by("popup")],
    ["redirect", claimed({ shape: "redirect", redirect_state: "state" }), by("redirect")],
    ["backend", claimed({ shape: "backend", challenge: null }), by("backend")],
  ];
  test.each(shapes)(
    "%s: a repeat within a minute rotates the cookie and nothing else",
    (_n, s, c) => {
      expect(claim(s, c, T + CLAIM_REPEAT - 1, DEADLINES)).toEqual({
        set: { cookie_hash: "cookie-2" },
      });
    },
  );
  test.each(shapes)("%s: no repeat later, by another page, or after leaving", (_name, s, c) => {
    const refused = { refuse: "session_claimed" };
    expect(claim(s, c, T + CLAIM_REPEAT, DEADLINES)).toEqual(refused);
    expect(claim(s, { ...c, claim_id_hash: "other" }, T, DEADLINES)).toEqual(refused);
    expect(claim({ ...s, authorizations: 1 }, c, T, DEADLINES)).toEqual(refused);
    expect(claim({ ...s, authorizations: 2, auto_left: true }, c, T, DEADLINES)).toEqual(refused);
  });
  test.each(shapes)("%s: what the claim itself began is no obstacle", (_name, s, c) => {
    const left = { ...s, authorizations: 1, auto_left: true };
    expect(claim(left, c, T, DEADLINES)).toEqual({ set: { cookie_hash: "cookie-2" } });
  });

  test.each<[string, Session, Claim, unknown]>([
    ["another challenge", claimed(), by("popup", { challenge: "thief" }), { elsewhere: true }],
    [
      "another challenge, same claim id",
      claimed({ authorizations: 1 }),
      by("popup", { challenge: "thief", claim_id_hash: "claim-id" }),
      { elsewhere: true },
    ],
    [
      "the owner's popup after somebody's redirect",
      claimed({ shape: "redirect", redirect_state: "state", challenge: "thief" }),
      by("popup"),
      { elsewhere: true },
    ],
    [
      "another challenge from another origin ends nothing",
      claimed(),
      by("popup", { challenge: "thief", opener_origin: "https://evil.example" }),
      { refuse: "origin_not_allowed" },
    ],
    [
      "another shape without an opener ends nothing",
      claimed(),
      by("redirect"),
      { refuse: "session_claimed" },
    ],
    ["nor does backend", claimed(), by("backend"), { refuse: "claim_shape_refused" }],
    [
      "nor a popup on a backend session",
      claimed({ shape: "backend", challenge: null }),
      by("popup", { challenge: "thief" }),
      { refuse: "claim_shape_refused" },
    ],
  ])("%s", (_name, session, given, expected) => {
    expect(claim(session, given, T + 1, DEADLINES)).toEqual(expected);
  });
});

describe("authorize", () => {
  const go = (session: Session, now = T + 1, over: Partial<Parameters<typeof authorize>[1]> = {}) =>
    authorize(
      session,
      { provider: "calendar", state_hash: "new", auto: false, renew: null, ...over },
      now,
      DEADLINES,
    );

  test("supersedes the older state and forgets the older failure", () => {
    const before = claimed({
      phase: "failed",
      failure: "access_denied",
      live_state_hash: "old",
      authorizations: 1,
    });
    expect(after(before, go(before))).toMatchObject({
      phase: "at_provider",
      failure: null,
      live_state_hash: "new",
      authorizations: 2,
    });
  });

  test.each<[string, Step, string | undefined]>([
    ["a provider of the session", go(claimed()), undefined],
    ["a provider outside it", go(claimed(), T, { provider: "mail" }), "provider_not_allowed"],
    ["while an exchange runs", go(finishing()), "session_busy"],
    ["once its lease is over", go(finishing(), T + FINISHING_LEASE), undefined],
    [
      "the last attempt allowed",
      go(claimed({ authorizations: MOST_AUTHORIZATIONS - 1 })),
      undefined,
    ],
    ["one more", go(claimed({ authorizations: MOST_AUTHORIZATIONS })), "too_many_attempts"],
    ["without a click, the first time", go(claimed(), T, { auto: true }), undefined],
    [
      "without a click, again",
      go(claimed({ authorizations: 1 }), T, { auto: true }),
      "session_busy",
    ],
    ["with a click, again", go(claimed({ authorizations: 1, auto_left: true })), undefined],
    ["after expiry", go(claimed(), T + DEADLINES.claimed), "session_expired"],
    ["after the end", go(claimed({ ended_at: T, outcome: { status: "exit" } })), "session_ended"],
  ])("%s", (_name, step, refusal) => {
    if (refusal === undefined) expect(step).toHaveProperty("set.phase", "at_provider");
    else expect(step).toEqual({ refuse: refusal });
  });

  test("what a claim began is told from a click", () => {
    const left = after(claimed(), go(claimed(), T, { auto: true }));
    expect(left).toMatchObject({ auto_left: true, authorizations: 1 });
    expect(after(left, go(left))).toMatchObject({ auto_left: false, authorizations: 2 });
    expect(after(claimed(), go(claimed()))).toMatchObject({ auto_left: false, authorizations: 1 });
  });

  test.each([
    ["slides from now", T + 10 * MINUTE, T + 25 * MINUTE],
    ["up to the cap after the claim", T + 50 * MINUTE, T + 60 * MINUTE],
  ])("the deadline %s [H10]", (_name, now, expires_at) => {
    const session = claimed({ expires_at: T + 60 * MINUTE });
    expect(after(session, go(session, now)).expires_at).toBe(expires_at);
  });
});

describe("at the provider and back", () => {
  const away = claimed({ phase: "at_provider", live_state_hash: "live", authorizations: 1 });

  test("a page on screen again may choose anew, and the live state stays alive", () => {
    expect(returned(away, T)).toEqual({ set: { phase: "choosing" } });
    for (const other of [
      claimed(),
      finishing(),
      claimed({ phase: "failed", failure: "access_denied" }),
    ])
      expect(returned(other, T)).toEqual({ set: {} });
    expect(returned(away, away.expires_at)).toEqual({ set: {} });
  });

  test.each<[string, Session, string, number, string | undefined]>([
    ["the live state", away, "live", T, undefined],
    ["the live state after Back", { ...away, phase: "choosing" }, "live", T, undefined],
    ["an older state", away, "old", T, "session_busy"],
    ["a consumed state", finishing(), "live", T, "session_busy"],
    ["the live state, too late", away, "live", away.expires_at, "session_expired"],
    [
      "the live state, cancelled",
      { ...away, ended_at: T, outcome: { status: "exit" } },
      "live",
      T,
      "session_ended",
    ],
  ])("consume: %s", (_name, session, state, now, refusal) => {
    const step = beginFinishing(session, state, now);
    if (refusal !== undefined) expect(step).toEqual({ refuse: refusal });
    else
      expect(after(session, step)).toMatchObject({
        phase: "finishing",
        live_state_hash: null,
        finishing_until: now + FINISHING_LEASE,
      });
  });

  test("a state is consumed once", () => {
    const first = after(away, beginFinishing(away, "live", T));
    expect(beginFinishing(first, "live", T)).toEqual({ refuse: "session_busy" });
  });

  test("a superseded state leaves a sentence and touches nothing that runs", () => {
    expect(superseded(away, T)).toEqual({ set: { failure: "authorization_superseded" } });
    for (const other of [finishing(), claimed({ phase: "failed", failure: "access_denied" })])
      expect(superseded(other, T)).toEqual({ set: {} });
    expect(superseded(away, away.expires_at)).toEqual({ set: {} });
  });

  test("a failure allows another try; a denial is remembered through it", () => {
    const lease = T + FINISHING_LEASE;
    const denied = after(finishing(), fail(finishing(), "access_denied", lease, T));
    expect(denied).toMatchObject({
      phase: "failed",
      denied: true,
      finishing_until: null,
      ended_at: null,
    });
    expect(after(denied, fail(denied, "provider_timeout", null, T)).denied).toBe(true);
    expect(after(finishing(), fail(finishing(), "provider_timeout", lease, T)).denied).toBe(false);
  });

  test.each<[string, Session, number | null, number]>([
    ["one that never began, of an exchange", finishing(), null, T],
    ["an older exchange's, of a newer one", finishing({ finishing_until: T + 1 }), T, T],
    ["an older exchange's, of a new departure", away, T + FINISHING_LEASE, T],
    ["any, of an end", finishing({ expires_at: T }), T + FINISHING_LEASE, T],
  ])("a late failure changes nothing: %s", (_name, session, lease, now) => {
    expect(fail(session, "provider_unavailable", lease, now)).toEqual({ set: {} });
  });
});

describe("connected: only under the same lease", () => {
  const lease = T + FINISHING_LEASE;
  test.each<[string, Session, number, number, string]>([
    ["another exchange's lease", finishing(), lease - 1, T, "session_busy"],
    ["the lease is over", finishing(), lease, lease, "session_busy"],
    ["nothing is finishing", claimed(), lease, T, "session_busy"],
    ["a newer attempt has begun", finishing({ phase: "at_provider" }), lease, T, "session_busy"],
    [
      "it was cancelled meanwhile",
      finishing({ ended_at: T, outcome: { status: "exit" } }),
      lease,
      T,
      "session_ended",
    ],
    ["it expired meanwhile", finishing({ expires_at: T }), lease, T, "session_expired"],
  ])("refused: %s", (_name, session, held, now, code) => {
    expect(connected(session, connection(), false, held, now)).toEqual({ refuse: code });
  });

  test("a single session ends with it, a multiple one goes on choosing", () => {
    const single = after(finishing(), connected(finishing(), connection(), false, lease, T));
    expect(single).toMatchObject({
      ended_at: T,
      outcome: { status: "success" },
      finishing_until: null,
    });
    const many = finishing({ multiple: true, connections: [connection("g0")] });
    const next = after(many, connected(many, connection("g1"), false, lease, T));
    expect(next).toMatchObject({ ended_at: null, outcome: null, phase: "choosing" });
    expect(next.connections.map(({ grant_id }) => grant_id)).toEqual(["g0", "g1"]);
  });

  test("the same account twice in one session is one connection, the newer", () => {
    const many = finishing({ multiple: true, connections: [connection("g1"), connection("g2")] });
    const again = { ...connection("g1"), operation: "reauth" as const };
    expect(after(many, connected(many, again, false, lease, T)).connections).toEqual([
      connection("g2"),
      again,
    ]);
  });
});

describe("ends [H8]", () => {
  const some = { multiple: true, connections: [connection()] };
  test.each<[End, Partial<Session>, string]>([
    ["done", {}, "exit"],
    ["done", some, "success"],
    ["cancel", {}, "exit"],
    ["cancel", { denied: true }, "exit"],
    ["cancel", some, "success"],
    ["denied", {}, "exit"],
    ["denied", { denied: true }, "access_denied"],
    ["cancel", { failure: "unsupported_browser" }, "unsupported_browser"],
    ["done", { failure: "unsupported_browser" }, "unsupported_browser"],
    ["cancel", { failure: "unsupported_browser", ...some }, "success"],
    ["cancel", { failure: "provider_timeout" }, "exit"],
    ["denied", { failure: "unsupported_browser", denied: true }, "access_denied"],
    ["expired", { failure: "unsupported_browser" }, "session_expired"],
    ["not_you", { failure: "unsupported_browser" }, "wrong_user"],
    ["denied", { denied: true, ...some }, "success"],
    ["expired", {}, "session_expired"],
    ["expired", some, "success"],
    // Nobody mints a result code at a deadline, so what a redirect has only staged is not a success.
    ["expired", { ...some, shape: "redirect" }, "session_expired"],
    ["expired", { ...some, shape: "backend" }, "session_expired"],
    ["done", { ...some, shape: "redirect" }, "success"],
    ["not_you", {}, "wrong_user"],
    ["not_you", some, "wrong_user"],
    ["claimed_elsewhere", {}, "session_claimed_elsewhere"],
    ["claimed_elsewhere", some, "session_claimed_elsewhere"],
  ])("%s with %o: %s", (reason, over, code) => {
    const session = claimed({ live_state_hash: "live", ...over });
    const ended = after(session, finish(session, reason, T + 1));
    expect(codeOf(ended)).toBe(code);
    expect(ended).toMatchObject({ ended_at: T + 1, live_state_hash: null, finishing_until: null });
    expect(ended.connections).toEqual(takesBack(reason) ? [] : session.connections);
  });

  test("the first writer fixes the outcome", () => {
    const cancelled = after(finishing(), finish(finishing(), "cancel", T));
    for (const later of ["done", "not_you", "claimed_elsewhere", "denied"] as const)
      expect(finish(cancelled, later, T + 1)).toEqual({ set: {} });
    // The exchange that was under way comes home to a closed door, and the other way round.
    expect(connected(cancelled, connection(), false, T + FINISHING_LEASE, T + 1)).toEqual({
      refuse: "session_ended",
    });
    const won = after(
      finishing(),
      connected(finishing(), connection(), false, T + FINISHING_LEASE, T),
    );
    expect(after(won, finish(won, "cancel", T + 1)).outcome).toMatchObject({ status: "success" });
  });

  test("nobody ends what the clock has ended", () => {
    expect(isOpen(claimed(), T + DEADLINES.claimed)).toBe(false);
    expect(finish(claimed(), "cancel", T + DEADLINES.claimed)).toEqual({ set: {} });
  });
});

describe("what the token alone may learn [H2]", () => {
  const success = { status: "success" as const, connections: [connection()] };
  const error = { status: "error" as const, error: { code: "access_denied", message: "" } };
  test.each<[string, Partial<Session>, boolean]>([
    ["popup success", { outcome: success }, true],
    ["unclaimed and cancelled", { shape: null, outcome: { status: "exit" } }, true],
    ["redirect success", { shape: "redirect", outcome: success }, false],
    ["backend success", { shape: "backend", outcome: success }, false],
    ["redirect success, redeemed", { shape: "redirect", outcome: success, redeemed_at: T }, true],
    ["redirect error", { shape: "redirect", outcome: error }, false],
    ["backend error", { shape: "backend", outcome: error }, false],
    ["redirect, open", { shape: "redirect", ended_at: null }, false],
    // Nothing of any account is in it.
    ["redirect exit", { shape: "redirect", outcome: { status: "exit" } }, true],
    ["backend exit", { shape: "backend", outcome: { status: "exit" } }, true],
  ])("%s", (_name, over, told) => {
    expect(mayTellByToken(claimed({ ended_at: T, ...over }))).toBe(told);
  });
});
