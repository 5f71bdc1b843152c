/**
 * The database as it stands, for whoever looks whether it is well: nothing in it changes, and what is tried is rolled
 * back. Says codes and numbers, never a value but sealed ones.
 */
import { sql } from "kysely";
import { existsSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { connectDatabase, DatabaseError } from "./database.ts";
import { versionOf, type SchemaVersion } from "./migrate.ts";

export type Sealed = { table: "grants" | "managed_secrets"; row: string; sealed: string };

export type Inspected = {
  engine: "sqlite";
  /** Undefined: tables of something else. */
  version: SchemaVersion | undefined;
  /** `null` where a row could be written, and was rolled back; else why not. */
  unwritable: string | null;
  /** Bytes. */
  size: number;
  log_size: number;
  free: number;
  /** Permission bits. */
  mode: number;
  /** The database's own clock, where it has one of its own. */
  now: number | undefined;
  /** Of each kind the newest few. */
  sealed: Sealed[];
};

/** @throws DatabaseError where it cannot be read at all. `undefined`: there is none yet. */
export const inspectDatabase = async (file: string, most = 50): Promise<Inspected | undefined> => {
  if (!existsSync(file)) return undefined;
  const sizeOf = (path: string) => (existsSync(path) ? statSync(path).size : 0);
  const disk = statfsSync(dirname(file));
  const about = {
    engine: "sqlite" as const,
    size: sizeOf(file),
    log_size: sizeOf(`${file}-wal`),
    free: disk.bavail * disk.bsize,
    mode: statSync(file).mode & 0o777,
    now: undefined,
  };
  const db = connectDatabase(file);
  try {
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
