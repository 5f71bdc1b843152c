/**
 * Where the three engines are, and how to get them: Chromium as Playwright's own where its download works, the rest,
 * and Chromium where it does not, as the distribution's packages.
 */
import { find, findOrInstall, run } from "./programs.mjs";

const playwrightsOwn = async () => {
  try {
    const { chromium } = await import("@playwright/test");
    return chromium.executablePath();
  } catch {
    // Not installed yet: then it has no browser either.
    return undefined;
  }
};

/** What has to be found, by its environment variable, which goes before all else. */
const PROGRAMS = {
  ALTER_CHROMIUM: {
    name: "Chromium",
    paths: [
      "/usr/bin/chromium",
      "/usr/bin/chromium-browser",
      "/usr/bin/google-chrome",
      "/usr/bin/google-chrome-stable",
    ],
    packages: ["chromium", "fonts-liberation"],
    own: playwrightsOwn,
  },
  ALTER_FIREFOX: {
    name: "Firefox",
    paths: ["/usr/bin/firefox-esr", "/usr/bin/firefox"],
    packages: ["firefox-esr"],
  },
  /** It brings a small browser of its own. */
  ALTER_WEBKIT_DRIVER: {
    name: "WebKitWebDriver",
    paths: ["/usr/bin/WebKitWebDriver"],
    packages: ["webkit2gtk-driver"],
    asks: "--help",
  },
  /** WebKit has no headless mode, so it gets a screen that nobody sees. */
  ALTER_XVFB: { name: "Xvfb", paths: ["/usr/bin/Xvfb"], packages: ["xvfb"], asks: "-help" },
};

export const findChromium = () => find(PROGRAMS, "ALTER_CHROMIUM");
export const findFirefox = () => find(PROGRAMS, "ALTER_FIREFOX");
export const findWebKitDriver = () => find(PROGRAMS, "ALTER_WEBKIT_DRIVER");
export const findXvfb = () => find(PROGRAMS, "ALTER_XVFB");

/** Environment that names all of them, after installing what is missing. Throws with all that was tried. */
export const findOrInstallBrowsers = () => findOrInstallThese(Object.keys(PROGRAMS));

/** Path of a Chromium that starts, after installing one if need be. */
export const findOrInstallChromium = async () =>
  (await findOrInstallThese(["ALTER_CHROMIUM"])).ALTER_CHROMIUM;

/** Without one, browsers draw boxes for Japanese and Chinese. No test looks at letters, so none asks for it. */
export const findOrInstallEastAsianFont = () =>
  findOrInstall(
    {
      ALTER_EAST_ASIAN_FONT: {
        name: "a font with Japanese and Chinese",
        paths: ["/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"],
        packages: ["fonts-noto-cjk"],
        works: () => true,
      },
    },
    ["ALTER_EAST_ASIAN_FONT"],
    { reason: "pictures in Japanese and Chinese" },
  );

const findOrInstallThese = (variables) =>
  findOrInstall(PROGRAMS, variables, {
    reason: "the end-to-end tests",
    means: [["npx playwright install chromium", download]],
  });

const download = (missing) =>
  missing.includes("ALTER_CHROMIUM")
    ? run("npx", ["--no-install", "playwright", "install", "chromium"], {
        // Its default is to knock for half a minute, several times, at hosts that a closed network drops.
        PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: "10000",
      })
    : "not needed";
