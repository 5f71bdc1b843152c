/**
 * Where a Chromium is, and how to get one: Playwright's own where its download works, else the
 * distribution's package. Must not know what it is for.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const SYSTEM = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];
const DOWNLOAD_TIMEOUT = 240_000;

/** Path of a Chromium that starts, or `undefined`. `ALTER_CHROMIUM` goes before all others. */
export const findChromium = async () => {
  const asked = process.env.ALTER_CHROMIUM;
  if (asked) return asked;
  return [await playwrightsOwn(), ...SYSTEM].find(starts);
};

/** The same, after installing one if need be. Throws with all that was tried. */
export const findOrInstallChromium = async () => {
  const found = await findChromium();
  if (found) return found;
  const tried = [];
  for (const [name, install] of [
    ["npx playwright install chromium", download],
    ["apt-get install chromium", installPackage],
  ]) {
    console.log(`No Chromium here: trying ${name}`);
    tried.push(`${name}: ${install()}`);
    const installed = await findChromium();
    if (installed) return installed;
  }
  throw new Error(
    `No Chromium found and none could be installed.\n  ${tried.join("\n  ")}\n` +
      "Install one, or name it in ALTER_CHROMIUM.",
  );
};

const playwrightsOwn = async () => {
  try {
    const { chromium } = await import("@playwright/test");
    return chromium.executablePath();
  } catch {
    // Not installed yet: then it has no browser either.
    return undefined;
  }
};

/** A downloaded browser may be there and lack the system's libraries, so it is asked for its version. */
const starts = (path) =>
  path !== undefined &&
  existsSync(path) &&
  spawnSync(path, ["--version"], { stdio: "ignore", timeout: 20_000 }).status === 0;

const download = () =>
  run("npx", ["--no-install", "playwright", "install", "chromium"], {
    // Its default is to knock for half a minute, several times, at hosts that a closed network drops.
    PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: "10000",
  });

const installPackage = () => {
  if (process.getuid?.() !== 0) return "needs root";
  const noQuestions = { DEBIAN_FRONTEND: "noninteractive" };
  const updated = run("apt-get", ["update"], noQuestions);
  if (updated !== "done") return updated;
  const packages = ["chromium", "fonts-liberation"];
  return run("apt-get", ["install", "-y", "--no-install-recommends", ...packages], noQuestions);
};

const run = (command, args, env) => {
  const { status, error } = spawnSync(command, args, {
    stdio: ["ignore", "inherit", "inherit"],
    timeout: DOWNLOAD_TIMEOUT,
    env: { ...process.env, ...env },
  });
  if (error) return error.message;
  return status === 0 ? "done" : `ended with ${status}`;
};
