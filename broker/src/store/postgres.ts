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
import { checkBindable, DatabaseError, NO_TLS, STALE_PLAN } from "./error.ts";
import type { PostgresStorage } from "./storage.ts";
import { isUnanswered } from "./unanswered.ts";

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
  /** How a transaction begins that has asked nothing yet: together with its first question, which saves a trip. */
  beginning: string | undefined;
  in_transaction: boolean;
  /** What went wrong with each statement whose answer nobody has waited for. */
  unanswered: Promise<unknown>[];
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

  /** One after the other, and none waits for the answer to the one before. Resolves with the last's. */
  const ask = async (held: Held, ...queries: pg.QueryConfig[]): Promise<pg.QueryResult> => {
    inOneWrite(held.client);
    const asked = queries.map((query) => codeOnly(() => held.client.query(query)));
    const answers = await Promise.allSettled(asked);
    const failed = answers.find((answer) => answer.status === "rejected");
    const last = answers.at(-1);
    if (!failed && last?.status === "fulfilled") return last.value;
    const error: unknown = failed?.reason;
    // A SQLSTATE is the server's answer; anything else means that nobody knows what the connection is at.
    const { code } = error as DatabaseError;
    held.broken ||= !isAnswer(code);
    if (code === STALE_PLAN) {
      // None of the old names again, on whatever connection.
      names.clear();
      generation += 1;
    }
    throw error;
  };

  /**
   * What may be asked twice, since it changes nothing: a connection that lay idle may have been ended by a restart or
   * a failover that nobody has noticed yet, and another one is at hand.
   */
  const askAgain = async (held: Held, ...queries: pg.QueryConfig[]): Promise<pg.QueryResult> => {
    // Each of the others may have been ended as well.
    for (let others = pool_size; ; others--) {
      try {
        return await ask(held, ...queries);
      } catch (error) {
        if (!held.broken || others === 0) throw error;
      }
      held.client.release(true);
      held.client = await codeOnly(() => pool.connect());
      held.broken = false;
    }
  };

  const answer = async (held: Held, query: pg.QueryConfig): Promise<pg.QueryResult> => {
    const harmless = query.text.startsWith("select");
    const { beginning } = held;
    if (beginning === undefined)
      return harmless && !held.in_transaction ? askAgain(held, query) : ask(held, query);
    held.beginning = undefined;
    held.in_transaction = true;
    // Only what changes nothing goes along: were it the beginning that is refused, a write would stand alone.
    if (harmless) return askAgain(held, { text: beginning }, query);
    await askAgain(held, { text: beginning });
    return ask(held, query);
  };

  const connect = async (): Promise<Held> => {
    const held: Held = {
      client: await codeOnly(() => pool.connect()),
      broken: false,
      beginning: undefined,
      in_transaction: false,
      unanswered: [],
      executeQuery: async <R>(compiled: CompiledQuery): Promise<QueryResult<R>> => {
        const { sql, parameters } = compiled;
        parameters.forEach(checkBindable);
        const name = nameOf(sql);
        const query = { text: sql, values: parameters as unknown[], ...(name ? { name } : {}) };
        if (held.in_transaction && isUnanswered(compiled)) {
          held.unanswered.push(ask(held, query).then(nothing, (error: unknown) => error));
          return { rows: [] };
        }
        const { rows, rowCount, command } = await answer(held, query).catch(
          async (error: unknown) => {
            const stale = (error as DatabaseError).code === STALE_PLAN;
            if (stale && !held.in_transaction) return ask(held, { ...query, name: nameOf(sql) });
            throw (await firstOf(held.unanswered)) ?? error;
          },
        );
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
    const { in_transaction, unanswered } = held;
    Object.assign(held, { in_transaction: false, beginning: undefined, unanswered: [] });
    // Nothing was asked, or it was ended by its commit, whose error is on its way already, or with its connection.
    if (!in_transaction || (how === "rollback" && held.broken)) return;
    // Sent before anything that was left unanswered is known: what has failed makes a rollback of it.
    const ended = ask(held, { text: how });
    const [failed, { command }] = await Promise.all([firstOf(unanswered), ended]);
    if (how === "rollback") return;
    if (failed !== undefined) throw failed;
    // The server answers a commit of what has failed before with a rollback, and no error.
    if (command !== "COMMIT") throw new DatabaseError("rolled_back");
  };

  return {
    init: async () => {
      pool = new pg.Pool({
        connectionString: url,
        max: pool_size,
        types,
        // What is asked goes out at once: whether anything waits for an answer is ours to say.
        pipeline: true,
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
      held.beginning = `begin isolation level ${isolationLevel}`;
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
  /^(?=.*\d)[0-9A-Z]{5}$/.test(code) && !/^(?:08|57P|25P03)/.test(code);

/** What is asked until this turn of the event loop is through leaves in one piece: each write is a call of the system. */
const inOneWrite = (client: pg.PoolClient): void => {
  const { stream } = client.connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
};

const nothing = (): undefined => undefined;

const firstOf = async (errors: Promise<unknown>[]): Promise<unknown> =>
  (await Promise.all(errors)).find((error) => error !== undefined);

const codeOnly = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    const { code, message } = error as { code?: unknown; message?: unknown };
    if (typeof code === "string") throw new DatabaseError(code);
    throw new DatabaseError(codeOfWords(typeof message === "string" ? message : ""));
  }
};

/** The driver's own words have no code; matched, never passed on. */
const codeOfWords = (message: string): string => {
  if (/timeout/i.test(message)) return "CONNECTION_TIMEOUT";
  return /not support SSL/i.test(message) ? NO_TLS : "CONNECTION_LOST";
};
