/**
 * The database as it stands, for whoever looks whether it is well: nothing in it changes, and what is tried is rolled
 * back. Says codes and numbers, never a value but sealed ones.
 */
import { sql } from "kysely";
import { existsSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { connectDatabase } from "./database.ts";
import { DatabaseError } from "./error.ts";
import { versionOf, type SchemaVersion } from "./migrate.ts";
import type { Storage } from "./storage.ts";

export type Sealed = { table: "grants" | "managed_secrets"; row: string; sealed: string };

export type Inspected = {
  engine: string;
  /** Undefined: tables of something else. */
  version: SchemaVersion | undefined;
  /** `null` where a row could be written, and was rolled back; else why not. */
  unwritable: string | null;
  /** Bytes. */
  size: number;
  /** Of SQLite. */
  file: FileState | undefined;
  /** Of PostgreSQL. */
  server: ServerState | undefined;
  /** Of each kind the newest few. */
  sealed: Sealed[];
};

/** Bytes, and permission bits. */
export type FileState = { log_size: number; free: number; mode: number };

export type ServerState = {
  /** Such as 150008: major version, two digits, minor version. */
  version: number;
  encrypted: boolean;
  /** What the server takes, and how many of it are in use by everybody. */
  most_connections: number;
  connections: number;
  /** Its own clock, epoch milliseconds. */
  now: number;
};

/** @throws DatabaseError where it cannot be read at all. `undefined`: there is none yet. */
export const inspectDatabase = async (
  storage: Storage,
  most = 50,
): Promise<Inspected | undefined> => {
  if (storage.kind === "sqlite" && !existsSync(storage.file)) return undefined;
  const db = connectDatabase(storage);
  try {
    const about = storage.kind === "sqlite" ? await fileState(storage.file) : await serverState(db);
    const version = await versionOf(db);
    if (!version?.database) return { ...about, version, unwritable: null, sealed: [] };
    return {
      ...about,
      version,
      unwritable: await whyUnwritable(db),
      sealed: await someSealed(db, version, most),
    };
  } finally {
    await db.destroy();
  }
};

type About = Pick<Inspected, "engine" | "size" | "file" | "server">;

const fileState = async (file: string): Promise<About> => {
  const sizeOf = (path: string) => (existsSync(path) ? statSync(path).size : 0);
  const disk = statfsSync(dirname(file));
  return {
    engine: "sqlite",
    size: sizeOf(file),
    file: {
      log_size: sizeOf(`${file}-wal`),
      free: disk.bavail * disk.bsize,
      mode: statSync(file).mode & 0o777,
    },
    server: undefined,
  };
};

const serverState = async (db: Db): Promise<About> => {
  const { rows } = await sql<{
    version: string;
    most: string;
    connections: number;
    encrypted: boolean | null;
    now: number;
    size: number;
  }>`select current_setting('server_version_num') as version, current_setting('max_connections') as most,
      (select count(*) from pg_stat_activity where backend_type = 'client backend') as connections,
      (select ssl from pg_stat_ssl where pid = pg_backend_pid()) as encrypted,
      cast(extract(epoch from clock_timestamp()) * 1000 as bigint) as now,
      pg_database_size(current_database()) as size`.execute(db);
  const [row] = rows;
  if (!row) throw new DatabaseError("no_answer");
  const version = Number(row.version);
  return {
    engine: `postgres ${Math.floor(version / 10_000)}`,
    size: row.size,
    file: undefined,
    server: {
      version,
      encrypted: row.encrypted === true,
      most_connections: Number(row.most),
      connections: row.connections,
      now: row.now,
    },
  };
};

class RolledBack extends Error {}

type Db = ReturnType<typeof connectDatabase>;

const whyUnwritable = async (db: Db): Promise<string | null> => {
  try {
    await db.transaction().execute(async (tx) => {
      await tx.updateTable("migrations").set({ applied_at: 0 }).where("id", "=", 1).execute();
      throw new RolledBack();
    });
    return null;
  } catch (error) {
    if (error instanceof RolledBack) return null;
    return error instanceof DatabaseError ? error.code : "unknown";
  }
};

const someSealed = async (db: Db, version: SchemaVersion, most: number): Promise<Sealed[]> => {
  const tables = ["grants", ...(version.database >= 3 ? ["managed_secrets"] : [])] as const;
  const found = await Promise.all(
    tables.map(async (table) => {
      const { rows } = await sql<{
        id: string;
        sealed: string;
      }>`select id, sealed from ${sql.table(table)}
        where sealed is not null order by updated_at desc, id limit ${most}`.execute(db);
      return rows.map(({ id, sealed }) => ({ table: table as Sealed["table"], row: id, sealed }));
    }),
  );
  return found.flat();
};
