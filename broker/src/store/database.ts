/**
 * The database itself: opening SQLite, what may be bound, migrations, transactions. The only file that sees
 * the driver. Errors leave here as a code alone, since a driver's message and cause can quote parameters.
 */
import {
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type Transaction,
} from "kysely";
import Libsql from "libsql";
import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { migrateUp } from "./migrate.ts";
import type { Tables } from "./tables.ts";

export type Db = Kysely<Tables>;
export type Tx = Transaction<Tables>;

export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly code: string;

  constructor(code: string) {
    super(SENTENCES[code] ? `${code}: ${SENTENCES[code]}` : `The database refused: ${code}`);
    this.code = code;
  }
}

/** Not a bug of ours but something odd in what a caller sent: ids and subjects go to the database as they came. */
export const UNBINDABLE_TEXT = "unbindable_text";

/** A newer broker has been here and left something that this one cannot work with. */
export const SCHEMA_NEWER = "schema_newer_than_this_broker";
/** Tables, and none of them is a broker's. */
export const FOREIGN = "database_of_something_else";
/** The file, or the schema in it, has not been made yet. */
export const ABSENT = "no_database_yet";

/** For the operator, who meets these at the command line. */
const SENTENCES: Record<string, string> = {
  [SCHEMA_NEWER]:
    "a newer broker has changed this database, and this one cannot work with it. Run the newer one, or go back with its `alter-broker schema migrate --to N` (docs/upgrading.md). Nothing was changed",
  [FOREIGN]: "storage names a database with tables of something else. Nothing was changed",
  [ABSENT]: "there is no database yet where storage says",
};

/** Opens (and creates) the file, brings its schema up to date. `:memory:` works for one process. */
export const openDatabase = async (file: string): Promise<Db> => {
  if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const db = connectDatabase(file, "ours");
  const usable = await migrateUp(db).catch(async (error: unknown) => {
    await db.destroy();
    throw error;
  });
  if (usable) return db;
  await db.destroy();
  throw new DatabaseError(SCHEMA_NEWER);
};

/** The same as it stands, for those who look at it or move its schema; nothing happens before the first statement. */
export const connectDatabase = (file: string, as: "ours" | "as_it_is" = "as_it_is"): Db =>
  new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => createSqliteDriver(file, as),
      createIntrospector: (kysely) => new SqliteIntrospector(kysely),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });

/**
 * What libsql may be given. It aborts the whole process on a boolean, turns `undefined` and NaN into NULL,
 * cuts strings at the first NUL, makes one character of all lone surrogates (so that two subjects could be
 * one) and loses integers past 2^53: each is refused here, before the driver.
 */
export const checkBindable = (value: unknown): void => {
  if (value === null) return;
  if (typeof value === "string") {
    if (/[\0\p{Cs}]/u.test(value)) throw new DatabaseError(UNBINDABLE_TEXT);
  } else if (typeof value === "number") {
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
      throw new DatabaseError("unbindable_number");
  } else throw new DatabaseError(`unbindable_${typeof value}`);
};

const MOST_STATEMENTS = 500;

const PRAGMAS = ["busy_timeout = 5000", "synchronous = FULL", "foreign_keys = ON"];

/** One connection: SQLite has one writer anyway, and the lock below queues fairly. */
const createSqliteDriver = (file: string, as: "ours" | "as_it_is"): Driver => {
  let database: Libsql.Database;
  const statements = new Map<string, Libsql.Statement>();
  const lock = createLock();

  const run = (query: CompiledQuery): QueryResult<never> => {
    query.parameters.forEach(checkBindable);
    return codeOnly(() => {
      let statement = statements.get(query.sql);
      if (!statement) {
        // Lists make texts of many lengths, each of which would else be kept for ever.
        if (statements.size >= MOST_STATEMENTS) statements.clear();
        statements.set(query.sql, (statement = database.prepare(query.sql)));
      }
      const parameters = query.parameters as unknown[];
      if (statement.reader) return { rows: statement.all(parameters) as never[] };
      return { rows: [], numAffectedRows: BigInt(statement.run(parameters).changes) };
    });
  };
  const connection: DatabaseConnection = {
    executeQuery: async <R>(query: CompiledQuery) => run(query) as QueryResult<R>,
    streamQuery: () => {
      throw new DatabaseError("streaming_unsupported");
    },
  };
  const exec = async (sql: string): Promise<void> => {
    codeOnly(() => database.exec(sql));
  };

  return {
    init: async () => {
      database = new Libsql(file);
      // Sealed or not, it names users and their accounts: for the broker's own user alone.
      if (file !== ":memory:" && as === "ours") chmodSync(file, 0o600);
      // synchronous=FULL: an acknowledged rotation of a refresh token must survive power loss, or the grant is dead.
      for (const pragma of PRAGMAS) database.exec(`pragma ${pragma}`);
      if (as === "ours") database.exec("pragma journal_mode = WAL");
    },
    acquireConnection: async () => {
      await lock.acquire();
      return connection;
    },
    // Immediate: a deferred transaction that turns writer halfway fails with BUSY beside a second process.
    beginTransaction: () => exec("begin immediate"),
    commitTransaction: () => exec("commit"),
    rollbackTransaction: () => exec("rollback"),
    releaseConnection: async () => lock.release(),
    destroy: async () => {
      statements.clear();
      database.close();
    },
  };
};

const codeOnly = <T>(work: () => T): T => {
  try {
    return work();
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    throw new DatabaseError(typeof code === "string" ? code : "SQLITE_ERROR");
  }
};

const createLock = () => {
  let held = false;
  const waiting: (() => void)[] = [];
  return {
    acquire: async () => {
      if (held) await new Promise<void>((go) => waiting.push(go));
      held = true;
    },
    release: () => {
      const next = waiting.shift();
      if (next) next();
      else held = false;
    },
  };
};
