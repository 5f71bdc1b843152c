/**
 * The house's rules as data (design: house, section 3): who may import whom, and who may touch what.
 * A new room or part gets its line here; how lines are checked is in rules.ts.
 */
import type { Facts } from "./facts.ts";

export type Packages = { broker: string[]; demo: string[] };

/** A room: the files in it, and what they may import from outside of it. */
export type Room = {
  name: string;
  has: (path: string) => boolean;
  /** Package names (or `name/*`), `node:*`, and folders of ours as `/folder`. */
  may: string[];
};

/** Something that only some files may do. */
export type Privilege = {
  /** What the others are told. */
  rule: string;
  within: (path: string) => boolean;
  holders: (path: string) => boolean;
  uses: (facts: Facts) => number[];
};

export const under =
  (...folders: string[]) =>
  (path: string): boolean =>
    folders.some((folder) => path.startsWith(`${folder}/`) || path === folder);
const is =
  (...paths: string[]) =>
  (path: string): boolean =>
    paths.includes(path);
/** A part of the broker: one file, or a folder once it has grown. */
const part =
  (...names: string[]) =>
  (path: string): boolean =>
    names.some((name) => under(`broker/src/${name}`, `broker/src/${name}.ts`)(path));
const either =
  (...tests: ((path: string) => boolean)[]) =>
  (path: string): boolean =>
    tests.some((test) => test(path));

/** A folder's programs: not how they are built, and not the pages they serve as files. */
const source =
  (folder: string) =>
  (path: string): boolean =>
    under(folder)(path) && !path.endsWith("/vite.config.ts") && !path.includes("/pages/");

const PAGE = ["@alter-ai/protocol/*", "preact", "preact/*", "@preact/signals"];

export const rooms = (packages: Packages): Room[] => [
  { name: "protocol/window", has: is("protocol/window.ts"), may: [] },
  { name: "protocol/attempt", has: is("protocol/attempt.ts"), may: [] },
  { name: "protocol/locale", has: is("protocol/locale.ts"), may: [] },
  {
    name: "protocol/http",
    has: is("protocol/http.ts"),
    may: ["zod/mini", "/protocol/window.ts", "/protocol/attempt.ts", "/protocol/locale.ts"],
  },
  {
    name: "protocol/backend",
    has: is("protocol/backend.ts"),
    may: ["zod/mini", "/protocol/http.ts"],
  },
  {
    name: "protocol/deprovision",
    has: is("protocol/deprovision.ts"),
    may: ["zod/mini", "/protocol/http.ts"],
  },
  {
    name: "protocol/wallet",
    has: is("protocol/wallet.ts"),
    may: ["zod/mini", "/protocol/http.ts", "/protocol/locale.ts"],
  },
  {
    name: "protocol/openapi",
    has: under("protocol/openapi"),
    may: [
      "zod/mini",
      ...["http", "backend", "window", "deprovision", "wallet"].map(
        (name) => `/protocol/${name}.ts`,
      ),
    ],
  },
  { name: "src", has: under("src"), may: ["@alter-ai/protocol/window"] },
  // The client's front door, and for what wraps a framework, that framework.
  {
    name: "ways",
    has: (path) => under("ways")(path) && !/^ways\/(react|svelte|vue)\.ts$/.test(path),
    may: ["/src/index.ts", "/src/script.ts"],
  },
  ...["react", "svelte", "vue"].map((framework) => ({
    name: `ways/${framework}`,
    has: is(`ways/${framework}.ts`),
    may: [...withSubpaths([framework]), "/src/index.ts", "/ways/way.ts"],
  })),
  // The two pages of the broker's own, and what they share.
  { name: "look", has: under("look"), may: PAGE },
  { name: "popup", has: under("popup"), may: [...PAGE, "/look"] },
  { name: "wallet", has: under("wallet"), may: [...PAGE, "/look"] },
  {
    name: "broker/src",
    has: under("broker/src"),
    may: ["@alter-ai/protocol/*", "node:*", ...withSubpaths(packages.broker)],
  },
  {
    name: "sdk/src",
    has: under("sdk/src"),
    may: ["@alter-ai/protocol/http", "@alter-ai/protocol/backend"],
  },
  { name: "demo", has: source("demo"), may: ["node:*", ...withSubpaths(packages.demo)] },
  {
    name: "e2e",
    has: under("e2e"),
    may: [
      ...[...withSubpaths(["@playwright/test"]), "selenium-webdriver", "axe-core", "node:*"],
      ...["/test/servers", "/test/simulator"],
      // The page's states with a stub of the broker, which look at the built page alone.
      "/scripts/gallery",
    ],
  },
  {
    name: "bench",
    has: source("bench"),
    may: [
      // The drivers, since a bare server is measured beside the broker; store and vault, since rows are made in numbers.
      ...["@playwright/test", "@alter-ai/alter-sdk", "pg", "libsql", "node:*"],
      ...["/test/servers", "/test/simulator", "/e2e/world.ts", "/playwright.config.ts"],
      ...["/broker/src/store", "/broker/src/vault.ts"],
    ],
  },
  {
    name: "test/servers",
    has: source("test/servers"),
    may: ["node:*", "jose", "oidc-provider", "pg", "@alter-ai/alter-sdk"],
  },
  {
    name: "test/simulator",
    // The schema says what a record means; the engine is what is tested, so the simulator must not know it.
    has: source("test/simulator"),
    may: ["node:*", "jose", "/broker/src/providers", "/test/servers"],
  },
  {
    name: "test/recipes",
    // What customers copy; their test and its browser know more.
    has: (path) => under("test/recipes")(path) && !/(\.test|\/walk)\.ts$/.test(path),
    may: ["node:*", "express", "fastify", "hono", "@alter-ai/alter-sdk"],
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
export const inBroker = under("broker/src");
const inPages = under("popup", "wallet", "look");
const pure = part("session", "policy");

export const privileges: Privilege[] = [
  {
    rule: "only main reads the environment",
    within: either(inBroker, inPages, under("sdk/src", "src", "ways", "protocol")),
    // The SDK reads one documented variable, so that an app needs no line of configuration for it.
    // `c.env` in caller.ts and doctor.ts is Hono's name for what came with the request: the address of the connection.
    holders: is(
      ...["broker/src/main.ts", "broker/src/routes/caller.ts", "broker/src/routes/doctor.ts"],
      "sdk/src/configuration.ts",
    ),
    uses: (facts) => [
      ...touching("process.env", "process.argv", "env")(facts),
      ...importing("node:process", "process")(facts),
    ],
  },
  {
    rule: "only app and routes see the HTTP framework (serve starts its server)",
    within: inBroker,
    holders: part("app", "routes"),
    uses: importing("hono"),
  },
  {
    rule: "only serve starts the HTTP server",
    within: inBroker,
    holders: part("serve"),
    uses: importing("@hono/node-server"),
  },
  {
    rule: "only log, prometheus and tracing see the libraries of those who watch",
    within: inBroker,
    holders: part("log", "prometheus", "tracing"),
    uses: importing("pino", "prom-client", "@opentelemetry/api"),
  },
  {
    rule: "only store sees SQL",
    within: inBroker,
    holders: part("store"),
    uses: importing("libsql", "kysely", "pg"),
  },
  {
    rule: "only oauth sees the OAuth library",
    within: inBroker,
    holders: part("oauth"),
    uses: importing("oauth4webapi"),
  },
  {
    rule: "only identity sees JWTs",
    within: inBroker,
    // One hook makes one: the client secret that Apple takes.
    holders: part("identity", "providers/hooks"),
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
        .filter((i) => !i.typeOnly && !/^@alter-ai\/protocol\/|\/error\.ts$/.test(i.specifier))
        .map((i) => i.line),
  },
  {
    rule: "only api and early make requests, by way of post",
    within: inPages,
    holders: is("popup/api.ts", "popup/early.ts", "wallet/api.ts", "look/post.ts"),
    uses: touching("fetch", "XMLHttpRequest", "sendBeacon", "EventSource", "WebSocket"),
  },
  {
    rule: "only main makes the api; flow gets it as an argument",
    within: inPages,
    holders: is("popup/main.tsx", "wallet/main.tsx"),
    uses: ({ imports }) =>
      imports.filter((i) => !i.typeOnly && i.specifier.endsWith("/api.ts")).map((i) => i.line),
  },
  {
    rule: "screens get props: they know neither api nor opener nor flow",
    within: under("popup/screens", "wallet/screens", "look"),
    holders: () => false,
    uses: ({ imports }) =>
      imports.filter((i) => /\/(api|opener|flow)\.ts$/.test(i.specifier)).map((i) => i.line),
  },
  {
    rule: "only opener touches window.opener",
    within: inPages,
    holders: is("popup/opener.ts"),
    uses: touching("opener"),
  },
  {
    rule: "only main and address touch location",
    within: inPages,
    holders: is("popup/main.tsx", "popup/address.ts", "wallet/main.tsx"),
    uses: touching("location"),
  },
  {
    rule: "'*' is a message target in popup/opener.ts only",
    within: either(inPages, under("src", "ways", "demo", "sdk/src", "protocol")),
    holders: is("popup/opener.ts"),
    uses: ({ stars }) => stars,
  },
  {
    rule: "no module may have a computed name",
    within: either(
      inPages,
      under("src", "ways", "protocol", "broker/src", "sdk/src", "demo", "e2e"),
    ),
    holders: () => false,
    uses: importing("(computed)"),
  },
];

/** Where a file stands in the broker; imports may go down or stay level, never up. */
export const rank = (path: string): number => {
  const order = [part("main"), part("serve"), part("app"), part("routes"), (): boolean => true];
  return part("error")(path) ? order.length : order.findIndex((stands) => stands(path));
};

/** `name/*` stands for every subpath. */
export const matches = (allowed: string[], specifier: string): boolean =>
  allowed.some((name) =>
    name.endsWith("*") ? specifier.startsWith(name.slice(0, -1)) : specifier === name,
  );
