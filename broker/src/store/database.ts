/**
 * The database itself, whichever it is: opening it, bringing its schema up to date, transactions. What differs
 * between the two is in a file of each. Errors leave here as a code alone.
 */
import { Kysely, type Transaction } from "kysely";
import { DatabaseError, isConflict, SCHEMA_NEWER } from "./error.ts";
import { migrateUp } from "./migrate.ts";
import { postgresDialect, type PoolUse } from "./postgres.ts";
import { sqliteDialect } from "./sqlite.ts";
import type { Storage } from "./storage.ts";
import type { Tables } from "./tables.ts";

export type Db = Kysely<Tables>;
export type Tx = Transaction<Tables>;

/** Opens (and, with SQLite, creates) the database, brings its schema up to date. */
export const openDatabase = async (
  storage: Storage,
  watch?: (use: () => PoolUse) => void,
): Promise<Db> => {
  const db = connectDatabase(storage, "ours", watch);
  const usable = await migrateUp(db).catch(async (error: unknown) => {
    await db.destroy().catch(() => undefined);
    throw error;
  });
  if (usable) return db;
  await db.destroy();
  throw new DatabaseError(SCHEMA_NEWER);
};

/** The same as it stands, for those who look at it or move its schema; nothing happens before the first statement. */
export const connectDatabase = (
  storage: Storage,
  as: "ours" | "as_it_is" = "as_it_is",
  watch?: (use: () => PoolUse) => void,
): Db =>
  new Kysely<Tables>({
    dialect:
      storage.kind === "sqlite" ? sqliteDialect(storage.file, as) : postgresDialect(storage, watch),
  });

/**
 * One transaction as if nobody else were there, on both engines: SQLite has one writer, PostgreSQL refuses the later
 * of two that do not go together. `work` is then run again, so it changes nothing but the database and what it returns.
 */
export const inTransaction = async <T>(
  db: Db,
  work: (tx: Tx) => Promise<T>,
  isolation: "serializable" | "read committed",
): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await db.transaction().setIsolationLevel(isolation).execute(work);
    } catch (error) {
      if (!isConflict(error) || tries >= MOST_TRIES) throw error;
      await pause(tries);
    }
  }
};

const MOST_TRIES = 30;

/** At random, so that two that met once do not meet again. */
const pause = (tries: number): Promise<void> =>
  new Promise((done) => setTimeout(done, Math.random() * Math.min(100, 2 ** tries)));
