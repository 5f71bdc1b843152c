/**
 * What a chain of audit rows is sealed with: keyed hashes over a row and the one before it, over the end of a chain and
 * over its start. Pure: whoever can write to the database and has no vault key can make none of them.
 */
import type { AuditRow, AuditStartRow, AuditWriterRow } from "../store/tables.ts";
import type { Vault } from "../vault.ts";

/** A row at its place: who wrote it, as which one. */
export type Placed = AuditRow & { writer: string; seq: number };

export type Seals = ReturnType<typeof createSeals>;

/** What stands before the first row. The writer is in every row, so that no two chains begin alike. */
export const GENESIS = "";

const COLUMNS = [
  ...(["writer", "seq", "id", "at", "event", "actor", "app_id", "session_id", "grant_id"] as const),
  ...(["issuer", "subject", "provider", "reason", "request_id", "key_prefix"] as const),
] as const satisfies (keyof Placed)[];

export const createSeals = ({ mac }: Pick<Vault, "mac">) => ({
  row: (prev: string, row: Placed): string =>
    mac(
      "audit row",
      prev,
      // By name and without what is null: a column that a later version adds leaves older rows as they were.
      JSON.stringify(
        COLUMNS.flatMap((name) => (row[name] === null ? [] : [[name, row[name]] as const])),
      ),
    ),
  head: (head: Omit<AuditWriterRow, "mac">): string =>
    mac(
      "audit head",
      ...[head.writer, String(head.started_at), String(head.last_seq)],
      ...[head.last_hash, String(head.updated_at)],
    ),
  start: ({ writer, first_seq, first_prev }: Omit<AuditStartRow, "mac">): string =>
    mac("audit start", writer, String(first_seq), first_prev),
});
