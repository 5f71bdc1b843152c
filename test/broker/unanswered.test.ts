/**
 * Statements of a transaction whose answers nobody waits for: what goes wrong with one is the transaction's error, and on
 * PostgreSQL they cost no trip.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DatabaseError } from "../../broker/src/store/error.ts";
import { openStore, type Statements, type Store } from "../../broker/src/store/store.ts";
import type { Storage } from "../../broker/src/store/storage.ts";
import type { AuditRow, AuditWriterRow } from "../../broker/src/store/tables.ts";
import { putAway, type Away } from "../servers/away.ts";
import { makeDatabase, postgresUrl, type TestDatabase } from "./database.ts";

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await makeDatabase();
  store = await openStore(database.storage);
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

const row = (id: string): AuditRow => ({
  ...{ id, at: 1, event: "token.issued", actor: "broker", app_id: null, session_id: null },
  ...{ grant_id: null, issuer: null, subject: null, provider: null, reason: null },
  ...{ request_id: null, key_prefix: null, method: null, host: null },
});
const head = (writer: string): AuditWriterRow => ({
  ...{ writer, started_at: 1, updated_at: 1, last_seq: 1, last_hash: "h", mac: "m" },
});
const append = (tx: Statements, id: string, writer = `writer of ${id}`): Promise<void> =>
  tx.chains.append([{ ...row(id), writer, seq: 1, hash: "h" }], head(writer));

/** Ids of what is there, seen by somebody else. */
const stored = async (): Promise<unknown[]> =>
  (await database.rows("select id from audit order by id")).map(({ id }) => id);

test("a statement that fails fails the transaction, with its own code, and takes everything along", async () => {
  await store.transaction((tx) => append(tx, "first"));
  const code = database.engine === "postgres" ? "23505" : "SQLITE_CONSTRAINT_UNIQUE";
  const after = [
    () => Promise.resolve(),
    (tx: Statements) => append(tx, "other"),
    (tx: Statements) => tx.grants.byId("demo", "none"),
  ];
  for (const next of after) {
    const work = async (tx: Statements): Promise<void> => {
      await append(tx, "new");
      await append(tx, "first");
      await next(tx);
    };
    await expect(store.transaction(work)).rejects.toEqual(new DatabaseError(code));
  }
  expect(await stored()).toEqual(["first"]);
  await store.transaction((tx) => append(tx, "second"));
  expect(await stored()).toEqual(["first", "second"]);
});

test("work that fails by itself takes along what was not answered yet", async () => {
  const failing = store.transaction(async (tx) => {
    await append(tx, "third");
    throw new Error("changed my mind");
  });
  await expect(failing).rejects.toThrow("changed my mind");
  expect(await stored()).not.toContain("third");
});

const nameOf = ({ named }: TestDatabase): string =>
  ("postgres" in named && /application_name=(\w+)/.exec(named.postgres)?.[1]) || "none";

const url = postgresUrl();
if (url !== undefined)
  describe("over a link", () => {
    let away: Away;
    let far: TestDatabase;
    let there: Store;
    beforeAll(async () => {
      away = await putAway(url, 5);
      far = await makeDatabase({ cluster: away.url });
      there = await openStore({ ...far.storage, pool_size: 1 } as Storage);
    });
    afterAll(async () => {
      await there.close();
      await far.drop();
      await away.stop();
    });

    const trips = async (work: (tx: Statements) => Promise<unknown>): Promise<number> => {
      const before = away.trips();
      await there.transaction(work);
      return away.trips() - before;
    };
    const ask = (tx: Statements) => tx.grants.byId("demo", "none");

    test("the beginning goes with the first question, and what needs no answer with the end", async () => {
      expect(await trips(ask)).toBe(2);
      expect(await trips((tx) => ask(tx).then(() => append(tx, "a")))).toBe(2);
      // What is waited for costs a trip each time.
      expect(await trips((tx) => ask(tx).then(() => ask(tx)))).toBe(3);
    });

    test("a beginning goes ahead of a write: were it refused, the write would stand alone", async () => {
      expect(await trips((tx) => append(tx, "b"))).toBe(3);
    });

    test("nothing was asked, nothing is said", async () => {
      expect(await trips(() => Promise.resolve())).toBe(0);
      const before = away.trips();
      await expect(there.transaction(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
      expect(away.trips()).toBe(before);
    });

    test.each([
      ["a question", ask as (tx: Statements) => Promise<unknown>],
      ["a write", (tx: Statements) => append(tx, "c")],
    ])(
      "the connection was ended while it lay idle: %s begins on another",
      async (_, first: (tx: Statements) => Promise<unknown>) => {
        await there.transaction(ask);
        // By another way than the link, on which the news takes its time.
        await database.exec(`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = '${nameOf(far)}'`);
        await there.transaction(first);
      },
    );
  });
