/**
 * `npm run fuzz [-- --runs N --seed N --only NAME]`: the fuzz tests of the broker (test/broker/fuzz.test.ts) with more
 * runs and another seed than in CI. Prints the seed, what each endpoint has answered, and of a failure the smallest
 * request.
 */
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const root = resolve(import.meta.dirname, "..");
const { values } = parseArgs({
  options: { runs: { type: "string" }, seed: { type: "string" }, only: { type: "string" } },
});
const number = (name, fallback) => {
  const given = values[name] === undefined ? fallback : Number(values[name]);
  if (!Number.isSafeInteger(given) || given < 0) {
    console.error(`--${name}: expected a whole number, got "${values[name]}"`);
    process.exit(2);
  }
  return String(given);
};
const runs = number("runs", 5_000);
const seed = number("seed", randomInt(2 ** 31));
console.log(`npm run fuzz -- --runs ${runs} --seed ${seed}`);

const only = values.only === undefined ? [] : ["-t", values.only];
spawn(
  join(root, "node_modules/.bin/vitest"),
  ["run", "--project", "broker", "test/broker/fuzz.test.ts", ...only],
  { cwd: root, stdio: "inherit", env: { ...process.env, FUZZ_RUNS: runs, FUZZ_SEED: seed } },
).once("close", (code) => {
  process.exitCode = code ?? 1;
});
