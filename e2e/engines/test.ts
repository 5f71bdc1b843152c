/**
 * `test` for scenarios that run in every engine, and a user's steps in them. Chooses the driver by the name of
 * the project; must not know how a driver works.
 */
import type { Browser } from "@playwright/test";
import type { TestApp } from "../../test/servers/app.ts";
import { test as base } from "../test.ts";
import { createVisitor, type Visitor, type VisitOptions } from "../visit.ts";
import { until, type Driver, type Engine, type Tab } from "./driver.ts";
import { drivePlaywright } from "./playwright.ts";
import { startWebKit, type WebKit, type WebKitPrograms } from "./webdriver.ts";

export { expect, newUser, successWith } from "../test.ts";
export { until };
export type { Driver, Tab };

export type EngineOptions = { webkitPrograms: WebKitPrograms | undefined };

export const test = base.extend<
  { engine: Engine; alone: boolean; driver: Driver },
  EngineOptions & { webkit: WebKit | undefined; shared: () => Promise<Browser> }
>({
  webkitPrograms: [undefined, { scope: "worker", option: true }],

  webkit: [
    async ({ webkitPrograms }, use) => {
      if (!webkitPrograms) return use(undefined);
      const webkit = await startWebKit(webkitPrograms);
      await use(webkit);
      await webkit.stop();
    },
    { scope: "worker" },
  ],

  // Playwright's own `browser` would start one for WebKit's project, too.
  shared: [
    async ({ playwright, browserName }, use) => {
      let browser: Promise<Browser> | undefined;
      await use(() => (browser ??= playwright[browserName].launch()));
      await (await browser)?.close();
    },
    { scope: "worker" },
  ],

  engine: async ({ browserName: _none }, use, { project }) => use(project.name as Engine),

  /** Firefox's storage leaks between the contexts of one browser: a test of storage asks for a browser alone. */
  alone: [false, { option: true }],

  driver: async ({ engine, webkit, playwright, browserName, alone, userAgent, shared }, use) => {
    if (engine === "webkit") {
      if (!webkit)
        throw new Error("WebKitWebDriver or Xvfb is missing: `npm test e2e` installs them");
      const { driver, quit } = await webkit.start({ userAgent });
      await use(driver);
      return quit();
    }
    const browser = alone ? await playwright[browserName].launch() : await shared();
    const context = await browser.newContext();
    await use(await drivePlaywright(engine, context));
    await (alone ? browser : context).close();
  },
});

/** For the scenarios of a file that are about two windows side by side. */
export const onPhonesOnlyRedirect = (): void =>
  test.skip(
    ({ engine }) => engine === "iphone" || engine === "pixel",
    "A phone goes by redirect. Its emulation is Chromium with another screen, so its popups are seen there.",
  );

export type Visit = Visitor & {
  tab: Tab;
  /** Presses Connect; resolves with the popup. */
  connect: () => Promise<Tab>;
};

/** Opens the app's page as a fresh user, unless told which. Popups on phones, too, unless told otherwise. */
export const visit = async (
  driver: Driver,
  app: TestApp,
  options: VisitOptions & { tab?: Tab } = {},
): Promise<Visit> => {
  const { tab = driver.tab, ...rest } = options;
  const visitor = createVisitor(app, { mode: "popup", ...rest });
  await tab.goto(visitor.url);
  await visitor.told("loaded");
  return { ...visitor, tab, connect: () => driver.windowAfter(() => tab.press("connect")) };
};

/** The deliberate click on the hosted page. */
export const continueTo = async (popup: Tab, provider: string): Promise<void> => {
  await popup.press(`Continue to ${provider}`);
  await popup.sees("Log in to");
};

export const logIn = async (popup: Tab, account: string): Promise<void> => {
  await popup.fill("account", account);
  await popup.press("login");
  await popup.sees("Allow");
};

/** Does not wait for where that leads. */
export const agree = async (popup: Tab, account: string): Promise<void> => {
  await logIn(popup, account);
  await popup.press("allow");
};

/** From the hosted page to the end, as that account at Test Calendar. */
export const connectCalendar = async (popup: Tab, account: string): Promise<void> => {
  await continueTo(popup, "Test Calendar");
  await agree(popup, account);
};

const LOADED = `document.readyState === "complete" &&
  document.querySelector("[data-testid=go-back]") !== null`;

/**
 * The provider's own way back. Once its page has loaded: until then an engine may take going back for giving up, and
 * stay where it is.
 */
export const goBack = async (popup: Tab): Promise<void> => {
  await until("the provider's page to have loaded", async () => {
    // While one page gives way to the next, there is nothing to ask.
    const loaded = await popup.evaluate(LOADED).catch(() => false);
    return loaded === true;
  });
  await popup.press("go-back");
};

export const closed = (popup: Tab): Promise<void> =>
  until("the window to close", () => popup.isClosed());
