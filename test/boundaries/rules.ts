/**
 * Who may import whom, and who may touch what (design: house, section 3), as data over the facts of the
 * sources. Pure: it gets the sources and returns sentences; an empty list is a clean house.
 */
import { posix } from "node:path";
import { factsOf, type Facts, type Source } from "./facts.ts";

export type Packages = { broker: string[]; demo: string[] };

/** A room: the files in it, and what they may import from outside of it. */
type Room = {
  name: string;
  has: (path: string) => boolean;
  /** Package names (or `name/*`), `node:*`, and folders of ours as `/folder`. */
  may: string[];
};

/** Something that only some files may do. */
type Privilege = {
  /** What the others are told. */
  rule: string;
  within: (path: string) => boolean;
  holders: (path: string) => boolean;
  uses: (facts: Facts) => number[];
};

const under =
  (...folders: string[]) =>
  (path: string): boolean =>
    folders.some((folder) => path.startsWith(`${folder}/`) || path === folder);
const is =
  (...paths: string[]) =>
  (path: string): boolean =>
    paths.includes(path);
const either =
  (...tests: ((path: string) => boolean)[]) =>
  (path: string): boolean =>
    tests.some((test) => test(path));

/** A folder's programs: not how they are built, and not the pages they serve as files. */
const source =
  (folder: string) =>
  (path: string): boolean =>
    under(folder)(path) && !path.endsWith("/vite.config.ts") && !path.includes("/pages/");

const rooms = (packages: Packages): Room[] => [
  { name: "protocol/window", has: is("protocol/window.ts"), may: [] },
  { name: "protocol/http", has: is("protocol/http.ts"), may: ["zod/mini", "/protocol/window.ts"] },
  { name: "src", has: under("src"), may: ["@alter-ai/protocol/window"] },
  {
    name: "popup",
    has: under("popup"),
    may: ["@alter-ai/protocol/*", "preact", "preact/*", "@preact/signals"],
  },
  {
    name: "broker/src",
    has: under("broker/src"),
    may: ["@alter-ai/protocol/*", "node:*", ...withSubpaths(packages.broker)],
  },
  { name: "sdk/src", has: under("sdk/src"), may: ["@alter-ai/protocol/http"] },
  { name: "demo", has: source("demo"), may: ["node:*", ...withSubpaths(packages.demo)] },
  { name: "e2e", has: under("e2e"), may: ["@playwright/test", "node:*", "/test/servers"] },
  {
    name: "test/servers",
    has: source("test/servers"),
    may: ["node:*", "jose", "oidc-provider"],
  },
];

const withSubpaths = (names: string[]): string[] => names.flatMap((name) => [name, `${name}/*`]);

const importing =
  (...names: string[]) =>
  ({ imports }: Facts): number[] =>
    imports.filter((i) => matches(withSubpaths(names), i.specifier)).map((i) => i.line);
const touching =
  (...names: string[]) =>
  ({ globals, members }: Facts): number[] =>
    [...globals, ...members].filter((g) => names.includes(g.name)).map((g) => g.line);

const IMPURE = [
  ...["fetch", "process", "crypto", "setTimeout", "setInterval", "console", "performance"],
  ...["Date.now", "new Date()", "Math.random"],
];
const inBroker = under("broker/src");
const inPopup = under("popup");
const pure = is("broker/src/session.ts", "broker/src/policy.ts");

const privileges: Privilege[] = [
  {
    rule: "only main reads the environment",
    within: either(inBroker, under("sdk/src", "src", "popup", "protocol")),
    // The SDK reads one documented variable, so that an app needs no line of configuration for it.
    holders: is("broker/src/main.ts", "sdk/src/configuration.ts"),
    uses: (facts) => [
      ...touching("process.env", "process.argv", "env")(facts),
      ...importing("node:process", "process")(facts),
    ],
  },
  {
    rule: "only app and routes see the HTTP framework (main starts its server)",
    within: inBroker,
    holders: either(is("broker/src/app.ts"), under("broker/src/routes")),
    uses: importing("hono"),
  },
  {
    rule: "only main starts the HTTP server",
    within: inBroker,
    holders: either(is("broker/src/main.ts", "broker/src/app.ts"), under("broker/src/routes")),
    uses: importing("@hono/node-server"),
  },
  {
    rule: "only store sees SQL",
    within: inBroker,
    holders: either(is("broker/src/store.ts"), under("broker/src/store")),
    uses: importing("libsql", "kysely"),
  },
  {
    rule: "only oauth sees the OAuth library",
    within: inBroker,
    holders: is("broker/src/oauth.ts"),
    uses: importing("oauth4webapi"),
  },
  {
    rule: "only identity sees JWTs",
    within: inBroker,
    holders: is("broker/src/identity.ts"),
    uses: importing("jose"),
  },
  {
    rule: "session and policy are pure: no ambient state",
    within: pure,
    holders: () => false,
    uses: touching(...IMPURE),
  },
  {
    rule: "session and policy are pure: values from protocol and error only",
    within: pure,
    holders: () => false,
    uses: ({ imports }) =>
      imports
        .filter((i) => !i.typeOnly && !/^(@alter-ai\/protocol\/|\.\/error\.ts$)/.test(i.specifier))
        .map((i) => i.line),
  },
  {
    rule: "only api makes requests",
    within: inPopup,
    holders: is("popup/api.ts"),
    uses: touching("fetch", "XMLHttpRequest", "sendBeacon", "EventSource", "WebSocket"),
  },
  {
    rule: "only main makes the api; flow gets it as an argument",
    within: inPopup,
    holders: is("popup/main.tsx", "popup/flow.ts"),
    uses: ({ imports }) =>
      imports.filter((i) => !i.typeOnly && i.specifier.endsWith("/api.ts")).map((i) => i.line),
  },
  {
    rule: "screens get props: they know neither api nor opener nor flow",
    within: under("popup/screens"),
    holders: () => false,
    uses: ({ imports }) =>
      imports.filter((i) => /\/(api|opener|flow)\.ts$/.test(i.specifier)).map((i) => i.line),
  },
  {
    rule: "only opener touches window.opener",
    within: inPopup,
    holders: is("popup/opener.ts"),
    uses: touching("opener"),
  },
  {
    rule: "only main touches location",
    within: inPopup,
    holders: is("popup/main.tsx"),
    uses: touching("location"),
  },
  {
    rule: "'*' is a message target in popup/opener.ts only",
    within: under("src", "popup", "demo", "sdk/src", "protocol"),
    holders: is("popup/opener.ts"),
    uses: ({ stars }) => stars,
  },
  {
    rule: "no module may have a computed name",
    within: () => true,
    holders: () => false,
    uses: importing("(computed)"),
  },
];

/** Where a file stands in the broker; imports may go down or stay level, never up. */
const rank = (path: string): number => {
  if (path === "broker/src/main.ts") return 0;
  if (path === "broker/src/app.ts") return 1;
  if (path.startsWith("broker/src/routes/")) return 2;
  return path === "broker/src/error.ts" ? 4 : 3;
};

export const violations = (sources: Source[], packages: Packages): string[] => {
  const known = sources.map((source) => ({ path: source.path, facts: factsOf(source) }));
  return [
    ...known.flatMap(({ path, facts }) => outsideImports(path, facts, packages)),
    ...known.flatMap(({ path, facts }) => brokerDirection(path, facts)),
    ...known.flatMap(({ path, facts }) => withoutPrivilege(path, facts)),
    ...cycles(known.filter(({ path }) => inBroker(path))),
  ];
};

const outsideImports = (path: string, facts: Facts, packages: Packages): string[] => {
  const room = rooms(packages).find(({ has }) => has(path));
  if (!room) return [];
  return facts.imports
    .filter(({ specifier }) => {
      const target = fileOf(path, specifier);
      if (target === undefined) return !matches(room.may, specifier);
      return !room.has(target) && !room.may.some((may) => under(may.slice(1))(target));
    })
    .map(({ specifier, line }) => `${path}:${line}: ${room.name} may not import ${specifier}`);
};

const brokerDirection = (path: string, facts: Facts): string[] =>
  inBroker(path)
    ? targetsOf(path, facts)
        .filter(({ target }) => inBroker(target) && rank(target) < rank(path))
        .map(({ target, line }) => `${path}:${line}: imports go down, ${target} is above`)
    : [];

const withoutPrivilege = (path: string, facts: Facts): string[] =>
  privileges
    .filter(({ within, holders }) => within(path) && !holders(path))
    .flatMap(({ rule, uses }) => uses(facts).map((line) => `${path}:${line}: ${rule}`));

/** Files that reach themselves over their imports: then there is no direction. */
const cycles = (files: { path: string; facts: Facts }[]): string[] => {
  const next = new Map(
    files.map(({ path, facts }) => [path, targetsOf(path, facts).map(({ target }) => target)]),
  );
  const reaches = (from: string, goal: string, seen = new Set<string>()): boolean =>
    (next.get(from) ?? []).some((target) => {
      if (target === goal) return true;
      if (seen.has(target)) return false;
      seen.add(target);
      return reaches(target, goal, seen);
    });
  return files
    .filter(({ path }) => reaches(path, path))
    .map(({ path }) => `${path}: imports itself in a circle`);
};

const targetsOf = (path: string, facts: Facts): { target: string; line: number }[] =>
  facts.imports.flatMap(({ specifier, line }) => {
    const target = fileOf(path, specifier);
    return target === undefined ? [] : [{ target, line }];
  });

/** The file a relative specifier names, from the root of the tree; `undefined` for packages. */
const fileOf = (path: string, specifier: string): string | undefined =>
  specifier.startsWith(".")
    ? posix.join(posix.dirname(path), specifier.replace(/\?.*$/, ""))
    : undefined;

const matches = (allowed: string[], specifier: string): boolean =>
  allowed.some((name) =>
    name.endsWith("*") ? specifier.startsWith(name.slice(0, -1)) : specifier === name,
  );
