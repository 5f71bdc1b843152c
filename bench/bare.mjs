/**
 * What the broker is measured against, as a process of its own: the least that a service can do which looks up one
 * row and writes down that it did. node:http and the broker's own drivers; one indexed select, and one insert for all
 * calls of one turn of the event loop, durable before they are answered. No user, no key, no token, no chain, no log.
 * Plain Node, since it is started as a program.
 */
import Libsql from "libsql";
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { setImmediate } from "node:timers/promises";
import pg from "pg";

/** As the broker's. */
const MOST_ROWS = 64;
const COLUMNS = [
  ...["id", "at", "event", "actor", "app_id", "grant_id"],
  ...["issuer", "subject", "provider", "request_id", "key_prefix"],
];
const TABLE = `create table if not exists bench_rows (
  id text primary key, at bigint not null, event text, actor text, app_id text, grant_id text,
  issuer text, subject text, provider text, request_id text, key_prefix text)`;
const INDEX = "create index if not exists bench_rows_by_time on bench_rows (at)";
const OWNER = ["app_id", "issuer", "subject", "provider"];

/** @param {(n: number) => string} place */
const selectText = (place) =>
  `select * from grants where ${OWNER.map((name, n) => `${name} = ${place(n)}`).join(" and ")}`;

/** @param {number} rows @param {(n: number) => string} place */
const insertText = (rows, place) => {
  const row = (/** @type {number} */ r) =>
    `(${COLUMNS.map((_, c) => place(r * COLUMNS.length + c)).join(", ")})`;
  return `insert into bench_rows (${COLUMNS.join(", ")}) values ${Array.from({ length: rows }, (_, r) => row(r)).join(", ")}`;
};

/** @param {string} file */
const sqlite = async (file) => {
  const db = new Libsql(file);
  for (const pragma of ["busy_timeout = 5000", "synchronous = FULL", "journal_mode = WAL"])
    db.exec(`pragma ${pragma}`);
  db.exec(TABLE);
  db.exec(INDEX);
  const select = db.prepare(selectText(() => "?"));
  const inserts = new Map();
  return {
    find: async (/** @type {unknown[]} */ owner) => select.all(owner)[0],
    insert: async (/** @type {number} */ rows, /** @type {unknown[]} */ values) => {
      if (!inserts.has(rows)) inserts.set(rows, db.prepare(insertText(rows, () => "?")));
      inserts.get(rows).run(values);
    },
  };
};

/** @param {string} url @param {number} size */
const postgres = async (url, size) => {
  const pool = new pg.Pool({ connectionString: url, max: size });
  await pool.query(TABLE);
  await pool.query(INDEX);
  const place = (/** @type {number} */ n) => `$${n + 1}`;
  const select = { name: "find", text: selectText(place) };
  return {
    find: async (/** @type {unknown[]} */ values) =>
      (await pool.query({ ...select, values })).rows[0],
    insert: async (/** @type {number} */ rows, /** @type {unknown[]} */ values) =>
      void (await pool.query({ name: `rows ${rows}`, text: insertText(rows, place), values })),
  };
};

/** @param {{ insert: (rows: number, values: unknown[]) => Promise<void> }} database */
const recorder = ({ insert }) => {
  /** @type {{ row: unknown[]; done: () => void; failed: (error: unknown) => void }[]} */
  let waiting = [];
  let writing = false;
  const writeAll = async () => {
    writing = true;
    while (waiting.length) {
      await setImmediate();
      const some = waiting.slice(0, MOST_ROWS);
      waiting = waiting.slice(MOST_ROWS);
      try {
        await insert(
          some.length,
          some.flatMap(({ row }) => row),
        );
        for (const { done } of some) done();
      } catch (error) {
        for (const { failed } of some) failed(error);
      }
    }
    writing = false;
  };
  return (/** @type {unknown[]} */ row) =>
    new Promise((done, failed) => {
      waiting.push({ row, done: () => done(undefined), failed });
      if (!writing) void writeAll();
    });
};

const [kind, where = "", size] = process.argv.slice(2);
const database = kind === "sqlite" ? await sqlite(where) : await postgres(where, Number(size));
const record = recorder(database);

const server = createServer((request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const answer = (/** @type {number} */ status, /** @type {unknown} */ body) => {
      const text = JSON.stringify(body);
      const length = Buffer.byteLength(text);
      response
        .writeHead(status, { "content-type": "application/json", "content-length": length })
        .end(text);
    };
    const serve = async () => {
      const asked = JSON.parse(Buffer.concat(chunks).toString());
      const owner = OWNER.map((name) => asked[name]);
      const grant = await database.find(owner);
      const id = randomBytes(16).toString("base64url");
      const [app_id, issuer, subject, provider] = owner;
      const about = [app_id, grant.id, issuer, subject, provider, id, "alter_rk_abcd"];
      await record([id, Date.now(), "token.issued", "user:first", ...about]);
      answer(200, { grant_id: grant.id, scopes: grant.scopes, sealed: grant.sealed });
    };
    serve().catch((error) => answer(500, { error: String(error) }));
  });
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: server.address()?.port }));
process.on("disconnect", () => process.exit());
