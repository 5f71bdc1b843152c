/** The purge: everything that is due goes, in batches, whoever else purges, within its time, and nothing else goes. */
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { BATCH, createPurge } from "../../broker/src/purge.ts";
import { openStore, type Store } from "../../broker/src/store/store.ts";
import { makeDatabase, type TestDatabase } from "./database.ts";

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const NOW = Date.parse("2026-11-30T12:00:00Z");

let database: TestDatabase;
let store: Store;
let now: number;
let logs: [string, Record<string, unknown>][];
let slept: number;
beforeEach(async () => {
  [now, logs, slept] = [NOW, [], 0];
  const made = (database = await makeDatabase());
  const opened = await openStore(made.storage);
  onTestFinished(async () => {
    await opened.close();
    await made.drop();
  });
  store = opened;
});

const sql = (text: string) => database.rows(text);
const count = async (table: string) =>
  Number((await sql(`select count(*) as n from ${table}`))[0]?.["n"]);

/** So many rows of which nothing matters but what is named. */
const plant = async (
  table: string,
  rows: number,
  key: string,
  set: Record<string, string | number>,
) => {
  const columns = await database.needed(table);
  const needed = columns.map(({ name }) => name);
  const numbers = columns.filter(({ number }) => number).map(({ name }) => name);
  const names = [...new Set([key, ...needed, ...Object.keys(set)])];
  const planted = await count(table);
  const value = (name: string) =>
    name in set && name !== key
      ? typeof set[name] === "number"
        ? set[name]
        : `'${set[name]}'`
      : numbers.includes(name)
        ? "n"
        : `'${name}-' || n`;
  await sql(`insert into ${table} (${names.map((name) => `"${name}"`).join()})
    with recursive counted(n) as (select ${planted} union all select n + 1 from counted where n + 1 < ${planted + rows})
    select ${names.map(value).join()} from counted`);
};

const purger = (over: Partial<Parameters<typeof createPurge>[0]> = {}) =>
  createPurge({
    store,
    grants: { purgePending: async () => undefined, sweep: async () => 0 },
    retention: { begin: () => async () => 0 },
    kept: { outcome: 10 * MINUTE, posted: MINUTE },
    now: () => now,
    sleep: async () => void (slept += 1),
    log: (event, about) => logs.push([event, about]),
    ...over,
  });

/** How often each was called, and how many rows went each time. */
const watched = () => {
  const batches: Record<string, number[]> = {};
  const watch =
    <A extends unknown[]>(kind: string, purge: (...args: A) => Promise<number>) =>
    async (...args: A) => {
      const gone = await purge(...args);
      (batches[kind] ??= []).push(gone);
      return gone;
    };
  const { sessions, grants, managedSecrets, counters } = store;
  return {
    batches,
    store: {
      ...store,
      sessions: {
        ...sessions,
        purge: watch("sessions", sessions.purge),
        forgetPosted: watch("posted", sessions.forgetPosted),
      },
      grants: { ...grants, purge: watch("grants", grants.purge) },
      managedSecrets: { ...managedSecrets, purge: watch("managed_secrets", managedSecrets.purge) },
      counters: { ...counters, purge: watch("counters", counters.purge) },
    },
  };
};

const HALF = BATCH / 2;
const fill = async () => {
  await plant("counters", 20 * BATCH, "name", { full_at: NOW });
  await plant("counters", 7, "name", { full_at: NOW + 1 });
  const alive = { expires_at: NOW + DAY };
  await plant("sessions", BATCH + HALF, "id", { ...alive, ended_at: NOW - 11 * MINUTE });
  await plant("sessions", HALF, "id", { expires_at: NOW - 11 * MINUTE });
  await plant("sessions", 5, "id", { ...alive, ended_at: NOW - 9 * MINUTE });
  await plant("sessions", 4, "id", { expires_at: NOW - 9 * MINUTE });
  await plant("authorizations", 3 * BATCH, "state_hash", { session_id: "id-1" });
  await plant("authorizations", BATCH + 1, "state_hash", {
    session_id: `id-${2 * BATCH}`,
    posted: "form",
    posted_at: NOW - MINUTE,
  });
  await plant("authorizations", 3, "state_hash", {
    session_id: `id-${2 * BATCH}`,
    posted: "form",
    posted_at: NOW,
  });
  const revoked = { status: "revoked" };
  await plant("grants", BATCH + 1, "id", { ...revoked, ended_at: NOW - 91 * DAY });
  await plant("grants", 2, "id", { ...revoked, ended_at: NOW - 89 * DAY });
  await plant("grants", 3, "id", { status: "active" });
  await plant("managed_secrets", 2, "id", { revoked_at: NOW - 91 * DAY });
  await plant("managed_secrets", 3, "id", { revoked_at: NOW - 89 * DAY });
  await plant("managed_secrets", 4, "id", {});
};

const isLeft = async () => {
  expect(
    await Promise.all(["counters", "sessions", "grants", "managed_secrets"].map(count)),
  ).toEqual([7, 9, 5, 7]);
  expect(await count("authorizations")).toBe(BATCH + 4);
  expect(await count("authorizations where posted is not null")).toBe(3);
};

test("all that is due goes, so many at a time, and all else stays", async () => {
  await fill();
  const { store: seen, batches } = watched();
  await purger({ store: seen }).run();
  await isLeft();
  expect(batches).toEqual({
    counters: [...Array<number>(20).fill(BATCH), 0],
    sessions: [BATCH, BATCH, 0],
    posted: [BATCH, 1, 0],
    grants: [BATCH, 1, 0],
    managed_secrets: [2, 0],
  });
  // One pause after each that was not the last.
  expect(slept).toBe(20 + 2 + 2 + 2 + 1);
  const removed = {
    counters: 20 * BATCH,
    sessions: 2 * BATCH,
    posted: BATCH + 1,
    grants: BATCH + 1,
    managed_secrets: 2,
  };
  expect(logs).toEqual([["purged", removed]]);
});

test("two brokers at once remove each row once, and neither fails", async () => {
  await fill();
  await Promise.all([purger().run(), purger().run()]);
  await purger().run();
  await isLeft();
  expect(logs.map(([event]) => event)).not.toContain("purge_bug");
  const said = (kind: string) => logs.reduce((sum, [, about]) => sum + Number(about[kind] ?? 0), 0);
  expect(["counters", "sessions", "grants", "managed_secrets"].map(said)).toEqual([
    20 * BATCH,
    2 * BATCH,
    BATCH + 1,
    2,
  ]);
});

test("a run ends when its time is over for a kind, others have theirs, and the next run goes on", async () => {
  await fill();
  const { store: seen, batches } = watched();
  // As if each batch took two seconds.
  const slow = purger({ store: seen, now: () => (now += 1_000) });
  await slow.run();
  expect(batches["counters"]?.length).toBeLessThan(20);
  expect(batches["managed_secrets"]).toEqual([2, 0]);
  now = NOW;
  await purger().run();
  await isLeft();
});

test("one kind that fails keeps no other", async () => {
  await fill();
  const broken = {
    ...store,
    sessions: { ...store.sessions, forgetPosted: () => Promise.reject(new Error("locked")) },
  };
  await purger({ store: broken }).run();
  expect(logs[0]).toMatchObject(["purge_bug", { kind: "posted" }]);
  expect(
    await Promise.all(["counters", "sessions", "grants", "managed_secrets"].map(count)),
  ).toEqual([7, 9, 5, 7]);
});

test("who asks while a run is on joins it, and a stop waits for the batch that is on", async () => {
  await fill();
  const { store: seen, batches } = watched();
  const one = purger({ store: seen });
  const runs = [one.run(), one.run()];
  await one.stop();
  await Promise.all(runs);
  // The first kind's first batch, and no more.
  expect(batches).toEqual({ posted: [BATCH] });
});

test("an index serves each of them: none reads a table from end to end", async () => {
  const plans: string[] = [];
  // PostgreSQL reads an empty table from end to end, unless that costs a fortune.
  const explain =
    database.engine === "sqlite" ? "explain query plan" : "set enable_seqscan = off; explain";
  const due = {
    sessions: ["ended_at < 1", "expires_at < 1"],
    authorizations: ["posted is not null and posted_at <= 1"],
    grants: [
      "ended_at < 1 and status = 'revoked'",
      "status = 'pending'",
      "status = 'active' and expires_at <= 1",
    ],
    managed_secrets: ["revoked_at < 1"],
    counters: ["full_at <= 1"],
    audit: ["at < 1", "writer = 'w' and seq < 1", "writer is null and at < 1"],
  };
  for (const [table, wheres] of Object.entries(due))
    for (const where of wheres)
      plans.push(
        JSON.stringify(await sql(`${explain} select * from ${table} where ${where} limit 1`)),
      );
  expect(plans).toHaveLength(11);
  for (const plan of plans) expect(plan).toMatch(/USING (?:COVERING )?INDEX|Index (?:Only )?Scan/);
});
