/** A database for a bench, thrown away afterwards. Knows how each engine is opened and told things; nothing of what is in it. */
import Libsql from "libsql";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { Storage } from "../broker/src/store/storage.ts";
import { putAway } from "../test/servers/away.ts";
import { startPostgres } from "../test/servers/postgres.ts";

/** `postgres_away`: in another building than who asks, as managed databases are. */
export type Engine = "sqlite" | "postgres" | "postgres_away";

/** Either way. */
const AWAY_MS = 1;

/** The broker's default. */
export const POOL = 10;

export type Database = {
  named: unknown;
  storage: Storage;
  /** The bare server's arguments. */
  bare: string[];
  exec: (sql: string) => Promise<void>;
  stop: () => Promise<void>;
};

const openSqlite = (): Database => {
  const folder = mkdtempSync(join(tmpdir(), "alter-bench-"));
  const file = join(folder, "alter.db");
  return {
    named: { sqlite: file },
    storage: { kind: "sqlite", file },
    bare: ["sqlite", file],
    exec: async (sql) => {
      const db = new Libsql(file);
      db.exec("pragma busy_timeout = 5000");
      db.exec(sql);
      db.close();
    },
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  };
};

const openPostgres = async (away: boolean): Promise<Database> => {
  const server = await startPostgres({ durable: true });
  const far = away ? await putAway(server.url(), AWAY_MS) : undefined;
  const { url } = far ?? { url: server.url() };
  return {
    named: { postgres: { url, pool_size: POOL } },
    storage: { kind: "postgres", url, pool_size: 2, prepared_statements: true },
    bare: ["postgres", url, String(POOL)],
    exec: async (sql) => {
      const client = new pg.Client({ connectionString: server.url() });
      await client.connect();
      try {
        await client.query(sql);
      } finally {
        await client.end();
      }
    },
    stop: async () => {
      await far?.stop();
      await server.stop();
    },
  };
};

export const openDatabase = async (engine: Engine): Promise<Database> =>
  engine === "sqlite" ? openSqlite() : openPostgres(engine === "postgres_away");
