/**
 * A copy of the database while brokers write to it, and a copy put back in its place. SQLite only: PostgreSQL has
 * pg_dump. Knows files and tables, and no vault: what is sealed stays sealed.
 */
import { sql, type Kysely } from "kysely";
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { connectDatabase } from "./database.ts";
import { DatabaseError, FOREIGN, SCHEMA_NEWER } from "./error.ts";
import { versionOf } from "./migrate.ts";
import type { Tables } from "./tables.ts";

export type Contents = { schema: number; grants: number; audit: number; bytes: number };

/** Between the database that was there and the copy that took its place. */
export type Difference = {
  /** Grants that only the former had. */
  connected: number;
  /** Grants whose tokens in the copy are older: where the provider rotates, they no longer work. */
  renewed: number;
  /** Grants and managed secrets that had been revoked since: revoked in the copy too. */
  revoked: number;
  /** API keys that had been revoked since, and users that had been deprovisioned: so in the copy too. */
  keys: number;
  users: number;
  /** Rows of the audit log that only the former had. */
  audit: number;
};

export const EXISTS = "file_exists";
export const IN_USE = "database_in_use";
export const DAMAGED = "database_damaged";

/**
 * One moment of it, whatever is written meanwhile, checked and on disk before it has its name.
 * @throws DatabaseError EXISTS, or what the database says
 */
export const backUp = async (file: string, to: string): Promise<Contents> => {
  if (existsSync(to)) throw new DatabaseError(EXISTS);
  const partial = `${to}.partial`;
  // Made here, and empty, so that nobody but its owner can read it at any moment.
  closeSync(openSync(partial, "wx", 0o600));
  try {
    await using(file, (db) => sql`vacuum into ${partial}`.execute(db));
    const contents = await check(partial);
    sync(partial);
    take(partial, to);
    return contents;
  } catch (error) {
    throw (error as { code?: unknown }).code === "EEXIST" ? new DatabaseError(EXISTS) : error;
  } finally {
    removeAll(partial);
    sync(dirname(to));
  }
};

/** Not a rename, which would write over what has come there since; but some file systems know no links. */
const take = (partial: string, to: string): void => {
  try {
    linkSync(partial, to);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP"].includes(code)) throw error;
    if (existsSync(to)) throw new DatabaseError(EXISTS);
    renameSync(partial, to);
  }
};

/**
 * Takes the place of `file`. What was there stays beside it, under the name that is returned.
 * @throws DatabaseError with `file` as it was
 */
export const restore = async (
  from: string,
  file: string,
  aside: string,
): Promise<{ contents: Contents; difference: Difference | undefined }> => {
  const partial = `${file}.restoring`;
  if (existsSync(aside)) throw new DatabaseError(EXISTS);
  // A copy: opening a database writes to it, and the backup is to stay what it is.
  copyFileSync(from, partial, constants.COPYFILE_EXCL);
  chmodSync(partial, 0o600);
  try {
    const contents = await check(partial);
    const difference = existsSync(file) ? await leave(file, partial) : undefined;
    sync(partial);
    if (difference) renameSync(file, aside);
    renameSync(partial, file);
    sync(dirname(file));
    return { contents, difference };
  } finally {
    removeAll(partial);
  }
};

/** Nobody else has it open; what it knows of revocations is in the copy; its write-ahead log is part of the file. */
const leave = async (file: string, copy: string): Promise<Difference> =>
  using(file, async (db) => {
    await sql`pragma busy_timeout = 0`.execute(db);
    // SQLite leaves the mode only for the one connection that there is: the one sure sign that no broker runs.
    await sql`pragma journal_mode = delete`.execute(db).catch(() => {
      throw new DatabaseError(IN_USE);
    });
    if (!(await versionOf(db))) throw new DatabaseError(FOREIGN);
    await sql`attach database ${copy} as copy`.execute(db);
    const count = async (query: ReturnType<typeof sql<{ n: number }>>) =>
      Number((await query.execute(db)).rows[0]?.n);
    const difference = {
      connected: await count(
        sql`select count(*) as n from main.grants
          where sealed is not null and id not in (select id from copy.grants)`,
      ),
      renewed: await count(
        sql`select count(*) as n from main.grants m join copy.grants c on c.id = m.id
          where m.sealed is not null and c.sealed is not null and m.sealed <> c.sealed`,
      ),
      ...{ revoked: 0, keys: 0, users: 0 },
      audit: await count(
        sql`select count(*) as n from main.audit where id not in (select id from copy.audit)`,
      ),
    };
    const revoked =
      await sql`update copy.grants set status = 'revoked', sealed = null, access_expires_at = null,
        lease_id = null, lease_until = null, ended_at = (select m.ended_at from main.grants m where m.id = copy.grants.id)
      where status <> 'revoked' and id in (select id from main.grants where status = 'revoked')`.execute(
        db,
      );
    /** A copy of an older schema has no place for what came later. */
    const carry = async (table: string, statement: ReturnType<typeof sql>): Promise<number> => {
      const both = sql<{
        n: number;
      }>`select (select count(*) from main.sqlite_master where name = ${table}) *
        (select count(*) from copy.sqlite_master where name = ${table}) as n`;
      return (await count(both)) ? Number((await statement.execute(db)).numAffectedRows ?? 0) : 0;
    };
    const secrets = await carry(
      "managed_secrets",
      sql`update copy.managed_secrets set sealed = null,
          revoked_at = (select m.revoked_at from main.managed_secrets m where m.id = copy.managed_secrets.id)
        where revoked_at is null
          and id in (select id from main.managed_secrets where revoked_at is not null)`,
    );
    difference.revoked = Number(revoked.numAffectedRows ?? 0) + secrets;
    // A key that has leaked may still stand in the configuration: only this row keeps it out.
    difference.keys = await carry(
      "api_keys",
      sql`insert into copy.api_keys (hash, app_id, key_id, last_used_at, revoked_at)
        select hash, app_id, key_id, last_used_at, revoked_at from main.api_keys where revoked_at is not null
        on conflict (hash) do update set revoked_at = excluded.revoked_at where api_keys.revoked_at is null`,
    );
    difference.users = await carry(
      "deprovisioned_users",
      sql`insert into copy.deprovisioned_users (app_id, issuer, subject, at)
        select app_id, issuer, subject, at from main.deprovisioned_users where true
        on conflict (app_id, issuer, subject) do update set at = excluded.at
          where deprovisioned_users.at < excluded.at`,
    );
    await sql`detach database copy`.execute(db);
    return difference;
  });

/** @throws DatabaseError where it is no whole database of a broker that this one understands. */
const check = (file: string): Promise<Contents> =>
  using(file, async (db) => {
    const said = await sql<Record<string, unknown>>`pragma quick_check(1)`
      .execute(db)
      .catch(() => undefined);
    if (Object.values(said?.rows[0] ?? {})[0] !== "ok") throw new DatabaseError(DAMAGED);
    const version = await versionOf(db);
    if (!version?.database) throw new DatabaseError(FOREIGN);
    if (version.database > version.broker && !((version.runs_from ?? Infinity) <= version.broker))
      throw new DatabaseError(SCHEMA_NEWER);
    const count = async (table: "grants" | "audit") =>
      Number(
        (
          await db
            .selectFrom(table)
            .select((e) => e.fn.countAll().as("n"))
            .executeTakeFirst()
        )?.n,
      );
    const [grants, audit] = [await count("grants"), await count("audit")];
    return { schema: version.database, grants, audit, bytes: statSync(file).size };
  });

const using = async <T>(file: string, work: (db: Kysely<Tables>) => Promise<T>): Promise<T> => {
  const db = connectDatabase({ kind: "sqlite", file });
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
};

const sync = (path: string): void => {
  const handle = openSync(path, "r");
  fsyncSync(handle);
  closeSync(handle);
};

const removeAll = (file: string): void => {
  for (const end of ["", "-wal", "-shm", "-journal"]) rmSync(`${file}${end}`, { force: true });
};
