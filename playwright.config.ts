/**
 * End-to-end tests in real browsers, as users have them: popup blocker on, third-party storage partitioned.
 * The drivers switch both off by default, and tests then pass that would fail in life.
 */
import { defineConfig, devices, type ReporterDescription } from "@playwright/test";
import type { EngineOptions } from "./e2e/engines/test.ts";
import type { TableOptions } from "./e2e/table.ts";
import { findChromium, findFirefox, findWebKitDriver, findXvfb } from "./scripts/browsers.mjs";

/**
 * Chromium keeps the last --disable-features of its command line: this is Playwright's own list without
 * ThirdPartyStoragePartitioning.
 */
const DISABLED_FEATURES = [
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay",
  "MediaRouter",
  "PaintHolding",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "OptimizationHints",
  "NetworkTimeServiceQuerying",
  "AimEnabled",
  "PreconnectToSearch",
];

const at = (executablePath: string | undefined) =>
  executablePath === undefined ? {} : { executablePath };

const chromium = {
  browserName: "chromium" as const,
  launchOptions: {
    ...at(await findChromium()),
    args: [
      // As root, which CI often is, Chromium starts no sandbox.
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // Nothing but this machine can be reached, whatever a page or the browser itself would like.
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1",
      `--disable-features=${DISABLED_FEATURES.join(",")}`,
    ],
    ignoreDefaultArgs: ["--disable-popup-blocking"],
  },
};

/** Screen, touch and user agent of a phone; the engine stays Chromium's, whatever the preset would start. */
const phone = (name: "iPhone 15" | "Pixel 7") => ({ ...devices[name], ...chromium });

const firefox = {
  browserName: "firefox" as const,
  // Driven by WebDriver BiDi, as it was released; Playwright's own build of it cannot be installed everywhere.
  channel: "moz-firefox",
  launchOptions: {
    ...at(await findFirefox()),
    firefoxUserPrefs: {
      "dom.disable_open_during_load": true,
      // A proxy that is not there: nothing but this machine can be reached.
      "network.proxy.type": 1,
      "network.proxy.http": "127.0.0.1",
      "network.proxy.http_port": 9,
      "network.proxy.ssl": "127.0.0.1",
      "network.proxy.ssl_port": 9,
      "network.trr.mode": 5,
    },
  },
};

const [driver, xvfb] = [await findWebKitDriver(), await findXvfb()];
const webkitPrograms = driver === undefined || xvfb === undefined ? undefined : { driver, xvfb };

const table: TableOptions = {
  everywhere: "engines/",
  elsewhere: {
    "attacks/":
      "Seen in Chromium only: what the broker and its page answer to replayed callbacks, stolen cookies, cut requests and races. " +
      "That does not depend on the engine, and the means to do it are Chromium's driver's. Windows, messages and frames are above, in all.",
    "happy/":
      "Seen in Chromium only: every screen of the hosted page, and Back, Forward and reload on it. The ways in and out are above, in all engines.",
    "accessibility.spec.ts":
      "Seen in Chromium only: axe judges the page's own markup, colours and names, and those are the same in all engines.",
    "catalogue.spec.ts":
      "Seen in Chromium only: what differs from provider to provider is the broker's; severed openers and posted forms are above, in all engines.",
    "failures.spec.ts":
      "Seen in Chromium only: the broker's answers to providers that fail, which no browser takes part in.",
    "headers.spec.ts": "Seen in Chromium only: headers are the broker's; what they do is above.",
    "demo.spec.ts": "Seen in Chromium only: the demo is the same widget and the same page again.",
    "patterns.spec.ts":
      "Seen in Chromium only: what an app's backend answers; the widget and the page in it are the same again.",
  },
};

const report = process.env.PLAYWRIGHT_JSON_OUTPUT_NAME;
const reporter: ReporterDescription[] = [
  ["list"],
  ["./e2e/table.ts", table],
  ...(report === undefined ? [] : [["json", { outputFile: report }] as const]),
];

export default defineConfig<object, EngineOptions>({
  testDir: "e2e",
  outputDir: "test-results",
  // Files side by side, each worker with a world of servers and browsers of its own; tests of a file in their order.
  // One more than CI has cores: half of a test is waiting, for a window, a timer, a driver.
  workers: 3,
  retries: 0,
  forbidOnly: process.env.CI !== undefined,
  timeout: 40_000,
  expect: { timeout: 10_000 },
  reporter,
  projects: [
    { name: "chromium", use: chromium },
    { name: "iphone", testMatch: "engines/**/*.spec.ts", use: phone("iPhone 15") },
    { name: "pixel", testMatch: "engines/**/*.spec.ts", use: phone("Pixel 7") },
    { name: "firefox", testMatch: "engines/**/*.spec.ts", use: firefox },
    // Not Playwright's: e2e/engines/webdriver.ts starts it.
    { name: "webkit", testMatch: "engines/**/*.spec.ts", use: { webkitPrograms } },
  ],
});
