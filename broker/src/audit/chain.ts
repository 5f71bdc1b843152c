/**
 * A store whose audit rows form chains: each row's hash covers the one before it, so that an edit or a gap shows. Knows
 * when a transaction ends; what is hashed is in seals.ts, how a log is checked in verify.ts.
 *
 * A chain is lent to one transaction at a time, and a transaction that finds none idle begins another. So none waits for
 * another's commit, no row is shared between processes, and there are as many chains as transactions that ended at once.
 */
import type { Statements, Store } from "../store/store.ts";
import type { AuditRow, AuditWriterRow } from "../store/tables.ts";
import { GENESIS, type Seals } from "./seals.ts";

export type Head = Pick<AuditWriterRow, "writer" | "last_seq" | "last_hash">;

export type ChainedStore = Store & {
  /** Where this process's chains end, of those that have grown since the last time. */
  grown: () => Head[];
};

type Chain = Head & Pick<AuditWriterRow, "started_at"> & { seals: Seals };

/** What else a store wants to be told of a transaction. */
type How = Parameters<Store["transaction"]> extends [unknown, ...infer Rest] ? Rest : never;

export const chainAudit = (
  store: Store,
  deps: {
    sealsOf: (writer: string) => Seals;
    newId: (prefix: string) => string;
    now: () => number;
  },
): ChainedStore => {
  const { now } = deps;
  const idle: Chain[] = [];
  const grown = new Map<string, Head>();

  const begin = (): Chain => {
    const writer = deps.newId("writer");
    const seals = deps.sealsOf(writer);
    return { writer, seals, started_at: now(), last_seq: 0, last_hash: GENESIS };
  };

  /** The last statements of a transaction; what the chain is once it has been committed. */
  const append = async (tx: Statements, chain: Chain, rows: AuditRow[]): Promise<Chain> => {
    const { writer, seals, started_at } = chain;
    let { last_seq, last_hash } = chain;
    const linked = rows.map((row) => {
      const placed = { ...row, writer, seq: (last_seq += 1), hash: "" };
      placed.hash = last_hash = seals.row(last_hash, placed);
      return placed;
    });
    const head = { writer, started_at, updated_at: now(), last_seq, last_hash };
    await tx.chains.append(linked, { ...head, mac: seals.head(head) });
    return { writer, seals, started_at, last_seq, last_hash };
  };

  const transaction = async <T>(
    work: (store: Statements) => Promise<T>,
    ...how: How
  ): Promise<T> => {
    let lent: Chain | undefined;
    let longer: Chain | undefined;
    const result = await store.transaction(
      async (tx) => {
        // Run again: what was begun has been rolled back for sure, and the chain is as it was.
        if (lent) idle.push(lent);
        lent = longer = undefined;
        const rows: AuditRow[] = [];
        const add = async (more: AuditRow[]) => void rows.push(...more);
        const result = await work({ ...tx, audit: { ...tx.audit, add } });
        // After everything that could wait for somebody else's row: nothing does from here to the commit.
        if (rows.length) longer = await append(tx, (lent = idle.pop() ?? begin()), rows);
        return result;
      },
      ...how,
    );
    // Here it is committed. What failed may be so too, for all we know: that chain is never written to again.
    if (longer) {
      idle.push(longer);
      grown.set(longer.writer, longer);
    }
    return result;
  };

  return {
    ...store,
    transaction,
    audit: { ...store.audit, add: (rows) => transaction((tx) => tx.audit.add(rows)) },
    grown: () => {
      const heads = [...grown.values()];
      grown.clear();
      return heads;
    },
  };
};
