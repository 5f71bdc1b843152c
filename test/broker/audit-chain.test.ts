/**
 * The audit log as chains: whatever is edited, removed, added or moved is found, by number; brokers that write at the same
 * time, that take back what they began or that die leave nothing to be found. Each finding's twin is the same act on a log
 * whose seals cover nothing.
 */
import { createHmac } from "node:crypto";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createAudit, createRecorder } from "../../broker/src/audit.ts";
import { chainAudit } from "../../broker/src/audit/chain.ts";
import { createSeals, type Seals } from "../../broker/src/audit/seals.ts";
import { createVerification, type Finding, type SeenHead } from "../../broker/src/audit/verify.ts";
import { openStore, type Store } from "../../broker/src/store/store.ts";
import { makeDatabase, type TestDatabase } from "./database.ts";

/** As a vault makes keyed hashes, without the vault. */
const macOf = (key: string) => ({
  mac: (...parts: string[]) =>
    createHmac("sha256", key).update(JSON.stringify(parts)).digest("base64url"),
});

const ours = createSeals(macOf("a key of the vault"));
const others = createSeals(macOf("somebody's own key"));

type SealsOf = (writer: string) => Seals;
const X = "x".repeat(43);
const blind = (): Seals => ({ row: () => X, head: () => X, start: () => X });

let made = 0;
const named = (prefix: string) => `${prefix}_${String((made += 1)).padStart(6, "0")}`;

let database: TestDatabase;
let store: Store;
let time: number;
beforeEach(async () => {
  made = 0;
  time = 1_000;
  const fresh = (database = await makeDatabase());
  const opened = await openStore(fresh.storage);
  onTestFinished(async () => {
    await opened.close();
    await fresh.drop();
  });
  store = opened;
});

/** A broker's hand in the log, as another process has it. */
const broker = (of: SealsOf = ours, on: Store = store) => {
  const now = () => (time += 1);
  const clerk = { now, newId: () => named("aud") };
  const chained = chainAudit(on, { sealsOf: of, newId: named, now });
  const audit = createAudit(clerk);
  return {
    store: chained,
    audit,
    ...createRecorder({ ...clerk, store: chained }),
    write: async (rows: number) => {
      await chained.transaction(async (tx) => {
        for (let i = 0; i < rows; i += 1)
          await audit(tx, "session.claimed", "browser", {
            ...{ app_id: "demo", session_id: "s1", grant_id: "g1", issuer: "https://idp" },
            ...{ subject: "ann", provider: "calendar", reason: "popup", request_id: "r1" },
            key_prefix: "alter_rk_Ab3d",
            method: "GET",
            host: "api.example.com",
          });
      });
    },
  };
};

const verify = async (by: SealsOf = ours, seen: SeenHead[] = []) => {
  const findings: Finding[] = [];
  const heads: SeenHead[] = [];
  const { verifyAll, checkHead, counts } = createVerification({
    ...{ store, sealsOf: by },
    found: (finding) => findings.push(finding),
    head: (head) => heads.push(head),
  });
  await verifyAll();
  for (const head of seen) await checkHead(head);
  expect(counts().findings).toBe(findings.length);
  return { ...counts(), findings, heads };
};

/** What somebody does who can write to the database. */
const tamper = async (...statements: string[]): Promise<void> => {
  for (const statement of statements) await database.exec(statement);
};
const query = (sql: string) => database.rows(sql);

/** Three brokers' chains of five rows each; the second's are what the tests below tamper with. */
const THREE = ["writer_000006", "writer_000012", "writer_000018"];
const TWO = THREE[1] ?? "";
const fill = async (by: SealsOf = ours): Promise<void> => {
  for (let i = 0; i < 3; i += 1) await broker(by).write(5);
};

test("a log as it was written has nothing to be found, and its ends are told", async () => {
  await fill();
  expect(await verify()).toMatchObject({
    ...{ findings: [], rows: 15, writers: 3, unchained: 0, unchained_until: null },
    heads: THREE.map((writer) => ({ writer, seq: 5 })),
  });
});

test("an empty log as well", async () => {
  expect(await verify()).toMatchObject({ findings: [], rows: 0, writers: 0, heads: [] });
});

describe("an edit of", () => {
  const nullable = [
    ...["app_id", "session_id", "grant_id", "issuer", "subject", "provider", "reason"],
    ...["request_id", "key_prefix", "method", "host"],
  ];
  const edited = ["id", "at", "event", "actor", ...nullable];
  const third = `writer = '${TWO}' and seq = 3`;

  /** Each in turn, and everything as it was before the next. */
  const editEach = async (by: SealsOf) => {
    await fill(by);
    const acts = edited.flatMap((name) => [
      `${name} = ${name === "at" ? 1 : "'x'"}`,
      ...(nullable.includes(name) ? [`${name} = null`] : []),
    ]);
    const found = new Map<string, unknown>();
    await tamper("create table was as select * from audit");
    for (const act of acts) {
      await tamper(`update audit set ${act} where ${third}`);
      found.set(
        act,
        (await verify(by)).findings.map(({ finding, writer, seq }) => [finding, writer, seq]),
      );
      await tamper("delete from audit", "insert into audit select * from was");
    }
    expect((await verify(by)).findings).toEqual([]);
    return Object.fromEntries(found);
  };

  test("any column is found at its row", async () => {
    const found = await editEach(ours);
    expect(Object.keys(found)).toHaveLength(edited.length + nullable.length);
    for (const [act, findings] of Object.entries(found))
      expect({ act, findings }).toEqual({ act, findings: [["changed", TWO, 3]] });
  });

  test("any column passes where seals cover nothing", async () => {
    for (const findings of Object.values(await editEach(blind))) expect(findings).toEqual([]);
  });

  test.each<[string, string, Partial<Finding>[]]>([
    [
      "hash",
      `update audit set hash = 'x' where ${third}`,
      [
        { finding: "changed", seq: 3 },
        { finding: "changed", seq: 4 },
      ],
    ],
    [
      "hash, away",
      `update audit set hash = null where ${third}`,
      [
        { finding: "changed", seq: 3 },
        { finding: "changed", seq: 4 },
      ],
    ],
    [
      "seq, away",
      `update audit set seq = null where ${third}`,
      [
        { finding: "missing", seq: 3, to: 3 },
        { finding: "changed", seq: null, id: "aud_000009" },
      ],
    ],
    [
      "seq, far away",
      `update audit set seq = 300 where ${third}`,
      [
        { finding: "missing", seq: 3, to: 3 },
        { finding: "inserted", seq: 300 },
      ],
    ],
    [
      "writer",
      `update audit set writer = '${THREE[2]}', seq = 6 where ${third}`,
      [
        { finding: "missing", writer: TWO, seq: 3, to: 3 },
        { finding: "inserted", writer: THREE[2] ?? "", seq: 6 },
      ],
    ],
    [
      "writer, away",
      `update audit set writer = null, seq = null, hash = null where ${third}`,
      [
        { finding: "missing", seq: 3, to: 3 },
        { finding: "unchained", writer: null },
      ],
    ],
    [
      "writer, to one that never was",
      `update audit set writer = 'zed', seq = 1 where ${third}`,
      [
        { finding: "missing", writer: TWO, seq: 3, to: 3 },
        { finding: "end", writer: "zed" },
        { finding: "changed", writer: "zed", seq: 1 },
      ],
    ],
  ])("%s is found", async (_name, act, findings) => {
    await fill();
    await tamper(act);
    expect((await verify()).findings).toMatchObject(findings);
  });
});

describe("rows that are", () => {
  const of = `where writer = '${TWO}'`;
  test.each<[string, string[], Partial<Finding>[]]>([
    [
      "removed in the middle",
      [`delete from audit ${of} and seq in (2, 3)`],
      [{ finding: "missing", writer: TWO, seq: 2, to: 3 }],
    ],
    [
      "removed at the start",
      [`delete from audit ${of} and seq < 3`],
      [{ finding: "missing", writer: TWO, seq: 1, to: 2 }],
    ],
    [
      "removed at the end",
      [`delete from audit ${of} and seq > 3`],
      [{ finding: "missing", writer: TWO, seq: 4, to: 5 }],
    ],
    [
      "removed at the end, and the end set back",
      [
        `delete from audit ${of} and seq > 3`,
        `update audit_writers set last_seq = 3, last_hash = (select hash from audit ${of} and seq = 3) ${of}`,
      ],
      [{ finding: "end", writer: TWO }],
    ],
    [
      "removed, all of a chain",
      [`delete from audit ${of}`],
      [{ finding: "missing", writer: TWO, seq: 1, to: 5 }],
    ],
    [
      "left without their end",
      [`delete from audit_writers ${of}`],
      [{ finding: "end", writer: TWO }],
    ],
    [
      "swapped in what they say",
      [
        `create table t as select * from audit ${of} and seq in (2, 3)`,
        ...["event", "at", "reason"].map(
          (name) =>
            `update audit set ${name} = (select ${name} from t where t.seq = 5 - audit.seq) ${of} and seq in (2, 3)`,
        ),
      ],
      [
        { finding: "changed", writer: TWO, seq: 2 },
        { finding: "changed", writer: TWO, seq: 3 },
      ],
    ],
    [
      "swapped in their place",
      [
        `update audit set seq = -2 ${of} and seq = 2`,
        `update audit set seq = 2 ${of} and seq = 3`,
        `update audit set seq = 3 ${of} and seq = -2`,
      ],
      [
        { finding: "changed", seq: 2 },
        { finding: "changed", seq: 3 },
        { finding: "changed", seq: 4 },
      ],
    ],
    [
      "taken from another chain, hash and all",
      [
        `delete from audit ${of} and seq = 3`,
        `update audit set writer = '${TWO}' where writer = '${THREE[0]}' and seq = 3`,
      ],
      [
        { finding: "missing", writer: THREE[0] ?? "", seq: 3, to: 3 },
        { finding: "changed", writer: TWO, seq: 3 },
        { finding: "changed", writer: TWO, seq: 4 },
      ],
    ],
    [
      "put in front",
      [
        `insert into audit select 'x', at, event, actor, app_id, session_id, grant_id, issuer, subject, provider, reason, request_id, key_prefix, writer, 0, hash, method, host from audit ${of} and seq = 1`,
      ],
      [{ finding: "inserted", writer: TWO, seq: 0, id: "x" }],
    ],
    [
      "put twice at one place",
      [
        "drop index audit_by_writer",
        `insert into audit select 'x', at, event, actor, app_id, session_id, grant_id, issuer, subject, provider, reason, request_id, key_prefix, writer, seq, hash, method, host from audit ${of} and seq = 3`,
      ],
      [{ finding: "inserted", writer: TWO, seq: 3, id: "x" }],
    ],
    [
      "put in no chain",
      [`insert into audit (id, at, event, actor) values ('x', 2000, 'token.issued', 'broker')`],
      [{ finding: "unchained", writer: null, id: "x" }],
    ],
  ])("%s are found", async (_name, acts, findings) => {
    await fill();
    await tamper(...acts);
    expect((await verify()).findings).toMatchObject(findings);
  });

  test("put at the end by somebody with another key are found, and pass with the key", async () => {
    const forge = async (by: SealsOf) => {
      const forger = broker(by);
      await forger.write(2);
      return `writer_${String(made).padStart(6, "0")}`;
    };
    await fill();
    const writer = await forge(others);
    expect((await verify()).findings).toMatchObject([
      { finding: "end", writer },
      { finding: "changed", writer, seq: 1 },
      { finding: "changed", writer, seq: 2 },
    ]);
    await tamper(
      `delete from audit where writer = '${writer}'`,
      `delete from audit_writers where writer = '${writer}'`,
    );
    await forge(ours);
    expect((await verify()).findings).toEqual([]);
  });
});

describe("ends that were seen earlier", () => {
  test("find a chain that is gone as a whole, which nothing in the database can", async () => {
    await fill();
    const { heads } = await verify();
    await tamper(
      `delete from audit where writer = '${TWO}'`,
      `delete from audit_writers where writer = '${TWO}'`,
    );
    expect((await verify()).findings).toEqual([]);
    expect((await verify(ours, heads)).findings).toEqual([
      { finding: "head", writer: TWO, seq: 5 },
    ]);
  });

  test("find a log that was taken back to an older state", async () => {
    const one = broker();
    await one.write(3);
    await tamper("create table was as select * from audit_writers");
    await one.write(3);
    const { heads } = await verify();
    await tamper(
      "delete from audit where seq > 3",
      "delete from audit_writers",
      "insert into audit_writers select * from was",
    );
    expect((await verify()).findings).toEqual([]);
    expect((await verify(ours, heads)).findings).toMatchObject([{ finding: "head", seq: 6 }]);
  });

  test("are what brokers say of themselves, and stay right as the log grows", async () => {
    const one = broker();
    await one.write(3);
    const grown = one.store
      .grown()
      .map(({ writer, last_seq, last_hash }) => ({ writer, seq: last_seq, hash: last_hash }));
    expect(grown).toEqual(
      (await verify()).heads.map(({ writer, seq, hash }) => ({ writer, seq, hash })),
    );
    expect(one.store.grown()).toEqual([]);
    await one.write(3);
    expect((await verify(ours, grown)).findings).toEqual([]);
  });
});

describe("rows of older brokers", () => {
  const old = (id: string, at: number) =>
    `insert into audit (id, at, event, actor) values ('${id}', ${at}, 'token.issued', 'broker')`;

  test("are counted and said to be unchecked", async () => {
    await tamper(old("a", 10), old("b", 20), old("c", 15));
    await fill();
    expect(await verify()).toMatchObject({ findings: [], unchained: 3, unchained_until: 20 });
  });
});

describe("writing", () => {
  test("transactions at once, some taken back, and calls beside them leave no gap", async () => {
    const brokers = [broker(), broker()];
    const work = Array.from({ length: 200 }, async (_, i) => {
      const { store: chained, audit, record } = brokers[i % 2] ?? broker();
      if (i % 4 === 1) return record("token.refused", "app:first", { request_id: `r${i}` });
      return chained.transaction(async (tx) => {
        await audit(tx, "session.claimed", "browser", { request_id: `r${i}` });
        await audit(tx, "session.ended", "browser", { request_id: `r${i}` });
        if (i % 8 === 3) throw new Error("changed my mind");
      });
    });
    const ends = await Promise.allSettled(work);
    expect(ends.filter(({ status }) => status === "rejected")).toHaveLength(25);
    expect(await verify()).toMatchObject({ findings: [], rows: 50 + 125 * 2 });
    // What was taken back took its rows with it, whole.
    expect(await query("select count(distinct request_id) as n from audit")).toEqual([{ n: 175 }]);
  });

  test("a row stands last in its transaction, and none of it where that fails", async () => {
    const { store: chained, audit } = broker();
    const order: string[] = [];
    await chained.transaction(async (tx) => {
      await audit(tx, "session.claimed", "browser", {});
      order.push(
        `rows while it works: ${(await tx.audit.page({}, { after: undefined, limit: 9 })).length}`,
      );
    });
    expect([order, await query("select seq from audit")]).toEqual([
      ["rows while it works: 0"],
      [{ seq: 1 }],
    ]);
    await database.fill("audit");
    const failing = chained.transaction(async (tx) => {
      await tx.counters.spend([{ name: "n", from: null, to: 1 }]);
      await audit(tx, "session.claimed", "browser", {});
    });
    await expect(failing).rejects.toMatchObject({ name: "DatabaseError" });
    expect(await query("select * from counters")).toEqual([]);
  });

  test("a commit of which nobody knows whether it was one ends the chain, and the next row begins another", async () => {
    let lost = false;
    const unsure: Store = {
      ...store,
      transaction: async (work) => {
        const result = await store.transaction(work);
        if (lost) throw new Error("connection lost");
        return result;
      },
    };
    const one = broker(ours, unsure);
    await one.write(2);
    lost = true;
    await expect(one.write(1)).rejects.toThrow("connection lost");
    lost = false;
    await one.write(2);
    expect(await verify()).toMatchObject({ findings: [], rows: 5, writers: 2 });
  });

  test("a transaction that the store runs again goes on with its chain", async () => {
    const again: Store = {
      ...store,
      transaction: async (work) => {
        const first = store.transaction(async (tx) => {
          await work(tx);
          throw new Error("could not serialize");
        });
        await expect(first).rejects.toThrow("could not serialize");
        return store.transaction(work);
      },
    };
    const one = broker(ours, again);
    await one.write(2);
    await one.write(3);
    expect(await verify()).toMatchObject({ findings: [], rows: 5, writers: 1 });
  });

  test("a store that knows no chain takes no row", async () => {
    await expect(broker().audit(store, "session.claimed", "browser", {})).rejects.toThrow(
      "chainAudit",
    );
    expect(await query("select * from audit")).toEqual([]);
  });
});
