/**
 * Ends a session, and takes back what it made where the reason demands it. Every end (page, widget, alarm)
 * comes through here, so that the first writer's outcome is the one that stands [H8].
 */
import type { Actor, Audit } from "./audit.ts";
import type { Errands } from "./errands.ts";
import { aboutSession } from "./grants/about.ts";
import type { Grants } from "./grants/grants.ts";
import type { TellProviders } from "./grants/revoke.ts";
import type { Redeem } from "./redeem.ts";
import { finish, takesBack, type End } from "./session.ts";
import type { StoredSession } from "./store/sessions.ts";
import type { Store } from "./store/store.ts";
import type { Waiters } from "./waiters.ts";

export type EndSession = (
  session: StoredSession,
  reason: End,
  request_id: string | null,
  /** Who ends it, where it is not the browser. */
  actor?: Actor,
  /** Asked of the newest row: whether it is still the one to end. */
  still?: (current: StoredSession) => boolean,
) => Promise<StoredSession>;

export const createEnding =
  (deps: {
    store: Store;
    grants: Grants;
    audit: Audit;
    waiters: Waiters;
    errands: Errands;
    now: () => number;
    redeem: Redeem;
  }): EndSession =>
  async (session, reason, request_id, actor = "browser", still = () => true) => {
    const { store, now } = deps;
    let tellProviders: TellProviders | undefined;
    const stepped = await store.transaction(async (tx) => {
      let ended = false;
      tellProviders = undefined;
      const done = await tx.sessions.step(session.id, (current) => {
        const step = still(current) ? finish(current, reason, now()) : { set: {} };
        ended = "set" in step && step.set.ended_at !== undefined;
        return deps.redeem.withCode(current, step);
      });
      if (!done || !ended) return done;
      // In this transaction: an outcome that says "wrong user" must not leave a grant behind in a crash.
      if (takesBack(reason)) {
        const by = actor === "browser" ? { request_id } : { request_id, reason };
        const taker = actor === "browser" ? "broker" : actor;
        tellProviders = await deps.grants.takeBack(tx, session.id, taker, by);
      }
      await deps.audit(tx, "session.ended", actor, {
        ...aboutSession(done.session),
        reason,
        request_id,
      });
      return done;
    });
    if (!stepped) return session;
    deps.waiters.wake(session.id);
    // Whoever ends it from outside ends many, and waits for no provider.
    if (tellProviders && actor !== "browser") deps.errands.run(tellProviders);
    else await tellProviders?.();
    return stepped.session;
  };

export type RaiseAlarm = (session: StoredSession, request_id: string) => Promise<void>;

/** Two hold the token of this session, and one of them claimed it: it ends, what it made is taken back [M5]. */
export const createAlarm =
  (deps: { store: Store; audit: Audit; endSession: EndSession }): RaiseAlarm =>
  async (session, request_id) => {
    await deps.endSession(session, "claimed_elsewhere", request_id);
    await deps.audit(deps.store, "session.claimed_elsewhere", "browser", {
      ...aboutSession(session),
      reason: "session_claimed_elsewhere",
      request_id,
    });
  };
