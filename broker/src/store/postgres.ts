/**
 * PostgreSQL, or what speaks its protocol, through `pg`: a pool, prepared statements, numbers as numbers. Sees that
 * driver and nothing above it.
 */
import {
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from "kysely";
import pg from "pg";
import { checkBindable, DatabaseError, STALE_PLAN } from "./error.ts";
import type { PostgresStorage } from "./storage.ts";

/** For whoever watches. */
export type PoolUse = { total: number; idle: number; waiting: number };

/** `watch` is handed the question that tells how the pool is used. */
export const postgresDialect = (
  storage: PostgresStorage,
  watch: (use: () => PoolUse) => void = () => undefined,
): Dialect => ({
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => createDriver(storage, watch),
  createIntrospector: (kysely) => new PostgresIntrospector(kysely),
  createQueryCompiler: () => new PostgresQueryCompiler(),
});

/** Names are kept by each connection for its life, on both sides. */
const MOST_NAMES = 500;
/** For a new connection, and for a free one: longer than that, and the caller had better come back later. */
const CONNECT_TIMEOUT = 10_000;
/** No statement of ours takes a second; one that does is stuck behind somebody's lock. */
const STATEMENT_TIMEOUT = 15_000;
/** A transaction whose process was frozen must not hold its rows for ever. */
const IDLE_IN_TRANSACTION_TIMEOUT = 15_000;
const IDLE_TIMEOUT = 30_000;

const INT8 = 20;
const types: pg.CustomTypesConfig = {
  // Epoch milliseconds and counts: all below 2^53, which the bind guard sees to on the way in.
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format as "text")) as never,
};

type Held = DatabaseConnection & {
  client: pg.PoolClient;
  /** Not to be given back to the pool. */
  broken: boolean;
  in_transaction: boolean;
};

const createDriver = (
  { url, pool_size, prepared_statements }: PostgresStorage,
  watch: (use: () => PoolUse) => void,
): Driver => {
  const names = new Map<string, string>();
  let generation = 0;
  let pool: pg.Pool;

  /** A prepared statement's name; texts past the limit (lists of many lengths) are parsed each time. */
  const nameOf = (sql: string): string | undefined => {
    if (!prepared_statements) return undefined;
    const known = names.get(sql);
    if (known !== undefined || names.size >= MOST_NAMES) return known;
    const name = `s${generation}_${names.size}`;
    names.set(sql, name);
    return name;
  };

  const ask = async (held: Held, query: pg.QueryConfig): Promise<pg.QueryResult> => {
    try {
      return await codeOnly(() => held.client.query(query));
    } catch (error) {
      // A SQLSTATE is the server's answer; anything else means that nobody knows what the connection is at.
      const { code } = error as DatabaseError;
      held.broken ||= !isAnswer(code);
      if (code === STALE_PLAN) {
        // None of the old names again, on whatever connection.
        names.clear();
        generation += 1;
      }
      throw error;
    }
  };

  /**
   * What may be asked twice, since it changes nothing: a connection that lay idle may have been ended by a restart or
   * a failover that nobody has noticed yet, and another one is at hand.
   */
  const askAgain = async (held: Held, query: pg.QueryConfig): Promise<pg.QueryResult> => {
    // Each of the others may have been ended as well.
    for (let others = pool_size; ; others--) {
      try {
        return await ask(held, query);
      } catch (error) {
        if (!held.broken || others === 0) throw error;
      }
      held.client.release(true);
      held.client = await codeOnly(() => pool.connect());
      held.broken = false;
    }
  };

  const connect = async (): Promise<Held> => {
    const held: Held = {
      client: await codeOnly(() => pool.connect()),
      broken: false,
      in_transaction: false,
      executeQuery: async <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> => {
        parameters.forEach(checkBindable);
        const name = nameOf(sql);
        const query = { text: sql, values: parameters as unknown[], ...(name ? { name } : {}) };
        const harmless = !held.in_transaction && sql.startsWith("select");
        const asked = (harmless ? askAgain : ask)(held, query);
        const { rows, rowCount, command } = await asked.catch((error: unknown) => {
          const stale = (error as DatabaseError).code === STALE_PLAN;
          if (!stale || held.in_transaction) throw error;
          return ask(held, { ...query, name: nameOf(sql) });
        });
        const writes = command === "INSERT" || command === "UPDATE" || command === "DELETE";
        return writes ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows };
      },
      streamQuery: () => {
        throw new DatabaseError("streaming_unsupported");
      },
    };
    return held;
  };

  const end = async (held: Held, how: "commit" | "rollback"): Promise<void> => {
    held.in_transaction = false;
    // Ended with its connection, and the error that says so is on its way already.
    if (how === "rollback" && held.broken) return;
    // The server answers a commit of what has failed before with a rollback, and no error.
    const { command } = await ask(held, { text: how });
    if (how === "commit" && command !== "COMMIT") throw new DatabaseError("rolled_back");
  };

  return {
    init: async () => {
      pool = new pg.Pool({
        connectionString: url,
        max: pool_size,
        types,
        fallback_application_name: "alter-broker",
        connectionTimeoutMillis: CONNECT_TIMEOUT,
        idleTimeoutMillis: IDLE_TIMEOUT,
        statement_timeout: STATEMENT_TIMEOUT,
        idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT,
        // A broker that is told to stop has closed the pool itself.
        allowExitOnIdle: true,
      });
      // A connection that the server ends is replaced at the next use, or fails the query that it is at; without
      // these listeners, idle or in use, it would end the process.
      pool.on("error", () => undefined);
      watch(() => ({
        total: pool.totalCount,
        idle: pool.idleCount,
        waiting: pool.waitingCount,
      }));
      pool.on("connect", (client) => client.on("error", () => undefined));
    },
    acquireConnection: connect,
    beginTransaction: async (connection, { isolationLevel = "read committed" }) => {
      const held = connection as Held;
      await askAgain(held, { text: `begin isolation level ${isolationLevel}` });
      held.in_transaction = true;
    },
    commitTransaction: (connection) => end(connection as Held, "commit"),
    rollbackTransaction: (connection) => end(connection as Held, "rollback"),
    releaseConnection: async (connection) => {
      const { client, broken } = connection as Held;
      client.release(broken);
    },
    destroy: async () => pool.end(),
  };
};

/** Class and condition, five characters with a digit among them (EPIPE has none): what the server has said itself and gone on from. */
const isAnswer = (code: string): boolean =>
  /^(?=.*\d)[0-9A-Z]{5}$/.test(code) && !/^(?:08|57P)/.test(code);

const codeOnly = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    const { code, message } = error as { code?: unknown; message?: unknown };
    if (typeof code === "string") throw new DatabaseError(code);
    // The pool's own words have no code; matched, never passed on.
    const timeout = typeof message === "string" && /timeout/i.test(message);
    throw new DatabaseError(timeout ? "CONNECTION_TIMEOUT" : "CONNECTION_LOST");
  }
};
