/**
 * Checks the model of the connect protocol (docs/model) with spin: with every guard no run breaks a claim, and without
 * any one of them a run is found that does. A claim that holds where it should be refuted fails as well: then the
 * model has become blind. Installs spin and gcc where they are missing. Knows the variants; what they mean is the
 * model's and docs/security.md's to say.
 *   node scripts/model.mjs                     a table
 *   node scripts/model.mjs --trail [switch…]   and the shortest run that refutes each claim (takes minutes for all)
 */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { findOrInstall } from "./programs.mjs";

const MODEL = resolve(import.meta.dirname, "../docs/model");

const PROGRAMS = {
  ALTER_SPIN: { name: "spin", paths: ["/usr/bin/spin"], packages: ["spin"], asks: "-V" },
  ALTER_CC: {
    name: "a C compiler",
    paths: ["/usr/bin/gcc"],
    packages: ["gcc", "libc6-dev"],
    // It may be there without the headers.
    works: (path) =>
      spawnSync(path, ["-x", "c", "-fsyntax-only", "-"], { input: "#include <stdio.h>\n" })
        .status === 0,
  },
};

/** What is removed (nothing: the protocol as it is), and what becomes of the claims. */
const VARIANTS = [
  { claims: { all_four: "holds" } },
  // Honest runs: claimed to be impossible, so that spin has to find one.
  { claims: { no_popup: "refuted", no_redirect: "refuted", no_backend: "refuted" } },
  { without: "NO_COOKIE", claims: { one_browser: "refuted" } },
  { without: "NO_OWN_COOKIE", claims: { one_browser: "refuted" } },
  { without: "NO_OPENER_ORIGIN", claims: { one_browser: "refuted" } },
  { without: "NO_CONFIGURED_ORIGIN", claims: { one_browser: "refuted" } },
  { without: "NO_CLAIM_SHAPE", claims: { one_browser: "refuted" } },
  { without: "NO_C1", claims: { one_browser: "refuted" } },
  { without: "NO_VERIFIER", claims: { one_browser: "refuted", own_account: "refuted" } },
  { without: "NO_LAST_LOOK", claims: { own_account: "refuted" } },
  { without: "NO_STRIPPING", claims: { one_browser: "refuted" } },
  { without: "NO_SAME_USER", claims: { one_browser: "refuted" } },
  { without: "NO_SILENCE", claims: { nothing_leaks: "refuted" } },
  { without: "NO_SECOND_LOOK", claims: { one_outcome: "refuted" } },
  { without: "NO_COMPARE_AND_SET", claims: { one_outcome: "refuted" } },
  // What the property does not cover, and docs/security.md says so.
  { claims: { even_if_stolen: "refuted" } },
  { without: "LOGIN_CSRF", claims: { even_if_logged_in_as_another: "refuted" } },
];

/** Resolves to the counts, one for each claim of each variant. */
export const checkModel = async ({ trail = false, only = [] } = {}) => {
  const chosen = VARIANTS.filter(({ without = "none" }) => !only.length || only.includes(without));
  const unknown = only.filter((name) => !chosen.some(({ without = "none" }) => without === name));
  if (unknown.length) throw new Error(`No such switch of the model: ${unknown.join(", ")}`);
  const { ALTER_SPIN: spin, ALTER_CC: cc } = await findOrInstall(PROGRAMS, Object.keys(PROGRAMS), {
    reason: "checking the model",
  });
  const folder = mkdtempSync(join(tmpdir(), "model-"));
  try {
    const switches = [...new Set(chosen.map(({ without }) => without))];
    const rows = await twoAtATime(switches, (without) => {
      const claims = chosen.filter((variant) => variant.without === without).map((v) => v.claims);
      return check({ spin, cc, trail, folder, without, claims: Object.assign({}, ...claims) });
    });
    return report(rows.flat());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** One program for each switch, one search for each of its claims. */
const check = async ({ spin, cc, trail, folder, without, claims }) => {
  const cwd = join(folder, without ?? "none");
  mkdirSync(cwd);
  cpSync(MODEL, cwd, { recursive: true });
  const defined = without === undefined ? [] : [`-D${without}`];
  await succeeds(spin, ["-a", ...defined, "connect.pml"], cwd);
  // All claims are about states, so no cycles are looked for. A full search is worth an optimizer's time. Breadth
  // first finds the shortest run, and takes longer.
  const full = Object.values(claims).includes("holds") && !trail;
  const flags = [full ? "-O1" : "-O0", "-DSAFETY", ...(trail ? ["-DBFS"] : [])];
  await succeeds(cc, ["-w", ...flags, "-o", "pan", "pan.c"], cwd);
  const rows = [];
  for (const [claim, expected] of Object.entries(claims)) {
    if (trail && expected === "holds") continue;
    const start = performance.now();
    const { output } = await run(join(cwd, "pan"), ["-m10000", "-N", claim], cwd);
    const seconds = (performance.now() - start) / 1_000;
    const written = join(cwd, "connect.pml.trail");
    const told = trail && existsSync(written) ? await tell(spin, defined, cwd) : [];
    rmSync(written, { force: true });
    rows.push({ without, claim, expected, seconds, told, ...verdict(output) });
  }
  return rows;
};

/** What the search says. `unfinished` is neither: some run was not looked at, or nothing can be read. */
export const verdict = (output) => {
  const errors = /errors: (\d+)/.exec(output)?.[1];
  const states = Number(/(\d+(?:\.\d+)?(?:e\+\d+)?) states, stored/.exec(output)?.[1] ?? 0);
  // Other errors than a broken claim (a process that hangs the search, a value out of its range) prove nothing.
  if (/assertion violated/.test(output) && errors === "1") return { found: "refuted", states };
  const whole = !/not completed|too small|out of memory|aborted|VECTORSZ/i.test(output);
  return { found: errors === "0" && whole && states > 0 ? "holds" : "unfinished", states };
};

/** The run that spin has found, in the words of the model. */
const tell = async (spin, defined, cwd) => {
  const { output } = await run(spin, ["-t", "-T", "-B", ...defined, "connect.pml"], cwd);
  return output.split("\n").filter((line) => line && !/^(ltl|spin:|Never claim)/.test(line));
};

/** Prints the table; a row is as expected, or one failure. */
export const report = (rows, print = console.log) => {
  print(
    `${"without".padEnd(22)}${"claim".padEnd(30)}${"states".padStart(9)}${"seconds".padStart(9)}  expected  found`,
  );
  for (const { without = "", claim, states, seconds, expected, found, told } of rows) {
    const wrong = found === expected ? "" : "  <-- not as expected";
    print(
      `${without.padEnd(22)}${claim.padEnd(30)}${String(states).padStart(9)}${seconds.toFixed(1).padStart(9)}  ${expected.padEnd(8)}  ${found}${wrong}`,
    );
    for (const line of told) print(`    ${line}`);
  }
  const passed = rows.filter(({ expected, found }) => expected === found).length;
  print(`${passed} as expected, ${rows.length - passed} not`);
  return { passed, failed: rows.length - passed };
};

const twoAtATime = async (items, work) => {
  const results = [];
  const waiting = [...items.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      results[next[0]] = await work(next[1]);
  };
  await Promise.all([worker(), worker()]);
  return results;
};

const succeeds = async (file, args, cwd) => {
  const { code, output } = await run(file, args, cwd);
  if (code !== 0) throw new Error(`${file} ${args.join(" ")} ended with ${code}\n${output}`);
};

const run = (file, args, cwd) =>
  new Promise((done, fail) => {
    const child = spawn(file, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    const chunks = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => chunks.push(chunk));
    child.once("error", fail);
    child.once("close", (code) => done({ code, output: Buffer.concat(chunks).toString() }));
  });

if (process.argv[1] === import.meta.filename) {
  const given = process.argv.slice(2);
  const only = given.filter((word) => word !== "--trail");
  const { failed } = await checkModel({ trail: given.includes("--trail"), only });
  process.exitCode = failed ? 1 : 0;
}
