/**
 * End-to-end tests in real browsers, as users have them: popup blocker on, third-party storage partitioned.
 * The drivers switch both off by default, and tests then pass that would fail in life.
 */
import { defineConfig } from "@playwright/test";
import { findChromium } from "./scripts/chromium.mjs";

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

const executablePath = await findChromium();

const chromium = {
  ...(executablePath === undefined ? {} : { executablePath }),
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
};

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  // One world of servers, and popups that need the focus of the screen: one after the other.
  workers: 1,
  retries: 0,
  forbidOnly: process.env.CI !== undefined,
  timeout: 40_000,
  expect: { timeout: 10_000 },
  reporter: "list",
  // Other engines get a project of their own here; specs name no engine.
  projects: [{ name: "chromium", use: { browserName: "chromium", launchOptions: chromium } }],
});
