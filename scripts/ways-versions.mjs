/**
 * `npm run ways-versions`: the ways in, typed and tested on the oldest React, Vue and Svelte that package.json's peer ranges
 * let in, as a table. Each is installed into a folder of its own; our sources and their tests are copied beside it, and
 * all else is this checkout's. The newest is `npm test`'s.
 *   --json   one object a framework
 * Plain Node. Exits with 1 if one failed, or was not tested.
 */
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";

const root = resolve(import.meta.dirname, "..");
const PATIENCE = 300_000;

/** `also` comes with the peer, in the same version; `version` is how a test that has loaded it knows which it is. */
const FRAMEWORKS = [
  {
    way: "react",
    also: ["react-dom", "@types/react", "@types/react-dom"],
    version: `export { version } from "react";`,
  },
  { way: "vue", also: [], version: `export { version } from "vue";` },
  { way: "svelte", also: [], version: `export { VERSION as version } from "svelte/compiler";` },
];

const main = async () => {
  const { peerDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const rows = [];
  for (const framework of FRAMEWORKS) {
    const version = oldestOf(peerDependencies[framework.way]);
    console.error(`${framework.way} ${version} …`);
    const folder = mkdtempSync(join(tmpdir(), "alter-ways-"));
    try {
      await lay(folder, framework, version);
      rows.push({ framework: framework.way, version, ...(await run(folder, framework)) });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  print(rows);
  return rows.every(({ types, passed, failed }) => types === "" && passed > 0 && !failed) ? 0 : 1;
};

/** `>=18` is 18.0.0. A range of another form is not guessed at. */
const oldestOf = (range) => {
  const [, from] = /^>=(\d+(?:\.\d+){0,2})(?: <\d+)?$/.exec(range) ?? [];
  if (from === undefined) throw new Error(`expected a range such as >=18, got ${range}`);
  return [...from.split("."), "0", "0"].slice(0, 3).join(".");
};

/** What is installed here goes before what is linked: that is this checkout's. */
const lay = async (folder, { way, also, version: itself }, version) => {
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  const specs = [way, ...also].map((name) => `${name}@${version}`);
  const { code, output } = await ended(folder, "npm", [
    ...["install", "--no-audit", "--no-fund", "--prefer-offline", "--legacy-peer-deps"],
    ...specs,
  ]);
  if (code !== 0) throw new Error(`npm install ${specs.join(" ")} ended with ${code}\n${output}`);
  link(join(root, "node_modules"), join(folder, "node_modules"));
  for (const part of ["src", "ways", "test/ways", "tsconfig.base.json"])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  writeFileSync(join(folder, "vitest.config.js"), CONFIG);
  writeFileSync(join(folder, "version.js"), itself);
  for (const at of ["test/ways", "test/ways/server"])
    writeFileSync(join(folder, at, `version-${way}.test.ts`), versionTest(version));
  writeFileSync(join(folder, "server-of-4.js"), SERVER_OF_4);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(types(way)));
};

const link = (from, to) => {
  for (const name of readdirSync(from))
    if (name.startsWith("@")) {
      mkdirSync(join(to, name), { recursive: true });
      link(join(from, name), join(to, name));
    } else if (!name.startsWith(".") && !existsSync(join(to, name)))
      symlinkSync(join(from, name), join(to, name));
};

/** The way's source, and not its declarations: those of a framework of then are no business of ours. */
const types = (way) => ({
  extends: "./tsconfig.base.json",
  compilerOptions: { lib: ["ES2022", "DOM", "DOM.Iterable"], jsx: "react-jsx", types: [] },
  files: [`ways/${way}.ts`],
});

/** Svelte 4's compiler is called as it is: the plugin of this checkout is for Svelte 5. */
const CONFIG = `
import vue from "@vitejs/plugin-vue";
import { resolve } from "node:path";
import { VERSION, compile } from "svelte/compiler";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defaultClientConditions } from "vite";
import { defineConfig } from "vitest/config";

const isFour = VERSION.startsWith("4.");
const four = (generate) => ({
  name: "svelte-4",
  enforce: "pre",
  transform: (code, id) =>
    id.endsWith(".svelte") ? compile(code, { filename: id, generate, css: "none" }).js : undefined,
});
const plugins = (generate) => [vue(), isFour ? four(generate) : svelte({ configFile: false })];
const alias = [
  ...["button", "react", "svelte", "testing", "vue"].map((name) => ({
    find: "@alter-ai/connect/" + name,
    replacement: resolve(import.meta.dirname, "ways/" + name + ".ts"),
  })),
  ...(isFour
    ? [
        { find: /\\/Accounts\\.svelte$/, replacement: "/Accounts4.svelte" },
        { find: "svelte/server", replacement: resolve(import.meta.dirname, "server-of-4.js") },
      ]
    : []),
];
const define = { __VERSION__: '"0.0.0-test"' };
const test = { testTimeout: 30_000, globals: false };

export default defineConfig({
  test: {
    projects: [
      {
        define,
        plugins: plugins("dom"),
        resolve: { alias, conditions: ["browser", ...defaultClientConditions] },
        test: { ...test, name: "ways", include: ["test/ways/*.test.ts"], environment: "happy-dom" },
      },
      {
        define,
        plugins: plugins("ssr"),
        resolve: { alias },
        test: { ...test, name: "server", include: ["test/ways/server/*.test.ts"], environment: "node" },
      },
    ],
  },
});
`;

/** A link that led to this checkout's own would make all the rest a repetition of npm test. */
const versionTest = (expected) => `
import { expect, it } from "vitest";
it("is ${expected}", async () => {
  const { version } = await import(process.cwd() + "/version.js");
  // React 18.0 adds its commit.
  expect(version.split("-")[0]).toBe("${expected}");
});
`;

/** What Svelte 5 has as a function, of a component of Svelte 4. */
const SERVER_OF_4 = `
export const render = (component, { props }) => ({ body: component.render(props).html });
`;

const run = async (folder, { way }) => {
  const tsc = await ended(folder, process.execPath, [
    "node_modules/typescript/bin/tsc",
    "-p",
    "tsconfig.json",
    "--noEmit",
  ]);
  const vitest = await ended(folder, process.execPath, [
    ...["node_modules/vitest/vitest.mjs", "run", "--reporter=json", "--outputFile=results.json"],
    `${way}.test.ts`,
  ]);
  const results = join(folder, "results.json");
  if (!existsSync(results)) throw new Error(`vitest said nothing\n${vitest.output}`);
  const said = JSON.parse(readFileSync(results, "utf8"));
  return {
    types: tsc.code === 0 ? "" : tsc.output.trim(),
    passed: said.numPassedTests,
    failed: said.numFailedTests + said.testResults.filter(isBroken).length,
    problems: said.testResults.flatMap((file) => [
      ...(isBroken(file) ? [file.message] : []),
      ...file.assertionResults
        .filter(({ status }) => status === "failed")
        .map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages[0]}`),
    ]),
  };
};

/** A file that could not be loaded has no tests that could fail. */
const isBroken = ({ status, assertionResults }) => status === "failed" && !assertionResults.length;

const ended = async (cwd, file, args) => {
  const child = spawn(file, args, { cwd, stdio: ["ignore", "pipe", "pipe"], timeout: PATIENCE });
  const closed = new Promise((done, fail) => child.once("error", fail).once("close", done));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code, output: out + err };
};

const print = (rows) => {
  if (process.argv.includes("--json")) {
    for (const row of rows) console.log(JSON.stringify(row));
    return;
  }
  console.log(`\n${"framework".padEnd(12)}${"version".padEnd(10)}${"types".padEnd(8)}tests`);
  for (const { framework, version, types: said, passed, failed, problems } of rows) {
    const tests = `${passed} of ${passed + failed}`;
    console.log(
      `${framework.padEnd(12)}${version.padEnd(10)}${(said === "" ? "fit" : "do not").padEnd(8)}${tests}`,
    );
    for (const problem of [...(said ? [said] : []), ...problems]) console.log(`  ${problem}`);
  }
};

process.exitCode = await main();
