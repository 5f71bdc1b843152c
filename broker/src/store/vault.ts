/**
 * The vault's data keys, each of them wrapped, and the sealed columns as the vault goes through them: by primary key, a
 * batch at a time, each row written only if it still holds what was read. What opens a value is not known here.
 */
import { sql } from "kysely";
import type { Db, Tx } from "./database.ts";
import type { VaultKeyRow } from "./tables.ts";

/** Every column that holds sealed values, and the key that its rows are sealed to. */
export const SEALED_COLUMNS = [
  { table: "grants", key: "id", column: "sealed" },
  { table: "managed_secrets", key: "id", column: "sealed" },
  { table: "authorizations", key: "state_hash", column: "sealed" },
  { table: "authorizations", key: "state_hash", column: "posted" },
] as const;

export type SealedColumn = (typeof SEALED_COLUMNS)[number];

export type SealedValue = { id: string; sealed: string };

/** Which values: all, or by how they begin. */
export type Beginning = { with?: string; not_with?: string };

export const vaultStore = (db: Db | Tx) => ({
  /** Oldest first. */
  keys: (): Promise<VaultKeyRow[]> =>
    db.selectFrom("vault_keys").selectAll().orderBy("created_at").orderBy("id").execute(),

  /** False if there is a current key of that purpose already: of many brokers that start at once, one makes it. */
  add: async (row: VaultKeyRow): Promise<boolean> => {
    const added = await db
      .insertInto("vault_keys")
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .returning("id")
      .executeTakeFirst();
    return added !== undefined;
  },

  /** False if somebody else has replaced it. */
  replace: async (id: string): Promise<boolean> => {
    const replaced = await db
      .updateTable("vault_keys")
      .set({ state: "replaced" })
      .where("id", "=", id)
      .where("state", "=", "current")
      .returning("id")
      .executeTakeFirst();
    return replaced !== undefined;
  },

  retire: async (ids: string[], now: number): Promise<void> => {
    if (ids.length === 0) return;
    await db
      .updateTable("vault_keys")
      .set({ state: "retired", retired_at: now })
      .where("id", "in", ids)
      .where("state", "=", "replaced")
      .execute();
  },

  rewrap: async (
    { id, wrapped }: Pick<VaultKeyRow, "id" | "wrapped">,
    to: Pick<VaultKeyRow, "wrapped" | "wrapped_by">,
  ): Promise<boolean> => {
    const written = await db
      .updateTable("vault_keys")
      .set({ wrapped: to.wrapped, wrapped_by: to.wrapped_by })
      .where("id", "=", id)
      .where("wrapped", "=", wrapped)
      .returning("id")
      .executeTakeFirst();
    return written !== undefined;
  },

  /** For ever: what is sealed with it cannot be opened any more. */
  remove: async (id: string): Promise<void> => {
    await db.deleteFrom("vault_keys").where("id", "=", id).where("state", "=", "retired").execute();
  },

  count: async (column: SealedColumn, beginning: Beginning = {}): Promise<number> => {
    const { rows } = await sql<{ n: number | string }>`
      select count(*) as n from ${sql.table(column.table)} where ${begins(column, beginning)}
    `.execute(db);
    return Number(rows[0]?.n);
  },

  /** Rows in the order of their keys; `after` is the last one of the batch before. */
  batch: async (
    column: SealedColumn,
    { after, limit, ...beginning }: { after: string; limit: number } & Beginning,
  ): Promise<SealedValue[]> => {
    const key = sql.ref(column.key);
    const { rows } = await sql<SealedValue>`
      select ${key} as id, ${sql.ref(column.column)} as sealed from ${sql.table(column.table)}
      where ${key} > ${after} and ${begins(column, beginning)}
      order by ${key} limit ${limit}
    `.execute(db);
    return rows;
  },

  /** Only if the row still holds what was read: a refresh, a new value or a revocation in between wins. */
  reseal: async (
    { table, key, column }: SealedColumn,
    { id, sealed }: SealedValue,
    resealed: string,
  ): Promise<boolean> => {
    const { rows } = await sql`
      update ${sql.table(table)} set ${sql.ref(column)} = ${resealed}
      where ${sql.ref(key)} = ${id} and ${sql.ref(column)} = ${sealed} returning ${sql.ref(key)}
    `.execute(db);
    return rows.length > 0;
  },
});

/** By `substr`, which compares every letter as it is: `like` would not, on SQLite. */
const begins = ({ column }: SealedColumn, { with: yes, not_with: no }: Beginning) => {
  const value = sql.ref(column);
  if (yes !== undefined) return sql`substr(${value}, 1, ${sql.lit(yes.length)}) = ${yes}`;
  if (no !== undefined) return sql`substr(${value}, 1, ${sql.lit(no.length)}) <> ${no}`;
  return sql`${value} is not null`;
};
