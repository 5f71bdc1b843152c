/**
 * `npm run runtimes`: the packed SDK against a real broker, in every JavaScript runtime that the registry gives, as a
 * table. Runtimes are fetched by `npm exec`, into npm's own cache; what is checked in each is test/runtimes/smoke.js.
 *   --json   one object a runtime
 * Plain Node. Exits with 1 if a runtime failed a check; one that cannot be had is said so, and is no failure.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { runnerImport } from "vite";

const root = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "alter-runtimes-"));
const PATIENCE = 120_000;

/** `spec` is what npm fetches, none for the Node that runs this; `run` resolves to the smoke's results. */
const RUNTIMES = [
  { name: "Node, this one", run: (file, settings) => program(file, [], settings) },
  { name: "Node 22", spec: "node@22", bin: "node", run: (f, s) => program(f, [], s) },
  { name: "Node 24", spec: "node@24", bin: "node", run: (f, s) => program(f, [], s) },
  { name: "Bun", spec: "bun@1.4", bin: "bun", run: (f, s) => program(f, [], s) },
  {
    name: "Deno",
    spec: "deno@2.9",
    bin: "deno",
    run: (f, s) => program(f, ["run", "--no-lock", "--node-modules-dir=manual", "--allow-net"], s),
  },
  { name: "workerd (edge)", spec: "workerd@1", bin: "workerd", run: (f, s) => worker(f, s) },
];

const main = async () => {
  await ended(process.execPath, [join(root, "scripts/build.mjs"), "--stale"], {
    stdio: ["ignore", 2, 2],
  });
  await installPacked();
  const { module } = await runnerImport(join(root, "test/runtimes/world.ts"), {
    root,
    configFile: false,
    logLevel: "warn",
  });
  const world = await module.startWorld();
  const rows = [];
  try {
    for (const { name, spec, bin, run } of RUNTIMES) {
      console.error(`${name} …`);
      const file = spec === undefined ? process.execPath : await fetched(spec, bin);
      if (file === undefined) {
        rows.push({ name, version: "", result: `the registry does not give ${spec}`, failed: [] });
        continue;
      }
      const version = (await output(file, ["--version"])).match(/\d[\w.-]*/)?.[0] ?? "?";
      const settings = await world.settingsFor(name);
      rows.push({ name, version, ...(await judged(() => run(file, settings))) });
    }
  } finally {
    await world.stop();
  }
  print(rows);
  return rows.some(({ failed }) => failed.length > 0) ? 1 : 0;
};

/** As an app has it: the tarball, in node_modules, with the smoke beside it. */
const installPacked = async () => {
  const quiet = { cwd: folder, stdio: ["ignore", "ignore", 2] };
  await ended("npm", ["pack", join(root, "sdk"), "--ignore-scripts", "--silent"], quiet);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  await ended("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${tarball}`], quiet);
  cpSync(join(root, "test/runtimes"), folder, { recursive: true });
};

/** The runtime's own file. Asked for by name, so that it can be run and stopped without npm in between. */
const fetched = async (spec, bin) => {
  const args = ["exec", "--yes", `--package=${spec}`, "-c", `command -v ${bin}`];
  const found = await output("npm", args).catch(() => "");
  return found.trim().split("\n").at(-1) || undefined;
};

const judged = async (run) => {
  try {
    const results = await run();
    const failed = results.filter(({ error }) => error !== undefined);
    const passed = results.length - failed.length;
    return { result: `${passed} of ${results.length} checks`, failed };
  } catch (error) {
    return { result: "did not run", failed: [{ check: "to run it", error: error.message }] };
  }
};

const print = (rows) => {
  if (process.argv.includes("--json")) {
    for (const row of rows) console.log(JSON.stringify(row));
    return;
  }
  console.log(`\n${"runtime".padEnd(18)}${"version".padEnd(18)}result`);
  for (const { name, version, result, failed } of rows) {
    console.log(`${name.padEnd(18)}${version.padEnd(18)}${result}`);
    for (const { check, error } of failed) console.log(`${" ".repeat(36)}${check}: ${error}`);
  }
};

// ---- ways to run it ---------------------------------------------------------------------------

const program = async (file, args, settings) =>
  JSON.parse(await output(file, [...args, "program.js"], JSON.stringify(settings)));

/** workerd has no command line for a script: it serves one, and is asked. */
const worker = async (file, settings) => {
  const port = await freePort();
  writeFileSync(join(folder, "workerd.capnp"), workerdConfig(port));
  // A group of its own: what npm gives may be a script that starts the real thing.
  const child = spawn(file, ["serve", "workerd.capnp"], {
    cwd: folder,
    stdio: ["ignore", 2, 2],
    detached: true,
  });
  const gone = new Promise((done) => child.once("close", done));
  try {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const reply = await fetch(`http://127.0.0.1:${port}/`, {
        method: "POST",
        body: JSON.stringify(settings),
      }).catch(() => undefined);
      if (reply) return JSON.parse(await reply.text());
      if (child.exitCode !== null || Date.now() > deadline) throw new Error("it does not listen");
      await new Promise((done) => setTimeout(done, 100));
    }
  } finally {
    if (child.exitCode === null) process.kill(-child.pid);
    await gone;
  }
};

const workerdConfig = (port) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "smoke", worker = .smoke),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "smoke")],
);
const smoke :Workerd.Worker = (
  compatibilityDate = "2026-01-01",
  compatibilityFlags = ["nodejs_als"],
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "smoke.js", esModule = embed "smoke.js"),
    (name = "@alter-ai/alter-sdk", esModule = embed "node_modules/@alter-ai/alter-sdk/dist/index.js"),
  ],
);
`;

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

const output = async (file, args, input = "") => {
  const child = spawn(file, args, { cwd: folder, stdio: "pipe", timeout: PATIENCE });
  const code = new Promise((done, fail) => child.once("error", fail).once("close", done));
  child.stdin.on("error", () => undefined).end(input);
  const [out, err, ended] = await Promise.all([text(child.stdout), text(child.stderr), code]);
  if (ended !== 0) throw new Error(err.trim().split("\n").at(-1) || `it ended with ${ended}`);
  return out;
};

const ended = (file, args, options) =>
  new Promise((done, fail) => {
    spawn(file, args, options)
      .once("error", fail)
      .once("close", (code) =>
        code === 0 ? done() : fail(new Error(`${file} ${args[0]} ended with ${code}`)),
      );
  });

try {
  process.exitCode = await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
