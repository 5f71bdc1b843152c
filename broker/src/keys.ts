/**
 * API keys beyond the configuration: whether one was revoked, and when it was last used. Any broker may revoke, and all
 * of them follow within a second: each looks at the few that are revoked once a second at most, and only when it is
 * called. So a call costs nothing, but for one a second that reads a table of a few rows.
 */
import type { EndSession } from "./ending.ts";
import type { Errands } from "./errands.ts";
import type { StoredSession } from "./store/sessions.ts";
import type { Store } from "./store/store.ts";

export type Keys = {
  /** As of at most a second ago. */
  isRevoked: (hash: string) => Promise<boolean>;
  use: (key: { hash: string; app_id: string; key_id: string }) => Promise<void>;
};

const LOOK_EVERY = 1_000;
/** What is written down of a key's use is that coarse: no row is hot. */
const USE_EVERY = 60_000;
const BATCH = 50;

export const createKeys = (deps: {
  store: Store;
  endSession: EndSession;
  errands: Errands;
  now: () => number;
}): Keys => {
  const { store, now } = deps;
  let revoked: ReadonlySet<string> = new Set();
  let looked_at = -Infinity;
  let looking: Promise<void> | undefined;
  const used_at = new Map<string, number>();

  const look = async (): Promise<void> => {
    const at = now();
    const found = await store.apiKeys.revoked();
    const fresh = found.filter((hash) => !revoked.has(hash));
    revoked = new Set(found);
    looked_at = at;
    // Again here, after whoever revoked it: from now on this broker mints none, and what it minted a moment ago goes.
    if (fresh.length) deps.errands.run(() => endSessionsOfKeys(deps, fresh, null, "broker"));
  };

  return {
    isRevoked: async (hash) => {
      if (now() - looked_at >= LOOK_EVERY)
        await (looking ??= look().finally(() => {
          looking = undefined;
        }));
      return revoked.has(hash);
    },

    use: async (key) => {
      const at = now();
      if (at - (used_at.get(key.hash) ?? -Infinity) < USE_EVERY) return;
      // Before the write: the calls that come meanwhile need none of their own.
      used_at.set(key.hash, at);
      await store.apiKeys.used(key, at);
    },
  };
};

/** What these keys have asked for and nobody has finished. What was connected by then stays its user's. */
export const endSessionsOfKeys = async (
  { store, endSession, now }: { store: Store; endSession: EndSession; now: () => number },
  hashes: string[],
  request_id: string | null,
  actor: "broker" | "operator",
): Promise<number> => {
  let ended = 0;
  for (;;) {
    const sessions: StoredSession[] = await store.sessions.openOfKeys(hashes, now(), BATCH);
    for (const session of sessions) await endSession(session, "key_revoked", request_id, actor);
    ended += sessions.length;
    if (sessions.length < BATCH) return ended;
  }
};
