/**
 * `npm test [part…]`: everything CI does, from a fresh clone on, in one order, with the seconds of each
 * part. The last line says how many tests passed and failed. Plain Node, since it runs before any install.
 * Without arguments all parts run; with them, those and what they need.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { leaksBelow } from "../test/servers/leaks.mjs";
import { findOrInstallBrowsers } from "./browsers.mjs";
import { testsIn } from "./claims/judge.mjs";
import { isInstalled } from "./installed.mjs";
import { findOrInstallPostgres } from "./postgres.mjs";
import { checkModel } from "./model.mjs";

const root = resolve(import.meta.dirname, "..");
const reports = mkdtempSync(join(tmpdir(), "npm-test-"));

/** All of vitest's project but the boundaries, which need no build. */
const UNIT = ["protocol", "sdk", "scripts", "demo", "recipes", "runtimes"].map(
  (folder) => `test/${folder}`,
);

/** Each part resolves to its count of tests, or to nothing; it rejects when it failed. */
const PARTS = [
  { name: "install", needs: [], run: () => install() },
  { name: "build", needs: ["install"], run: () => node("scripts/build.mjs", "--stale") },
  // The demo is typed against the published declarations, so they must have been built.
  { name: "types", needs: ["build"], run: () => types() },
  { name: "lint", needs: ["install"], run: () => lint() },
  { name: "boundaries", needs: ["install"], run: () => vitest("unit", "test/boundaries") },
  { name: "model", needs: [], run: () => checkModel() },
  { name: "unit", needs: ["build"], run: () => vitest("unit", ...UNIT) },
  { name: "browserless", needs: ["install"], run: () => vitest("browserless") },
  { name: "ways", needs: ["install"], run: () => vitest("ways") },
  { name: "ways-server", needs: ["install"], run: () => vitest("ways-server") },
  { name: "broker", needs: ["install"], run: () => vitest("broker") },
  // The broker's tests again, on a PostgreSQL that they start and throw away.
  { name: "postgres", needs: ["install"], run: () => onPostgres() },
  { name: "api", needs: ["build"], run: () => api() },
  { name: "size", needs: ["build"], run: () => node("scripts/size.mjs") },
  { name: "e2e", needs: ["build"], run: () => endToEnd() },
];

const main = async (asked) => {
  const unknown = asked.filter((name) => !PARTS.some((part) => part.name === name));
  if (unknown.length) {
    console.error(
      `No such part: ${unknown.join(", ")}. Parts: ${PARTS.map((p) => p.name).join(" ")}`,
    );
    return 2;
  }
  const results = [];
  for (const part of selected(asked)) {
    const missing = part.needs.find((need) => results.find((r) => r.name === need)?.state !== "ok");
    console.log(`\n== ${part.name}`);
    results.push(missing ? notRun(part.name, missing) : await timed(part));
  }
  results.push(await timed({ name: "claims", run: () => claims(results) }));
  results.push(await timed({ name: "artefacts", run: () => artefacts() }));
  return summary(results);
};

const selected = (asked) => {
  const wanted = new Set(asked.length ? asked : PARTS.map((part) => part.name));
  for (const part of [...PARTS].reverse())
    if (wanted.has(part.name)) part.needs.forEach((need) => wanted.add(need));
  return PARTS.filter((part) => wanted.has(part.name));
};

const notRun = (name, missing) => {
  console.log(`not run: ${missing} failed`);
  return { name, state: `not run, ${missing} failed`, seconds: 0, passed: 0, failed: 0 };
};

const timed = async ({ name, run }) => {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1_000;
  try {
    const { passed = 0, failed = 0 } = (await run()) ?? {};
    return { name, state: failed ? "failed" : "ok", seconds: seconds(), passed, failed };
  } catch (error) {
    console.error(`${name}: ${error.message}`);
    const { passed = 0, failed = 0 } = error.counts ?? {};
    return { name, state: "failed", seconds: seconds(), passed, failed };
  }
};

const summary = (results) => {
  tellFailures();
  console.log(`\n${"part".padEnd(13)}${"seconds".padStart(8)}${"tests".padStart(7)}  result`);
  for (const { name, seconds, passed, failed, state } of results) {
    const tests = passed + failed ? String(passed + failed) : "";
    console.log(
      `${name.padEnd(13)}${seconds.toFixed(1).padStart(8)}${tests.padStart(7)}  ${state}`,
    );
  }
  const total = results.reduce((sum, { seconds }) => sum + seconds, 0);
  console.log(`${"all".padEnd(13)}${total.toFixed(1).padStart(8)}`);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  // A part that failed without naming a test (types, a file that does not load) is one failure.
  const failed = results.reduce(
    (sum, r) => sum + (r.state === "ok" ? 0 : Math.max(1, r.failed)),
    0,
  );
  console.log(`${passed} passed, ${failed} failed`);
  return failed ? 1 : 0;
};

/** Once more, and near the end: the rest of the output is long. */
const tellFailures = () => {
  for (const name of readdirSync(reports).filter((file) => file.endsWith(".json"))) {
    const report = JSON.parse(readFileSync(join(reports, name), "utf8"));
    for (const { file, title, place, why, status } of testsIn(report, name.split("-")[0]))
      if (status === "failed")
        console.log(`\nfailed: ${place} ${relative(root, file)} > ${title}\n${firstLines(why)}`);
  }
};
const firstLines = (text) => stripVTControlCharacters(text).slice(0, 600).replace(/^/gm, "  ");

// ---- parts ------------------------------------------------------------------------------------

const install = async () => {
  if (isInstalled(root)) return;
  await command("npm", ["ci", "--no-audit", "--no-fund"], {
    // Browsers are found or fetched by scripts/browsers.mjs, when they are needed.
    env: { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1" },
  });
};

const types = () =>
  all(
    [
      "protocol",
      "src",
      "ways",
      "look",
      "popup",
      "wallet",
      "broker",
      "sdk",
      "demo",
      "test",
      "test/ways",
      "e2e",
      "bench",
    ].map(
      (project) => () =>
        command(
          process.execPath,
          [TSC, "-p", project, "--incremental", "--tsBuildInfoFile", cached(project)],
          { label: `tsc -p ${project}`, quiet: true },
        ),
    ),
  );

/**
 * The compiler in Go: a third of the time. TypeScript 6 is here too, for what needs its JavaScript API (declarations,
 * ESLint, the API reports); both call themselves `tsc`, so each is named by its place.
 */
const TSC = join(root, "node_modules/typescript-7/bin/tsc");

/** Out of git's sight, and gone with the packages that the check depends on. */
const cached = (project) => `node_modules/.cache/tsc/${project.replaceAll("/", "-")}.tsbuildinfo`;

const lint = () =>
  all([
    () => tool("eslint", ["."], { quiet: true }),
    () => tool("prettier", ["--check", "."], { quiet: true }),
  ]);

const api = () =>
  all(
    ["api-report", "reference", "providers", "claims"].map(
      (name) => () => node(`scripts/${name}.mjs`),
    ),
  );

const vitest = (project, ...paths) => {
  const report = join(reports, `${project}-${paths.length}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  return counted(
    tool("vitest", ["run", "--project", project, ...reporters, ...paths]),
    report,
    (r) => ({
      passed: r.numPassedTests,
      failed: r.numFailedTests,
      skipped: r.numPendingTests,
    }),
  );
};

const onPostgres = async () => {
  // Found, or installed, here; its tests start it.
  Object.assign(process.env, await findOrInstallPostgres());
  return vitest("postgres");
};

const endToEnd = async () => {
  const browsers = await findOrInstallBrowsers();
  for (const [variable, path] of Object.entries(browsers)) console.log(`${variable}=${path}`);
  const report = join(reports, "e2e.json");
  // Not --reporter, which would take the place of the table's.
  const run = tool("playwright", ["test"], {
    env: { ...browsers, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  });
  return counted(run, report, (r) => ({
    passed: r.stats.expected,
    failed: r.stats.unexpected + r.stats.flaky,
    // Left out, and the table of scenarios has no reason for it.
    skipped: testsIn(r).filter(({ status, explained }) => status === "skipped" && !explained)
      .length,
  }));
};

/** What we claim to withstand, against all that ran: of a part of the tests it would say nothing. */
const claims = async (results) => {
  const left = PARTS.find(
    ({ name }) => !results.some((r) => r.name === name && !r.state.startsWith("not run")),
  );
  if (left) return console.log(`\nattacks and conformance: not judged, ${left.name} has not run`);
  const { judged } = await import("./claims.mjs");
  return judged(reports);
};

/** All that a run leaves behind: what was printed, the reports, and where browsers' traces and coverage go. */
const artefacts = () => {
  const folders = [reports, ...LEFT_BEHIND.map((folder) => join(root, folder))];
  const leaks = folders.flatMap((folder) => leaksBelow(folder));
  leaks.forEach((leak) => console.error(`a secret is left behind: ${leak}`));
  return { passed: 0, failed: leaks.length };
};
const LEFT_BEHIND = ["test-results", "playwright-report", "blob-report", "coverage"];

/** Waits for a test runner and reads its report; a skipped test counts as failed, since nobody saw it pass. */
const counted = async (run, report, read) => {
  const error = await run.then(
    () => undefined,
    (reason) => reason,
  );
  const { passed, failed, skipped } = existsSync(report)
    ? read(JSON.parse(readFileSync(report, "utf8")))
    : { passed: 0, failed: 0, skipped: 0 };
  const counts = { passed, failed: failed + skipped };
  if (error) throw Object.assign(error, { counts });
  return counts;
};

// ---- running things ---------------------------------------------------------------------------

/** Two at a time: more only take turns on the two cores that CI machines have. All run; then the first error. */
const all = async (jobs) => {
  const waiting = [...jobs];
  const errors = [];
  const worker = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift())
      await job().catch((error) => errors.push(error));
  };
  await Promise.all([worker(), worker()]);
  if (errors.length) throw new Error(errors.map((error) => error.message).join("; "));
};

/** Tools see a pipe where there may be a terminal behind it. */
const COLOURS = process.stdout.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: "1" } : {};
let outputs = 0;

const node = (...args) => command(process.execPath, args);

const tool = (name, args, options) =>
  command(join(root, "node_modules/.bin", name), args, {
    label: [name, ...args].join(" "),
    ...options,
  });

/**
 * `quiet` holds the output back and prints it in one piece, so that two at a time stay readable. Either way it is
 * kept beside the reports, where secrets are looked for in the end.
 */
const command = (file, args, { env = {}, quiet = false, label = [file, ...args].join(" ") } = {}) =>
  new Promise((done, fail) => {
    const child = spawn(file, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...COLOURS, ...process.env, ...env },
    });
    const chunks = [];
    for (const stream of ["stdout", "stderr"])
      child[stream].on("data", (chunk) => {
        chunks.push(chunk);
        if (!quiet) process[stream].write(chunk);
      });
    child.once("error", fail);
    child.once("close", (code, signal) => {
      const written = Buffer.concat(chunks);
      outputs += 1;
      writeFileSync(join(reports, `output-${outputs}.txt`), written);
      if (code !== 0 && quiet) process.stdout.write(written);
      if (code === 0) done();
      else fail(new Error(`${label} ended with ${signal ?? code}`));
    });
  });

process.exitCode = await main(process.argv.slice(2)).finally(() =>
  rmSync(reports, { recursive: true, force: true }),
);
