/**
 * What a chain of audit rows is sealed with: HMAC-SHA-256 over a row and the seal of the one before it, over the end of
 * the chain and over its start. Pure. The key is the chain's own, from the vault: whoever can write to the database and
 * has no vault key can make none of them, and none of one chain is one of another's.
 */
import { createHmac, createSecretKey } from "node:crypto";
import type { AuditRow, AuditStartRow, AuditWriterRow } from "../store/tables.ts";
import type { Vault } from "../vault.ts";

/** A row at its place: who wrote it, as which one. */
export type Placed = AuditRow & { writer: string; seq: number };

export type Seals = {
  row: (prev: string, row: Placed) => string;
  head: (head: Omit<AuditWriterRow, "mac">) => string;
  start: (start: Omit<AuditStartRow, "mac">) => string;
};

/** What stands before the first row. */
export const GENESIS = "";

const COLUMNS = [
  ...(["writer", "seq", "id", "at", "event", "actor", "app_id", "session_id", "grant_id"] as const),
  ...(["issuer", "subject", "provider", "reason", "request_id", "key_prefix"] as const),
  ...(["method", "host"] as const),
] as const satisfies (keyof Placed)[];

export const createSeals =
  ({ mac }: Pick<Vault, "mac">) =>
  (writer: string): Seals => {
    // Once a chain: what the vault does for each value would cost each call as much as its row.
    const key = createSecretKey(Buffer.from(mac("audit chain", writer), "base64url"));
    const seal = (...parts: (string | number)[]): string =>
      createHmac("sha256", key).update(JSON.stringify(parts)).digest("hex");

    return {
      row: (prev, row) => {
        // By name and without what is null: a column that a later version adds leaves older rows as they were.
        const parts: (string | number)[] = [];
        for (const name of COLUMNS) {
          const value = row[name];
          if (value !== null) parts.push(name, value);
        }
        return seal("row", prev, ...parts);
      },
      head: ({ started_at, updated_at, last_seq, last_hash }) =>
        seal("head", writer, started_at, updated_at, last_seq, last_hash),
      start: ({ first_seq, first_prev }) => seal("start", writer, first_seq, first_prev),
    };
  };
