/**
 * `npm run gallery`: every state of the hosted page and the Wallet x theme x language x width, alive, on localhost until Ctrl-C. Builds
 * the page if it is missing or stale. Here, and nowhere else, the page may be framed, by the gallery's own origin.
 *   --port N   another port than 3100
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { addressOf } from "./gallery/enter.mjs";
import { STATES } from "./gallery/states.mjs";
import { startStub, TYPES } from "./gallery/stub.mjs";

const root = resolve(import.meta.dirname, "..");
const LANGUAGES = ["en", "de", "fr", "es", "pt", "ja", "zh-Hans", "ar"];

const { values } = parseArgs({ options: { port: { type: "string", default: "3100" } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65535)
  throw new Error(`--port takes a number from 0 to 65535; this is ${values.port}`);

const build = spawnSync(process.execPath, ["scripts/build.mjs", "--stale", "page", "wallet"], {
  cwd: root,
  stdio: "inherit",
});
if (build.status !== 0) process.exit(1);

const own = (name) => ({
  type: TYPES[extname(name)],
  body: readFileSync(join(import.meta.dirname, "gallery", name)),
});
const states = Object.fromEntries(
  Object.entries(STATES).map(([name, { path, type, press, offline, silent, wallet }]) => [
    name,
    {
      address: addressOf(name).replace(`${name}-en`, "{token}"),
      opened: path === "/app",
      steps: { type, press, offline, silent, wallet },
    },
  ]),
);
const stub = await startStub({
  port,
  // Ahead of the page's own script, which is a module and so runs later.
  dress: (html) =>
    html.replace('<script type="module"', '<script src="/gallery/frame.js"></script>$&'),
  more: {
    "/": own("index.html"),
    ...Object.fromEntries(
      ["gallery.css", "gallery.js", "frame.js"].map((name) => [`/gallery/${name}`, own(name)]),
    ),
    "/gallery/states.json": {
      type: "application/json",
      body: JSON.stringify({ states, languages: LANGUAGES }),
    },
  },
});
console.log(`The gallery is at ${stub.url}/`);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void stub.stop());
