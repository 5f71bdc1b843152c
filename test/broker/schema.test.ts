/**
 * The schema's way up and back, from and to every version there has been, with a row in every table. Rows are made from
 * what the database says of its own columns, so that a migration that somebody adds is walked without a line here.
 */
import type { Kysely } from "kysely";
import { sql } from "kysely";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { runSchema } from "../../broker/src/commands/schema.ts";
import { connectDatabase } from "../../broker/src/store/database.ts";
import { DatabaseError } from "../../broker/src/store/error.ts";
import { lossesOf, migrateDown, migrateUp, versionOf } from "../../broker/src/store/migrate.ts";
import { MIGRATIONS } from "../../broker/src/store/migrations.ts";
import type { Storage } from "../../broker/src/store/storage.ts";
import { openStore } from "../../broker/src/store/store.ts";
import { makeDatabase, postgresUrl } from "./database.ts";

const folder = mkdtempSync(join(tmpdir(), "alter-schema-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NEWEST = MIGRATIONS.length;
const VERSIONS = MIGRATIONS.map((_, i) => i + 1);

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tables of every version there has been
type AnyDb = Kysely<any>;
type Row = Record<string, unknown>;

/** A database of that version, and nothing in it. */
const at = async (version: number) => {
  const database = await makeDatabase();
  const db = connectDatabase(database.storage);
  onTestFinished(async () => {
    await db.destroy().catch(() => undefined);
    await database.drop();
  });
  await migrateUp(db, version);
  return { storage: database.storage, db, any: db as AnyDb };
};

type Column = { name: string; dataType: string; isNullable: boolean; hasDefaultValue: boolean };

/** Every table of this test's database, as the engine describes it. */
const allTables = async (db: AnyDb): Promise<{ name: string; columns: Column[] }[]> => {
  const { rows } = await (
    postgresUrl() === undefined
      ? sql<Row>`select m.name as "table", c.name, c.type, "notnull" = 0 and c.pk = 0 as nullable,
          dflt_value is not null as defaulted from sqlite_master m, pragma_table_info(m.name) c
          where m.type = 'table' and m.name not like 'sqlite_%'`
      : sql<Row>`select table_name as "table", column_name as name, data_type as type,
          is_nullable = 'YES' as nullable, column_default is not null as defaulted
          from information_schema.columns where table_schema = current_schema()`
  ).execute(db);
  const tables = new Map<string, Column[]>();
  for (const { table, name, type, nullable, defaulted } of rows)
    tables.set(String(table), [
      ...(tables.get(String(table)) ?? []),
      {
        ...{ name: String(name), dataType: String(type) },
        ...{ isNullable: Boolean(nullable), hasDefaultValue: Boolean(defaulted) },
      },
    ]);
  return [...tables].map(([name, columns]) => ({ name, columns }));
};

/** Ours, but for the list of migrations. */
const tablesOf = async (db: AnyDb) =>
  (await allTables(db))
    .filter(({ name }) => name !== "migrations")
    .sort((a, b) => a.name.localeCompare(b.name));

/** What the columns' own names do not say. */
const MEANT: Record<string, unknown> = { status: "active" };

/** One row in each table, every column filled in; those that refer to another row get its id. */
const fill = async (db: AnyDb, over: Row = {}): Promise<void> => {
  const tables = await tablesOf(db);
  const rowOf = (table: string): Row =>
    Object.fromEntries(
      (tables.find(({ name }) => name === table)?.columns ?? []).map(({ name, dataType }) => {
        if (table === "authorizations" && name === "session_id") return [name, "sessions.id"];
        if (name in over || name in MEANT) return [name, over[name] ?? MEANT[name]];
        return [name, /int/i.test(dataType) ? 7 : `${table}.${name}`];
      }),
    );
  const order = ["sessions", ...tables.map(({ name }) => name)];
  for (const table of new Set(order)) await db.insertInto(table).values(rowOf(table)).execute();
};

/** All rows, by table: columns in the order of their names, since a way down and up may change theirs. */
const contents = async (db: AnyDb): Promise<Record<string, Row[]>> => {
  const all: Record<string, Row[]> = {};
  for (const { name } of await tablesOf(db)) {
    const rows = (await db.selectFrom(name).selectAll().execute()) as Row[];
    all[name] = rows.map((row) =>
      Object.fromEntries(Object.entries(row).sort(([a], [b]) => a.localeCompare(b))),
    );
  }
  return all;
};

const schemaOf = async (db: AnyDb) => ({
  tables: (await allTables(db))
    .map(({ name, columns }) => [
      name,
      columns
        .map(({ name, isNullable, hasDefaultValue }) => [name, isNullable, hasDefaultValue])
        .sort(),
    ])
    .sort(),
  indexes: (postgresUrl() === undefined
    ? await sql<{
        sql: string;
      }>`select sql from sqlite_master where type = 'index' and sql is not null`.execute(db)
    : await sql<{
        sql: string;
      }>`select replace(indexdef, schemaname || '.', '') as sql from pg_indexes
        where schemaname = current_schema()`.execute(db)
  ).rows
    .map((row) => row.sql.replaceAll(/\s+/g, " "))
    .sort(),
});

const codeFrom = async (work: () => Promise<unknown>): Promise<string> => {
  const error: unknown = await work().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error !== undefined && !(error instanceof DatabaseError)) throw error;
  return error?.code ?? "none";
};

describe("up and back", () => {
  test.each(VERSIONS)(
    "what was stored under schema %i survives the way up and back",
    async (from) => {
      const { db, any } = await at(from);
      await fill(any);
      const [before, schema] = [await contents(any), await schemaOf(any)];
      expect(Object.values(before).every((rows) => rows.length === 1)).toBe(true);
      await migrateUp(db);
      expect(await versionOf(db)).toMatchObject({ database: NEWEST, broker: NEWEST });
      for (const [table, rows] of Object.entries(before))
        expect(await contents(any)).toMatchObject({ [table]: rows });
      // What the newer broker has not written, nobody loses.
      expect(await lossesOf(db, from)).toEqual([]);
      await migrateDown(db, from);
      expect(await contents(any)).toEqual(before);
      expect(await schemaOf(any)).toEqual(schema);
      await db.destroy();
    },
  );

  test.each(VERSIONS.slice(0, -1))(
    "what is lost on the way back to schema %i is said before",
    async (to) => {
      const { db, any } = await at(NEWEST);
      await fill(any);
      const whole = await contents(any);
      const losses = await lossesOf(db, to);
      await migrateDown(db, to);
      const left = await contents(any);
      for (const [table, rows] of Object.entries(left))
        expect(whole).toMatchObject({ [table]: rows });
      await migrateUp(db);
      expect(await schemaOf(any)).toEqual(await schemaOf((await at(NEWEST)).any));
      await db.destroy();
      // A step that takes columns with it says so: this is what fails where a new migration's `loses` is forgotten.
      for (let version = NEWEST; version > to; version -= 1) {
        const [above, below] = [await at(version), await at(version - 1)];
        const names = async ({ any }: { any: AnyDb }) =>
          (await tablesOf(any)).flatMap((table) =>
            table.columns.map((column) => `${table.name}.${column.name}`),
          );
        const kept = await names(below);
        const gone = (await names(above)).filter((name) => !kept.includes(name));
        const said = losses.filter((loss) => loss.version === version);
        expect({ version, gone, said: said.length > 0 }).toEqual({
          version,
          gone,
          said: gone.length > 0,
        });
        await Promise.all([above.db.destroy(), below.db.destroy()]);
      }
    },
  );

  test("a grant past its lifetime asks to connect again under a broker that knows no lifetimes", async () => {
    const { db, any } = await at(NEWEST);
    await fill(any, { status: "expired" });
    expect(await lossesOf(db, 2)).toContainEqual({
      version: 3,
      what: "grants past their lifetime, which become credential_revoked",
      rows: 1,
    });
    await migrateDown(db, 2);
    expect(await contents(any)).toMatchObject({ grants: [{ status: "credential_revoked" }] });
    await db.destroy();
  });

  const harmless = VERSIONS.slice(1).filter((version) => MIGRATIONS[version - 1]?.previous_runs);
  test.each(harmless)(
    "on schema %i the broker before it still writes its rows",
    async (version) => {
      const [before, after] = [await at(version - 1), await at(version)];
      await fill(before.any);
      for (const [table, rows] of Object.entries(await contents(before.any)).sort(([a]) =>
        a === "sessions" ? -1 : 1,
      ))
        await after.any.insertInto(table).values(rows).execute();
      expect(await contents(after.any)).toMatchObject(await contents(before.any));
      await Promise.all([before.db.destroy(), after.db.destroy()]);
    },
  );
});

describe("a schema newer than the broker", () => {
  /** As a broker of one more migration would leave it. */
  const newer = async (runs_from: number | null) => {
    const { storage, db } = await at(NEWEST);
    await db
      .insertInto("migrations")
      .values({ id: NEWEST + 1, applied_at: 1, runs_from })
      .execute();
    const before = await schemaOf(db);
    return { storage, db, untouched: async () => expect(await schemaOf(db)).toEqual(before) };
  };

  test.each([null, NEWEST + 1])("is refused where it says %s", async (runs_from) => {
    const { storage, db, untouched } = await newer(runs_from);
    expect(await codeFrom(() => openStore(storage))).toBe("schema_newer_than_this_broker");
    const migrate = () => runSchema({ config: { storage }, say: () => undefined }, ["migrate"], {});
    expect(await codeFrom(migrate)).toBe("schema_newer_than_this_broker");
    await untouched();
    await db.destroy();
  });

  test("is worked on where it says that this broker may", async () => {
    const { storage, db, untouched } = await newer(NEWEST);
    const store = await openStore(storage);
    await store.ping();
    await store.close();
    await untouched();
    await db.destroy();
  });
});

describe("alter-broker schema", () => {
  const schema = async (
    storage: Storage,
    words: string[],
    options: Parameters<typeof runSchema>[2] = {},
  ) => {
    const lines: string[] = [];
    const config = { storage };
    const fine = await runSchema({ config, say: (line) => lines.push(line) }, words, options);
    return { fine, text: lines.join("\n") };
  };

  test("status says what it is, and changes nothing", async () => {
    const { storage, db } = await at(2);
    expect(await schema(storage, ["status"])).toMatchObject({
      fine: true,
      text: expect.stringMatching(/^the database has schema 2, .*\nolder: /) as string,
    });
    const { text } = await schema(storage, ["status"], { json: true });
    expect(JSON.parse(text)).toEqual({
      database: 2,
      broker: NEWEST,
      runs_from: null,
      state: "older",
    });
    expect(await versionOf(db)).toMatchObject({ database: 2 });
    await db.destroy();
  });

  test("a way back is done only after yes, and is announced first", async () => {
    const { storage, db, any } = await at(NEWEST);
    await fill(any);
    const before = await contents(any);
    const asked = await schema(storage, ["migrate"], { to: "2" });
    expect(asked.fine).toBe(false);
    expect(asked.text).toContain("  1 x managed secrets, with their values (schema 3)");
    expect(asked.text).toMatch(/nothing was done.*--yes$/);
    expect(await contents(any)).toEqual(before);
    expect((await schema(storage, ["migrate"], { to: "2", yes: true })).fine).toBe(true);
    expect(await versionOf(db)).toMatchObject({ database: 2 });
    const up = await schema(storage, ["migrate"]);
    expect(up).toMatchObject({ fine: true, text: expect.stringContaining("stop them") as string });
    expect((await schema(storage, ["migrate"])).text).toMatch(/^nothing to do/);
    await db.destroy();
  });

  test.each<[string[], Parameters<typeof runSchema>[2], RegExp]>([
    [["dance"], {}, /expected status or migrate/],
    [["migrate", "2"], {}, /expected status or migrate/],
    [["status"], { to: "1" }, /neither/],
    [["migrate"], { to: "0" }, /--to: expected a schema from 1 to/],
    [["migrate"], { to: String(NEWEST + 1) }, /--to: expected a schema from 1 to/],
    [["migrate"], { to: "1e1" }, /--to: expected .*got "1e1"/],
  ])("%j %j is refused and nothing is done", async (words, options, message) => {
    const { storage, db } = await at(2);
    await expect(
      schema(storage, words, { yes: words[0] === "migrate", ...options }),
    ).rejects.toThrow(message);
    expect(await versionOf(db)).toMatchObject({ database: 2 });
    await db.destroy();
  });

  test("what is no broker's database is left alone, and none is made", async () => {
    const absent: Storage = { kind: "sqlite", file: join(folder, "none.db") };
    expect(await codeFrom(() => schema(absent, ["migrate"]))).toBe("no_database_yet");
    const { storage, drop } = await makeDatabase();
    const db: AnyDb = connectDatabase(storage);
    await sql`create table migrations (name text)`.execute(db);
    expect(await codeFrom(() => schema(storage, ["migrate"]))).toBe("database_of_something_else");
    expect((await allTables(db)).map(({ name }) => name)).toEqual(["migrations"]);
    await db.destroy();
    await drop();
  });
});
