/**
 * Where the three engines are, and how to get them: Chromium as Playwright's own where its download works, the rest,
 * and Chromium where it does not, as the distribution's packages. Must not know what they are for.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** What has to be found, by its environment variable, which goes before all else. */
const PROGRAMS = {
  ALTER_CHROMIUM: {
    name: "Chromium",
    paths: [
      "/usr/bin/chromium",
      "/usr/bin/chromium-browser",
      "/usr/bin/google-chrome",
      "/usr/bin/google-chrome-stable",
    ],
    packages: ["chromium", "fonts-liberation"],
  },
  ALTER_FIREFOX: {
    name: "Firefox",
    paths: ["/usr/bin/firefox-esr", "/usr/bin/firefox"],
    packages: ["firefox-esr"],
  },
  /** It brings a small browser of its own. */
  ALTER_WEBKIT_DRIVER: {
    name: "WebKitWebDriver",
    paths: ["/usr/bin/WebKitWebDriver"],
    packages: ["webkit2gtk-driver"],
    asks: "--help",
  },
  /** WebKit has no headless mode, so it gets a screen that nobody sees. */
  ALTER_XVFB: { name: "Xvfb", paths: ["/usr/bin/Xvfb"], packages: ["xvfb"], asks: "-help" },
};
const TIMEOUT = 600_000;

export const findChromium = () => find("ALTER_CHROMIUM");
export const findFirefox = () => find("ALTER_FIREFOX");
export const findWebKitDriver = () => find("ALTER_WEBKIT_DRIVER");
export const findXvfb = () => find("ALTER_XVFB");

/** Environment that names all of them, after installing what is missing. Throws with all that was tried. */
export const findOrInstallBrowsers = () => findOrInstall(Object.keys(PROGRAMS));

/** Path of a Chromium that starts, after installing one if need be. */
export const findOrInstallChromium = async () =>
  (await findOrInstall(["ALTER_CHROMIUM"])).ALTER_CHROMIUM;

const findOrInstall = async (variables) => {
  const tried = [];
  for (const [means, install] of [
    ["npx playwright install chromium", download],
    ["apt-get install", installPackages],
  ]) {
    const { missing } = await look(variables);
    if (!missing.length) break;
    const names = missing.map((variable) => PROGRAMS[variable].name).join(", ");
    console.log(`Not here: ${names}. Trying ${means}`);
    tried.push(`${means}: ${install(missing)}`);
  }
  const { found, missing } = await look(variables);
  if (!missing.length) return found;
  const packages = missing.flatMap((variable) => PROGRAMS[variable].packages);
  throw new Error(
    `Missing for the end-to-end tests: ${missing.map((variable) => PROGRAMS[variable].name).join(", ")}.\n` +
      `  ${tried.join("\n  ")}\n` +
      `Install them (on Debian, as root: apt-get install ${packages.join(" ")}), or name them in ${missing.join(", ")}.`,
  );
};

const look = async (variables) => {
  const paths = await Promise.all(variables.map(find));
  return {
    found: Object.fromEntries(variables.map((variable, i) => [variable, paths[i]])),
    missing: variables.filter((_variable, i) => paths[i] === undefined),
  };
};

const find = async (variable) => {
  if (process.env[variable]) return process.env[variable];
  const { paths, asks = "--version" } = PROGRAMS[variable];
  const own = variable === "ALTER_CHROMIUM" ? await playwrightsOwn() : undefined;
  return [own, ...paths].find((path) => starts(path, asks));
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

/** A downloaded browser may be there and lack the system's libraries, so it is run once. */
const starts = (path, asks) =>
  path !== undefined &&
  existsSync(path) &&
  spawnSync(path, [asks], { stdio: "ignore", timeout: 20_000 }).status === 0;

const download = (missing) =>
  missing.includes("ALTER_CHROMIUM")
    ? run("npx", ["--no-install", "playwright", "install", "chromium"], {
        // Its default is to knock for half a minute, several times, at hosts that a closed network drops.
        PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: "10000",
      })
    : "not needed";

const installPackages = (missing) => {
  if (process.getuid?.() !== 0) return "needs root";
  const noQuestions = { DEBIAN_FRONTEND: "noninteractive" };
  const updated = run("apt-get", ["update"], noQuestions);
  if (updated !== "done") return updated;
  const packages = missing.flatMap((variable) => PROGRAMS[variable].packages);
  return run("apt-get", ["install", "-y", "--no-install-recommends", ...packages], noQuestions);
};

const run = (command, args, env) => {
  const { status, error } = spawnSync(command, args, {
    stdio: ["ignore", "inherit", "inherit"],
    timeout: TIMEOUT,
    env: { ...process.env, ...env },
  });
  if (error) return error.message;
  return status === 0 ? "done" : `ended with ${status}`;
};
