/**
 * The life of a Connect session, as pure transitions: (session, what happens, now) -> changes or a refusal.
 * The store applies the changes only if nobody changed the row in between, and runs the transition again if
 * somebody did; so every end is one compare-and-set, and a late click can neither lose a grant nor make one.
 * Knows no clock, no database, no HTTP. Times are epoch milliseconds.
 */
import type { FAILURES } from "@alter-ai/protocol/attempt";
import type { ErrorCode } from "@alter-ai/protocol/http";
import type { Locale } from "@alter-ai/protocol/locale";
import type { Connection, Outcome, Phase } from "@alter-ai/protocol/window";
import type { Deadlines } from "./config/config.ts";

export type Failure = (typeof FAILURES)[number];

/** Who the session is for, as the identity provider vouched when it was created. */
export type SessionUser = {
  label: string;
  label_kind: "verified_email" | "username" | "subject";
  name: string | undefined;
};

export type Shape = "popup" | "redirect" | "backend";

export type Session = {
  /** Public: it stands in the page's URL. */
  id: string;
  app_id: string;
  issuer: string;
  subject: string;
  user: SessionUser;
  allowed_origin: string;
  return_url: string | null;
  completion: "browser" | "backend";
  multiple: boolean;
  /** Language that the app wants the page to speak. */
  locale: Locale | null;
  providers: string[];
  /** Without these a connection of this session is none. */
  required_scopes: string[];
  /** By provider: values of its record's variables that the app has said. */
  variables: Record<string, Record<string, string>>;
  /** Grant that the app wants renewed. */
  renewing: string | null;
  /** Nobody connects anything: the app's developer looks at the page. */
  preview: boolean;
  /** Hash of the API key that asked for it. */
  key_hash: string | null;
  created_at: number;
  expires_at: number;

  /** Fixed by the claim, for ever [M20]. */
  shape: Shape | null;
  challenge: string | null;
  redirect_state: string | null;
  claim_id_hash: string | null;
  cookie_hash: string | null;
  claimed_at: number | null;

  phase: Phase;
  failure: Failure | null;
  /** The one authorization that may still come back. */
  live_state_hash: string | null;
  authorizations: number;
  authorized_at: number | null;
  finishing_until: number | null;
  denied: boolean;
  /** The newest authorization was begun by the claim itself, without a click. */
  auto_left: boolean;
  /** Grant that the user has chosen to renew by the newest authorization. */
  chosen: string | null;
  connections: Connection[];
  /** The last of them has the user's own address: the identity provider and this one both vouch for it. */
  own_account: boolean;

  ended_at: number | null;
  outcome: Outcome | null;
  result_code_hash: string | null;
  redeemed_at: number | null;
};

/** How every session begins: nobody has claimed it and nothing has happened. */
export const UNCLAIMED = {
  shape: null,
  challenge: null,
  redirect_state: null,
  claim_id_hash: null,
  cookie_hash: null,
  claimed_at: null,
  phase: "unclaimed" as const,
  failure: null,
  live_state_hash: null,
  authorizations: 0,
  authorized_at: null,
  finishing_until: null,
  denied: false,
  auto_left: false,
  chosen: null,
  connections: [],
  own_account: false,
  ended_at: null,
  outcome: null,
  result_code_hash: null,
  redeemed_at: null,
} satisfies Partial<Session>;

/** What a transition says: the columns to write, or why not. */
export type Step = { set: Partial<Session> } | { refuse: ErrorCode };

export const CLAIM_REPEAT = 60_000;
export const FINISHING_LEASE = 45_000;
/** Attempts at providers within one session [L19]. */
export const MOST_AUTHORIZATIONS = 30;

// ---- what the clock alone does ----------------------------------------------------------------

/** The session as it stands now: past its deadline it has ended, past its lease an exchange has failed. */
export const settled = <S extends Session>(session: S, now: number): S => {
  if (session.ended_at !== null) return session;
  if (now >= session.expires_at) {
    const ended = end(session, "expired", session.expires_at);
    return { ...session, ...ended };
  }
  if (
    session.phase === "finishing" &&
    session.finishing_until !== null &&
    now >= session.finishing_until
  )
    return { ...session, phase: "failed", failure: "finishing_timed_out", finishing_until: null };
  return session;
};

/** The grant that is to come back renewed: of the user's choice, else of the app's. */
export const meantGrant = ({ chosen, renewing }: Pick<Session, "chosen" | "renewing">) =>
  chosen ?? renewing;

export const isOpen = (session: Session, now: number): boolean =>
  settled(session, now).ended_at === null;

/** Whether anybody may still read how it ended. */
export const isReadable = (session: Session, now: number, deadlines: Deadlines): boolean => {
  const { ended_at } = settled(session, now);
  return ended_at === null || now < ended_at + deadlines.outcome;
};

/**
 * Redirect and backend sessions say nothing to the token alone until they are redeemed [H2]; an exit is no secret:
 * nothing of any account is in it, and the app that cancels an attempt from its own page has to hear of it.
 */
export const mayTellByToken = ({ shape, redeemed_at, outcome }: Session): boolean =>
  shape === "popup" || shape === null || redeemed_at !== null || outcome?.status === "exit";

// ---- claim ------------------------------------------------------------------------------------

export type Claim = {
  shape: Shape;
  opener_origin: string | null;
  challenge: string | null;
  state: string | null;
  claim_id_hash: string;
  cookie_hash: string;
};

/** Step 4 of the popup flow. Refusals write nothing; `elsewhere` is the caller's cue to raise the alarm [M5]. */
export const claim = (
  session: Session,
  by: Claim,
  now: number,
  deadlines: Deadlines,
): Step | { elsewhere: true } => {
  const ended = refuseEnded(session, now);
  // Page and widget both find out, and whoever is second is told the same [M5].
  if (ended && by.shape === "popup" && wasAlarm(session) && by.challenge !== session.challenge)
    return { refuse: "session_claimed_elsewhere" };
  if (ended) return ended;
  if (by.shape === "popup" && by.opener_origin !== session.allowed_origin)
    return { refuse: "origin_not_allowed" };
  if (session.preview && by.shape !== "popup") return { refuse: "claim_shape_refused" };
  if ((by.shape === "backend") !== (session.completion === "backend"))
    return { refuse: "claim_shape_refused" };
  if (session.shape === null) {
    if (by.shape !== "popup" && session.return_url === null)
      return { refuse: "claim_shape_refused" };
    return {
      set: {
        shape: by.shape,
        challenge: by.challenge,
        redirect_state: by.state,
        claim_id_hash: by.claim_id_hash,
        cookie_hash: by.cookie_hash,
        claimed_at: now,
        phase: "choosing",
        expires_at: now + deadlines.claimed,
      },
    };
  }
  const sameStarter =
    by.shape === session.shape &&
    by.challenge === session.challenge &&
    by.state === session.redirect_state;
  // Nothing could be stolen in a preview: it is looked at twice, and that is no alarm.
  if (by.shape === "popup" && !sameStarter)
    return session.preview ? { refuse: "session_claimed" } : { elsewhere: true };
  const untouched =
    session.authorizations === 0 || (session.authorizations === 1 && session.auto_left);
  const repeat =
    sameStarter &&
    by.claim_id_hash === session.claim_id_hash &&
    untouched &&
    session.claimed_at !== null &&
    now < session.claimed_at + CLAIM_REPEAT;
  // A lost reply or a reload: the same browser gets a fresh cookie, the old one stops working [M6].
  return repeat ? { set: { cookie_hash: by.cookie_hash } } : { refuse: "session_claimed" };
};

/** Two had the token of this session, and one of them claimed it. */
export const wasAlarm = (session: Pick<Session, "outcome">): boolean =>
  endedWith(session, "session_claimed_elsewhere");

// ---- to the provider and back -----------------------------------------------------------------

/** `auto`: by the claim itself, without a click; only ever as the session's first departure [H4, M15]. */
export const authorize = (
  session: Session,
  by: { provider: string; state_hash: string; auto: boolean; renew: string | null },
  now: number,
  deadlines: Deadlines,
): Step => {
  const ended = refuseEnded(session, now);
  if (ended) return ended;
  const current = settled(session, now);
  if (current.preview) return { refuse: "preview_only" };
  if (!current.providers.includes(by.provider)) return { refuse: "provider_not_allowed" };
  if (current.phase === "finishing") return { refuse: "session_busy" };
  if (current.authorizations >= MOST_AUTHORIZATIONS) return { refuse: "too_many_attempts" };
  if (by.auto && current.authorizations > 0) return { refuse: "session_busy" };
  return {
    set: {
      phase: "at_provider",
      failure: null,
      // Supersedes whatever state was live: only the newest authorization can come back.
      live_state_hash: by.state_hash,
      authorizations: current.authorizations + 1,
      authorized_at: now,
      auto_left: by.auto,
      chosen: by.renew,
      finishing_until: null,
      expires_at: Math.min(
        now + deadlines.claimed,
        (current.claimed_at ?? current.created_at) + deadlines.claimed_most,
      ),
    },
  };
};

/**
 * The user gives a credential instead of leaving: an attempt like a departure, and at once the exchange, with its
 * lease. A second click meets the lease [M14].
 */
export const give = (
  session: Session,
  by: { provider: string; renew: string | null },
  now: number,
  deadlines: Deadlines,
): Step => {
  const left = authorize(session, { ...by, state_hash: "", auto: false }, now, deadlines);
  return "refuse" in left
    ? left
    : {
        set: {
          ...left.set,
          phase: "finishing",
          live_state_hash: null,
          finishing_until: now + FINISHING_LEASE,
        },
      };
};

/** The provider said no to it: nothing has failed, and the user can try another. `lease` as in `fail`. */
export const decline = (session: Session, lease: number, now: number): Step =>
  isOpen(session, now) && session.finishing_until === lease
    ? { set: { phase: "choosing", finishing_until: null } }
    : { set: {} };

/** The page is on screen again (Back, reload): the user may choose anew; the live state stays alive (Forward works). */
export const returned = (session: Session, now: number): Step => {
  const current = settled(session, now);
  return current.ended_at === null && current.phase === "at_provider"
    ? { set: { phase: "choosing" } }
    : { set: {} };
};

/** An older authorization came back after a newer one began: it is told so, and changes nothing else. */
export const superseded = (session: Session, now: number): Step =>
  isOpen(session, now) && session.phase !== "finishing" && session.phase !== "failed"
    ? { set: { failure: "authorization_superseded" } }
    : { set: {} };

/** The callback's one compare-and-set: consumes the state and starts the lease [M14]. */
export const beginFinishing = (session: Session, state_hash: string, now: number): Step => {
  const ended = refuseEnded(session, now);
  if (ended) return ended;
  if (session.live_state_hash !== state_hash) return { refuse: "session_busy" };
  return {
    set: {
      phase: "finishing",
      failure: null,
      live_state_hash: null,
      finishing_until: now + FINISHING_LEASE,
    },
  };
};

/**
 * The exchange failed, or the user said no at the provider: another try is possible. `lease` is the exchange's
 * own (null before one began): a late failure must not end the attempt that has taken its place.
 */
export const fail = (
  session: Session,
  failure: Failure,
  lease: number | null,
  now: number,
): Step => {
  if (!isOpen(session, now) || session.finishing_until !== lease) return { set: {} };
  return {
    set: {
      phase: "failed",
      failure,
      finishing_until: null,
      denied: session.denied || failure === "access_denied",
    },
  };
};

/** The grant is about to be written in the same transaction: only while this exchange still holds its lease. */
export const connected = (
  session: Session,
  connection: Connection,
  own_account: boolean,
  lease: number,
  now: number,
): Step => {
  const ended = refuseEnded(session, now);
  if (ended) return ended;
  // Nothing leads here; and if ever something did, it would make no grant.
  if (session.preview) return { refuse: "preview_only" };
  if (settled(session, now).phase !== "finishing" || session.finishing_until !== lease)
    return { refuse: "session_busy" };
  const connections = [
    ...session.connections.filter(({ grant_id }) => grant_id !== connection.grant_id),
    connection,
  ];
  const idle = { phase: "choosing" as const, failure: null, finishing_until: null };
  const next = { ...idle, connections, own_account };
  return {
    set: session.multiple ? next : { ...next, ...end({ ...session, connections }, "done", now) },
  };
};

// ---- ends -------------------------------------------------------------------------------------

export type End =
  | ("done" | "cancel" | "denied" | "not_you" | "expired" | "claimed_elsewhere")
  /** From outside: its user is gone at the identity provider, or its API key was revoked [M10]. */
  | ("deprovisioned" | "key_revoked");

/** First writer fixes the outcome; everybody after reads it [H8]. */
export const finish = (session: Session, reason: End, now: number): Step =>
  isOpen(session, now) ? { set: end(session, reason, now) } : { set: {} };

/** Ends that take back what the session made. */
export const takesBack = (reason: End): boolean =>
  reason === "not_you" || reason === "claimed_elsewhere" || reason === "deprovisioned";

const end = (session: Session, reason: End, now: number): Partial<Session> => ({
  ended_at: now,
  outcome: outcomeOf(session, reason),
  live_state_hash: null,
  finishing_until: null,
  failure: null,
  ...(takesBack(reason) ? { connections: [] } : {}),
});

const outcomeOf = (session: Session, reason: End): Outcome => {
  if (session.preview) return { status: "exit" };
  if (reason === "not_you")
    return failed("wrong_user", "The person at the browser said that this is not their account.");
  if (reason === "claimed_elsewhere")
    return failed(
      "session_claimed_elsewhere",
      "The session was opened somewhere else. Start again.",
    );
  if (reason === "deprovisioned") return failed("session_revoked", REVOKED);
  // Nobody redeems what a redirect has only staged by a deadline, or by the end of the key that asked for it.
  const staged = session.shape === "redirect" || session.shape === "backend";
  const cut = reason === "expired" || reason === "key_revoked";
  if (session.connections.length && !(cut && staged))
    return { status: "success", connections: session.connections };
  if (reason === "key_revoked") return failed("session_revoked", REVOKED);
  if (reason === "expired")
    return failed("session_expired", "The session expired before anything was connected.");
  if (reason === "denied" && session.denied)
    return failed("access_denied", "The user did not allow access at the provider.");
  // Nobody gives up what the provider would not have let them do: the app can tell them how to go on.
  if (session.failure === "unsupported_browser")
    return failed("unsupported_browser", "The provider refuses this app's built-in browser.");
  return { status: "exit" };
};

/** Which of the two is nobody's business in the browser. */
const REVOKED = "The session was ended: its user or the app's key is no longer valid.";

const failed = (code: string, message: string): Outcome => ({
  status: "error",
  error: { code, message },
});

const refuseEnded = (session: Session, now: number): { refuse: ErrorCode } | undefined => {
  const current = settled(session, now);
  if (current.ended_at === null) return undefined;
  const expired = endedWith(current, "session_expired");
  return { refuse: expired ? "session_expired" : "session_ended" };
};

const endedWith = ({ outcome }: Pick<Session, "outcome">, code: string): boolean =>
  outcome?.status === "error" && outcome.error.code === code;
