/**
 * The driver for Chromium, its phone emulations and Firefox, by Playwright. Knows Playwright's ways to lie:
 * its clicks wait by looking at the page, which is fine where the click itself is the gesture.
 */
import type { BrowserContext, Frame, Locator, Page } from "@playwright/test";
import { closing, counts, passing } from "../clicks.ts";
import {
  isTestId,
  until,
  VISIBLE_TEXT,
  type Driver,
  type Engine,
  type Tab,
  type View,
} from "./driver.ts";

export const drivePlaywright = async (
  engine: Exclude<Engine, "webkit">,
  context: BrowserContext,
): Promise<Driver> => {
  const tabOf = (page: Page): Tab => createTab(page, engine === "iphone" || engine === "pixel");
  return {
    engine,
    tab: tabOf(await context.newPage()),
    newTab: async () => tabOf(await context.newPage()),
    windowAfter: async (act) => {
      const opened = context.waitForEvent("page", { timeout: 10_000 });
      await Promise.all([opened, act()]);
      return tabOf(await opened);
    },
    windows: async () => context.pages().length,
    offline: engine === "firefox" ? undefined : (is) => context.setOffline(is),
  };
};

const createTab = (page: Page, touch: boolean): Tab => ({
  ...createView(() => page.mainFrame(), touch),
  goto: (url) => passing(page, url),
  url: async () => page.url(),
  // Playwright's own wait for `load` never ends where the page comes back whole from the browser's cache.
  back: async () => void (await page.goBack({ waitUntil: "commit" })),
  reload: async () => void (await page.reload()),
  close: () => page.close(),
  isClosed: async () => page.isClosed(),
  frame: createView(() => page.frames()[1] ?? page.mainFrame(), touch),
});

const createView = (frame: () => Frame, touch: boolean): View => {
  const find = (target: string): Locator =>
    isTestId(target)
      ? frame().getByTestId(target)
      : frame().getByRole("button", { name: target }).first();
  const text = async (): Promise<string> =>
    // Between two pages there is nothing to read.
    String(
      await frame()
        .evaluate(VISIBLE_TEXT)
        .catch(() => ""),
    );
  return {
    press: async (target) => {
      const found = find(target);
      await counts(frame(), isTestId(target) ? { testId: target } : { name: target });
      await closing(frame().page(), touch ? found.tap() : found.click());
    },
    fill: (target, value) => find(target).fill(value),
    sees: (wanted) => until(`to see "${wanted}"`, async () => (await text()).includes(wanted)),
    text,
    evaluate: (expression) => frame().evaluate(expression),
  };
};
