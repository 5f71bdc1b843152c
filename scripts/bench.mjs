/**
 * `npm run bench -- connect`, `page`, `connect-rate`, `request`, `tokens`, `steady`, `wallet`: builds what is stale, then
 * measures and prints. Without a name, all benches run.
 *   --json        one object of medians, in the last line of stdout
 *   --runs N      counted runs of each variant (default 7)
 *   --minutes N   of steady load (default 1)
 * Plain Node: the benches are TypeScript, which Vite loads. Exits with 0 whenever it measured: goals are
 * printed beside the figures and judged by people, since a machine may be busy.
 */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { runnerImport } from "vite";
import { findOrInstallChromium } from "./browsers.mjs";
import { buildWithReact } from "./react-page.mjs";

const BENCHES = ["connect", "page", "connect-rate", "request", "tokens", "steady", "wallet"];
const root = resolve(import.meta.dirname, "..");

const main = async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      runs: { type: "string", default: "7" },
      minutes: { type: "string", default: "1" },
    },
  });
  const unknown = positionals.filter((name) => !BENCHES.includes(name));
  if (unknown.length)
    throw new Error(`No such bench: ${unknown.join(", ")}. Benches: ${BENCHES.join(" ")}`);
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error("--runs takes a number from 1 on");
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error("--minutes takes a number above 0");

  // Its output goes to stderr, so that stdout is for the figures.
  const build = spawnSync(process.execPath, ["scripts/build.mjs", "--stale"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (build.status !== 0) throw new Error("The build failed");
  const names = positionals.length ? positionals : BENCHES;
  if (names.some((name) => name === "connect" || name === "page"))
    process.env.ALTER_CHROMIUM = await findOrInstallChromium();
  const yardstick = names.includes("page") ? await buildWithReact() : undefined;

  for (const name of names) {
    const { module } = await runnerImport(resolve(root, `bench/${name}.ts`), {
      root,
      configFile: false,
      logLevel: "warn",
    });
    console.log(await module.bench({ runs, minutes, yardstick, json: values.json }));
  }
};

try {
  await main();
} catch (error) {
  console.error(error);
  // Whatever a bench has started and not stopped, as it has not come to that.
  process.exit(1);
}
