/**
 * The schema's version, and its way up and down, one transaction each. Knows the list of migrations and any database
 * that kysely speaks to; knows no file, no address and no command.
 */
import { PostgresAdapter, sql, type Kysely, type Transaction } from "kysely";
import { DatabaseError } from "./error.ts";
import { MIGRATIONS, WHO_RUNS } from "./migrations.ts";
import type { Tables } from "./tables.ts";

type Db = Kysely<Tables>;
type Tx = Transaction<Tables>;

/** Where the schema has come to, and who can work on it. */
export type SchemaVersion = {
  /** 0: nothing there yet. */
  database: number;
  /** What this program brings. */
  broker: number;
  /** The oldest schema whose broker runs on this one; null where that has not been written down. */
  runs_from: number | null;
};

/** What a step down throws away: only what is there. */
export type Loss = { version: number; what: string; rows: number };

/** Up to what this broker brings. `false`: the schema is newer, and says that this broker must not run on it. */
export const migrateUp = async (db: Db, target = MIGRATIONS.length): Promise<boolean> => {
  // Looked at first: a command beside a running broker must not queue for the write lock only to find nothing to do.
  const before = await newest(db).catch(() => 0);
  if (before === target) return true;
  if (before > MIGRATIONS.length) return runsOn(db, before);
  for (let tries = 1; ; tries++) {
    try {
      await db.schema
        .createTable("migrations")
        .ifNotExists()
        .addColumn("id", "integer", (column) => column.primaryKey())
        .addColumn("applied_at", "bigint", (column) => column.notNull())
        .execute();
      return await db.transaction().execute((tx) => stepsUp(tx, target));
    } catch (error) {
      // Somebody else has made it at the same moment: there to be found at the next try.
      const met = error instanceof DatabaseError && CREATED_MEANWHILE.has(error.code);
      if (!met || tries >= MOST_TRIES) throw error;
      await new Promise((done) => setTimeout(done, Math.random() * 100));
    }
  }
};

const MOST_TRIES = 30;
const CREATED_MEANWHILE = new Set(["23505", "42P07", "42710", "XX000", "40001", "40P01"]);

const stepsUp = async (tx: Tx, target: number): Promise<boolean> => {
  await takeTurn(tx);
  const known = await newest(tx);
  if (known > MIGRATIONS.length) return runsOn(tx, known);
  for (const [i, { up }] of MIGRATIONS.entries()) {
    if (i < known || i >= target) continue;
    for (const statement of up) await statement.execute(tx);
    await tx
      .insertInto("migrations")
      .values({ id: i + 1, applied_at: Date.now(), ...noteOn(i) })
      .execute();
  }
  return true;
};

/** A newer broker's schema: whether it says that this one may work on it. */
const runsOn = async (db: Db | Tx, version: number): Promise<boolean> => {
  const oldest = await runsFrom(db, version);
  return oldest !== null && oldest <= MIGRATIONS.length;
};

/** Row 0 is nobody's version: whoever writes it moves the schema, and others wait here until that is committed. */
const takeTurn = async (tx: Tx): Promise<void> => {
  const applied_at = Date.now();
  await tx
    .insertInto("migrations")
    .values({ id: 0, applied_at })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ applied_at }))
    .execute();
};

/** Back to `target`, which this broker's list must reach down to from where the schema stands. */
export const migrateDown = (db: Db, target: number): Promise<void> =>
  db.transaction().execute(async (tx) => {
    await takeTurn(tx);
    for (let version = await newest(tx); version > target; version -= 1) {
      const step = MIGRATIONS[version - 1];
      if (!step) throw new Error(`no way back from schema ${version}`);
      await tx.deleteFrom("migrations").where("id", "=", version).execute();
      for (const statement of step.down) await statement.execute(tx);
    }
  });

/** What `migrateDown` to there would throw away, newest step first. Reads only. */
export const lossesOf = async (db: Db, target: number): Promise<Loss[]> => {
  const losses: Loss[] = [];
  for (let version = await newest(db); version > target; version -= 1)
    for (const { what, rows } of MIGRATIONS[version - 1]?.loses ?? []) {
      const counted = await rows.execute(db);
      const n = Number(counted.rows[0]?.n ?? 0);
      if (n > 0) losses.push({ version, what, rows: n });
    }
  return losses;
};

/** `undefined`: there are tables, and none of them is ours. */
export const versionOf = async (db: Db): Promise<SchemaVersion | undefined> => {
  const tables = await tablesOf(db);
  const broker = MIGRATIONS.length;
  if (!tables.length) return { database: 0, broker, runs_from: null };
  const ours = tables.includes("migrations") && tables.includes("grants");
  const database = ours ? await newest(db).catch(() => undefined) : undefined;
  if (database === undefined) return undefined;
  return { database, broker, runs_from: await runsFrom(db, database) };
};

/** Where the engine has schemas, of ours alone: others may live beside it. */
const tablesOf = async (db: Db): Promise<string[]> => {
  const onPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
  const { rows } = await (
    onPostgres
      ? sql<{ name: string }>`select table_name as name from information_schema.tables
          where table_schema = current_schema()`
      : sql<{ name: string }>`select name from sqlite_master
          where type = 'table' and name not like 'sqlite_%'`
  ).execute(db);
  return rows.map(({ name }) => name);
};

const since = MIGRATIONS.indexOf(WHO_RUNS);

/** The oldest schema whose broker runs on that of `MIGRATIONS[i]`, as a column, once there is one for it. */
const noteOn = (i: number): { runs_from?: number } => {
  if (i < since) return {};
  let oldest = i;
  while (oldest > 0 && MIGRATIONS[oldest]?.previous_runs) oldest -= 1;
  return { runs_from: oldest + 1 };
};

const runsFrom = async (db: Db | Tx, version: number): Promise<number | null> => {
  if (version <= since) return null;
  const row = await db
    .selectFrom("migrations")
    .select("runs_from")
    .where("id", "=", version)
    .executeTakeFirst();
  const oldest = row?.runs_from ?? null;
  return oldest === null ? null : Number(oldest);
};

const newest = async (db: Db | Tx): Promise<number> => {
  const done = await db.selectFrom("migrations").select("id").execute();
  return Math.max(0, ...done.map(({ id }) => id));
};
