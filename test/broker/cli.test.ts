/** The built program, as its operator meets it: arguments, exit codes, what it prints, how it stops. */
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { connectDatabase } from "../../broker/src/store/database.ts";
import { migrateUp } from "../../broker/src/store/migrate.ts";
import { BROKER_PROGRAM, newApiKey, startBroker } from "../servers/broker.ts";
import { freePort, listen } from "../servers/http.ts";
import { startIdp, type TestIdp } from "../servers/idp.ts";
import { expectNoLeak } from "../servers/leaks.mjs";

const ROOT = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "alter-cli-test-"));
const VAULT_KEY = createHash("sha256").update("cli").digest("base64");
const SECRET = "s3cr3t-of-the-client";
const ORIGIN = "http://localhost:4998";
const api = newApiKey();

type Ran = { code: number | null; out: string; err: string };

/** Runs a program to its end, whatever its exit code; one that should have ended and did not is killed. */
const run = (
  program: string,
  args: string[],
  { env = {}, timeout = 15_000 }: { env?: Record<string, string>; timeout?: number } = {},
): Promise<Ran> =>
  new Promise((done) => {
    const child = execFile(
      process.execPath,
      [program, ...args],
      { cwd: folder, env: { ...process.env, VAULT_KEY, SECRET, ...env }, timeout },
      (_error, out, err) => {
        // A new key is printed once, by the one command that makes it.
        expectNoLeak("what a command wrote", out + err, args[0] === "keys" ? ["API key"] : []);
        done({ code: child.exitCode, out, err });
      },
    );
  });
const broker = (...args: string[]) => run(BROKER_PROGRAM, args);

/** As under `| true`: who should read has gone before the first line. */
const runUnread = async (...args: string[]): Promise<{ code: number | null; err: string }> => {
  const env = { ...process.env, VAULT_KEY, SECRET };
  const child = spawn(process.execPath, [BROKER_PROGRAM, ...args], { cwd: folder, env });
  child.stdout.destroy();
  let err = "";
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, err };
};

let idp: TestIdp;
let port: number;
let config: Record<string, unknown>;
const write = (name: string, value: unknown): string => {
  const file = join(folder, name);
  writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value));
  return file;
};

beforeAll(async () => {
  const parts = ["script", "page", "broker", "served"];
  const built = await run(join(ROOT, "scripts/build.mjs"), ["--stale", ...parts], {
    timeout: 110_000,
  });
  if (built.code !== 0) throw new Error(built.err);
  idp = await startIdp({ audience: "day-planner" });
  port = await freePort();
  config = {
    base_url: `http://127.0.0.1:${port}`,
    storage: { sqlite: "./alter.db" },
    vault: { keys: [{ id: "k1", key: "${VAULT_KEY}" }] },
    providers: {
      calendar: {
        name: "Acme Calendar",
        issuer: "https://calendar.example",
        scopes: { "calendar.read": "See your events" },
        api_hosts: ["api.calendar.example"],
      },
    },
    apps: [
      {
        id: "demo",
        name: "Day Planner",
        origins: [ORIGIN],
        api_keys: [{ id: "first", hash: api.hash }],
        identity_provider: { name: "Test IdP", issuer: idp.issuer, audience: idp.audience },
        providers: {
          calendar: {
            client_id: "c1",
            client_secret: "${SECRET}",
            scopes: ["openid", "calendar.read"],
          },
        },
      },
    ],
  };
}, 120_000);
afterAll(async () => {
  await idp.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("arguments", () => {
  test("none and --version explain themselves", async () => {
    const usage = expect.stringContaining("alter-broker serve --config FILE") as string;
    expect(await broker()).toMatchObject({ code: 0, out: usage });
    const version = expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string;
    expect(await broker("--version")).toMatchObject({ code: 0, out: version });
  });

  test.each([
    [["dance"], /Unknown command "dance"/],
    [["serve", "--what"], /--what/],
    [["serve", "--config", "nowhere.yaml"], /No configuration at .*nowhere\.yaml.*--config/],
  ])("%j fails and says why", async (args, words) => {
    const { code, out, err } = await broker(...args);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(words);
    // A sentence for the operator, not our stack.
    expect(err).not.toContain("    at ");
  });
});

test("keys create prints a key once and the hash that the configuration wants", async () => {
  const { code, out } = await broker("keys", "create");
  const [, key = "", hash = ""] =
    /(alter_rk_[\w-]{43})\n[\s\S]*(sha256:[0-9a-f]{64})\n/.exec(out) ?? [];
  expect(code).toBe(0);
  expect(hash).toBe(`sha256:${createHash("sha256").update(key).digest("hex")}`);
});

test("providers show needs no configuration, and one that is there counts", async () => {
  const shown = await broker("providers", "show", "google");
  expect(shown).toMatchObject({ code: 0, err: "" });
  expect(shown.out).toContain("`https://connect.example.com/oauth/callback/google`");
  const file = write("providers.json", config);
  const own = await broker("providers", "show", "google", "--config", file);
  expect(own.out).toContain(`\`http://127.0.0.1:${port}/oauth/callback/google\``);
  // Whoever reads how to get a secret has none yet.
  const early = ["providers", "show", "google", "--config", file];
  const unset = await run(BROKER_PROGRAM, early, { env: { VAULT_KEY: "", SECRET: "" } });
  expect(unset).toEqual(own);
  const wrong = await broker("providers", "show", "goggle");
  expect([wrong.code, wrong.out]).toEqual([1, ""]);
  expect(wrong.err).toMatch(/there is no goggle/);
});

test("doctor finds what is wrong and ends with 1, schema and backup find no database, and none makes one", async () => {
  const file = write("doctor.json", { ...config, storage: { sqlite: "./none.db" } });
  const doctor = await broker("doctor", "--json", "--config", file);
  const { findings } = JSON.parse(doctor.out) as { findings: { code: string; state: string }[] };
  expect(doctor).toMatchObject({ code: 1, err: "" });
  expect(findings).toContainEqual(expect.objectContaining({ code: "database_absent" }));
  expect(findings).toContainEqual(
    expect.objectContaining({ state: "skipped", code: "broker_not_running" }),
  );
  expect(doctor.out).not.toContain(VAULT_KEY);
  expect(doctor.out).not.toContain(SECRET);
  for (const command of [
    ["schema", "status"],
    ["backup", join(folder, "copy.db")],
  ]) {
    const ran = await broker(...command, "--config", file);
    expect([ran.code, ran.err]).toEqual([1, expect.stringMatching(/^no_database_yet: /)]);
  }
  expect([existsSync(join(folder, "none.db")), existsSync(join(folder, "copy.db"))]).toEqual([
    false,
    false,
  ]);
});

test("serve on the database of a newer broker ends with 78, and says what to do", async () => {
  const database = join(folder, "newer.db");
  const db = connectDatabase({ kind: "sqlite", file: database }, "ours");
  await migrateUp(db);
  await db.insertInto("migrations").values({ id: 999, applied_at: 1 }).execute();
  const rows = () => db.selectFrom("migrations").selectAll().orderBy("id").execute();
  const before = await rows();
  const file = write("newer.json", { ...config, storage: { sqlite: database } });
  const { code, out, err } = await broker("serve", "--config", file, "--port", "0");
  expect([code, out]).toEqual([78, ""]);
  expect(err).toMatch(/^schema_newer_than_this_broker: .*schema migrate --to N/);
  expect(await rows()).toEqual(before);
  await db.destroy();
});

test("a reader who has had enough is no fault: no stack, and the rest is done", async () => {
  const storage = { sqlite: join(folder, "unread.db") };
  const file = write("unread.json", { ...config, storage });
  const db = await connectDatabase({ kind: "sqlite", file: storage.sqlite });
  await migrateUp(db);
  await db.destroy();
  const back = ["schema", "migrate", "--to", "1", "--yes", "--config", file];
  expect(await runUnread(...back)).toEqual({ code: 0, err: "" });
  expect((await broker("schema", "status", "--config", file)).out).toContain("has schema 1,");
  await broker("schema", "migrate", "--config", file);
  expect(await runUnread("keys", "list", "--config", file)).toEqual({ code: 0, err: "" });
});

describe("config check", () => {
  test("ok, from the option or from the environment, and nothing is started or made", async () => {
    const file = write("good.json", config);
    const ok = { code: 0, out: "ok: 1 app\n", err: "" };
    const env = { ALTER_CONFIG: file };
    expect(await run(BROKER_PROGRAM, ["config", "check"], { env })).toEqual(ok);
    expect(await broker("config", "check", "-c", "good.json")).toEqual(ok);
    expect(existsSync(join(folder, "alter.db"))).toBe(false);
  });

  test("warnings are printed, and are no failure", async () => {
    const file = write("warn.json", { ...config, base_url: "https://connect.example.com" });
    const { code, out } = await broker("config", "check", "--config", file);
    expect([code, out]).toEqual([0, expect.stringMatching(/^warning: app demo: .*\nok: 1 app\n$/)]);
  });

  test("every wrong key is named, no secret is quoted", async () => {
    const file = write("bad.json", {
      ...config,
      base_url: "*",
      vault: { keys: [{ id: "${VAULT_KEY}", key: "${SECRET}" }] },
    });
    const { code, out, err } = await broker("config", "check", "--config", file);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^invalid_config: .*bad\.json\n/);
    expect(err).toContain("base_url: ");
    expect(err).toContain("vault.keys[0].id: ");
    expect(err).not.toContain(VAULT_KEY);
    expect(err).not.toContain(SECRET);
  });

  test("nor by the YAML parser", async () => {
    const file = write("odd.yaml", `key: !odd ${SECRET}\nother: "${SECRET}\n`);
    const { code, err } = await broker("config", "check", "--config", file);
    expect(code).toBe(1);
    expect(err).toMatch(/line \d+, column \d+: is not valid YAML or JSON/);
    expect(err).not.toContain(SECRET);
  });
});

describe("serve", () => {
  test("a port in use is named, with the option that changes it", async () => {
    const squatter = await listen((_req, res) => res.end(), port);
    try {
      const { code, err } = await broker("serve", "--config", write("good.json", config));
      expect(code).toBe(1);
      expect(err).toContain(`Port ${port} is in use`);
      expect(err).toContain("--port");
    } finally {
      await squatter.stop();
    }
  });

  test("a port that is none is refused, and does not become another", async () => {
    const file = write("good.json", config);
    const { code, err } = await broker("serve", "--config", file, "--port=");
    expect(code).toBe(1);
    expect(err).toMatch(/^--port: expected a port number/);
  });

  /** Started by hand, for what `startBroker` does not do; listening when this resolves. */
  const serve = async (...more: string[]) => {
    const args = ["serve", "--config", write("good.json", config), ...more];
    const child = spawn(process.execPath, [BROKER_PROGRAM, ...args], {
      cwd: tmpdir(),
      env: { ...process.env, VAULT_KEY, SECRET },
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const exited = once(child, "exit");
    const [first] = (await once(child.stdout, "data")) as [Buffer];
    return { child, exited, log: JSON.parse(first.toString().split("\n")[0] ?? "") as unknown };
  };

  test("--port wins over the file, and the data lies beside the file", async () => {
    const other = await freePort();
    const { child, exited, log } = await serve("--port", String(other));
    expect(log).toMatchObject({ event: "listening", port: other });
    child.kill("SIGINT");
    expect(await exited).toEqual([0, null]);
    expect(existsSync(join(folder, "alter.db"))).toBe(true);
  });

  test("a log that nobody reads any more keeps it neither from serving nor from stopping", async () => {
    const { child, exited } = await serve();
    child.stdout.destroy();
    for (const path of ["/healthz", "/readyz"])
      expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
  });

  test("SIGTERM answers who is waiting, stops in good time, and loses nothing", async () => {
    const env = { VAULT_KEY, SECRET };
    const options = { port, config, providers: {}, apps: [], env, directory: folder };
    const start = async () => {
      const started = await startBroker(options);
      onTestFinished(started.kill);
      return started;
    };
    const running = await start();
    const created = await fetch(`${running.url}/v1/connect/sessions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${api.key}` },
      body: JSON.stringify({
        user_token: await idp.sign({ sub: "ann" }),
        allowed_origin: ORIGIN,
      }),
    });
    const { session_token } = (await created.json()) as { session_token: string };
    const ask = (url: string, wait: number) =>
      fetch(`${url}/v1/connect/outcome?wait=${wait}`, {
        headers: { origin: ORIGIN, authorization: `Bearer ${session_token}` },
      });

    const poll = ask(running.url, 25);
    // Another request on the wire after it: by its answer the poll has been read, too.
    expect((await ask(running.url, 0)).status).toBe(200);
    const asked = Date.now();
    const stopped = running.stop();
    const reply = await poll;
    expect([reply.status, await reply.json()]).toEqual([
      200,
      expect.objectContaining({ status: "pending", phase: "unclaimed", retry_after: 1 }),
    ]);
    expect(await stopped).toBe(0);
    // Not by the patience of a connection that is kept alive (5 s), let alone of the poll (25 s).
    expect(Date.now() - asked).toBeLessThan(4_000);
    expect(running.logs.map((line) => line["event"])).toEqual(
      expect.arrayContaining(["listening", "request", "stopping", "stopped"]),
    );
    for (const secret of [VAULT_KEY, SECRET, api.key, session_token])
      expect(running.output()).not.toContain(secret);

    const again = await start();
    const known = await ask(again.url, 0);
    expect([known.status, await known.json()]).toEqual([
      200,
      expect.objectContaining({ status: "pending", phase: "unclaimed" }),
    ]);
    expect(await again.stop()).toBe(0);
  });
});
