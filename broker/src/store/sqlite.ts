/** SQLite through libsql: one file, one connection, one writer at a time. Sees that driver and nothing above it. */
import {
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from "kysely";
import Libsql from "libsql";
import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { checkBindable, DatabaseError } from "./error.ts";

/** Opens, and creates where it is `ours`, the file. `:memory:` works for one process. */
export const sqliteDialect = (file: string, as: "ours" | "as_it_is"): Dialect => {
  if (file !== ":memory:" && as === "ours")
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => createDriver(file, as),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
};

const MOST_STATEMENTS = 500;

const PRAGMAS = ["busy_timeout = 5000", "synchronous = FULL", "foreign_keys = ON"];

/** One connection: SQLite has one writer anyway, and the lock below queues fairly. */
const createDriver = (file: string, as: "ours" | "as_it_is"): Driver => {
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
