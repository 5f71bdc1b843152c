/**
 * The audit log of calls: no token without its row on disk, many rows to a commit, nothing secret in any of them, and
 * the export that operators read.
 */
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createRecorder, type Recorder } from "../../broker/src/audit.ts";
import { chainAudit } from "../../broker/src/audit/chain.ts";
import { createSeals } from "../../broker/src/audit/seals.ts";
import { openStore, type Store } from "../../broker/src/store/store.ts";
import { html } from "../servers/faults.ts";
import { makeDatabase, type TestDatabase } from "./database.ts";
import { createScanner } from "./scanner.ts";
import { connect, startWorld, type Json, type Reply, type World } from "./world.ts";

const { found, keep, secrets } = createScanner();

/** As a vault makes keyed hashes, without the vault. */
const macOf = (key: string) => ({
  mac: (...parts: string[]) =>
    createHmac("sha256", key).update(JSON.stringify(parts)).digest("base64url"),
});

const folder = mkdtempSync(join(tmpdir(), "alter-audit-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Its place in a chain: audit-chain.test.ts says more. */
const LINK = {
  writer: expect.any(String) as string,
  seq: expect.any(Number) as number,
  hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
};

let made = 0;
const newId = () => `aud_${String((made += 1)).padStart(6, "0")}`;

/** Counts the transactions of a store, and lets a test hold them. */
const watched = (store: Store): Store & { commits: number; hold: Promise<void> | undefined } => {
  const watching = {
    ...store,
    commits: 0,
    hold: undefined as Promise<void> | undefined,
    transaction: async <T>(work: Parameters<typeof store.transaction<T>>[0]) => {
      watching.commits += 1;
      return store.transaction(async (tx) => {
        await watching.hold;
        return work(tx);
      });
    },
  };
  return watching;
};

describe("the recorder", () => {
  let store: ReturnType<typeof watched>;
  let disk: TestDatabase;
  let record: Recorder;
  let settled: () => Promise<void>;

  beforeEach(async () => {
    const database = (disk = await makeDatabase());
    const opened = await openStore(database.storage);
    onTestFinished(async () => {
      await opened.close();
      await database.drop();
    });
    store = watched(opened);
    const sealsOf = createSeals(macOf("a key"));
    const now = () => 5_000;
    const chained = chainAudit(store, { sealsOf, newId, now });
    ({ record, settled } = createRecorder({ store: chained, now, newId }));
  });

  const issue = (grant_id: string, kind?: "oauth" | "managed_secret") =>
    record("token.issued", "user:first", { grant_id }, kind && { kind, grant_id });
  const many = (count: number) => Array.from({ length: count }, (_, i) => issue(`grant_${i}`));
  const rows = () => disk.rows("select * from audit order by id");

  test("a row that was waited for is on disk, whole", async () => {
    await record("token.refused", "app:first", {
      app_id: "demo",
      issuer: "https://idp.example.com",
      subject: "ann",
      provider: "calendar",
      reason: "grant_not_found",
      request_id: "req_1",
      key_prefix: "alter_rk_Ab3d",
    });
    expect(await rows()).toEqual([
      {
        id: expect.stringMatching(/^aud_/) as string,
        at: 5_000,
        event: "token.refused",
        actor: "app:first",
        app_id: "demo",
        session_id: null,
        grant_id: null,
        issuer: "https://idp.example.com",
        subject: "ann",
        provider: "calendar",
        reason: "grant_not_found",
        request_id: "req_1",
        key_prefix: "alter_rk_Ab3d",
        method: null,
        host: null,
        ...LINK,
      },
    ]);
  });

  test("rows of one moment share a commit, in the order in which they came", async () => {
    await Promise.all(many(64));
    expect(store.commits).toBe(1);
    expect((await rows()).map((row) => row["grant_id"])).toEqual(
      Array.from({ length: 64 }, (_, i) => `grant_${i}`),
    );
  });

  test("more than a statement holds are spread over several, and none is lost", async () => {
    await Promise.all(many(1_000));
    expect(store.commits).toBe(16);
    expect(await rows()).toHaveLength(1_000);
  });

  test("what arrives while a commit runs shares the next one", async () => {
    let release = (): void => undefined;
    store.hold = new Promise((resolve) => (release = resolve));
    const first = issue("grant_a");
    await new Promise((resolve) => setImmediate(resolve));
    expect(store.commits).toBe(1);
    const meanwhile = many(30);
    release();
    await Promise.all([first, ...meanwhile]);
    expect(store.commits).toBe(2);
    expect(await rows()).toHaveLength(31);
  });

  test("a commit that fails rejects all that waited for it, and the next one is tried anew", async () => {
    const empty = await disk.fill("audit");
    const settling = await Promise.allSettled(many(3));
    expect(settling.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect([store.commits, await rows()]).toEqual([1, []]);
    await empty();
    await issue("grant_a");
    expect(await rows()).toHaveLength(1);
  });

  test("a row that the database cannot take fails alone", async () => {
    const odd = record("token.refused", "app:first", { subject: "ann\0" });
    const fine = issue("grant_a");
    await expect(odd).rejects.toMatchObject({ code: "unbindable_text" });
    await fine;
    expect(await rows()).toHaveLength(1);
  });

  describe("with what was used", () => {
    beforeEach(async () => {
      for (const table of ["grants", "managed_secrets"])
        for (const id of ["a", "b", "c"]) await plant(table, `${table}-${id}`);
      await disk.exec("update grants set status = 'active'");
    });
    /** A row of which nothing matters but that it is there. */
    const plant = async (table: string, id: string) => {
      const needed = (await disk.needed(table)).filter(({ name }) => name !== "id");
      const names = ["id", ...needed.map(({ name }) => name)];
      const values = [
        `'${id}'`,
        ...needed.map(({ name, number }) => (number ? "1" : `'${id} ${name}'`)),
      ];
      await disk.exec(`insert into ${table} (${names.join()}) values (${values.join()})`);
    };
    const dates = () =>
      Promise.all(
        ["grants", "managed_secrets"].map(async (table) =>
          (await disk.rows(`select last_used_at from ${table} order by id`)).map(
            (row) => row["last_used_at"],
          ),
        ),
      );
    const NEVER = [
      [null, null, null],
      [null, null, null],
    ];

    test("it is dated in the commit of the rows, and nothing else is", async () => {
      const calls = () =>
        Promise.allSettled([
          issue("grants-a", "oauth"),
          issue("grants-a", "oauth"),
          issue("grants-b", "oauth"),
          issue("managed_secrets-c", "managed_secret"),
        ]);
      const empty = await disk.fill("audit");
      await calls();
      expect(await dates()).toEqual(NEVER);
      await empty();
      await calls();
      expect(await dates()).toEqual([
        [5_000, 5_000, null],
        [null, null, 5_000],
      ]);
    });

    test("what has ended meanwhile refuses its own calls, without a row, and no others", async () => {
      await disk.exec("update grants set status = 'revoked' where id = 'grants-a'");
      await disk.exec("update managed_secrets set revoked_at = 1 where id = 'managed_secrets-a'");
      const calls = await Promise.allSettled([
        issue("grants-a", "oauth"),
        issue("managed_secrets-a", "managed_secret"),
        issue("gone", "oauth"),
        issue("grants-b", "oauth"),
      ]);
      const code = { code: "grant_revoked" };
      expect(calls).toMatchObject([
        { reason: code },
        { reason: code },
        { reason: code },
        { status: "fulfilled" },
      ]);
      expect(await rows()).toMatchObject([{ grant_id: "grants-b" }]);
      expect(await dates()).toEqual([
        [null, 5_000, null],
        [null, null, null],
      ]);
    });
  });

  test("is settled when nothing waits any more", async () => {
    await settled();
    const calls = many(100);
    await settled();
    expect(await rows()).toHaveLength(100);
    await Promise.all(calls);
  });
});

describe("calls through the broker", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
    await connect(world, { sub: "ann" });
  });
  afterAll(async () => {
    // Shared with the other files of this worker, which count the kinds they have kept.
    secrets.clear();
    await world.stop();
  });

  const issue = async (more: Json = {}, key?: string): Promise<Reply> =>
    world
      .backend(key)
      .token({ user_token: await world.userToken("ann"), provider: "calendar", ...more });

  const proxied = async (
    url: string,
    { headers = [], body = null }: { headers?: [string, string][]; body?: string | null } = {},
  ): Promise<Reply> =>
    world.call("/v1/proxy", {
      method: "POST",
      headers: {
        authorization: `Bearer ${world.keys.demo.key}`,
        "alter-user-token": await world.userToken("ann"),
        "alter-proxy-request": Buffer.from(
          JSON.stringify({ provider: "calendar", method: "POST", url, headers }),
        ).toString("base64url"),
      },
      body,
    });

  /** The rows of one call, which names itself in its reply. */
  const rowsOf = async ({ headers }: Reply) =>
    (await world.audit()).filter((row) => row["request_id"] === headers.get("x-request-id"));
  const lastUsed = () => world.database.rows("select last_used_at from grants");

  test("a token leaves a row that says who asked with which key, and for whose grant", async () => {
    const reply = await issue();
    expect(reply.status).toBe(200);
    expect(await rowsOf(reply)).toEqual([
      {
        id: expect.any(String) as string,
        at: expect.any(Number) as number,
        event: "token.issued",
        actor: "user:first",
        app_id: "demo",
        session_id: null,
        grant_id: reply.body["grant_id"],
        issuer: world.idp.issuer,
        subject: "ann",
        provider: "calendar",
        reason: null,
        request_id: reply.headers.get("x-request-id"),
        key_prefix: world.keys.demo.key.slice(0, "alter_rk_".length + 4),
        method: "GET",
        host: world.calendar.host,
        ...LINK,
      },
    ]);
  });

  test("a refusal leaves one with its reason, and dates no grant", async () => {
    const before = await lastUsed();
    const reply = await issue({ request: { method: "GET", host: "evil.example" } });
    expect(reply.body["code"]).toBe("host_not_allowed");
    expect(await rowsOf(reply)).toMatchObject([
      { event: "token.refused", subject: "ann", provider: "calendar", reason: "host_not_allowed" },
    ]);
    expect(await lastUsed()).toEqual(before);
  });

  test("a user token that is refused names nobody, only the app and why", async () => {
    const reply = await issue({ user_token: `${await world.userToken("ann")}x` });
    expect(reply.body["code"]).toBe("invalid_user_token");
    expect(await rowsOf(reply)).toMatchObject([
      { app_id: "demo", subject: null, reason: "invalid_user_token: signature" },
    ]);
  });

  test("no token without its row: a log that cannot be written refuses the call", async () => {
    const before = JSON.stringify([await world.audit(), await lastUsed()]);
    const empty = await world.database.fill("audit");
    const refused = [await issue(), await proxied(`${world.calendar.url}/api/me`)];
    const called = world.calendar.counts.api;
    await empty();
    for (const reply of refused) {
      expect([reply.status, reply.body["code"]]).toEqual([500, "internal_error"]);
      expect(reply.body).not.toHaveProperty("access_token");
    }
    expect(JSON.stringify([await world.audit(), await lastUsed()])).toBe(before);
    // The twin: with the log back, the same calls go through.
    expect((await issue()).status).toBe(200);
    expect((await proxied(`${world.calendar.url}/api/me`)).status).toBe(200);
    expect(world.calendar.counts.api).toBe(called + 1);
  });

  test("a call that has its token in hand when the grant is revoked does not hand it out", async () => {
    const sub = "late";
    await connect(world, { sub });
    const { transaction } = world.store;
    const user_token = await world.userToken(sub);
    const [grant] = await world.database.rows("select id from grants where subject = ?", sub);
    // The next transaction is the one of the row: it comes after the revocation, as if that had been quicker.
    world.store.transaction = async (work) => {
      world.store.transaction = transaction;
      const revoked = await world.backend().revoke(String(grant?.["id"]), user_token);
      expect(revoked.status).toBe(200);
      return transaction(work);
    };
    const reply = await world.backend().token({ user_token, provider: "calendar" });
    expect([reply.status, reply.body["code"]]).toEqual([410, "grant_revoked"]);
    expect(await rowsOf(reply)).toMatchObject([
      { event: "token.refused", reason: "grant_revoked" },
    ]);
  });

  test("calls of one moment share commits, and each has its row", async () => {
    const { transaction } = world.store;
    let commits = 0;
    world.store.transaction = (work) => {
      commits += 1;
      return transaction(work);
    };
    const replies = await Promise.all(Array.from({ length: 64 }, () => issue()));
    world.store.transaction = transaction;
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(64);
    for (const reply of replies) expect(await rowsOf(reply)).toHaveLength(1);
    expect(commits).toBeGreaterThan(0);
    expect(commits).toBeLessThan(64);
  });

  test("no secret of any call is in any row", async () => {
    keep("API key", world.keys.demo.key);
    keep("API key", world.keys.other.key);
    const markers = ["query", "header", "body"].map((of) => `${of}-secret-of-the-caller`);
    for (const marker of markers) keep("access token", marker);
    const [query = "", header = "", body = ""] = markers;

    const user_token = await world.userToken("ann");
    keep("user token", user_token);
    const { body: issued } = await issue({ user_token });
    keep("access token", issued["access_token"]);
    const url = `${world.calendar.url}/api/me?key=${query}`;
    const sent: [string, string][] = [["x-api-key", header]];
    const calls = [
      await issue({ refused_token_id: issued["token_id"] }),
      await issue({ account: "nobody" }),
      await issue({ required_scopes: [query] }),
      await issue({ provider: "files" }),
      await issue({ request: { method: "GET", host: `${world.calendar.host}/?key=${query}` } }),
      await issue({}, world.keys.other.key),
      await proxied(url, { headers: sent, body }),
      await proxied(url, { headers: [["authorization", header]], body }),
      await proxied(`https://evil.example/?key=${query}`),
    ];
    for (const { body: reply } of calls) keep("access token", reply["access_token"]);
    world.pass(121_000);
    world.calendar.control.fail("refresh", html(500));
    await issue();
    const { body: fresh } = await issue();
    keep("access token", fresh["access_token"]);
    for (const { form } of world.calendar.control.calls("refresh"))
      keep("refresh token", form.get("refresh_token"));
    await world.backend().revoke(String(fresh["grant_id"]), await world.userToken("ann"));
    await issue();

    const events = new Set((await world.audit()).map((row) => row["event"]));
    for (const event of ["token.issued", "token.refused", "proxy.called", "token.refreshed"])
      expect(events).toContain(event);
    expect(found(JSON.stringify(await world.audit()))).toEqual([]);

    // The twin: one that is there is found.
    await world.database.exec(`update audit set reason = '${query}' where event = 'proxy.called'`);
    expect(found(JSON.stringify(await world.audit()))).toEqual(["access token"]);
  });
});
