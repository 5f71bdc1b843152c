/**
 * Builds everything, in order, and prints the seconds of each part.
 *   node scripts/build.mjs                 all parts
 *   node scripts/build.mjs widget sdk      these only
 *   node scripts/build.mjs --stale         those whose sources are newer than what was built of them
 *   node scripts/build.mjs --watch web     builds again at each change, until it is stopped
 * Knows which files each part is made of; how it is built is in the vite.config.ts files.
 */
import { copyFile, mkdir, readdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "vite";

// A test runner's NODE_ENV would otherwise build the packages' development halves into what we ship.
process.env.NODE_ENV = "production";

const root = resolve(import.meta.dirname, "..");
const SHARED = ["package-lock.json", "tsconfig.base.json"];

const PARTS = {
  widget: {
    sources: ["src", "protocol", "vite.config.ts", "package.json"],
    outputs: ["dist/index.js", "dist/index.d.ts"],
    vite: { mode: "widget" },
  },
  script: {
    sources: ["src", "protocol", "vite.config.ts", "package.json"],
    outputs: ["dist/connect.js"],
    vite: { mode: "script" },
  },
  ways: {
    sources: ["ways", "src/index.ts", "vite.config.ts", "package.json"],
    outputs: ["button", "react", "svelte", "vue"].flatMap((name) => [
      `dist/${name}.js`,
      `dist/${name}.d.ts`,
    ]),
    vite: { mode: "ways" },
  },
  testing: {
    sources: ["ways", "src", "protocol", "vite.config.ts", "package.json"],
    outputs: ["dist/testing.js", "dist/testing.d.ts"],
    vite: { mode: "testing" },
  },
  element: {
    sources: ["ways", "src", "protocol", "vite.config.ts", "package.json"],
    outputs: ["dist/connect-button.js"],
    vite: { mode: "element" },
  },
  page: {
    sources: [
      "popup",
      "look",
      "protocol",
      "vite.config.ts",
      "scripts/logos.mjs",
      "broker/src/providers/catalogue",
    ],
    outputs: ["broker/dist/page/index.html"],
    vite: { mode: "page", root: "popup" },
  },
  wallet: {
    sources: ["wallet", "look", "protocol", "vite.config.ts"],
    outputs: ["broker/dist/wallet/index.html"],
    vite: { mode: "wallet", root: "wallet" },
  },
  sdk: {
    sources: ["sdk/src", "protocol", "sdk/vite.config.ts", "sdk/package.json"],
    outputs: ["sdk/dist/index.js", "sdk/dist/index.d.ts"],
    vite: { configFile: "sdk/vite.config.ts" },
  },
  broker: {
    sources: ["broker/src", "protocol", "broker/vite.config.ts", "broker/package.json"],
    outputs: ["broker/dist/main.js"],
    vite: { configFile: "broker/vite.config.ts" },
  },
  /** The broker serves the widget's scripts, and finds them in its own package. */
  served: {
    sources: ["dist/connect.js", "dist/connect-button.js"],
    outputs: ["broker/dist/widget/connect.js", "broker/dist/widget/connect-button.js"],
    copy: true,
  },
  web: {
    sources: [
      "index.html",
      "demo/web",
      "demo/app",
      "demo/providers",
      "demo/guide.html",
      "demo/patterns.html",
      "dist/index.js",
    ],
    outputs: ["demo/dist/web/index.html", "demo/dist/web/demo/patterns.html"],
    vite: { mode: "app" },
  },
  demo: {
    sources: ["demo"],
    outputs: ["demo/dist/start.js", "demo/dist/app.js"],
    vite: { configFile: "demo/vite.config.ts" },
  },
};

const main = async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      stale: { type: "boolean", default: false },
      watch: { type: "boolean", default: false },
    },
  });
  const unknown = positionals.filter((name) => !Object.hasOwn(PARTS, name));
  if (unknown.length)
    throw new Error(`No part ${unknown.join(", ")}. There are ${Object.keys(PARTS).join(", ")}`);

  for (const [name, part] of Object.entries(PARTS)) {
    if (positionals.length && !positionals.includes(name)) continue;
    if (values.stale && !(await isStale(part))) continue;
    const started = performance.now();
    try {
      await make(part, values.watch);
    } catch (error) {
      throw new Error(`Building ${name} failed: ${error.message}`, { cause: error });
    }
    const seconds = (performance.now() - started) / 1000;
    console.log(`built ${name.padEnd(8)}${seconds.toFixed(1).padStart(5)} s`);
  }
};

const make = async ({ sources, outputs, vite, copy }, watch) => {
  if (copy) {
    for (const [index, output] of outputs.entries()) {
      await mkdir(dirname(join(root, output)), { recursive: true });
      await copyFile(join(root, sources[index]), join(root, output));
    }
    return;
  }
  const { mode, root: from = ".", configFile = "vite.config.ts" } = vite;
  await build({
    logLevel: "warn",
    configFile: join(root, configFile),
    build: {
      ...(watch ? { watch: {} } : {}),
      // What takes long here is TypeScript, in the two parts with declarations; there is nothing to warn of.
      rolldownOptions: { checks: { pluginTimings: false } },
    },
    ...(mode ? { mode, root: join(root, from) } : {}),
  });
};

/** By time of change: oldest output against newest source. A part without outputs is stale. */
const isStale = async ({ sources, outputs }) => {
  const built = await Promise.all(outputs.map((path) => changed(join(root, path))));
  if (built.includes(undefined)) return true;
  const made = await Promise.all([...sources, ...SHARED].map((path) => newest(join(root, path))));
  return Math.max(...made) > Math.min(...built);
};

const changed = (path) =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );

/** Of a file, or of all files below a folder; what was built or installed there does not count. */
const newest = async (path) => {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return (await changed(path)) ?? 0;
  const times = await Promise.all(
    entries
      .filter(({ name }) => name !== "dist" && name !== "node_modules")
      .map(({ name }) => newest(join(path, name))),
  );
  return Math.max(0, ...times);
};

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
