/**
 * The database itself, whichever it is: opening it, bringing its schema up to date, transactions. What differs
 * between the two is in a file of each. Errors leave here as a code alone.
 */
import { Kysely, type Transaction } from "kysely";
import { DatabaseError, isConflict } from "./error.ts";
import { MIGRATIONS } from "./migrations.ts";
import { postgresDialect } from "./postgres.ts";
import { sqliteDialect } from "./sqlite.ts";
import type { Storage } from "./storage.ts";
import type { Tables } from "./tables.ts";

export type Db = Kysely<Tables>;
export type Tx = Transaction<Tables>;

/** Opens (and, with SQLite, creates) the database, brings its schema up to date. */
export const openDatabase = async (storage: Storage): Promise<Db> => {
  const dialect =
    storage.kind === "sqlite" ? sqliteDialect(storage.file) : postgresDialect(storage);
  const db = new Kysely<Tables>({ dialect });
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy().catch(() => undefined);
    throw error;
  }
  return db;
};

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

/** What two that create the same thing at once are told; whoever is told so finds it created. */
const CREATED_MEANWHILE = new Set(["23505", "42P07", "42710", "XX000"]);

const migrate = async (db: Db): Promise<void> => {
  // Looked at first: a command beside a running broker must not queue for the write lock only to find nothing to do.
  if ((await newest(db).catch(() => 0)) === MIGRATIONS.length) return;
  for (let tries = 1; ; tries++) {
    try {
      await db.schema
        .createTable("migrations")
        .ifNotExists()
        .addColumn("id", "integer", (column) => column.primaryKey())
        .addColumn("applied_at", "bigint", (column) => column.notNull())
        .execute();
      return await inTransaction(db, step, "read committed");
    } catch (error) {
      const met = error instanceof DatabaseError && CREATED_MEANWHILE.has(error.code);
      if (!met || tries >= MOST_TRIES) throw error;
      await pause(tries);
    }
  }
};

const step = async (tx: Tx): Promise<void> => {
  // Row 0 is nobody's version: whoever writes it first migrates, and others wait here until that has been committed.
  await tx
    .insertInto("migrations")
    .values({ id: 0, applied_at: Date.now() })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ applied_at: Date.now() }))
    .execute();
  const known = await newest(tx);
  if (known > MIGRATIONS.length) throw new DatabaseError("schema_newer_than_this_broker");
  for (const [i, statements] of MIGRATIONS.entries()) {
    if (i < known) continue;
    for (const statement of statements) await statement.execute(tx);
    await tx
      .insertInto("migrations")
      .values({ id: i + 1, applied_at: Date.now() })
      .execute();
  }
};

const newest = async (db: Db | Tx): Promise<number> => {
  const done = await db.selectFrom("migrations").select("id").execute();
  return Math.max(0, ...done.map(({ id }) => id));
};
