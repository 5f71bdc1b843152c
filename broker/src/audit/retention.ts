/**
 * How audit rows go: from the start of a chain only, after they have been checked, and with a row that says so. Knows
 * days and chains; when it is called, and how often, is purge.ts's.
 */
import type { Audit } from "../audit.ts";
import type { Store } from "../store/store.ts";
import type { AuditStartRow } from "../store/tables.ts";
import { sameSecret } from "../vault.ts";
import { GENESIS, type Seals } from "./seals.ts";

export type Retention = {
  /** One run: removes at most so many rows at each call and says how many it were; none: nothing is left. */
  begin: (limit: number) => () => Promise<number>;
};

const DAY = 86_400_000;

export const createRetention = (deps: {
  store: Store;
  sealsOf: (writer: string) => Seals;
  audit: Audit;
  /** Milliseconds; null keeps everything. */
  retention: number | null;
  now: () => number;
  log: (event: string, about: Record<string, unknown>) => void;
}): Retention => {
  const { store, audit, retention, now, log } = deps;
  /** Said once a process, not once a minute. */
  const refused = new Set<string>();

  const note = (count: number, of: string, before: number) => ({
    reason: `${count} rows of ${of}, from before ${new Date(before).toISOString()}`,
  });

  /** Somebody may have dated rows back, to have them removed by us: what is not as it was written is kept. */
  const refuse = (writer: string, seq: number): void => {
    if (!refused.has(writer)) log("audit_retention_refused", { writer, seq });
    refused.add(writer);
  };

  /** The longest run of rows, from the start of the chain on, that are old enough and as they were written. */
  const removable = async (
    seals: Seals,
    start: Omit<AuditStartRow, "mac">,
    before: number,
    limit: number,
  ): Promise<Omit<AuditStartRow, "mac">> => {
    const { writer } = start;
    let { first_seq, first_prev } = start;
    for (const row of await store.chains.page(writer, {
      after: undefined,
      most_seq: MOST,
      limit,
    })) {
      if (row.at >= before) break;
      if (row.seq !== first_seq || !sameSecret(seals.row(first_prev, row), row.hash ?? "")) {
        refuse(writer, row.seq);
        break;
      }
      first_seq += 1;
      first_prev = row.hash ?? "";
    }
    return { writer, first_seq, first_prev };
  };

  const shorten = async (writer: string, before: number, limit: number): Promise<number> => {
    const seals = deps.sealsOf(writer);
    const stored = await store.chains.start(writer);
    if (stored && !sameSecret(seals.start(stored), stored.mac)) {
      refuse(writer, stored.first_seq);
      return 0;
    }
    const start = stored ?? { writer, first_seq: 1, first_prev: GENESIS };
    const next = await removable(seals, start, before, limit);
    if (next.first_seq === start.first_seq) return 0;
    return store.transaction(async (tx) => {
      // Lost to another broker, which goes on with this chain; others are left for us.
      if (!(await tx.chains.moveStart(stored, { ...next, mac: seals.start(next) }))) return 0;
      const gone = await tx.chains.removeBelow(writer, next.first_seq);
      const of = `${writer} through ${next.first_seq - 1}`;
      await audit(tx, "audit.purged", "broker", note(gone, of, before));
      return gone;
    });
  };

  const removeUnchained = (before: number, limit: number): Promise<number> =>
    store.transaction(async (tx) => {
      const gone = await tx.chains.removeUnchained(before, limit);
      if (gone) await audit(tx, "audit.purged", "broker", note(gone, "no chain", before));
      return gone;
    });

  return {
    begin: (limit) => {
      if (retention === null) return async () => 0;
      // By whole days: a row or two a minute, each with its own note, would never come to an end.
      const before = Math.floor((now() - retention) / DAY) * DAY;
      const done = new Set<string>();
      let chained = false;
      let after: { at: number; id: string } | undefined;
      return async () => {
        if (!chained) {
          const gone = await removeUnchained(before, limit);
          if (gone) return gone;
          chained = true;
        }
        for (;;) {
          const oldest = await store.chains.oldest(before, after, limit);
          for (const { writer } of oldest) {
            if (writer === null || done.has(writer)) continue;
            const gone = await shorten(writer, before, limit);
            if (gone) return gone;
            done.add(writer);
          }
          // What is here still cannot go yet: it stands behind a row that is younger, or not as it was.
          after = oldest.at(-1);
          if (!after) return 0;
        }
      };
    },
  };
};

const MOST = Number.MAX_SAFE_INTEGER;
