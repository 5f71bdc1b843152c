/**
 * `npm run screenshots`: every state of the hosted page and the Wallet x theme x window size, and all of them in Arabic, as pictures in
 * .screenshots/. To look at, not a test; `npm run gallery` shows the same alive.
 *   ALTER_CHROMIUM   the browser, else the first that is found
 *   arguments        names of states; none means all
 *   --readme         the four of the README instead, in docs/pictures/
 */
import { chromium } from "@playwright/test";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { findChromium } from "./browsers.mjs";
import { armed, enter } from "./gallery/enter.mjs";
import { STATES } from "./gallery/states.mjs";
import { startStub } from "./gallery/stub.mjs";

const root = resolve(import.meta.dirname, "..");
const DESKTOP = { width: 1024, height: 768 };
const POPUP = { width: 480, height: 640 };
const PHONE = { width: 320, height: 640 };
/** Each a browser context: how all states are seen, and what that adds to the pictures' names. */
const LOOKS = [
  { suffix: "light.popup", colorScheme: "light", viewport: POPUP },
  { suffix: "light.phone", colorScheme: "light", viewport: PHONE },
  { suffix: "dark.popup", colorScheme: "dark", viewport: POPUP },
  { suffix: "dark.phone", colorScheme: "dark", viewport: PHONE },
  { suffix: "ar.popup", colorScheme: "light", viewport: POPUP, locale: "ar" },
];
/** Half the size of the others: nobody looks closer there. */
const STRIP = [
  { name: "confirm", colorScheme: "light" },
  { name: "choose_long", colorScheme: "light" },
  { name: "confirm_branded", colorScheme: "dark" },
  { name: "finished_many", colorScheme: "dark", locale: "ar" },
].map((picture) => ({ ...picture, viewport: POPUP, deviceScaleFactor: 1 }));

const photograph = async (context, { base, name, file, locale, fullPage = true }) => {
  const first = await context.newPage();
  context.on("page", (page) => report(page, name));
  report(first, name);
  const page = await enter(first, base, name, locale);
  await armed(page, name);
  if (fullPage) {
    // What sticks to the window's edge would lie across the middle of a long picture.
    const { width, height } = page.viewportSize();
    const needed = await page.evaluate("document.documentElement.scrollHeight");
    await page.setViewportSize({ width, height: Math.max(needed, height) });
  }
  await page.screenshot({ path: file, fullPage, animations: "disabled" });
  context.removeAllListeners("page");
  for (const open of context.pages()) await open.close();
};

const report = (page, name) => {
  page.on("pageerror", (thrown) => console.error(`${name}: ${thrown}`));
  page.on("console", (said) => {
    // The stub's refusals are logged by the browser; anything else is news.
    if (said.type() === "error" && !said.text().startsWith("Failed to load"))
      console.error(`${name}: ${said.text()}`);
  });
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { readme: { type: "boolean", default: false } },
});
const names = positionals.length ? positionals : Object.keys(STATES);
for (const name of names) if (!(name in STATES)) throw new Error(`No such state: ${name}`);
spawnSync(process.execPath, ["scripts/build.mjs", "--stale", "page", "wallet"], {
  cwd: root,
  stdio: "inherit",
});

const folder = values.readme ? "docs/pictures" : ".screenshots";
mkdirSync(join(root, folder), { recursive: true });
const shots = values.readme
  ? STRIP.map((picture, at) => ({ ...picture, file: `page-${at + 1}.png`, fullPage: false }))
  : LOOKS.flatMap((look) =>
      names.map((name) => ({
        ...look,
        // The Wallet is a page of its own, in a window of any size.
        ...(STATES[name].wallet && look.viewport === POPUP && { viewport: DESKTOP }),
        name,
        file: `${name}.${look.suffix}.png`,
      })),
    );

const stub = await startStub();
const browser = await chromium.launch({
  executablePath: await findChromium(),
  args: ["--no-sandbox"],
});
try {
  for (const { viewport, colorScheme, locale = "en", deviceScaleFactor = 2, ...shot } of shots) {
    const context = await browser.newContext({
      ...{ viewport, colorScheme, locale, deviceScaleFactor },
      reducedMotion: "reduce",
    });
    // Closing is the end of some states; here they are wanted open.
    await context.addInitScript("window.close = () => undefined");
    const file = join(root, folder, shot.file);
    await photograph(context, { ...shot, base: stub.url, file, locale });
    await context.close();
  }
} finally {
  await browser.close();
  await stub.stop();
}
console.log(`${shots.length} pictures in ${folder}/`);
