/**
 * `npm run screenshots`: every state of the hosted page and the Wallet x theme x window size, and all of them in Arabic, as pictures in
 * .screenshots/. To look at, not a test; `npm run gallery` shows the same alive.
 *   ALTER_CHROMIUM   the browser, else the first that is found
 *   arguments        names of states; none means all
 *   --language TAG   in this language instead, several if given several times
 *   --readme         the four of the README instead, in docs/pictures/
 */
import { chromium } from "@playwright/test";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { findChromium, findOrInstallEastAsianFont } from "./browsers.mjs";
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
const inLanguage = (locale) => ({
  ...{ suffix: `${locale}.popup`, colorScheme: "light", viewport: POPUP, locale },
});
/** Half the size of the others: nobody looks closer there. */
const STRIP = [
  { name: "confirm_logo", colorScheme: "light" },
  { name: "choose_long", colorScheme: "light" },
  { name: "confirm_branded", colorScheme: "dark" },
  { name: "finished_many", colorScheme: "dark", locale: "ar" },
  {
    name: "wallet_app",
    colorScheme: "light",
    file: "wallet.png",
    viewport: { width: 900, height: 640 },
  },
].map((picture, at) => ({
  file: `page-${at + 1}.png`,
  viewport: POPUP,
  deviceScaleFactor: 1,
  fullPage: false,
  ...picture,
}));

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
  options: {
    readme: { type: "boolean", default: false },
    language: { type: "string", multiple: true },
  },
});
const names = positionals.length ? positionals : Object.keys(STATES);
for (const name of names) if (!(name in STATES)) throw new Error(`No such state: ${name}`);
if (values.language?.some((tag) => /^(ja|zh)/.test(tag))) await findOrInstallEastAsianFont();
spawnSync(process.execPath, ["scripts/build.mjs", "--stale", "page", "wallet"], {
  cwd: root,
  stdio: "inherit",
});

const folder = values.readme ? "docs/pictures" : ".screenshots";
mkdirSync(join(root, folder), { recursive: true });
const shots = values.readme
  ? STRIP
  : (values.language?.map(inLanguage) ?? LOOKS).flatMap((look) =>
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
const left = [...shots];
/** Side by side, because much of the time of each goes by until its buttons count clicks. */
const lane = async () => {
  for (let shot = left.shift(); shot; shot = left.shift()) {
    const { viewport, colorScheme, locale = "en", deviceScaleFactor = 2 } = shot;
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
};
try {
  await Promise.all(Array.from({ length: 3 }, lane));
} finally {
  await browser.close();
  await stub.stop();
}
console.log(`${shots.length} pictures in ${folder}/`);
