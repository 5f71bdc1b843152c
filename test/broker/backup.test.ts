/** A copy of the database made by the program while a broker writes, put back elsewhere; and what an old copy costs. */
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createApp } from "../../broker/src/app.ts";
import { verifyAudit } from "../../broker/src/commands/audit-verify.ts";
import { runBackup, runRestore } from "../../broker/src/commands/backup.ts";
import { DatabaseError } from "../../broker/src/store/error.ts";
import { openStore } from "../../broker/src/store/store.ts";
import { openVault } from "../../broker/src/vault.ts";
import { BROKER_PROGRAM } from "../servers/broker.ts";
import { programPath } from "../servers/postgres.ts";
import { expectNoLeak } from "../servers/leaks.mjs";
import { postgresUrl } from "./database.ts";
import { accepted, expired, grantsOf, issue, outcomeOf } from "./steps.ts";
import { B, connect, startWorld, type Json, type World } from "./world.ts";
import { NOTHING_BUILT } from "./built.ts";

const folder = mkdtempSync(join(tmpdir(), "alter-backup-test-"));
let world: World;
beforeAll(async () => {
  world = await startWorld({ engine: "sqlite" });
  const build = resolve(import.meta.dirname, "../../scripts/build.mjs");
  const built = await run(build, ["--stale", "script", "page", "broker", "served"], 110_000);
  if (built.code !== 0) throw new Error(built.err);
}, 120_000);
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

const run = (program: string, args: string[], timeout = 20_000) =>
  new Promise<{ code: number | null; out: string; err: string }>((done) => {
    const child = execFile(
      process.execPath,
      [program, ...args],
      { timeout },
      (_error, out, err) => {
        expectNoLeak("what a command wrote", out + err);
        done({ code: child.exitCode, out, err });
      },
    );
  });

let files = 0;
const newFile = (): string => join(folder, `${(files += 1)}.db`);

const onDisk = (file: string) => ({ kind: "sqlite" as const, file });
/** Where the world's own database is. */
const here = (): string => {
  const { storage } = world.config;
  return storage.kind === "sqlite" ? storage.file : "";
};

const deps = (file: string) => {
  const lines: string[] = [];
  return {
    lines,
    config: { storage: onDisk(file), vault: world.config.vault },
    say: (line: string) => void lines.push(line),
    now: world.now,
  };
};
const backUp = async (from = here()): Promise<string> => {
  const to = newFile();
  await runBackup(deps(from), [to]);
  return to;
};
const restored = async (from: string, to = newFile()) => {
  const given = deps(to);
  expect(await runRestore(given, [from], { yes: true })).toBe(true);
  return { file: to, text: given.lines.join("\n") };
};

/** What a process that has ended leaves behind: in this one, the driver holds a closed database until it is collected. */
const leftBy = (file: string): string => {
  const to = newFile();
  for (const end of ["", "-wal"]) if (existsSync(file + end)) copyFileSync(file + end, to + end);
  return to;
};

/** A second broker of the same configuration on that file. */
const brokerOn = async (file: string) => {
  const store = await openStore(onDisk(file));
  const vault = await openVault({ config: world.config, store });
  const app = createApp({
    config: { ...world.config, storage: onDisk(file) },
    ...{ store, vault },
    built: NOTHING_BUILT,
    log: () => undefined,
    now: world.now,
  });
  let open = true;
  const stop = async () => {
    if (!open) return;
    open = false;
    app.close();
    await app.settled();
    await store.close();
  };
  onTestFinished(stop);
  const call = async (path: string, body: Json, { key } = world.keys.demo): Promise<Json> => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const response = await app.fetch(
      new Request(`${B}${path}`, { method: "POST", headers, body: JSON.stringify(body) }),
    );
    return (await response.json()) as Json;
  };
  const token = async (sub: string, key = world.keys.demo): Promise<Json> => {
    const user_token = await world.userToken(sub);
    const request = { method: "GET", host: world.calendar.host };
    return call("/v1/tokens", { user_token, provider: "calendar", request }, key);
  };
  const verified = async (sub: string): Promise<Json> =>
    call("/v1/users/verify", { user_token: await world.userToken(sub) });
  return { token, verified, store, stop };
};

const codeFrom = async (work: () => Promise<unknown>): Promise<string> => {
  const error: unknown = await work().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error !== undefined && !(error instanceof DatabaseError)) throw error;
  return error?.code ?? "none";
};

describe("a backup", () => {
  test("of a broker at work holds all that was acknowledged before it, and opens elsewhere", async () => {
    const config = join(folder, "alter.json");
    const { keys, hash } = {
      keys: world.config.vault.keys,
      hash: createHash("sha256").digest("hex"),
    };
    const identity_provider = { name: "I", issuer: world.idp.issuer, audience: "a" };
    const api_keys = [{ id: "k", hash: `sha256:${hash}` }];
    const app = {
      id: "demo",
      name: "D",
      origins: ["http://localhost:1"],
      api_keys,
      identity_provider,
      providers: {},
    };
    writeFileSync(
      config,
      JSON.stringify({
        base_url: B,
        storage: { sqlite: here() },
        vault: {
          keys: keys.map(({ id, key }) => ({ id, key: Buffer.from(key).toString("base64url") })),
        },
        apps: [app],
      }),
    );
    const acknowledged: string[] = [];
    let working = true;
    const load = async (worker: number) => {
      for (let i = 0; working; i += 1) {
        const sub = `load-${worker}-${i}`;
        const connected = await connect(world, { sub, account: `${sub}@work.test` });
        expect(await outcomeOf(world, connected)).toMatchObject({ status: "success" });
        acknowledged.push(sub);
      }
    };
    const loads = [load(1), load(2)];
    while (acknowledged.length < 3) await new Promise((next) => setImmediate(next));
    const before = [...acknowledged];
    const to = newFile();
    const ran = await run(BROKER_PROGRAM, ["backup", "--config", config, to]);
    working = false;
    await Promise.all(loads);
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(ran.out).toContain("The vault's keys are not in it");
    expect(acknowledged.length).toBeGreaterThan(before.length);
    expect(statSync(to).mode & 0o777).toBe(0o600);
    // Nothing but the one file: no log that would be forgotten when it is moved.
    expect(readdirSync(folder).filter((name) => name.startsWith(`${files}.db`))).toEqual([
      `${files}.db`,
    ]);

    const copied = (await restored(to)).file;
    const verified = { config: { ...world.config, storage: onDisk(copied) }, say: () => undefined };
    expect(await verifyAudit(verified, {})).toBe(true);
    const copy = await brokerOn(copied);
    const rows = await copy.store.audit.page({}, { after: undefined, limit: 500 });
    const there = (await world.audit()).map(({ id }) => id);
    expect(rows.length).toBeGreaterThan(before.length);
    expect(rows.every(({ id }) => there.includes(id))).toBe(true);
    for (const sub of before) {
      const issued = await copy.token(sub);
      expect(issued["access_token"]).toEqual((await issue(world, sub)).body["access_token"]);
    }
  }, 60_000);

  test("has no token in it that could be read without the vault's keys", async () => {
    await connect(world, { sub: "sealed", account: "sealed@work.test" });
    const { body } = await accepted(() => issue(world, "sealed"));
    const bytes = readFileSync(await backUp());
    expect(bytes.includes("sealed@work.test")).toBe(true);
    expect(bytes.includes(String(body["access_token"]))).toBe(false);
    for (const { key } of world.config.vault.keys) {
      expect(bytes.includes(Buffer.from(key))).toBe(false);
      expect(bytes.includes(Buffer.from(key).toString("base64url"))).toBe(false);
    }
  });

  test("never writes over anything", async () => {
    const to = await backUp();
    const before = readFileSync(to);
    expect(await codeFrom(() => runBackup(deps(here()), [to]))).toBe("file_exists");
    expect(readFileSync(to).equals(before)).toBe(true);
  });

  test("of nothing is refused, and makes nothing", async () => {
    const [absent, to] = [newFile(), newFile()];
    expect(await codeFrom(() => runBackup(deps(absent), [to]))).toBe("no_database_yet");
    expect([existsSync(absent), existsSync(to), existsSync(`${to}.partial`)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe("an old backup", () => {
  test("loses rotated tokens, which ask to connect again and do not loop; it says how many before", async () => {
    await expired(world, "rotated");
    const there = (await grantsOf(world, "rotated"))[0];
    await connect(world, { sub: "steady", account: "steady@work.test" });
    await connect(world, { sub: "gone", account: "gone@work.test" });
    const file = (await restored(await backUp())).file;
    const old = await backUp(file);

    // Life goes on: one token is rotated, one user connects, one disconnects.
    const live = await brokerOn(file);
    expect(await live.token("rotated")).toHaveProperty("access_token");
    const [gone] = await grantsOf(world, "gone");
    expect(await live.store.grants.revoke(String(gone?.["grant_id"]), world.now())).toBe(true);
    // One is fired, and a key of the other app's has leaked.
    const fired = { app_id: "demo", issuer: world.idp.issuer, subject: "fired" };
    await live.store.deprovisioned.mark(fired, world.now());
    const { other } = world.keys;
    const leaked = { hash: other.hash.replace("sha256:", ""), app_id: "other", key_id: "first" };
    expect(await live.token("steady", other)).toMatchObject({ code: "grant_not_found" });
    expect(await live.store.apiKeys.revoke(leaked, world.now())).toBe(true);
    await live.stop();
    const left = leftBy(file);

    const asked = deps(left);
    const bytes = readFileSync(left);
    expect(await runRestore(asked, [old], {})).toBe(false);
    expect(asked.lines.at(-1)).toMatch(/--yes$/);
    expect(readFileSync(left).equals(bytes)).toBe(true);

    const { text } = await restored(old, left);
    expect(text).toContain("  1 grants were renewed since");
    expect(text).toContain("  1 grants and secrets were revoked since, and are revoked here too");
    expect(text).toContain("  1 API keys were revoked and 1 users deprovisioned since");
    expect(text).toContain("  0 grants are only there");
    expect(existsSync(/^(\S+): what was there before$/m.exec(text)?.[1] ?? "")).toBe(true);

    const after = await brokerOn(left);
    expect(await after.token("rotated")).toMatchObject({ code: "credential_revoked" });
    const refreshes = world.calendar.counts.refresh;
    expect(await after.token("rotated")).toMatchObject({ code: "credential_revoked" });
    expect(world.calendar.counts.refresh).toBe(refreshes);
    expect(await after.token("steady")).toHaveProperty("access_token");
    // Without that, a user who has disconnected would be connected again.
    expect(await after.token("gone")).toMatchObject({ code: "grant_revoked" });
    expect(await after.verified("fired")).toMatchObject({ reason: "deprovisioned" });
    expect(await after.token("steady", other)).toMatchObject({ code: "invalid_api_key" });
    expect(there).toBeDefined();
  });

  test("is not put back under a broker that runs", async () => {
    const from = await backUp();
    const { file } = await restored(from);
    const running = await brokerOn(file);
    await running.store.ping();
    const before = readFileSync(file);
    expect(await codeFrom(() => runRestore(deps(file), [from], { yes: true }))).toBe(
      "database_in_use",
    );
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(existsSync(`${file}.restoring`)).toBe(false);
    await running.stop();
    await restored(from, leftBy(file));
  });

  test.each<[string, (file: string) => Promise<void> | void, string]>([
    [
      "is damaged",
      (file) => {
        const bytes = readFileSync(file);
        bytes.fill(0xff, 4096, 5 * 4096);
        writeFileSync(file, bytes);
      },
      "database_damaged",
    ],
    ["is no database", (file) => writeFileSync(file, "hello ".repeat(2000)), "database_damaged"],
    ["is empty", (file) => writeFileSync(file, ""), "database_of_something_else"],
  ])("that %s takes nobody's place", async (_what, harm, code) => {
    const from = await backUp();
    const { file } = await restored(from);
    await harm(from);
    const [before, left] = [readFileSync(file), readFileSync(from)];
    expect(await codeFrom(() => runRestore(deps(file), [from], { yes: true }))).toBe(code);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readFileSync(from).equals(left)).toBe(true);
    expect(existsSync(`${file}.restoring`)).toBe(false);
  });
});

const cluster = postgresUrl();
if (cluster !== undefined)
  describe("a dump of PostgreSQL, as docs/backup.md says it", () => {
    test("taken while users connect holds what was acknowledged before it, and works elsewhere", async () => {
      const live = await startWorld();
      const run = (program: string, ...args: string[]) =>
        new Promise<void>((done, failed) =>
          execFile(join(dirname(programPath()), program), args, (error, _out, err) =>
            error ? failed(new Error(err)) : done(),
          ),
        );
      await connect(live, { sub: "dumped", account: "dumped@work.test" });
      const { body: before } = await accepted(() => issue(live, "dumped"));
      const { storage } = live.config;
      if (storage.kind !== "postgres") throw new Error("expected PostgreSQL");
      const schema = new URL(storage.url.replace("@/", "@localhost/")).searchParams.get(
        "application_name",
      );
      const file = join(folder, "live.dump");
      const busy = Promise.all(
        [1, 2, 3].map((n) => connect(live, { sub: `busy ${n}`, account: `busy-${n}@work.test` })),
      );
      await run("pg_dump", "--format=custom", `--schema=${schema}`, `--file=${file}`, cluster);
      await busy;

      const name = `restored_${randomBytes(6).toString("hex")}`;
      await live.database.exec(`create database ${name}`);
      const url = (of: string) => of.replace("/postgres?", `/${name}?`);
      await run("pg_restore", "--single-transaction", `--dbname=${url(cluster)}`, file);
      const elsewhere = { ...storage, url: url(storage.url) };
      const store = await openStore(elsewhere);
      const vault = await openVault({ config: live.config, store });
      const app = createApp({
        config: { ...live.config, storage: elsewhere },
        ...{ store, vault, now: live.now, log: () => undefined },
        built: NOTHING_BUILT,
      });
      const token = await app.fetch(
        new Request(`${B}/v1/tokens`, {
          method: "POST",
          headers: {
            authorization: `Bearer ${live.keys.demo.key}`,
            "content-type": "application/json",
          },
          body: JSON.stringify({
            user_token: await live.userToken("dumped"),
            provider: "calendar",
            request: { method: "GET", host: live.calendar.host },
          }),
        }),
      );
      expect(await token.json()).toMatchObject({ access_token: before["access_token"] });
      const lines: string[] = [];
      const config = { ...live.config, storage: elsewhere };
      expect(await verifyAudit({ config, say: (line) => lines.push(line) }, {})).toBe(true);
      app.close();
      await app.settled();
      await store.close();
      await live.database.exec(`drop database ${name} with (force)`);
      await live.stop();
    });

    test("backup and restore themselves send to pg_dump, and make nothing", async () => {
      const storage = {
        ...{ kind: "postgres" as const, url: cluster },
        ...{ pool_size: 2, prepared_statements: true },
      };
      const given = { ...deps("unused"), config: { storage, vault: world.config.vault } };
      const to = newFile();
      await expect(runBackup(given, [to])).rejects.toThrow("pg_dump");
      await expect(runRestore(given, [import.meta.filename], { yes: true })).rejects.toThrow(
        "pg_dump",
      );
      expect(existsSync(to)).toBe(false);
    });
  });
