/**
 * docs/providers/: a page for each provider of the catalogue, and their list, as the built broker prints them.
 *   node scripts/providers.mjs             fails if a page and its record differ
 *   node scripts/providers.mjs --update    writes the pages anew
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import prettier from "prettier";

const root = resolve(import.meta.dirname, "..");
const folder = join(root, "docs/providers");
const broker = join(root, "broker/dist/main.js");
const update = process.argv.includes("--update");

// From a folder without a configuration, so that no operator's own providers get in.
const run = (...args) =>
  execFileSync(process.execPath, [broker, "providers", ...args], {
    cwd: import.meta.dirname,
    encoding: "utf8",
    maxBuffer: 1 << 26,
    env: { PATH: process.env.PATH },
  });

const list = (records) => {
  const rows = records.map(
    ({ id, name, category, experimental }) =>
      `| [${name}](${id}.md) | \`${id}\` | ${category ?? ""} | ${experimental ? "experimental" : ""} |`,
  );
  return [
    "# The catalogue",
    "",
    `${records.length} providers. How to use one, change one or add your own: [providers](../providers.md). These pages are drawn`,
    "from the records (`node scripts/providers.mjs --update`); `alter-broker providers show ID` prints one with your own addresses.",
    "",
    "| provider | id | category | |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
};

const main = async () => {
  if (!existsSync(broker)) {
    console.log("docs/providers: not compared, the broker has not been built");
    return;
  }
  const records = JSON.parse(run("list", "--json"));
  const pages = new Map([["README.md", list(records)]]);
  for (const [id, page] of Object.entries(JSON.parse(run("pages")))) pages.set(`${id}.md`, page);
  const wrong = [];
  mkdirSync(folder, { recursive: true });
  for (const [name, page] of pages) {
    const path = join(folder, name);
    const options = { ...(await prettier.resolveConfig(path)), parser: "markdown" };
    const text = await prettier.format(page, options);
    if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
    if (update) writeFileSync(path, text);
    else wrong.push(name);
  }
  for (const name of readdirSync(folder).filter((found) => !pages.has(found)))
    if (update) rmSync(join(folder, name));
    else wrong.push(name);
  if (!wrong.length) return;
  console.error(
    `docs/providers is not what the records say (${wrong.join(", ")}): node scripts/providers.mjs --update`,
  );
  process.exitCode = 1;
};

await main();
