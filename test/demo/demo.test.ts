/** Starting and stopping the whole: ports, the data folder, children that fail. Stand-ins take the children's places. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startDemo, type Demo } from "../../demo/demo.ts";
import { listen } from "../../demo/listen.ts";
import { choosePorts } from "../../demo/ports.ts";

/** Serves its origin as broker and app do; ends by itself when asked for /die. `secrets set` says what it was given. */
const PROGRAM = `
import { createServer } from "node:http";
import { readFileSync, appendFileSync } from "node:fs";
if (process.argv[2] === "secrets") {
  const value = readFileSync(0, "utf8");
  appendFileSync(import.meta.filename + ".secrets", JSON.stringify({ args: process.argv.slice(3), value }) + "\\n");
  process.exit(value === "" ? 1 : 0);
}
const origin = process.env.APP_ORIGIN ?? JSON.parse(readFileSync(process.argv[4], "utf8")).base_url;
process.on("SIGTERM", () => { appendFileSync(import.meta.filename + ".log", "stopped " + origin + "\\n"); process.exit(0); });
createServer((req, res) => {
  if (req.url === "/die") { console.error("the last words"); process.exit(3); }
  res.end("ok");
}).listen(Number(new URL(origin).port), "127.0.0.1");
`;

// Real servers, keys and processes, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
let dataDir: string;
let program: string;
let running: Demo[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "demo-whole-"));
  dataDir = join(folder, "data");
  program = join(folder, "program.mjs");
  await writeFile(program, PROGRAM);
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map(({ stop }) => stop()));
  await rm(folder, { recursive: true });
});

const start = async (options: Partial<Parameters<typeof startDemo>[0]> = {}) => {
  const demo = await startDemo({
    port: 0,
    dataDir,
    log: () => undefined,
    programs: { broker: program, app: program },
    ...options,
  });
  running.push(demo);
  return demo;
};

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

describe("start and stop", () => {
  it("serves six origins, the broker's on another site than the app's, and frees all ports", async () => {
    const { urls, stop } = await start();
    expect(new URL(urls.broker).hostname).toBe("127.0.0.1");
    expect(new URL(urls.app).hostname).toBe("localhost");
    expect((await fetch(`${urls.app}/`)).status).toBe(200);
    for (const url of [urls.idp, urls.calendar, urls.files]) {
      const discovery = await fetch(`${url}/.well-known/openid-configuration`);
      expect(await discovery.json()).toMatchObject({ issuer: url });
    }
    await stop();
    for (const url of Object.values(urls)) await expect(fetch(url)).rejects.toThrow("fetch failed");
    // Both were asked to stop, the app first.
    const log = await readFile(`${program}.log`, "utf8");
    expect(log.trim().split("\n")).toEqual([`stopped ${urls.app}`, `stopped ${urls.broker}`]);
  });

  it("keeps secrets to their owner, out of the broker's file, and for the next start", async () => {
    const first = await start();
    const secrets = await readFile(join(dataDir, "secrets.json"), "utf8");
    const { apiKey, vaultKey, weatherKey } = JSON.parse(secrets) as Record<string, string>;
    expect((await stat(join(dataDir, "secrets.json"))).mode & 0o777).toBe(0o600);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
    expect(apiKey).toMatch(/^alter_rk_[\w-]{43}$/);
    const config = await readFile(join(dataDir, "broker.json"), "utf8");
    expect(config).not.toContain(apiKey);
    expect(config).not.toContain(vaultKey);
    expect(config).not.toContain(weatherKey);
    await first.stop();

    const second = await start();
    expect(second.urls).toEqual(first.urls);
    expect(await readFile(join(dataDir, "secrets.json"), "utf8")).toBe(secrets);
  });
});

describe("the company's weather key", () => {
  it("is set by standard input alone, under each name, for everyone", async () => {
    await start();
    const secrets = await readFile(join(dataDir, "secrets.json"), "utf8");
    const { weatherKey } = JSON.parse(secrets) as { weatherKey: string };
    const lines = (await readFile(`${program}.secrets`, "utf8")).trim().split("\n");
    const set = lines.map((line) => JSON.parse(line) as { args: string[]; value: string });
    expect(set.map(({ args }) => args[args.indexOf("--secret") + 1])).toEqual([
      "weather",
      "weather_office_hours",
      "weather_office_network",
      "weather_slowly",
    ]);
    for (const { args, value } of set) {
      expect(value).toBe(weatherKey);
      expect(args).toContain("--everyone");
      expect(args.join(" ")).not.toContain(weatherKey);
    }
  });

  it("refused by the broker's command: the start fails with its words, and the rest is stopped", async () => {
    const refusing = join(folder, "refusing.mjs");
    const words =
      'if (process.argv[2] === "secrets") { console.error("no such app"); process.exit(1); }';
    await writeFile(refusing, `${words}\n${PROGRAM}`);
    const wanted = start({ programs: { broker: refusing, app: program } });
    await expect(wanted).rejects.toThrow(/secrets set failed \(1\)[^]*no such app/);
    const { ports } = JSON.parse(await readFile(join(dataDir, "secrets.json"), "utf8")) as {
      ports: Record<string, number>;
    };
    await expect(fetch(`http://127.0.0.1:${String(ports.broker)}`)).rejects.toThrow("fetch failed");
  });
});

describe("ports", () => {
  it("one in use: the error names port, part and option, and nothing was written", async () => {
    const { app } = await choosePorts(0);
    const taken = await listen(app + 3, () => () => undefined);
    try {
      await expect(start({ port: app })).rejects.toThrow(
        new RegExp(`Port ${String(app + 3)} \\(for the calendar provider\\) is in use.*--port`),
      );
      expect(await isThere(dataDir)).toBe(false);
    } finally {
      await taken.stop();
    }
  });

  it("others than the folder's: refused, and the folder is as it was", async () => {
    const { stop, urls } = await start();
    await stop();
    const before = await readdir(dataDir);
    await expect(start({ port: Number(new URL(urls.app).port) - 100 })).rejects.toThrow("--reset");
    expect(await readdir(dataDir)).toEqual(before);
  });
});

describe("reset", () => {
  it("makes new secrets", async () => {
    await (await start()).stop();
    const before = await readFile(join(dataDir, "secrets.json"), "utf8");
    await writeFile(join(dataDir, "left-over"), "");
    await (await start({ reset: true })).stop();
    expect(await readFile(join(dataDir, "secrets.json"), "utf8")).not.toBe(before);
    expect(await isThere(join(dataDir, "left-over"))).toBe(false);
  });

  it("is what a folder of an older version needs, and that is said before anything is written", async () => {
    await mkdir(dataDir);
    await writeFile(join(dataDir, "secrets.json"), JSON.stringify({ ports: {}, apiKey: "a" }));
    await expect(start()).rejects.toThrow(/older version.*--reset/);
    expect(await readdir(dataDir)).toEqual(["secrets.json"]);
  });

  it("leaves a folder alone that is not the demo's", async () => {
    await mkdir(dataDir);
    await writeFile(join(dataDir, "thesis.tex"), "");
    await expect(start({ reset: true })).rejects.toThrow("is not a folder of this demo");
    expect(await readdir(dataDir)).toEqual(["thesis.tex"]);
  });

  it("does nothing while the demo it belongs to is running", async () => {
    const { urls } = await start();
    const port = Number(new URL(urls.app).port);
    await expect(start({ reset: true, port })).rejects.toThrow(`Port ${String(port)}`);
    expect(await isThere(join(dataDir, "secrets.json"))).toBe(true);
  });
});

describe("a child that ends", () => {
  it("while it runs: the others hear of it, with its last words", async () => {
    const { urls, died } = await start();
    await fetch(`${urls.broker}/die`).catch(() => undefined);
    const why = await died;
    expect(why).toContain("The broker stopped (exit code 3)");
    expect(why).toContain("the last words");
  });

  it("before it is ready: the start fails with its words, and the rest is stopped", async () => {
    const broken = join(folder, "broken.mjs");
    await writeFile(broken, 'console.error("no such key"); process.exit(1);');
    const wanted = start({ programs: { broker: broken, app: program } });
    await expect(wanted).rejects.toThrow(/The broker stopped \(exit code 1\)[^]*no such key/);
    const { ports } = JSON.parse(await readFile(join(dataDir, "secrets.json"), "utf8")) as {
      ports: Record<string, number>;
    };
    await expect(fetch(`http://localhost:${String(ports.idp)}`)).rejects.toThrow("fetch failed");
  });

  it("told to stop while starting, nothing is left running", async () => {
    const silent = join(folder, "silent.mjs");
    await writeFile(silent, "setInterval(() => undefined, 1000);");
    const stopping = new AbortController();
    const wanted = start({
      programs: { broker: silent, app: program },
      signal: stopping.signal,
      log: (line) => {
        if (line.includes("broker")) stopping.abort();
      },
    });
    await expect(wanted).rejects.toThrow("did not answer");
  });
});
