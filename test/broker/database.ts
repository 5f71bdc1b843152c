/**
 * The database of a test: of the engine that this run is about, empty, and open to a second party that looks at rows
 * and breaks them. Which engine says `TEST_POSTGRES`, the URL of a cluster that the runner has started.
 */
import Libsql from "libsql";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { inject } from "vitest";
import type { Storage } from "../../broker/src/store/storage.ts";

type Row = Record<string, unknown>;

export type TestDatabase = {
  engine: "sqlite" | "postgres";
  /** As the configuration file names it. */
  named: { sqlite: string } | { postgres: string };
  storage: Storage;
  /** By somebody else's connection. `?` stands for a parameter on both engines. */
  rows: (sql: string, ...parameters: unknown[]) => Promise<Row[]>;
  /** Several statements, without parameters. */
  exec: (sql: string) => Promise<void>;
  /** From now on the table takes no rows, as if the disk were full; the returned function makes room. */
  fill: (table: string) => Promise<() => Promise<void>>;
  /** Columns that a row cannot be without. */
  needed: (table: string) => Promise<{ name: string; number: boolean }[]>;
  /** Holds every writer back until the returned function is called. */
  block: (table: string) => Promise<() => Promise<void>>;
  /** Every byte that is stored, where there is a file; every row as text, where there is none. */
  bytes: () => Promise<string>;
  drop: () => Promise<void>;
};

/** Whether this run is about PostgreSQL. */
export const postgresUrl = (): string | undefined => inject("postgres");

/** `sqlite`: for what is about files, whatever the run is about. `cluster`: another than the runner's, by its URL. */
export const makeDatabase = async (
  where?: "sqlite" | { cluster: string },
): Promise<TestDatabase> => {
  if (typeof where === "object") return makePostgres(where.cluster);
  const url = postgresUrl();
  return url === undefined || where === "sqlite" ? makeSqlite() : makePostgres(url);
};

const makeSqlite = (): TestDatabase => {
  const folder = mkdtempSync(join(tmpdir(), "alter-broker-test-"));
  const file = join(folder, "alter.db");
  const open = <T>(work: (db: Libsql.Database) => T): T => {
    const db = new Libsql(file);
    try {
      return work(db);
    } finally {
      db.close();
    }
  };
  return {
    engine: "sqlite",
    named: { sqlite: file },
    storage: { kind: "sqlite", file },
    rows: async (sql, ...parameters) =>
      open((db) => {
        const statement = db.prepare(sql);
        if (statement.reader) return statement.all(parameters) as Row[];
        statement.run(parameters);
        return [];
      }),
    exec: async (sql) => open((db) => void db.exec(sql)),
    fill: async (table) =>
      open((db) => {
        db.exec(
          `create trigger full_${table} before insert on ${table} begin select raise(abort, 'full'); end`,
        );
        return async () => open((again) => void again.exec(`drop trigger full_${table}`));
      }),
    needed: async (table) =>
      open((db) =>
        (
          db
            .prepare(`select name, type from pragma_table_info('${table}') where "notnull" = 1`)
            .all([]) as Row[]
        ).map(({ name, type }) => ({ name: String(name), number: type !== "TEXT" })),
      ),
    block: async () => {
      const db = new Libsql(file);
      db.exec("begin immediate");
      return async () => {
        db.exec("rollback");
        db.close();
      };
    },
    bytes: async () =>
      ["", "-wal", "-shm"]
        .map((suffix) => {
          try {
            return readFileSync(file + suffix, "latin1");
          } catch {
            return "";
          }
        })
        .join(""),
    drop: async () => rmSync(folder, { recursive: true, force: true }),
  };
};

const INT8 = 20;
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number) =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, "text")) as never,
};

/** A schema of its own in the runner's cluster: made and dropped in milliseconds. */
const makePostgres = async (cluster: string): Promise<TestDatabase> => {
  const schema = `t_${randomBytes(8).toString("hex")}`;
  const url = `${cluster}&application_name=${schema}&options=${encodeURIComponent(`-c search_path=${schema}`)}`;
  const pool = new pg.Pool({ connectionString: url, types, max: 2 });
  pool.on("connect", (client) => client.on("error", () => undefined));
  pool.on("error", () => undefined);
  await pool.query(`create schema ${schema}`);
  const rows = async (sql: string, ...parameters: unknown[]): Promise<Row[]> => {
    let n = 0;
    const text = sql.replace(/\?/g, () => `$${++n}`);
    const result = await pool.query<Row>(text, parameters);
    // Of several statements, the last one's.
    return Array.isArray(result)
      ? ((result as pg.QueryResult<Row>[]).at(-1)?.rows ?? [])
      : result.rows;
  };
  return {
    engine: "postgres",
    named: { postgres: url },
    storage: { kind: "postgres", url, pool_size: 5, prepared_statements: true },
    rows,
    exec: async (sql) => void (await pool.query(sql)),
    fill: async (table) => {
      await pool.query(`
        create function full_${table}() returns trigger language plpgsql as
          $$ begin raise exception 'full'; end $$;
        create trigger full_${table} before insert on ${table}
          for each row execute function full_${table}()`);
      return async () =>
        void (await pool.query(
          `drop trigger full_${table} on ${table}; drop function full_${table}`,
        ));
    },
    needed: async (table) =>
      (
        await rows(
          `select column_name as name, data_type as type from information_schema.columns
           where table_schema = ? and table_name = ? and is_nullable = 'NO'`,
          schema,
          table,
        )
      ).map(({ name, type }) => ({ name: String(name), number: type !== "text" })),
    block: async (table) => {
      const client = await pool.connect();
      await client.query(`begin; lock table ${table} in exclusive mode`);
      return async () => {
        await client.query("rollback");
        client.release();
      };
    },
    bytes: async () => {
      const tables = await rows(
        "select table_name as name from information_schema.tables where table_schema = ?",
        schema,
      );
      const all = tables.map(({ name }) => rows(`select * from ${String(name)}`));
      return JSON.stringify(await Promise.all(all));
    },
    drop: async () => {
      await pool.query(`drop schema ${schema} cascade`);
      await pool.end();
    },
  };
};

declare module "vitest" {
  export interface ProvidedContext {
    postgres: string | undefined;
  }
}
