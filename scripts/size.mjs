/**
 * What our code costs a page load: the widget as an app pays for it, the JS and CSS of the hosted page and the Wallet, and beside
 * them the published reference client, measured in the same way. Fails past the budget. Nothing is written
 * but the scripts and the hosted page, if they have not been built yet.
 *   node scripts/size.mjs          a table
 *   node scripts/size.mjs --json   one object, in bytes
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "vite";
import { smallest } from "./smallest.mjs";

const root = resolve(import.meta.dirname, "..");
/** Bytes of gzip: 3, 4, 25 and 30 kB, of 1,024, since compressors differ by a few bytes. */
const BUDGET = {
  ...{ core: 3_072, widget: 4_096, script: 4_096, element: 5_376, page: 25_600, wallet: 30_720 },
  ...{ react: 1_024, svelte: 1_024, vue: 1_024 },
};

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** What the widget would be without its prompt and what is done with it. */
const withoutPrompt = {
  name: "without-prompt",
  enforce: "pre",
  transform: (code, id) => {
    if (!id.endsWith("src/attempt.ts")) return undefined;
    if (!code.includes("prompt === false")) throw new Error("attempt.ts asks in another way now");
    return code.replace("prompt === false", "true");
  },
};

/** The smallest app there is: it imports the client and calls open, and its own bytes count too. */
const bundledApp = async (client, ...plugins) => {
  const entry = "\0app";
  const { output } = await build({
    root,
    configFile: false,
    logLevel: "silent",
    define: { __VERSION__: JSON.stringify(version) },
    plugins: [
      ...plugins,
      smallest(),
      {
        name: "app",
        enforce: "pre",
        resolveId: (id) => (id === entry ? entry : undefined),
        load: (id) =>
          id === entry
            ? `import AlterConnect from ${JSON.stringify(client)}; AlterConnect.create().open({ token });`
            : undefined,
      },
    ],
    build: {
      write: false,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: { app: entry } },
    },
  });
  return output.filter(({ type }) => type === "chunk").map(({ code }) => code);
};

/** What a broker hands to a page without a bundler. */
const script = async (name, mode) => {
  const file = join(root, "dist", name);
  if (!existsSync(file))
    await build({ configFile: join(root, "vite.config.ts"), mode, logLevel: "silent" });
  return [readFileSync(file)];
};

/** What one for a framework adds, when all of it is used, to an app that has the framework and the widget. */
const wayIn = async (name) => {
  const { output } = await build({
    root,
    configFile: false,
    logLevel: "silent",
    plugins: [smallest()],
    build: {
      write: false,
      lib: { entry: join(root, `ways/${name}.ts`), formats: ["es"] },
      rolldownOptions: {
        external: ["react", "svelte", "svelte/store", "vue", join(root, "src/index.ts")],
      },
    },
  }).then((made) => [made].flat()[0]);
  return output.filter(({ type }) => type === "chunk").map(({ code }) => code);
};

/** What every user of one of the broker's pages loads, and the largest language, of which a user loads one. */
const hosted = async (mode) => {
  const folder = join(root, "broker/dist", mode);
  if (!existsSync(folder))
    await build({ configFile: join(root, "vite.config.ts"), mode, logLevel: "silent" });
  const files = readdirSync(folder, { recursive: true })
    .filter((name) => /\.(js|css)$/.test(name))
    .map((name) => ({ name, content: readFileSync(join(folder, name)) }));
  const isLocale = ({ name }) => /\blocales\b/.test(name);
  const [largest] = files
    .filter(isLocale)
    .map(({ content }) => weigh([content]))
    .sort((a, b) => b.gzip - a.gzip);
  if (!largest) throw new Error(`Not built: ${folder} has no languages. Run npm run build.`);
  return [weigh(files.filter((file) => !isLocale(file)).map(({ content }) => content)), largest];
};

const sum = (files, size) => files.reduce((total, file) => total + size(Buffer.from(file)), 0);
const weigh = (files) => ({
  min: sum(files, (file) => file.length),
  gzip: sum(files, (file) => gzipSync(file, { level: 9 }).length),
  brotli: sum(files, (file) => brotliCompressSync(file).length),
});

const [page, locale] = await hosted("page");
const [wallet, walletLocale] = await hosted("wallet");

const sizes = {
  core: weigh(await bundledApp(join(root, "src/index.ts"), withoutPrompt)),
  widget: weigh(await bundledApp(join(root, "src/index.ts"))),
  ...{ page, locale, wallet, walletLocale },
  script: weigh(await script("connect.js", "script")),
  element: weigh(await script("connect-button.js", "element")),
  react: weigh(await wayIn("react")),
  svelte: weigh(await wayIn("svelte")),
  vue: weigh(await wayIn("vue")),
  reference: weigh(await bundledApp("reference-connect")),
};

if (process.argv.includes("--json")) console.log(JSON.stringify(sizes));
else {
  const row = (name, ...cells) =>
    console.log(name.padEnd(28) + cells.map((cell) => String(cell).padStart(9)).join(""));
  row("bytes", "min", "gzip", "brotli", "budget");
  for (const [name, label] of [
    ["core", "widget without its prompt"],
    ["widget", "widget, with an app around"],
    ["script", "the same as one <script>"],
    ["element", "that and the element"],
    ["react", "React's way in, beside it"],
    ["svelte", "Svelte's"],
    ["vue", "Vue's"],
    ["page", "hosted page, JS and CSS"],
    ["locale", "its largest language"],
    ["wallet", "the Wallet, JS and CSS"],
    ["walletLocale", "its largest language"],
    ["reference", "reference client 0.8.0"],
  ])
    row(label, ...Object.values(sizes[name]), BUDGET[name] ?? "");
}

const over = Object.keys(BUDGET).filter((name) => sizes[name].gzip > BUDGET[name]);
for (const name of over)
  console.error(`${name}: ${sizes[name].gzip} bytes gzip, over the budget of ${BUDGET[name]}`);
process.exitCode = over.length ? 1 : 0;
