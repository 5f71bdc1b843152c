/**
 * Holds the log against what its writers have sealed: every row, every number, both ends of every chain. Runs beside
 * brokers that write and brokers that remove old rows, in constant memory. Writes nothing. What it can find and what
 * not is in docs/audit.md.
 */
import type { FoundRow } from "../store/chains.ts";
import type { Statements } from "../store/store.ts";
import type { AuditRow, AuditStartRow, AuditWriterRow } from "../store/tables.ts";
import { sameSecret } from "../vault.ts";
import { GENESIS, type Seals } from "./seals.ts";

/**
 * `changed`: not as it was written, or written by nobody who has the key. `missing`: `seq` to `to` are gone. `inserted`:
 * at a place that is taken, or before the start or after the end of its chain. `end`, `start`: what says where a chain
 * ends or begins is changed or gone. `unchained`: in no chain, and younger than the first of them. `head`: an end that
 * was seen earlier is not in the log.
 */
export type Finding = {
  finding: "changed" | "missing" | "inserted" | "end" | "start" | "unchained" | "head";
  writer: string | null;
  seq?: number | null;
  to?: number;
  id?: string;
};

/** Where a chain ended when it was looked at. */
export type SeenHead = { writer: string; seq: number; hash: string };

export type Verified = {
  rows: number;
  writers: number;
  findings: number;
  /** Rows of brokers that made no chains yet: how many, and the time of the last one. */
  unchained: number;
  unchained_until: number | null;
};

const PAGE = 500;
const NOTHING = Number.MAX_SAFE_INTEGER;

export const createVerification = (deps: {
  store: Pick<Statements, "chains">;
  sealsOf: (writer: string) => Seals;
  found: (finding: Finding) => void;
  head: (head: SeenHead & { at: number }) => void;
}) => {
  const { chains } = deps.store;
  const counts: Verified = {
    rows: 0,
    writers: 0,
    findings: 0,
    unchained: 0,
    unchained_until: null,
  };

  const found = (finding: Finding): void => {
    counts.findings += 1;
    deps.found(finding);
  };

  const isSealed = (seals: Seals, head: AuditWriterRow | undefined): head is AuditWriterRow =>
    head !== undefined && sameSecret(seals.head(head), head.mac);

  /** Where the chain begins by now. Unless it says so itself, at its first row. */
  const startOf = async (
    seals: Seals,
    writer: string,
  ): Promise<AuditStartRow & { sealed: boolean }> => {
    const stored = await chains.start(writer);
    const sealed = stored === undefined || sameSecret(seals.start(stored), stored.mac);
    return stored && sealed
      ? { ...stored, sealed }
      : { writer, first_seq: 1, first_prev: GENESIS, mac: "", sealed };
  };

  const walk = async (writer: string): Promise<void> => {
    counts.writers += 1;
    const seals = deps.sealsOf(writer);
    // The end before the rows: all that it counts are there by now, unless somebody has removed them.
    const head = await chains.head(writer);
    const end = isSealed(seals, head) ? head : undefined;
    if (!end) found({ finding: "end", writer });
    const start = await startOf(seals, writer);
    if (!start.sealed) found({ finding: "start", writer });
    let [next, prev] = [start.first_seq, start.first_prev];
    /** What retention has removed while we read. */
    let removed = start.first_seq;

    const catchUp = async (): Promise<void> => {
      const { first_seq, first_prev } = await startOf(seals, writer);
      if (first_seq > next) [next, prev, removed] = [first_seq, first_prev, first_seq];
    };

    const check = async (row: FoundRow): Promise<void> => {
      counts.rows += 1;
      if (row.seq > next) await catchUp();
      // Read before it was removed.
      if (row.seq < removed && row.seq >= start.first_seq) return;
      if (row.seq < next) return found({ finding: "inserted", writer, seq: row.seq, id: row.id });
      if (row.seq > next) {
        found({ finding: "missing", writer, seq: next, to: row.seq - 1 });
        // Of the row before nothing is known, so that this one is taken as the next one's word for it.
        next = row.seq + 1;
        prev = row.hash ?? "";
        return;
      }
      if (!sameSecret(seals.row(prev, row), row.hash ?? ""))
        found({ finding: "changed", writer, seq: row.seq, id: row.id });
      next += 1;
      prev = row.hash ?? "";
    };

    for await (const row of rowsOf(writer, end?.last_seq ?? NOTHING)) await check(row);
    if (end && next <= end.last_seq) {
      await catchUp();
      if (next <= end.last_seq) found({ finding: "missing", writer, seq: next, to: end.last_seq });
    } else if (end && next === end.last_seq + 1 && prev !== end.last_hash)
      found({ finding: "end", writer, seq: end.last_seq });
    for (const { id } of await chains.placeless(writer, PAGE))
      found({ finding: "changed", writer, seq: null, id });
    if (end) {
      await checkBeyond(seals, end);
      deps.head({ writer, seq: end.last_seq, hash: end.last_hash, at: end.updated_at });
    }
  };

  /** What was written since is for the next time, as long as the end has grown with it. */
  const checkBeyond = async (seals: Seals, { writer, last_seq }: AuditWriterRow): Promise<void> => {
    const newest = await chains.newest(writer);
    if (!newest || newest.seq <= last_seq) return;
    const head = await chains.head(writer);
    if (!isSealed(seals, head) || head.last_seq < newest.seq)
      found({ finding: "inserted", writer, seq: newest.seq, id: newest.id });
  };

  async function* rowsOf(writer: string, most_seq: number): AsyncGenerator<FoundRow> {
    for (let after: FoundRow | undefined; ;) {
      const rows = await chains.page(writer, { after, most_seq, limit: PAGE });
      yield* rows;
      after = rows.at(-1);
      if (rows.length < PAGE) return;
    }
  }

  const checkUnchained = async (): Promise<void> => {
    const begun = (await chains.begun()) ?? Infinity;
    for (let after: AuditRow | undefined; ;) {
      const rows = await chains.unchained(after, PAGE);
      for (const { id, at } of rows)
        if (at >= begun) found({ finding: "unchained", writer: null, id });
        else {
          counts.unchained += 1;
          counts.unchained_until = at;
        }
      after = rows.at(-1);
      if (rows.length < PAGE) return;
    }
  };

  /** Whether the log still goes through an end that was seen earlier, unless retention has passed it since. */
  const checkHead = async ({ writer, seq, hash }: SeenHead): Promise<void> => {
    const row = await chains.row(writer, seq);
    if (row ? sameSecret(row.hash ?? "", hash) : await isPast(writer, seq, hash)) return;
    found({ finding: "head", writer, seq });
  };

  const isPast = async (writer: string, seq: number, hash: string): Promise<boolean> => {
    const { first_seq, first_prev } = await startOf(deps.sealsOf(writer), writer);
    return seq + 1 === first_seq ? sameSecret(first_prev, hash) : seq < first_seq;
  };

  return {
    /** Every chain there is, then what is in none. */
    verifyAll: async (): Promise<void> => {
      for (let writer = ""; ;) {
        const next = await chains.writerAfter(writer);
        if (next === undefined) break;
        await walk((writer = next));
      }
      await checkUnchained();
    },
    checkHead,
    counts: (): Verified => ({ ...counts }),
  };
};
