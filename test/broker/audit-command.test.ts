/**
 * `alter-broker audit`: an export has every row once and in order, however many, beside whoever writes, read at any pace;
 * a verification says what it finds in words and in lines, and ends as it found.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Writable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { AUDIT_EVENTS } from "../../broker/src/audit.ts";
import { chainAudit } from "../../broker/src/audit/chain.ts";
import { createSeals } from "../../broker/src/audit/seals.ts";
import { exportAudit } from "../../broker/src/commands/audit.ts";
import { verifyAudit } from "../../broker/src/commands/audit-verify.ts";
import { openStore, type Store } from "../../broker/src/store/store.ts";
import type { AuditRow } from "../../broker/src/store/tables.ts";
import { openVault } from "../../broker/src/vault.ts";
import type { VaultKey } from "../../broker/src/vault/wrapping.ts";
import { BROKER_PROGRAM, newApiKey, startBroker } from "../servers/broker.ts";
import { startIdp } from "../servers/idp.ts";
import { expectNoLeak } from "../servers/leaks.mjs";
import { makeDatabase, type TestDatabase } from "./database.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "alter-audit-command-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const START = Date.parse("2026-11-23T00:00:00Z");
const row = (id: string, at: number, over: Partial<AuditRow> = {}): AuditRow => ({
  id,
  at,
  event: "token.issued",
  actor: "user:first",
  app_id: "demo",
  session_id: null,
  grant_id: "grant_a",
  issuer: "https://idp.example.com",
  subject: "ann",
  provider: "calendar",
  reason: null,
  request_id: "req_1",
  key_prefix: "alter_rk_Ab3d",
  method: "GET",
  host: "api.example.com",
  ...over,
});

/** A log of so many rows, of which any three next to each other have one time. */
const fill = async (store: Store, count: number): Promise<void> => {
  const rows = Array.from({ length: count }, (_, i) =>
    row(`aud_${String(i).padStart(6, "0")}`, START + Math.floor(i / 3)),
  );
  await store.transaction(async (tx) => {
    for (let i = 0; i < count; i += 64) await tx.audit.add(rows.slice(i, i + 64));
  });
};

const KEYS: [VaultKey] = [{ id: "k1", key: Buffer.alloc(32, "export") }];
const vaultOf = (keys: VaultKey[]) => ({ keys, transit: undefined, wrap_with: "keys" as const });

type Line = Record<string, unknown>;
const parse = (text: string): Line[] =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
const ids = (lines: Line[]) => lines.map(({ id }) => String(id));

let database: TestDatabase;
let store: Store;
beforeEach(async () => {
  const made = (database = await makeDatabase());
  const opened = await openStore(made.storage);
  const sealsOf = createSeals(await openVault({ config: { vault: vaultOf(KEYS) }, store: opened }));
  store = chainAudit(opened, { sealsOf, newId: (prefix) => `${prefix}_1`, now: Date.now });
  onTestFinished(async () => {
    await opened.close();
    const stored = await made.bytes();
    await made.drop();
    // Challenges are 256 bits as well, and no secret.
    expectNoLeak("the database", stored, ["256 bits"]);
  });
});

/** Runs an export whose reader takes the first chunk, and the second only when it is let. */
const begin = async (options: Parameters<typeof exportAudit>[1] = {}) => {
  let text = "";
  let letOn = (): void => undefined;
  const held = new Promise<void>((resolve) => (letOn = resolve));
  let started = (): void => undefined;
  const first = new Promise<void>((resolve) => (started = resolve));
  const out = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      started();
      void held.then(() => done());
    },
  });
  const ended = exportAudit(database, options, out);
  await Promise.race([first, ended]);
  return {
    finish: async (): Promise<Line[]> => {
      letOn();
      await ended;
      return parse(text);
    },
  };
};

const exported = async (options: Parameters<typeof exportAudit>[1] = {}): Promise<Line[]> =>
  (await begin(options)).finish();

test("a line is an object, its time is RFC 3339, and what is not known is left out", async () => {
  await store.audit.add([row("aud_1", START + 7)]);
  expect(await exported()).toEqual([
    {
      id: "aud_1",
      at: "2026-11-23T00:00:00.007Z",
      event: "token.issued",
      actor: "user:first",
      app_id: "demo",
      grant_id: "grant_a",
      issuer: "https://idp.example.com",
      subject: "ann",
      provider: "calendar",
      request_id: "req_1",
      key_prefix: "alter_rk_Ab3d",
      method: "GET",
      host: "api.example.com",
      writer: "writer_1",
      seq: 1,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    },
  ]);
});

test("an empty log is an empty export", async () => {
  expect(await exported()).toEqual([]);
});

test("rows come by time, those of one time by id, over all pages and each once", async () => {
  await fill(store, 1_700);
  const lines = ids(await exported());
  expect(lines).toHaveLength(1_700);
  expect(lines).toEqual([...new Set(lines)].sort());
});

test("a page that ends within one time continues within it", async () => {
  await store.audit.add([row("aud_early", START - 1)]);
  for (let i = 0; i < 20; i += 1)
    await store.audit.add(Array.from({ length: 60 }, (_, j) => row(`aud_${i}_${j}`, START)));
  expect(new Set(ids(await exported())).size).toBe(1_201);
});

test("what is written meanwhile comes at its place or not at all, and nothing comes twice", async () => {
  await fill(store, 3_000);
  const running = await begin();
  for (let i = 0; i < 10; i += 1)
    await store.audit.add([row(`aud_past_${i}`, START), row(`aud_late_${i}`, START + 60_000)]);
  const lines = ids(await running.finish());
  expect(lines).toHaveLength(3_010);
  expect(new Set(lines).size).toBe(3_010);
  expect(lines.slice(-10)).toEqual(lines.filter((id) => id.startsWith("aud_late")));
});

test("a slow reader slows the reading: the log is never in memory as a whole", async () => {
  await fill(store, 10_000);
  const running = await begin();
  // What it has read by now comes out, what it has not cannot.
  await database.exec(`delete from audit where id >= 'aud_005000'`);
  expect(await running.finish()).toHaveLength(5_000);
});

test.each([
  [{ event: "token.eaten" }, `--event: expected one of ${AUDIT_EVENTS[0]}, `],
  [{ since: "yesterday" }, "--since: expected an RFC 3339 time such as "],
  [{ since: "2026-02-30T00:00:00Z" }, "--since: expected an RFC 3339 time such as "],
  [{ until: "2026-11-23" }, "--until: expected an RFC 3339 time such as "],
  [
    { since: "2026-11-23T00:00:00Z", until: "2026-11-23T01:00:00+01:00" },
    "--until: expected a time after --since",
  ],
])("%j is refused, and nothing is printed", async (options, words) => {
  await fill(store, 3);
  const out = new Writable({ write: () => expect.unreachable() });
  await expect(exportAudit(database, options, out)).rejects.toThrow(words);
});

test("the documentation names every event, and no other", () => {
  const text = readFileSync(join(ROOT, "docs/audit.md"), "utf8");
  const named = [...text.matchAll(/^\| `([a-z]+\.[a-z_]+)` \|/gm)].map(([, name]) => name);
  expect(named.sort()).toEqual([...AUDIT_EVENTS].sort());
});

describe("filters", () => {
  const at = (seconds: number) => new Date(START + seconds * 1_000).toISOString();

  beforeEach(async () => {
    await store.audit.add([
      row("aud_0", START, { app_id: null, event: "callback.refused" }),
      row("aud_1", START + 1_000),
      row("aud_2", START + 2_000, { app_id: "other" }),
      row("aud_3", START + 3_000, { event: "token.refused" }),
    ]);
  });

  test.each([
    [{}, ["aud_0", "aud_1", "aud_2", "aud_3"]],
    [{ app: "demo" }, ["aud_1", "aud_3"]],
    [{ event: "token.refused" }, ["aud_3"]],
    [{ app: "other", event: "token.refused" }, []],
    [{ since: at(2) }, ["aud_2", "aud_3"]],
    [{ until: at(2) }, ["aud_0", "aud_1"]],
    [{ since: at(1), until: at(3), app: "demo" }, ["aud_1"]],
    [{ since: "2026-11-23T02:00:02+02:00" }, ["aud_2", "aud_3"]],
  ])("%j", async (options, expected) => {
    expect(ids(await exported(options))).toEqual(expected);
  });

  test("a day after a day is both days: no row twice, none left out", async () => {
    const parts = [{ until: at(1) }, { since: at(1), until: at(3) }, { since: at(3) }];
    const lines: Line[] = [];
    for (const part of parts) lines.push(...(await exported(part)));
    expect(ids(lines)).toEqual(ids(await exported()));
  });
});

describe("a verification", () => {
  const verified = async (options: Parameters<typeof verifyAudit>[1] = {}, vault_keys = KEYS) => {
    const lines: string[] = [];
    const config = { storage: database.storage, vault: vaultOf(vault_keys) };
    const ok = await verifyAudit({ config, say: (line) => lines.push(line) }, options);
    return { ok, lines };
  };
  const seenBy = async (): Promise<string> => {
    const heads = join(folder, "seen.heads");
    writeFileSync(
      heads,
      `a line of no log\n${(await verified({ json: true })).lines.join("\n")}\n`,
    );
    return heads;
  };
  const tamper = (sql: string) => database.exec(sql);

  test("says in one line that nothing was found", async () => {
    await fill(store, 70);
    expect(await verified()).toEqual({ ok: true, lines: ["ok: 70 rows in 1 chains, 0 findings"] });
  });

  test("says what it found, and counts", async () => {
    await fill(store, 5);
    await tamper("update audit set subject = 'bob' where seq = 2; delete from audit where seq = 5");
    expect(await verified()).toEqual({
      ok: false,
      lines: [
        "changed    writer_1  row 2  aud_000001: not as it was written, or nobody with the key wrote it",
        "missing    writer_1  row 5 to 5: rows are gone",
        "NOT ok: 4 rows in 1 chains, 2 findings",
      ],
    });
  });

  test("as JSON lines: findings, ends, and the counts last", async () => {
    await fill(store, 5);
    await tamper("update audit set subject = 'bob' where seq = 2");
    await tamper(
      "insert into audit (id, at, event, actor) values ('old', 1, 'token.issued', 'broker')",
    );
    const { ok, lines } = await verified({ json: true });
    expect(ok).toBe(false);
    expect(lines.map((line) => JSON.parse(line) as Line)).toEqual([
      { event: "audit_finding", finding: "changed", writer: "writer_1", seq: 2, id: "aud_000001" },
      {
        ...{ event: "audit_head", writer: "writer_1", seq: 5 },
        hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        at: expect.stringMatching(/Z$/) as string,
      },
      {
        ...{ event: "audit_verified", rows: 5, writers: 1, findings: 1, heads: 0 },
        ...{ unchained: 1, unchained_until: 1 },
      },
    ]);
  });

  test("takes its own lines as ends seen before", async () => {
    await fill(store, 5);
    const heads = await seenBy();
    expect(await verified({ heads })).toMatchObject({ ok: true });
    await tamper("delete from audit; delete from audit_writers");
    expect(await verified()).toMatchObject({ ok: true });
    expect(await verified({ heads })).toEqual({
      ok: false,
      lines: [
        "head       writer_1  row 5: the log does not go through this end, which was seen before",
        "NOT ok: 0 rows in 0 chains, 1 findings; held against 1 ends seen before",
      ],
    });
  });

  test("with a key that does not open the vault says so, and judges no row", async () => {
    await fill(store, 5);
    const another: [VaultKey] = [{ id: "k1", key: Buffer.alloc(32, "another") }];
    await expect(verified({}, another)).rejects.toMatchObject({ code: "vault_key_mismatch" });
  });

  test("of a file without ends is refused, and so is one that is not there", async () => {
    await fill(store, 5);
    await expect(verified({ heads: import.meta.filename })).rejects.toThrow(
      "--heads: expected lines",
    );
    await expect(verified({ heads: join(folder, "none.heads") })).rejects.toThrow(
      "--heads: no file at",
    );
  });
});

describe("the program", () => {
  let config: string;
  const { key, hash } = newApiKey();
  const app = (issuer = "https://idp.example.com") => ({
    id: "demo",
    name: "Day Planner",
    origins: ["http://localhost:4998"],
    api_keys: [{ id: "first", hash }],
    identity_provider: { name: "Test IdP", issuer, audience: "day-planner" },
    providers: {},
  });
  beforeAll(async () => {
    await new Promise<void>((done, failed) =>
      execFile(process.execPath, [join(ROOT, "scripts/build.mjs"), "--stale", "broker"], (error) =>
        error ? failed(error) : done(),
      ),
    );
  }, 120_000);
  const configure = (storage: TestDatabase["named"]): void => {
    const broker = { base_url: "http://127.0.0.1:4995", providers: {}, apps: [app()] };
    const vault = { keys: [{ id: "k1", key: Buffer.from(KEYS[0].key).toString("base64") }] };
    writeFileSync(config, JSON.stringify({ ...broker, vault, storage }));
  };
  beforeEach(() => {
    config = join(folder, "alter.json");
    configure(database.named);
  });

  const start = (...args: string[]) => startCommand("export", ...args);
  const startCommand = (...args: string[]) => {
    const child = spawn(process.execPath, [BROKER_PROGRAM, "audit", ...args, "-c", config], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    let err = "";
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    return { child, ended: once(child, "close").then(([code]) => ({ code: code as number, err })) };
  };
  const run = (...args: string[]) => runCommand("export", ...args);
  const runCommand = async (...args: string[]) => {
    const { child, ended } = startCommand(...args);
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    const all = { ...(await ended), out };
    expectNoLeak("what a command wrote", all.out + all.err);
    return all;
  };

  test("writes every line before it ends", async () => {
    await fill(store, 5_000);
    const { code, err, out } = await run();
    expect([code, err, parse(out).length]).toEqual([0, "", 5_000]);
  });

  test("a reader that has had enough is no error", async () => {
    await fill(store, 20_000);
    const { child, ended } = start();
    await once(child.stdout, "data");
    child.stdout.destroy();
    expect(await ended).toEqual({ code: 0, err: "" });
  });

  test.each([
    [["--since", "yesterday"], "--since: expected an RFC 3339 time such as "],
    [["--port", "3001"], "--port: not an option of audit export"],
    [["now"], 'Unknown command "audit"'],
  ])("%j ends it with a sentence", async (args, words) => {
    await fill(store, 3);
    const { code, out, err } = await run(...args);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(words);
    // A sentence for the operator, not our stack.
    expect(err).not.toContain("    at ");
  });

  test("a database that is not there is not made", async () => {
    const nowhere = join(folder, "nowhere.db");
    configure({ sqlite: nowhere });
    const err = `storage.sqlite: there is no database at ${nowhere} yet\n`;
    expect(await run()).toEqual({ code: 1, out: "", err });
    expect(existsSync(nowhere)).toBe(false);
  });

  test("beside a running broker: what it has answered is in the log", async () => {
    const idp = await startIdp({ audience: "day-planner" });
    onTestFinished(() => idp.stop());
    const broker = await startBroker({
      providers: {},
      apps: [app(idp.issuer)],
      config: {
        storage: database.named,
        vault: { keys: [{ id: "k1", key: Buffer.from(KEYS[0].key).toString("base64") }] },
      },
    });
    onTestFinished(() => broker.kill());
    const refused = await fetch(`${broker.url}/v1/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({
        user_token: await idp.sign({ sub: "ann" }),
        provider: "calendar",
        request: { method: "GET", host: "api.example.com" },
      }),
    });
    expect(refused.status).toBe(403);
    const { out } = await run("--event", "token.refused");
    expect(parse(out)).toMatchObject([
      {
        actor: "user:first",
        subject: "ann",
        reason: "provider_not_allowed",
        key_prefix: key.slice(0, "alter_rk_".length + 4),
        request_id: refused.headers.get("x-request-id"),
      },
    ]);
    expect(await broker.stop()).toBe(0);
  });

  test("a broker that is killed in the middle leaves a log in which nothing is found, with all it has answered", async () => {
    const idp = await startIdp({ audience: "day-planner" });
    onTestFinished(() => idp.stop());
    const vault = { keys: [{ id: "k1", key: Buffer.from(KEYS[0].key).toString("base64") }] };
    const broker = await startBroker({
      providers: {},
      apps: [app(idp.issuer)],
      config: { storage: database.named, vault },
    });
    const user_token = await idp.sign({ sub: "ann" });
    const answered: string[] = [];
    let enough = (): void => undefined;
    const busy = new Promise<void>((resolve) => (enough = resolve));
    const ask = async (): Promise<void> => {
      for (;;) {
        const { headers } = await fetch(`${broker.url}/v1/tokens`, {
          method: "POST",
          headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
          body: JSON.stringify({
            user_token,
            ...{ provider: "calendar", request: { method: "GET", host: "api.example.com" } },
          }),
        });
        answered.push(String(headers.get("x-request-id")));
        if (answered.length === 200) enough();
      }
    };
    const asking = Promise.allSettled(Array.from({ length: 16 }, ask));
    await busy;
    await broker.kill();
    await asking;
    expect((await runCommand("verify")).out).toMatch(/^ok: \d+ rows in \d+ chains, 0 findings\n$/);
    const logged = new Set(parse((await run()).out).map(({ request_id }) => request_id));
    expect(answered.filter((id) => !logged.has(id))).toEqual([]);
    await database.exec("update audit set reason = 'x' where seq = 2");
    expect(await runCommand("verify")).toMatchObject({ code: 1, err: "" });
  });
});
