/**
 * The docs against the code they are about: every code has its cause and remedy, every sample compiles, every link
 * leads somewhere. Reads sources as text: a code that is new there is missing here until somebody explains it.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type Reference from "reference-connect";
import type * as reference from "reference-connect";
import { afterAll, describe, expect, expectTypeOf, it } from "vitest";
import { levelOf } from "../../broker/src/log.ts";
import { METRICS } from "../../broker/src/metrics.ts";
import { FAILURES } from "../../protocol/attempt.ts";
import { SIGN_IN_PROBLEMS } from "../../protocol/wallet.ts";
import { ERRORS } from "../../protocol/http.ts";
import type * as ours from "../../src/index.ts";
import { TSC } from "./packed.ts";

const root = resolve(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const below = (folder: string): string[] =>
  readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
const DOCS = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
  .map((name) => `docs/${name}`)
  .filter((path) => path.endsWith(".md"));
const PAGES = ["README.md", "sdk/README.md", ...DOCS];

/** What the pattern's group finds in these files. */
const named = (paths: string[], pattern: RegExp): string[] =>
  paths
    .filter((path) => path.endsWith(".ts"))
    .flatMap((path) => [...read(path).matchAll(pattern)].map(([, found = ""]) => found));

const widget = named(below("src"), /\b(?:fail|failure)\(\s*"(\w+)"/g);
const page = named(below("popup"), /\btellSender\("(\w+)"/g);
const outcomes = named(["broker/src/session.ts"], /\bfailed\(\s*"(\w+)"/g);
const sdk = below("sdk/src").flatMap((path) =>
  named([path], /\bcode: ((?:"\w+"(?: \| )?)+)/g).flatMap((union) => union.match(/\w+/g) ?? []),
);

type Row = { codes: string[]; cells: string[] };

/** Rows of the tables below a heading, with what stands in their `code` column. */
const rowsOf = (markdown: string): Row[] => {
  const lines = markdown.split("\n").filter((line) => line.startsWith("|"));
  let column = 0;
  return lines.flatMap((line) => {
    const cells = line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (cells.includes("code")) column = cells.indexOf("code");
    const codes = [...(cells[column] ?? "").matchAll(/`(\w+)`/g)].map(([, code = ""]) => code);
    return codes.length ? [{ codes, cells }] : [];
  });
};
const codesOf = (rows: Row[]): Set<string> => new Set(rows.flatMap(({ codes }) => codes));

describe("docs/errors.md and docs/troubleshooting.md", () => {
  const sections = ["docs/errors.md", "docs/troubleshooting.md"].flatMap((path) =>
    read(path).split(/^## /m),
  );
  const section = (title: string): Row[] =>
    rowsOf(sections.find((text) => text.startsWith(title)) ?? "");
  const all = sections.flatMap(rowsOf);

  it("explains every code there is, and none that there is not", () => {
    for (const found of [widget, page, outcomes, sdk]) expect(found.length).toBeGreaterThan(0);
    const there = [
      ...[...Object.keys(ERRORS), ...FAILURES, ...SIGN_IN_PROBLEMS],
      ...[...widget, ...page, ...outcomes, ...sdk],
    ];
    expect([...codesOf(all)].sort()).toEqual([...new Set(there)].sort());
  });

  it("has a cause and a remedy for each", () => {
    for (const { cells } of all) expect(cells.slice(-2), cells.join(" | ")).not.toContain("");
  });

  it.each<[string, readonly string[]]>([
    ["Every error", sdk],
    ["In the browser", [...widget, ...page, ...outcomes]],
    ["On the hosted page", FAILURES],
    ["In the Wallet", SIGN_IN_PROBLEMS],
  ])("%s: has those that are met there", (title, codes) => {
    expect([...codesOf(section(title))]).toEqual(expect.arrayContaining([...new Set(codes)]));
  });

  it("says of the widget's own what their type says", () => {
    const said = [...read("src/alter-connect.ts").matchAll(/^ \* - `(\w+)`:/gm)];
    expect(said.map(([, code]) => code).sort()).toEqual([...new Set(widget)].sort());
  });
});

describe("docs/operations.md", () => {
  const page = read("docs/operations.md");
  const firstCells = [...page.matchAll(/^\| (`[^|]*) \| ([^|]*) \|/gm)].map(
    ([, names = "", second = ""]) => ({
      names: [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name),
      second,
    }),
  );

  it("has each metric with its labels, and speaks of no other", () => {
    for (const [name, { labels }] of Object.entries(METRICS)) {
      const row = firstCells.find(({ names }) => names.includes(name));
      const said = [...(row?.second ?? "").replace(/\([^)]*\)/g, "").matchAll(/`(\w+)`/g)];
      expect(said.map(([, label]) => label).sort(), name).toEqual([...labels].sort());
    }
    const spoken = [...page.matchAll(/\balter_[a-z_]+(?<!_)/g)].map(([name]) =>
      name.replace(/_(bucket|count|sum)$/, ""),
    );
    expect(spoken.filter((name) => !Object.hasOwn(METRICS, name))).toEqual([]);
  });

  it("has each event of the log", () => {
    const sources = readdirSync(join(root, "broker/src"), { recursive: true, encoding: "utf8" });
    const paths = sources.map((path) => `broker/src/${path}`);
    const events = named(paths, /\blog\(\s*"(\w+)"/g);
    expect(events).toEqual(expect.arrayContaining(["request", "bug", "refresh_failed"]));
    const explained = firstCells.flatMap(({ names }) => names);
    expect([...new Set(events)].filter((event) => !explained.includes(event))).toEqual([]);
  });

  it("says of each event the level that it has", () => {
    const rows = firstCells.filter(({ second }) => /^(info|warning|error)$/.test(second));
    const said = rows.flatMap(({ names, second }) => names.map((name) => `${name} ${second}`));
    expect(said).toContain("refresh_failed warning");
    const has = (name: string) => levelOf(name).replace(/^warn$/, "warning");
    expect(
      said.filter((line) => line !== `${line.split(" ")[0]} ${has(line.split(" ")[0] ?? "")}`),
    ).toEqual([]);
  });
});

describe("docs/deployment.md", () => {
  it("has each code with which the doctor warns or fails", () => {
    const paths = [...below("broker/src/doctor"), "broker/src/commands/doctor.ts"];
    const codes = named(paths, /\b(?:fail|warn)\(\s*"(\w+)"/g);
    expect(codes).toEqual(expect.arrayContaining(["clock_wrong", "database_unreadable"]));
    const explained = codesOf(rowsOf(read("docs/deployment.md")));
    expect([...new Set(codes)].filter((code) => !explained.has(code))).toEqual([]);
  });
});

describe("docs/moving-from-the-reference-client.md", () => {
  type Lost<Old, New> = Exclude<keyof Old, keyof New>;

  it("is about types of which nothing is lost but what it says", () => {
    expectTypeOf<Lost<Reference, ours.AlterConnect>>().toEqualTypeOf<never>();
    expectTypeOf<
      Lost<reference.AlterConnectConfig, ours.AlterConnectConfig>
    >().toEqualTypeOf<never>();
    expectTypeOf<Lost<reference.OpenOptions, ours.OpenOptions>>().toEqualTypeOf<never>();
    expectTypeOf<Lost<reference.Grant, ours.Grant>>().toEqualTypeOf<"metadata">();
    expectTypeOf<Lost<reference.AlterError, ours.AlterError>>().toEqualTypeOf<"details">();
  });

  it.each([
    ..."AlterConnectConfig OpenOptions Provider Grant AlterError".split(" "),
    ..."create debug open token baseURL onSuccess onError onExit onEvent details".split(" "),
    ..."close destroy on off isOpen getVersion success error exit event".split(" "),
    ..."grant_id provider provider_name account_identifier timestamp operation scopes".split(" "),
    ..."status metadata return_url popup_blocked session_expired invalid_token".split(" "),
  ])("names %s", (member) => {
    expect(read("docs/moving-from-the-reference-client.md")).toMatch(
      new RegExp(`\`[^\`]*\\b${member}\\b[^\`]*\``),
    );
  });
});

describe("the samples", () => {
  const folder = mkdtempSync(join(tmpdir(), "alter-docs-test-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What the samples take for granted: the reader's own names. */
  const AROUND = `
    declare const AlterConnect: typeof import("@alter-ai/connect").AlterConnect;
    declare const HttpMethod: typeof import("@alter-ai/alter-sdk").HttpMethod;
    declare const connect: import("@alter-ai/connect").AlterConnect;
    declare const alterConnect: import("@alter-ai/connect").AlterConnect;
    declare const app: import("@alter-ai/alter-sdk").App;
    declare const button: HTMLButtonElement;
    declare const signal: AbortSignal;
    declare const code: string;
    declare const url: string;
    declare const EVENTS_URL: string;
    declare const jwtStore: import("node:async_hooks").AsyncLocalStorage<string>;
    declare const mintSession: () => Promise<string>;
    declare const show: (...what: unknown[]) => void;
    declare const track: (...what: unknown[]) => void;
    declare const redirect: (to: string | undefined) => void;
    declare const Octokit: new (options: { request: { fetch: typeof fetch } }) => object;
    type Req = { user: { jwt: string } };
    type Res = { set: (name: string, value: string) => Res; json: (body: unknown) => void };
    declare const authenticated: (req: Req, res: Res, next: () => void) => void;
    declare const router: Record<
      "get" | "post",
      (path: string, first: typeof authenticated, then: (req: Req, res: Res) => unknown) => void
    >;`;

  it("compile, all that are TypeScript", async () => {
    // These show files of ours, which are compiled where they stand.
    const pages = PAGES.filter((path) => !/^docs\/(frameworks\/|ways-in\.md)/.test(path));
    const samples = pages.flatMap((path) =>
      [...read(path).matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ""], index) => {
        const file = `${path.replace(/\W/g, "-")}-${index + 1}.ts`;
        // A module of its own, whether it imports anything or not.
        writeFileSync(join(folder, file), `${code}\nexport {};\n`);
        return file;
      }),
    );
    expect(samples.length).toBeGreaterThan(8);
    writeFileSync(join(folder, "around.d.ts"), AROUND);
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: join(root, "tsconfig.base.json"),
        compilerOptions: {
          lib: ["ES2023", "DOM"],
          types: ["node"],
          typeRoots: [join(root, "node_modules/@types")],
          paths: {
            "@alter-ai/connect": [join(root, "src/index.ts")],
            "@alter-ai/alter-sdk": [join(root, "sdk/src/index.ts")],
          },
        },
        files: ["around.d.ts", ...samples],
      }),
    );
    const output = await new Promise<string>((done) => {
      execFile(process.execPath, [TSC, "-p", folder], { cwd: folder }, (_error, stdout) => {
        done(stdout);
      });
    });
    expect(output).toBe("");
  }, 180_000);
});

describe("the links", () => {
  const anchor = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-");

  const linksOf = (path: string) =>
    [...read(path).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)/g)].map(
      ([link, file = "", fragment]) => ({
        ...{ link, fragment, target: file ? join(path, "..", file) : path },
      }),
    );

  it.each(PAGES)("%s: lead to files and headings that are there", (path) => {
    for (const { link, target, fragment } of linksOf(path)) {
      expect(existsSync(join(root, target)), `${path}: ${link}`).toBe(true);
      if (fragment === undefined) continue;
      const headings = read(target).match(/^#+ .*$/gm) ?? [];
      const anchors = headings.map((heading) => anchor(heading.replace(/^#+ /, "")));
      expect(anchors, `${path}: ${link}`).toContain(fragment);
    }
  });

  it("lead to every page of docs/", () => {
    const targets = PAGES.flatMap((page) =>
      linksOf(page).flatMap(({ target }) => (target === page ? [] : [target])),
    );
    expect(DOCS.filter((path) => !targets.includes(path))).toEqual([]);
  });
});
