/**
 * The store against a real file: what may be bound, what happens at once, all or nothing, and what an error
 * may say. Rows are made by hand here; who writes them in life is for the other files to show.
 */
import Libsql from "libsql";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { UNCLAIMED, type Session } from "../../broker/src/session.ts";
import { connectDatabase } from "../../broker/src/store/database.ts";
import { checkBindable, DatabaseError, isUnavailable } from "../../broker/src/store/error.ts";
import type { Grant } from "../../broker/src/store/grants.ts";
import { migrateDown } from "../../broker/src/store/migrate.ts";
import type { Storage } from "../../broker/src/store/storage.ts";
import { openStore, type Store } from "../../broker/src/store/store.ts";
import { makeDatabase, postgresUrl, type TestDatabase } from "./database.ts";
import { A, B, startWorld, type Reply, type World } from "./world.ts";

const folder = mkdtempSync(join(tmpdir(), "alter-store-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
beforeEach(() => database.exec("delete from grants; delete from sessions"));

/** What is stored, seen by somebody else. */
const peek = (sql: string): Promise<Record<string, unknown>[]> => database.rows(sql);

const codeFrom = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof DatabaseError) return error.code;
    throw error;
  }
  return "none";
};

/** A PostgreSQL server's whole answer to who connects. */
const errorReply = (code: string): Buffer => {
  const fields = `SFATAL\0VFATAL\0C${code}\0Mwords of the server's own\0\0`;
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + 4);
  return Buffer.concat([Buffer.from("E"), length, Buffer.from(fields)]);
};
const session = (over: Partial<Session> = {}): Session => ({
  id: "s1",
  app_id: "demo",
  issuer: "https://idp.example.com",
  subject: "ann",
  user: { label: "ann@example.com", label_kind: "verified_email", name: "Ann" },
  allowed_origin: "https://app.example.com",
  return_url: null,
  completion: "browser",
  multiple: true,
  providers: ["calendar", "files"],
  required_scopes: ["calendar.read"],
  variables: { shopify: { shop: "acme" } },
  renewing: null,
  preview: false,
  created_at: 1,
  expires_at: 2,
  key_hash: "k1",
  locale: "de",
  ...UNCLAIMED,
  ...over,
});

const grant = (over: Partial<Grant> = {}): Grant => ({
  id: "g1",
  app_id: "demo",
  issuer: "https://idp.example.com",
  subject: "ann",
  provider: "calendar",
  client_id: "client",
  account_id: "acct-1",
  account_identifier: "ann@work.test",
  scopes: ["calendar.read"],
  allowed_hosts: ["api.example.com"],
  status: "active",
  sealed: "v1.k1.x",
  access_expires_at: null,
  version: 1,
  lease_id: null,
  lease_until: null,
  session_id: null,
  created_at: 1,
  updated_at: 1,
  last_used_at: null,
  ended_at: null,
  expires_at: null,
  metadata: { realm_id: "1" },
  ...{ ends_at: null, warn_at: null, warned_at: null, check_at: null },
  user_tokens_after: null,
  ...over,
});

describe("the bind guard", () => {
  const fine = [null, "", "é\u{1f511}", 0, -1, Number.MAX_SAFE_INTEGER];
  test.each(fine)("lets %o through", (value) => {
    expect(() => checkBindable(value)).not.toThrow();
  });

  test.each<[string, unknown, string]>([
    ["true", true, "unbindable_boolean"],
    ["false", false, "unbindable_boolean"],
    ["undefined", undefined, "unbindable_undefined"],
    ["NaN", NaN, "unbindable_number"],
    ["Infinity", Infinity, "unbindable_number"],
    ["half a millisecond", 1.5, "unbindable_number"],
    ["2^53", 2 ** 53, "unbindable_number"],
    ["2^53 + 1 as bigint", 2n ** 53n + 1n, "unbindable_bigint"],
    ["a text with NUL", "a\0b", "unbindable_text"],
    ["half a surrogate pair", "a\ud83db", "unbindable_text"],
    ["a Date", new Date(0), "unbindable_object"],
    ["bytes", new Uint8Array(4), "unbindable_object"],
    ["an array", ["a"], "unbindable_object"],
    ["an object", { a: 1 }, "unbindable_object"],
    ["a function", () => 1, "unbindable_function"],
    ["a symbol", Symbol("s"), "unbindable_symbol"],
  ])("refuses %s", (_name, value, code) => {
    expect(() => checkBindable(value)).toThrow(new DatabaseError(code));
  });

  test("stands before the driver: what is refused is not written, and what fits comes back", async () => {
    for (const odd of [true, 2n ** 60n, "a\0b", new Uint8Array(1), NaN] as unknown[]) {
      const create = store.sessions.create(session({ subject: odd as string }), "hash");
      await expect(create).rejects.toBeInstanceOf(DatabaseError);
    }
    expect(await peek("select * from sessions")).toEqual([]);
    await store.sessions.create(session({ subject: "é\u{1f511}" }), "hash");
    expect((await store.sessions.byId("s1"))?.subject).toBe("é\u{1f511}");
  });

  test("without it the driver would store something else", () => {
    const db = new Libsql(":memory:");
    db.exec("create table t (v)");
    const stored = (value: unknown): unknown => {
      db.prepare("delete from t").run([]);
      db.prepare("insert into t values (?)").run([value]);
      return (db.prepare("select v from t").get([]) as { v: unknown }).v;
    };
    expect(stored(undefined)).toBe(null);
    expect(stored(NaN)).toBe(null);
    expect(stored("a\0b")).toBe("a");
    expect(stored("a\ud83d")).toBe(stored("a\udd11"));
    expect(stored("a")).toBe("a");
    db.close();
  });

  test("without it a boolean would take the process down", async () => {
    const program = `new (require("libsql"))(":memory:").prepare("select ?").all([true])`;
    const child = spawn(process.execPath, ["-e", program], { stdio: "ignore" });
    const [, signal] = (await once(child, "exit")) as [number | null, string | null];
    expect(signal).toBe("SIGABRT");
  });
});

describe("odd values over HTTP", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  const NUL = "a\0b";
  const HALF = "a\ud83d";
  test.each<[string, () => Promise<Reply>]>([
    ["a session id with NUL", () => world.browser().page("view", { session_id: NUL })],
    [
      "a session id with half a pair",
      () => world.browser().page("finish", { session_id: HALF, reason: "cancel" }),
    ],
    [
      "a grant id with NUL",
      async () => world.backend().token({ user_token: await world.userToken(), grant_id: NUL }),
    ],
    ["a grant id with NUL in the path", () => world.backend().revoke("a%00b")],
    [
      "a provider with NUL in the query",
      async () => world.backend().listGrants(await world.userToken(), "?provider=%00"),
    ],
    [
      "a user whose subject has NUL",
      async () => {
        const user_token = await world.userToken(NUL);
        return world.backend().createSession({ user_token, allowed_origin: A });
      },
    ],
    ["a boolean for text", () => world.browser().page("view", { session_id: true })],
    ["a number past 2^53", () => world.browser().page("view", { session_id: 2 ** 53 })],
    [
      "a key from the prototype",
      () =>
        world.call("/v1/connect/view", {
          method: "POST",
          headers: { "content-type": "application/json", origin: B },
          body: '{"session_id":"x","__proto__":{"admin":true}}',
        }),
    ],
  ])("%s is refused with a code, and the broker lives", async (_name, send) => {
    const before = await world.snapshot();
    expect(await send()).toMatchObject({ status: 400, body: { code: "invalid_request" } });
    expect(await world.snapshot()).toBe(before);
    expect(world.logs.filter(({ event }) => event === "bug")).toEqual([]);
    expect((await world.call("/readyz")).status).toBe(200);
  });

  test("where only its hash is looked for, an odd token is merely unknown", async () => {
    expect((await world.browser().claim(NUL)).body["code"]).toBe("unknown_session");
  });
});

describe("compare-and-set", () => {
  const count = (current: Session) => ({ set: { authorizations: current.authorizations + 1 } });

  test("fifty steps at once all apply, once each", async () => {
    await store.sessions.create(session(), "hash");
    await Promise.all(Array.from({ length: 50 }, () => store.sessions.step("s1", count)));
    expect(await store.sessions.byId("s1")).toMatchObject({ authorizations: 50, version: 51 });
  });

  test("without reading anew, steps would be lost", async () => {
    await store.sessions.create(session(), "hash");
    const stale = await store.sessions.byId("s1");
    if (!stale) throw new Error("no session");
    await Promise.all(
      Array.from({ length: 50 }, () => store.sessions.step("s1", () => count(stale))),
    );
    expect((await store.sessions.byId("s1"))?.authorizations).toBe(1);
  });

  test("of many first writers one wins, and all are told who", async () => {
    await store.sessions.create(session(), "hash");
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        store.sessions.step("s1", (current) =>
          current.ended_at === null ? { set: { ended_at: 100 + i } } : { set: {} },
        ),
      ),
    );
    expect(new Set(replies.map((reply) => reply?.session.ended_at)).size).toBe(1);
  });

  test("a refusal and an empty change leave the row alone, version included", async () => {
    await store.sessions.create(session(), "hash");
    const before = await peek("select * from sessions");
    expect(await store.sessions.step("s1", () => ({ refuse: "session_busy" }))).toMatchObject({
      refused: "session_busy",
    });
    expect(await store.sessions.step("s1", () => ({ set: {} }))).not.toHaveProperty("refused");
    expect(await store.sessions.step("nobody", count)).toBeUndefined();
    expect(await peek("select * from sessions")).toEqual(before);
  });

  test("a session comes back as it went in, its token hash apart", async () => {
    const whole = session({ denied: true, outcome: { status: "exit" }, return_url: "https://x/" });
    await store.sessions.create(whole, "hash");
    expect(await store.sessions.byToken("hash")).toEqual({
      ...whole,
      version: 1,
      here_at: null,
      gone_at: null,
    });
  });
});

describe("transactions", () => {
  const write = (fails: boolean) =>
    store.transaction(async (tx) => {
      await tx.sessions.create(session(), "hash");
      await tx.grants.insert(grant());
      if (fails) throw new Error("changed my mind");
    });

  test("all or nothing", async () => {
    await expect(write(true)).rejects.toThrow("changed my mind");
    expect([await peek("select * from sessions"), await peek("select * from grants")]).toEqual([
      [],
      [],
    ]);
    await write(false);
    expect(await peek("select id from sessions union select id from grants")).toHaveLength(2);
  });

  test("a statement that fails takes the others with it, and the next one finds a free store", async () => {
    const twice = store.transaction(async (tx) => {
      await tx.sessions.create(session(), "hash");
      await tx.sessions.create(session({ id: "s2" }), "hash");
    });
    await expect(twice).rejects.toBeInstanceOf(DatabaseError);
    await write(false);
    expect(await peek("select id from sessions")).toEqual([{ id: "s1" }]);
  });

  test("a stranger sees no half of it", async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const writing = store.transaction(async (tx) => {
      await tx.sessions.create(session(), "hash");
      await held;
      await tx.sessions.step("s1", () => ({ set: { phase: "choosing" } }));
    });
    // SQLite lets it wait for the end, PostgreSQL shows what was before.
    const seen = store.sessions.byId("s1");
    if (database.engine === "postgres") expect(await seen).toBeUndefined();
    release();
    await writing;
    if (database.engine === "sqlite") expect((await seen)?.phase).toBe("choosing");
    expect((await store.sessions.byId("s1"))?.phase).toBe("choosing");
  });
});

/** Tables and indexes, as text. */
const schema = async (of = database): Promise<unknown> =>
  of.engine === "sqlite"
    ? of.rows("select sql from sqlite_master order by name")
    : [
        await of.rows(
          `select table_name, column_name, data_type, is_nullable, column_default
           from information_schema.columns where table_schema = current_schema() order by 1, 2`,
        ),
        await of.rows(
          `select tablename, replace(indexdef, schemaname || '.', '') as definition
           from pg_indexes where schemaname = current_schema() order by 1, 2`,
        ),
      ];

describe("the schema", () => {
  test("opens again with everything in it, migrated once", async () => {
    await store.sessions.create(session(), "hash");
    const before = await schema();
    const migrations = await peek("select * from migrations");
    await store.close();
    store = await openStore(database.storage);
    expect(await store.sessions.byId("s1")).toBeDefined();
    expect(await peek("select * from migrations")).toEqual(migrations);
    expect(await schema()).toEqual(before);
  });

  test("of an older broker is brought up to date with what is in it", async () => {
    const old = await makeDatabase();
    const before = await openStore(old.storage);
    await before.sessions.create(session(), "hash");
    const row = {
      state_hash: "s",
      session_id: "s1",
      provider: "files",
      sealed: "x",
      created_at: 1,
    };
    await before.sessions.rememberAuthorization(row);
    await before.close();
    const db = connectDatabase(old.storage);
    await migrateDown(db, 1);
    await db.destroy();
    const after = await openStore(old.storage);
    expect(await after.sessions.authorization({ state_hash: "s" })).toEqual({
      ...row,
      consumed_at: null,
      handle_hash: null,
      posted: null,
      posted_at: null,
    });
    expect(await after.sessions.byId("s1")).toMatchObject({
      ...{ required_scopes: [], renewing: null, variables: {} },
    });
    await after.close();
    await old.drop();
  });

  test("of a newer broker is refused and left as it is", async () => {
    await database.exec("insert into migrations (id, applied_at) values (999, 1)");
    const before = await schema();
    expect(await codeFrom(() => openStore(database.storage))).toBe("schema_newer_than_this_broker");
    expect(await schema()).toEqual(before);
    await database.exec("delete from migrations where id = 999");
    await (await openStore(database.storage)).close();
  });

  test("opened twice is one store", async () => {
    const second = await openStore(database.storage);
    await store.sessions.create(session(), "hash");
    expect(await second.sessions.byToken("hash")).toBeDefined();
    const count = (current: Session) => ({ set: { authorizations: current.authorizations + 1 } });
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? store : second).sessions.step("s1", count)),
    );
    expect((await store.sessions.byId("s1"))?.authorizations).toBe(20);
    await second.close();
  });
});

if (postgresUrl() === undefined)
  describe("the file", () => {
    let file: string;
    let store: Store;
    beforeAll(async () => {
      file = join(folder, "deep/er/alter.db");
      store = await openStore({ kind: "sqlite", file });
    });
    afterAll(() => store.close());

    test("is readable by its owner alone", () => {
      expect(statSync(file).mode & 0o077).toBe(0);
      expect(statSync(join(file, "..")).mode & 0o077).toBe(0);
    });

    test("is waited for while another process writes", async () => {
      const program = `
        const db = new (require("libsql"))(process.argv[1]);
        db.exec("begin immediate");
        process.stdout.write("held");
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
        db.exec("commit");`;
      const child = spawn(process.execPath, ["-e", program, file], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const exited = once(child, "exit");
      await once(child.stdout, "data");
      expect(await codeFrom(() => store.sessions.create(session(), "hash"))).toBe("none");
      expect((await exited)[0]).toBe(0);
      expect(await store.sessions.byId("s1")).toBeDefined();
    });
  });
else
  describe("the server", () => {
    const isDatabaseError = (code: string) =>
      expect.objectContaining({ name: "DatabaseError", code }) as unknown;

    test("is migrated once by eight brokers that start at the same moment", async () => {
      const fresh = await makeDatabase();
      const stores = await Promise.all(Array.from({ length: 8 }, () => openStore(fresh.storage)));
      expect(await schema(fresh)).toEqual(await schema());
      const ids = (await fresh.rows("select id from migrations order by id")).map(({ id }) => id);
      expect(ids).toEqual(
        (await peek("select id from migrations order by id")).map(({ id }) => id),
      );
      for (const one of stores) await one.close();
      await fresh.drop();
    });

    test("two transactions that do not go together: both are done, one of them twice", async () => {
      await store.sessions.create(session(), "hash");
      let runs = 0;
      // Each reads what the other writes, so that no order but one after the other is right.
      const add = (id: string) =>
        store.transaction(async (tx) => {
          runs += 1;
          const all = await tx.grants.ofSession("s1");
          await new Promise((go) => setTimeout(go, 20));
          await tx.grants.insert(
            grant({ id, account_id: id, session_id: "s1", version: all.length + 1 }),
          );
        });
      await Promise.all([add("g1"), add("g2")]);
      expect(runs).toBeGreaterThan(2);
      const versions = (await store.grants.ofSession("s1")).map(({ version }) => version);
      expect(versions.sort()).toEqual([1, 2]);
    });

    test("the twin: where each statement sees what it likes, both count from the same", async () => {
      await store.sessions.create(session(), "hash");
      let waiting = 2;
      let go = (): void => undefined;
      const both = new Promise<void>((done) => (go = done));
      const add = (id: string) =>
        store.transaction(async (tx) => {
          const all = await tx.grants.ofSession("s1");
          if ((waiting -= 1) === 0) go();
          await both;
          await tx.grants.insert(
            grant({ id, account_id: id, session_id: "s1", version: all.length + 1 }),
          );
        }, "read committed");
      await Promise.all([add("g1"), add("g2")]);
      const versions = (await store.grants.ofSession("s1")).map(({ version }) => version);
      expect(versions).toEqual([1, 1]);
    });

    test("a connection that the server has ended is replaced", async () => {
      const end = `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = current_setting('application_name') and pid <> pg_backend_pid()`;
      await store.sessions.create(session(), "hash");
      await store
        .transaction(async (tx) => {
          await tx.sessions.byId("s1");
          await database.exec(end);
          await tx.sessions.byId("s1");
        })
        .then(
          () => expect.unreachable(),
          (error: unknown) => expect(isUnavailable(error)).toBe(true),
        );
      expect(await store.sessions.byId("s1")).toBeDefined();
    });

    test("that is not there is said to be so, without its password", async () => {
      const url = "postgres://alter:s3cr3t@127.0.0.1:1/none";
      const error: unknown = await openStore({
        ...{ kind: "postgres", url, pool_size: 2, prepared_statements: true },
      }).catch((thrown: unknown) => thrown);
      expect(error).toEqual(isDatabaseError("ECONNREFUSED"));
      expect(String(error)).toContain("storage.postgres");
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain("s3cr3t");
    });

    test("a database that the server has not is named as what is wrong, and by no name", async () => {
      const url = (database.storage as { url: string }).url.replace(/\/postgres\?/, "/s3cr3t?");
      const error: unknown = await openStore({
        ...{ kind: "postgres", url, pool_size: 2, prepared_statements: true },
      }).catch((thrown: unknown) => thrown);
      expect(error).toEqual(isDatabaseError("3D000"));
      expect(String(error)).toContain("names a database that the server does not have");
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain("s3cr3t");
    });

    test("a pooler that takes no settings from who connects: the operator is told where its own are", async () => {
      const pooler = createServer((socket) =>
        socket.once("data", () => socket.end(errorReply("08P01"))),
      );
      await new Promise<void>((done) => pooler.listen(0, "127.0.0.1", done));
      const { port } = pooler.address() as AddressInfo;
      const url = `postgres://alter:s3cr3t@127.0.0.1:${port}/none`;
      await expect(
        openStore({ ...{ kind: "postgres", url, pool_size: 2, prepared_statements: false } }),
      ).rejects.toThrow(/^08P01: .*docs\/scaling\.md/);
      await new Promise((done) => pooler.close(done));
    });

    test.each([
      ["that refuses the password", errorReply("28P01"), /^28P01: .*password/],
      ["whose schema is another's", errorReply("42501"), /^42501: .*own the database/],
      ["without TLS", Buffer.from("N"), /^CONNECTION_WITHOUT_TLS: .*sslmode/],
    ])("a server %s: the operator is told what that means", async (_, reply, said) => {
      const server = createServer((socket) => socket.once("data", () => socket.end(reply)));
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
      const { port } = server.address() as AddressInfo;
      const mode = reply.toString() === "N" ? "?sslmode=verify-full" : "";
      const url = `postgres://alter:s3cr3t@127.0.0.1:${port}/none${mode}`;
      await expect(
        openStore({ ...{ kind: "postgres", url, pool_size: 2, prepared_statements: true } }),
      ).rejects.toThrow(said);
      await new Promise((done) => server.close(done));
    });

    test("works without prepared statements, as behind a pooler", async () => {
      const plain = await openStore({ ...database.storage, prepared_statements: false } as Storage);
      await plain.sessions.create(session(), "hash");
      expect(await plain.sessions.byToken("hash")).toMatchObject({ id: "s1", created_at: 1 });
      await plain.close();
    });
  });

describe("errors", () => {
  test("carry a code and nothing that was bound", async () => {
    const secret = "s3cr3t-value";
    await store.sessions.create(session({ subject: secret }), secret);
    for (const work of [
      () => store.sessions.create(session({ id: "s2", subject: secret }), secret),
      () => store.sessions.create(session({ id: `${secret}\0` }), "other"),
      () => store.transaction((tx) => tx.sessions.create(session({ id: secret }), secret)),
    ]) {
      const error: unknown = await work().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(DatabaseError);
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain(secret);
    }
  });
});

describe("one standing grant per account", () => {
  const unique = /^(?:SQLITE_CONSTRAINT|23505)/;
  test.each<[string, Partial<Grant>, boolean]>([
    ["the same account again", {}, false],
    ["the same account, its credential revoked", { status: "credential_revoked" }, false],
    ["pending beside it", { status: "pending" }, true],
    ["revoked beside it", { status: "revoked" }, true],
    ["another account", { account_id: "acct-2" }, true],
    ["another user", { subject: "ben" }, true],
    ["another user of another issuer with that name", { issuer: "https://other" }, true],
    ["another provider", { provider: "files" }, true],
    ["another app", { app_id: "other" }, true],
  ])("%s", async (_name, over, fits) => {
    await store.grants.insert(grant());
    const code = await codeFrom(() => store.grants.insert(grant({ id: "g2", ...over })));
    if (fits) expect(code).toBe("none");
    else expect(code).toMatch(unique);
    expect(await peek("select id from grants")).toHaveLength(fits ? 2 : 1);
  });

  test("accounts without a stable id never match", async () => {
    await store.grants.insert(grant({ account_id: null }));
    await store.grants.insert(grant({ id: "g2", account_id: null }));
    expect(await store.grants.standing(grant(), "calendar", null)).toBeUndefined();
  });

  test("a pending one becomes real only where none stands", async () => {
    await store.grants.insert(grant());
    await store.grants.insert(grant({ id: "g2", status: "pending" }));
    expect(await codeFrom(() => store.grants.activate("g2", 1))).toMatch(unique);
    await store.grants.revoke("g1", 1);
    expect(await codeFrom(() => store.grants.activate("g2", 1))).toBe("none");
  });

  test("a revocation destroys the tokens, once", async () => {
    await store.grants.insert(grant());
    const won = await Promise.all([store.grants.revoke("g1", 5), store.grants.revoke("g1", 6)]);
    expect(won).toEqual([true, false]);
    expect(await peek("select status, sealed, ended_at from grants")).toEqual([
      { status: "revoked", sealed: null, ended_at: 5 },
    ]);
  });
});

describe("grants that one revocation at the provider would reach [M4]", () => {
  test.each<[string, Partial<Grant>, number]>([
    ["another user's of the same account", { subject: "ben" }, 1],
    ["another app's by the same client", { app_id: "other" }, 1],
    ["one that waits to be redeemed", { status: "pending" }, 1],
    ["another account's", { account_id: "acct-2" }, 0],
    ["another client's", { subject: "ben", client_id: "client-2" }, 0],
    ["one of a second provider configuration of the same client", { provider: "files" }, 1],
    ["a revoked one", { status: "revoked" }, 0],
    ["one of an unknown account", { account_id: null }, 0],
  ])("%s", async (_name, over, reached) => {
    await store.grants.insert(grant());
    await store.grants.insert(grant({ id: "g2", ...over }));
    expect(await store.grants.sharing(grant())).toBe(reached);
  });

  test("accounts that cannot be told apart may be one", async () => {
    const unknown = grant({ account_id: null });
    await store.grants.insert(unknown);
    expect(await store.grants.sharing(unknown)).toBe(0);
    await store.grants.insert(grant({ id: "g2", subject: "ben", account_id: null }));
    expect(await store.grants.sharing(unknown)).toBe(1);
  });
});
