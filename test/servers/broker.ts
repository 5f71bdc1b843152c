/**
 * The broker as its operator runs it: the built program, a configuration file, a port, a log on stdout.
 * Black box: knows the command line, the configuration's shape and /healthz.
 *
 *   const key = newApiKey();
 *   const broker = await startBroker({ port, providers: {…}, apps: [{ …, api_keys: [{ id: "a", hash: key.hash }] }] });
 *   broker.logs.filter((line) => line.level === 50);
 *   await broker.stop();
 */
import { spawn, type ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { freePort } from "./http.ts";
import { expectNoLeak } from "./leaks.mjs";

export type LogLine = Record<string, unknown>;

export type BrokerOptions = {
  providers: Record<string, unknown>;
  apps: unknown[];
  /** Default: a free one. Tell it beforehand where redirect URIs must be registered. */
  port?: number;
  /** Merged over the top level of the configuration. */
  config?: Record<string, unknown>;
  env?: Record<string, string>;
  /** Keeps configuration and database here, and leaves them on stop: for restarts. */
  directory?: string;
  /** Another build of it than the one that is shipped. */
  program?: string;
  /** Nobody reads its log: for a load that would make it hundreds of megabytes. */
  unread?: boolean;
};

export type TestBroker = {
  url: string;
  port: number;
  pid: number | undefined;
  /** Every line of its log so far, parsed. */
  logs: LogLine[];
  /** All it wrote so far, as text: to search for secrets that must not be there. */
  output: () => string;
  /** SIGTERM, then waits; resolves with the exit code. */
  stop: () => Promise<number | null>;
  /** Sends it and waits for nothing. */
  signal: (name: "SIGTERM" | "SIGINT") => void;
  /** Its exit code, once it has ended by itself. */
  ended: Promise<number | null>;
  /** Resolves when the log has such a line, which may have been there before. */
  logged: (event: string) => Promise<LogLine>;
  /** SIGKILL: what a crash leaves behind. */
  kill: () => Promise<void>;
};

const ROOT = resolve(import.meta.dirname, "../..");
export const BROKER_PROGRAM = resolve(ROOT, "broker/dist/main.js");
const START_TIMEOUT = 15_000;

/** An API key as the broker makes them, and the hash its configuration holds. */
export const newApiKey = (): { key: string; hash: string } => {
  const key = `alter_rk_${randomBytes(32).toString("base64url")}`;
  return { key, hash: `sha256:${createHash("sha256").update(key).digest("hex")}` };
};

/** The redirect URI to register at a provider: one per provider configuration. */
export const redirectUri = (broker: string, provider: string): string =>
  `${broker}/oauth/callback/${provider}`;

export const startBroker = async (options: BrokerOptions): Promise<TestBroker> => {
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "broker-")));
  const file = join(directory, "alter.json");
  const config = {
    base_url: url,
    storage: { sqlite: "./alter.db" },
    vault: { keys: [{ id: "test", key: "${TEST_VAULT_KEY}" }] },
    providers: options.providers,
    apps: options.apps,
    ...options.config,
  };
  await writeFile(file, JSON.stringify(config, null, 2));

  const child = spawn(
    process.execPath,
    [options.program ?? BROKER_PROGRAM, "serve", "--config", file],
    {
      env: {
        ...process.env,
        TEST_VAULT_KEY: createHash("sha256").update("vault key of the tests").digest("base64"),
        ...options.env,
      },
      stdio: ["ignore", options.unread ? "ignore" : "pipe", "pipe"],
    },
  );
  const logs: LogLine[] = [];
  const written = collect(child, logs);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const end = async (signal: "SIGTERM" | "SIGKILL"): Promise<number | null> => {
    child.kill(signal);
    const code = await ended;
    const stored = await Promise.all(
      ["alter.db", "alter.db-wal"].map((name) =>
        readFile(join(directory, name), "latin1").catch(() => ""),
      ),
    );
    if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
    expectNoLeak("what the broker wrote", written());
    // Challenges are 256 bits as well, and no secret.
    expectNoLeak("the broker's database", stored.join(""), ["256 bits"]);
    return code;
  };

  try {
    await healthy(url, child, written);
  } catch (error) {
    await end("SIGKILL");
    throw error;
  }
  return {
    url,
    port,
    pid: child.pid,
    logs,
    output: written,
    stop: () => end("SIGTERM"),
    signal: (name) => void child.kill(name),
    ended,
    logged: async (event) => {
      for (;;) {
        const line = logs.find((one) => one["event"] === event);
        if (line) return line;
        await new Promise((resolve) => child.stdout?.once("data", resolve));
      }
    },
    kill: async () => void (await end("SIGKILL")),
  };
};

/** Splits stdout into lines and parses each; returns all that was written, stderr included. */
const collect = (child: ChildProcess, logs: LogLine[]): (() => string) => {
  let all = "";
  let rest = "";
  child.stderr?.on("data", (chunk: Buffer) => (all += chunk.toString()));
  child.stdout?.on("data", (chunk: Buffer) => {
    all += chunk.toString();
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("{")) logs.push(JSON.parse(line) as LogLine);
  });
  return () => all;
};

/** Asks every 50 ms: the only sign of readiness that an operator has, too. */
const healthy = async (url: string, child: ChildProcess, written: () => string): Promise<void> => {
  const deadline = Date.now() + START_TIMEOUT;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the broker ended at once (${child.exitCode}):\n${written()}`);
    const status = await fetch(`${url}/healthz`).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the broker did not become healthy:\n${written()}`);
};
