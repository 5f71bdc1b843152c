/**
 * What we claim to withstand and to conform to, drawn from scripts/claims/ and the titles of tests.
 *   node scripts/claims.mjs              fails if a claim has no test, a sentence is gone, or a page differs
 *   node scripts/claims.mjs --update     writes the pages anew
 *   node scripts/claims.mjs attacks      prints the table from the sources, without running anything
 *   node scripts/claims.mjs conformance  the same of the RFCs
 * `npm test` prints the same table from what ran, and fails with it (`judged`).
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ATTACK, ATTACKS, MUST_WORK } from "./claims/attacks.mjs";
import { CLAUSE, CONFORMANCE } from "./claims/conformance.mjs";
import { columns, isTwin, judge, stands, testsIn } from "./claims/judge.mjs";
import { titlesIn } from "./claims/titles.mjs";

const root = resolve(import.meta.dirname, "..");
const standing = stands(root);

const KINDS = {
  attacks: {
    claims: [...ATTACKS, ...MUST_WORK],
    names: (title) => [...new Set(title.match(ATTACK) ?? [])],
    twins: true,
    page: "docs/attacks.md",
    head: `# Attacks

Every attack and failure that we know of: what happens, what closes it, and the tests that show it. The number stands in the
titles of those tests. A **twin** is a test that shows the same attack succeeding with its guard off, or the honest act
succeeding beside the refusal, so that the refusal could fail. Rows S and P are what the page must show, and what has to work
beside all that is refused. What the whole is to keep: [the security model](security.md).

\`npm test\` ends with this table and what ran for each row, in which engine; a row without a test that passed, or whose
sentence is gone, fails the run. \`npm run attacks\` prints it without running anything. This page is drawn from
\`scripts/claims/attacks.mjs\` and the tests' titles by \`node scripts/claims.mjs --update\`.
`,
    columns: ["", "attack", "closed by", "shown by", "twin"],
  },
  conformance: {
    claims: CONFORMANCE,
    names: (title) => [...new Set(title.match(CLAUSE) ?? [])],
    page: "docs/conformance.md",
    head: `# Conformance

What OAuth's RFCs ask of a client, and of the broker where it answers others, and the tests that show it: RFC 6749 (OAuth 2.0),
7636 (PKCE), 7009 (revocation), 9207 (issuer in the response), 9700 (security best practice). Letters tell apart what one
section asks. A provider's record may ask for less where the provider cannot do it; such a switch is in the record, and its
page in [the catalogue](providers/README.md) says so.

\`npm test\` counts these rows against what ran, and fails with one that nothing shows. This page is drawn from
\`scripts/claims/conformance.mjs\` and the tests' titles by \`node scripts/claims.mjs --update\`. The other list: [attacks](attacks.md).
`,
    columns: ["", "requirement", "shown by"],
    /** Too long for a screen: what is wrong is said below, row by row. */
    summary: ({ claim }) => claim.number.slice(0, "RFC 0000".length),
  },
};

/** Where a report of this name ran, when the report itself does not say. */
const PLACES = { unit: "node", browserless: "happy-dom", broker: "sqlite" };
const placeOf = (file) =>
  /postgres/.test(file) ? "postgres" : (PLACES[file.split(/[-.]/)[0]] ?? "node");

/** After a whole run: prints each table, and counts the rows that nothing shows as failed tests. */
export const judged = (reports) => {
  const tests = readdirSync(reports)
    .filter((file) => file.endsWith(".json"))
    .flatMap((file) =>
      testsIn(JSON.parse(readFileSync(join(reports, file), "utf8")), placeOf(file)),
    );
  const sources = titlesIn(root);
  let failed = 0;
  for (const [name, { claims, names, twins, summary }] of Object.entries(KINDS)) {
    const rows = judge({ claims, tests, names, standing, twins });
    console.log(`\n== ${name}`);
    if (summary) console.log(countsBy(rows, summary));
    else
      console.log(
        columns([
          ["number", "closed by", "passed", "where", ...(twins ? ["twin"] : [])],
          ...rows.map(({ claim, passed, places, twins: own }) => [
            claim.number,
            claim.closed,
            passed ? String(passed) : claim.tests === false ? "docs" : "-",
            places.join(" "),
            ...(twins ? [own ? String(own) : twinOf(claim, named(sources, names, claim))] : []),
          ]),
        ]),
      );
    const faults = rows.flatMap((row) => row.wrong.map((why) => `${row.claim.number} ${why}`));
    faults.forEach((fault) => console.error(`${name}: ${fault}`));
    const passed = rows.filter((row) => !row.wrong.length).length;
    console.log(`${name}: ${passed} of ${rows.length} shown`);
    failed += rows.length - passed;
  }
  return { passed: 0, failed };
};

const countsBy = (rows, summary) =>
  columns([
    ["", "rows", "shown", "not ours", "tests passed"],
    ...[...new Set(rows.map(summary))].map((key) => {
      const own = rows.filter((row) => summary(row) === key);
      const aside = own.filter(({ claim }) => claim.not_ours);
      const shown = own.filter(({ claim, wrong }) => !claim.not_ours && !wrong.length);
      const passed = own.reduce((sum, row) => sum + row.passed, 0);
      return [key, ...[own.length, shown.length, aside.length, passed].map(String)];
    }),
  ]);

const named = (sources, names, { number, also = [] }) =>
  sources.filter(
    ({ file, title }) =>
      names(title).includes(number) ||
      also.some(([place, words]) => file === place && title.includes(words)),
  );

/** In a test of its own, inside the test, or why there is none. */
const twinOf = (claim, tests) => {
  if (tests.some(({ title }) => isTwin(title))) return "own test";
  if (tests.some(({ inner }) => inner)) return "in the test";
  return claim.no_twin ? "none" : claim.tests === false ? "" : "MISSING";
};

// ---- from the sources alone -------------------------------------------------------------------

const staticRows = ({ claims, names }) => {
  const sources = titlesIn(root);
  return claims.map((claim) => {
    const tests = named(sources, names, claim);
    return { claim, tests, files: [...new Set(tests.map(({ file }) => file))].sort() };
  });
};

const faultsIn = (kind) => {
  const known = new Set(kind.claims.map(({ number }) => number));
  const strays = titlesIn(root).flatMap(({ file, line, title }) =>
    kind
      .names(title)
      .filter((number) => !known.has(number))
      .map((number) => `${file}:${line}: no such number, ${number}`),
  );
  return [
    ...strays,
    ...staticRows(kind).flatMap(({ claim, tests }) => [
      ...(claim.tests === false ||
      claim.not_ours ||
      tests.some(({ title }) => !kind.twins || !isTwin(title))
        ? []
        : [`${claim.number}: no test has it in its title`]),
      ...(kind.twins && twinOf(claim, tests) === "MISSING" ? [`${claim.number}: no twin`] : []),
      ...(claim.also ?? [])
        .filter(([file, words]) => !tests.some((t) => t.file === file && t.title.includes(words)))
        .map(([file, words]) => `${claim.number}: ${file} has no test "${words}"`),
      ...(claim.docs ?? [])
        .filter((sentence) => !standing(sentence))
        .map(([file, sentence]) => `${claim.number}: not in ${file} any more: ${sentence}`),
    ]),
  ];
};

const print = (kind) => {
  const lines = staticRows(kind).map(({ claim, tests, files }) => [
    claim.number,
    claim.closed,
    [...files, ...(claim.docs ?? []).map(([file]) => file)].join(" "),
    ...(kind.twins ? [twinOf(claim, tests)] : []),
  ]);
  const head = ["number", "closed by", "shown by", ...(kind.twins ? ["twin"] : [])];
  console.log(columns([head, ...lines]));
};

const pageOf = (kind) => {
  const rows = staticRows(kind).map(({ claim, tests, files }) => {
    const shown = [
      ...files.map((file) => `[${nameOf(file)}](../${file})`),
      ...(claim.docs ?? []).map(([file]) => `[${nameOf(file)}](${file.replace("docs/", "")})`),
    ];
    const twin = twinOf(claim, tests);
    const by = claim.not_ours ? `not ours: ${claim.not_ours}` : [...new Set(shown)].join(", ");
    return line([
      ...[claim.number, ...(claim.attack ? [claim.attack] : []), claim.closed, by],
      ...(kind.twins ? [twin === "none" ? `none: ${claim.no_twin}` : twin] : []),
    ]);
  });
  const rule = `|${kind.columns.map(() => "---|").join("")}`;
  return `${[kind.head, line(kind.columns), rule, ...rows].join("\n")}\n`;
};

const line = (cells) => `| ${cells.join(" | ")} |`.replaceAll("|  |", "| |");

const nameOf = (file) => file.replace(/^(?:test|docs)\//, "").replace(/\.(?:test|spec)\.tsx?$/, "");

const checkPage = (kind, update) => {
  const path = join(root, kind.page);
  const text = pageOf(kind);
  if (existsSync(path) && readFileSync(path, "utf8") === text) return [];
  if (!update)
    return [`${kind.page} is not what the tests' titles say: node scripts/claims.mjs --update`];
  writeFileSync(path, text);
  return [];
};

const main = ([asked]) => {
  if (asked !== undefined && asked !== "--update") {
    if (!Object.hasOwn(KINDS, asked))
      throw new Error(`No ${asked}. There are ${Object.keys(KINDS).join(", ")}, and --update`);
    return print(KINDS[asked]);
  }
  for (const kind of Object.values(KINDS)) {
    const faults = [...faultsIn(kind), ...checkPage(kind, asked === "--update")];
    faults.forEach((fault) => console.error(fault));
    if (faults.length) process.exitCode = 1;
  }
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main(process.argv.slice(2));
