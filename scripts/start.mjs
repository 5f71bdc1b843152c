/**
 * `npm start`: installs what is missing, builds what is missing or stale, and runs the demo.
 * Plain Node without packages, because on a fresh clone there are none. Options go to the demo as they are; only
 * `--dev` (npm run dev) stays here: it builds widget and pages again at each change, so that a reload shows it.
 */
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { isInstalled } from "./installed.mjs";

const root = resolve(import.meta.dirname ?? ".", "..");

const main = async () => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    throw new Error(`Node 20.19 or later is needed; this is ${process.versions.node}`);

  if (!isInstalled(root)) {
    console.error("Installing packages (npm ci) …");
    // npm says where it is to the scripts it runs; outside npm, the shell finds it.
    const npm = process.env.npm_execpath;
    await must(npm ? [process.execPath, npm, "ci"] : ["npm", "ci"], "npm ci");
  }
  await must([process.execPath, "scripts/build.mjs", "--stale"], "The build");

  const options = process.argv.slice(2).filter((option) => option !== "--dev");
  const watcher = process.argv.includes("--dev") ? watch() : undefined;
  process.exitCode = await run([process.execPath, "demo/dist/start.js", ...options]);
  watcher?.kill();
};

const watch = () =>
  spawn(process.execPath, ["scripts/build.mjs", "--watch", "widget", "web"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });

const must = async (command, name) => {
  // To stderr, so that `--json` has stdout for itself.
  const code = await run(command, ["ignore", 2, 2]);
  if (code !== 0) throw new Error(`${name} failed (exit code ${code})`);
};

/**
 * Waits for the child, whatever signal comes: it has to stop its own children first. A signal that was meant for us
 * alone is handed on; the terminal's Ctrl-C has reached the child already, and a second one does no harm.
 */
const run = ([file, ...args], stdio = "inherit") =>
  new Promise((done, fail) => {
    const child = spawn(file, args, { cwd: root, stdio });
    const pass = (signal) => child.kill(signal);
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, pass);
    child.once("error", fail);
    child.once("exit", (code, signal) => {
      for (const one of signals) process.off(one, pass);
      done(code ?? (signal ? 1 : 0));
    });
  });

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
