/**
 * How audit rows go: old ones, from the start of their chains, with a row that says so, and never so that the log looks
 * tampered with, or that what was tampered with is gone.
 */
import { createHmac } from "node:crypto";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createAudit } from "../../broker/src/audit.ts";
import { chainAudit } from "../../broker/src/audit/chain.ts";
import { createRetention } from "../../broker/src/audit/retention.ts";
import { createSeals, type Seals } from "../../broker/src/audit/seals.ts";
import { createVerification, type Finding, type SeenHead } from "../../broker/src/audit/verify.ts";
import { openStore, type Store } from "../../broker/src/store/store.ts";
import { makeDatabase, type TestDatabase } from "./database.ts";

/** As a vault makes keyed hashes, without the vault. */
const macOf = (key: string) => ({
  mac: (...parts: string[]) =>
    createHmac("sha256", key).update(JSON.stringify(parts)).digest("base64url"),
});

const DAY = 86_400_000;
const TODAY = Date.parse("2026-11-30T12:00:00Z");
const ours = createSeals(macOf("a key of the vault"));
type SealsOf = (writer: string) => Seals;
const X = "x".repeat(43);
const blind = (): Seals => ({ row: () => X, head: () => X, start: () => X });

let database: TestDatabase;
let store: Store;
let made: number;
let logs: [string, object][];
beforeEach(async () => {
  made = 0;
  logs = [];
  const fresh = (database = await makeDatabase());
  const opened = await openStore(fresh.storage);
  onTestFinished(async () => {
    await opened.close();
    await fresh.drop();
  });
  store = opened;
});

const named = (prefix: string) => `${prefix}_${String((made += 1)).padStart(6, "0")}`;

/** A broker's hand in the log. What it writes is so many days old as it is told. */
const broker = (of: SealsOf = ours) => {
  let at = TODAY;
  const now = () => at;
  const chained = chainAudit(store, { sealsOf: of, newId: named, now });
  const audit = createAudit({ now, newId: () => named("aud") });
  return {
    write: async (...ages: number[]) => {
      await chained.transaction(async (tx) => {
        for (const age of ages) {
          at = TODAY - age * DAY;
          await audit(tx, "session.claimed", "browser", { reason: `${age} days` });
        }
      });
      at = TODAY;
    },
    begin: (limit: number, days: number | null = 30) =>
      createRetention({
        ...{
          store: chained,
          sealsOf: of,
          audit,
          now,
          retention: days === null ? null : days * DAY,
        },
        log: (event, about) => logs.push([event, about]),
      }).begin(limit),
  };
};

/** Runs it to its end; how many went in each batch. */
const exhaust = async (step: () => Promise<number>): Promise<number[]> => {
  const batches: number[] = [];
  for (let gone = await step(); gone > 0; gone = await step()) batches.push(gone);
  return batches;
};

const verify = async (
  by: SealsOf = ours,
  on: Pick<Store, "chains"> = store,
  seen: SeenHead[] = [],
) => {
  const findings: Finding[] = [];
  const heads: SeenHead[] = [];
  const { verifyAll, checkHead, counts } = createVerification({
    ...{ store: on, sealsOf: by },
    found: (finding) => findings.push(finding),
    head: ({ writer, seq, hash }) => heads.push({ writer, seq, hash }),
  });
  await verifyAll();
  for (const head of seen) await checkHead(head);
  return { ...counts(), findings, heads };
};

const sql = (text: string) => database.rows(text);
const reasons = async (event: string) =>
  (await sql(`select reason from audit where event = '${event}' order by writer, seq`)).map(
    ({ reason }) => reason,
  );

test("rows past their time go a batch at a time, each with a row that says so; the log stays whole", async () => {
  const one = broker();
  await one.write(40, 39, 38, 37, 36, 35, 10, 5);
  await broker().write(50, 45, 1);
  const batches = await exhaust(one.begin(4));
  expect(batches).toEqual([2, 4, 2]);
  expect(await reasons("session.claimed")).toEqual(["10 days", "5 days", "1 days"]);
  const [first, second] = (await sql("select writer from audit_starts order by writer")).map(
    ({ writer }) => writer,
  );
  const before = "from before 2026-10-31T00:00:00.000Z";
  expect(await reasons("audit.purged")).toEqual([
    `2 rows of ${second} through 2, ${before}`,
    `4 rows of ${first} through 4, ${before}`,
    `2 rows of ${first} through 6, ${before}`,
  ]);
  expect(await verify()).toMatchObject({ findings: [], rows: 6 });
  expect(await exhaust(one.begin(4))).toEqual([]);
  expect(logs).toEqual([]);
});

test("a chain may go as a whole, and what comes after continues it", async () => {
  const one = broker();
  await one.write(40, 40, 40);
  expect(await exhaust(broker().begin(100))).toEqual([3]);
  expect(await verify()).toMatchObject({ findings: [], rows: 1, writers: 2 });
  await one.write(0);
  expect(await verify()).toMatchObject({ findings: [], rows: 2, writers: 2 });
});

test("without a retention nothing goes", async () => {
  await broker().write(4_000);
  expect(await exhaust(broker().begin(100, null))).toEqual([]);
  expect(await reasons("session.claimed")).toEqual(["4000 days"]);
});

test("by whole days: what became too old today stays until tomorrow", async () => {
  await broker().write(30.4, 30.6);
  expect(await exhaust(broker().begin(100))).toEqual([]);
  await broker().write(30.6);
  expect(await exhaust(broker().begin(100))).toEqual([1]);
});

test("an old row behind a younger one waits for it, and does not hold up other chains", async () => {
  await broker().write(10, 60);
  await broker().write(40);
  expect(await exhaust(broker().begin(1))).toEqual([1]);
  expect(await reasons("session.claimed")).toEqual(["10 days", "60 days"]);
  expect((await verify()).findings).toEqual([]);
});

test("rows of older brokers go as well", async () => {
  for (const [id, age] of [
    ["a", 40],
    ["b", 35],
    ["c", 3],
  ] as const)
    await sql(
      `insert into audit (id, at, event, actor) values ('${id}', ${TODAY - age * DAY}, 'token.issued', 'broker')`,
    );
  expect(await exhaust(broker().begin(1))).toEqual([1, 1]);
  expect(await sql("select id from audit where writer is null")).toEqual([{ id: "c" }]);
  expect(await verify()).toMatchObject({ findings: [], unchained: 1 });
});

describe("what somebody has tampered with", () => {
  const dateBack = `update audit set at = ${TODAY - 400 * DAY} where seq <= 3`;
  test("is kept, and found, however old it is made to look; where seals cover nothing it goes", async () => {
    await broker().write(3, 2, 1, 0);
    await sql(dateBack);
    expect(await exhaust(broker().begin(100))).toEqual([]);
    expect(logs).toMatchObject([["audit_retention_refused", { seq: 1 }]]);
    expect((await verify()).findings).toMatchObject(
      [1, 2, 3].map((seq) => ({ finding: "changed", seq })),
    );
    await sql("delete from audit");
    await sql("delete from audit_writers");
    await broker(blind).write(3, 2, 1, 0);
    await sql(dateBack);
    expect(await exhaust(broker(blind).begin(100))).toEqual([3]);
    expect((await verify(blind)).findings).toEqual([]);
  });

  test("is kept where rows before it are gone", async () => {
    await broker().write(40, 40, 40);
    await sql("delete from audit where seq = 1");
    expect(await exhaust(broker().begin(100))).toEqual([]);
    expect((await verify()).findings).toMatchObject([{ finding: "missing", seq: 1, to: 1 }]);
  });

  test.each([
    [
      "put forward",
      "update audit_starts set first_seq = 4, first_prev = (select hash from audit where seq = 3)",
      "delete from audit where seq = 3",
    ],
    ["put back", "update audit_starts set first_seq = 1, first_prev = ''", "select 1"],
  ])("a start that was %s is found, and nothing more goes", async (_name, act, also) => {
    const one = broker();
    await one.write(40, 40, 3, 2, 35);
    expect(await exhaust(broker().begin(100))).toEqual([2]);
    await sql(act);
    await sql(also);
    expect((await verify()).findings[0]).toMatchObject({ finding: "start" });
    expect(await exhaust(broker().begin(100, 1))).toEqual([]);
    expect(logs).toMatchObject([["audit_retention_refused", {}]]);
  });

  test("a start that was taken away is a start that is missing", async () => {
    await broker().write(40, 40, 3, 2);
    await exhaust(broker().begin(100));
    await sql("delete from audit_starts");
    expect((await verify()).findings).toMatchObject([{ finding: "missing", seq: 1, to: 2 }]);
  });
});

test("ends that were seen before retention passed them are no finding, another's end at that place is", async () => {
  const one = broker();
  await one.write(40, 40);
  const { heads } = await verify();
  await one.write(40);
  const later = (await verify()).heads;
  expect(await exhaust(broker().begin(100))).toEqual([3]);
  expect((await verify(ours, store, [...heads, ...later])).findings).toEqual([]);
  const forged = later.map((head) => ({ ...head, hash: "x" }));
  expect((await verify(ours, store, forged)).findings).toMatchObject([{ finding: "head", seq: 3 }]);
});

test("two brokers at once remove each row once, and say so once", async () => {
  await broker().write(...Array<number>(40).fill(40));
  await broker().write(...Array<number>(40).fill(41));
  const both = await Promise.all([exhaust(broker().begin(10)), exhaust(broker().begin(10))]);
  await exhaust(broker().begin(10));
  expect(await reasons("session.claimed")).toEqual([]);
  const said = (await reasons("audit.purged")).map((reason) => Number.parseInt(String(reason)));
  expect(said.reduce((sum, n) => sum + n, 0)).toBe(80);
  expect(both.flat().reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(80);
  expect(await verify()).toMatchObject({ findings: [], rows: said.length });
});

test("a verification that reads while rows go, and while others come, finds nothing", async () => {
  const one = broker();
  await one.write(...Array<number>(1_200).fill(40), 1, 1);
  const step = broker().begin(350);
  const chains: Store["chains"] = {
    ...store.chains,
    page: async (...args) => {
      const rows = await store.chains.page(...args);
      await step();
      await one.write(0);
      return rows;
    },
  };
  expect(await verify(ours, { chains })).toMatchObject({ findings: [] });
  expect((await reasons("audit.purged")).length).toBeGreaterThan(1);
  expect((await verify()).findings).toEqual([]);
});
