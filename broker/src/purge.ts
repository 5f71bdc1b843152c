/**
 * What nobody needs any more, removed a batch at a time. Between two batches everybody else has a turn: a batch is one
 * short transaction, and the pause after it is as long as it took. Any number of brokers may do this at once: what one
 * has removed the other does not find. Knows what there is to remove and for how long it is kept, and no SQL.
 */
import type { Retention } from "./audit/retention.ts";
import { WALLET_DEADLINES } from "./config/wallet.ts";
import { describeBug } from "./error.ts";
import type { Grants } from "./grants/grants.ts";
import type { Store } from "./store/store.ts";

/** Rows that one statement removes: some milliseconds of SQLite's only write lock. */
export const BATCH = 500;
/** Of these each is a transaction of its own, and a provider may have to be told. */
const ONE_BY_ONE = 100;
/** For each kind and run. What is left then waits for the next run, and no kind waits for another's. */
const BUDGET = 5_000;

const HOUR = 3_600_000;

/** Revoked grants and secrets stay this long, so that the app is told "revoked" and not "never connected". */
const REVOKED_KEPT = 90 * 86_400_000;

/** Longer than any sender retries: Svix does for about 28 hours. */
const DELIVERIES_KEPT = 3 * 86_400_000;

export type Log = (event: string, about: Record<string, unknown>) => void;

/** Removes a batch and says how many it were; none: nothing is left. */
type Step = () => Promise<number>;

export const createPurge = (deps: {
  store: Store;
  grants: Pick<Grants, "purgePending" | "sweep">;
  retention: Retention;
  /** How long an outcome can be read, and what was posted waits. */
  kept: { outcome: number; posted: number };
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  log: Log;
}): { run: () => Promise<void>; stop: () => Promise<void> } => {
  const { store, grants, kept, now, log } = deps;

  /** Those that hold the most first. */
  const kinds: Record<string, () => Step> = {
    posted: () => () => store.sessions.forgetPosted(now() - kept.posted, BATCH),
    sessions: () => () => store.sessions.purge(now() - kept.outcome, BATCH),
    pending_grants: () => async () => {
      const orphans = await store.grants.orphans(ONE_BY_ONE);
      await grants.purgePending(orphans);
      return orphans.length;
    },
    grants: () => () => store.grants.purge(now() - REVOKED_KEPT, BATCH),
    managed_secrets: () => () => store.managedSecrets.purge(now() - REVOKED_KEPT, BATCH),
    deprovisioned: () => () => store.deprovisioned.purge(now() - REVOKED_KEPT, ONE_BY_ONE),
    deliveries: () => () => store.deprovisioned.purgeDeliveries(now() - DELIVERIES_KEPT, BATCH),
    wallet: () => () => {
      const { idle, sign_in } = WALLET_DEADLINES;
      // An hour later: brokers' clocks differ, and by one that is late a forgotten state would be good once more.
      const ends = { seen_before: now() - idle - HOUR, arrived_before: now() - sign_in - HOUR };
      return store.wallet.purge(ends, BATCH);
    },
    counters: () => () => store.counters.purge(now(), BATCH),
    swept_grants: () => () => grants.sweep(ONE_BY_ONE),
    audit: () => deps.retention.begin(BATCH),
  };

  const empty = async (step: Step): Promise<number> => {
    const until = now() + BUDGET;
    for (let gone = 0; ;) {
      const began = now();
      const batch = await step();
      gone += batch;
      if (batch === 0 || stopped || now() >= until) return gone;
      await deps.sleep(Math.max(1, now() - began));
    }
  };

  const purgeAll = async (): Promise<void> => {
    const removed: Record<string, number> = {};
    for (const [kind, begin] of Object.entries(kinds)) {
      if (stopped) break;
      try {
        const gone = await empty(begin());
        if (gone) removed[kind] = gone;
      } catch (error) {
        // One that fails, on a lock or a bug, must not keep the others' secrets on the disk.
        log("purge_bug", { kind, ...describeBug(error) });
      }
    }
    if (Object.keys(removed).length) log("purged", removed);
  };

  let running: Promise<void> | undefined;
  let stopped = false;
  return {
    /** Joins a run that is on. */
    run: () => (running ??= purgeAll().finally(() => (running = undefined))),
    /** Resolves after the batch that is on: only then may the store be closed. */
    stop: async () => {
      stopped = true;
      await running;
    },
  };
};
