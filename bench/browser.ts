/**
 * A Chromium as users have it, behind the link, and what its user does. Knows where to click and which
 * moments to note; must not know what is compared with what.
 */
import { chromium, type Browser, type BrowserContext, type Page } from "@playwright/test";
import { EventEmitter, once } from "node:events";
import config from "../playwright.config.ts";

export type Visit = {
  page: Page;
  /** Clicks Connect; resolves with the window that opens. */
  connect: () => Promise<Page>;
  /** When the page noted this, in milliseconds since the epoch. Ask before it can happen. */
  noted: (what: "clicked" | "success") => Promise<number>;
};

/** Far past anything measured: it only ends what hangs. */
const PATIENCE = 60_000;

/** The tests' own Chromium, popup blocker and all. */
export const launch = (proxy: string): Promise<Browser> => {
  const project = config.projects?.find(({ name }) => name === "chromium");
  // Chromium would go to loopback hosts without its proxy, and everything here is one.
  const behind = { server: proxy, bypass: "<-loopback>" };
  return chromium.launch({ ...project?.use?.launchOptions, proxy: behind });
};

export const visit = async (context: BrowserContext, url: string): Promise<Visit> => {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const notes = new EventEmitter();
  const noted = async (what: string): Promise<number> => {
    const timeout = AbortSignal.timeout(PATIENCE);
    timeout.onabort = () => notes.emit("error", new Error(`no "${what}" from ${url}`));
    const [at] = (await once(notes, what)) as [number];
    timeout.onabort = null;
    return at;
  };
  await page.exposeFunction("note", (what: string, detail: unknown) => {
    // Whoever waits for a note is told of a failure instead: `once` rejects on an "error".
    if (what === "failed") notes.emit("error", new Error(`connect failed: ${String(detail)}`));
    else notes.emit(what, detail);
  });
  const loaded = noted("loaded");
  await page.goto(url);
  await loaded;
  return {
    page,
    noted,
    connect: async () => {
      const opened = page.waitForEvent("popup");
      await page.getByRole("button").click();
      const popup = await opened;
      popup.setDefaultTimeout(PATIENCE);
      return popup;
    },
  };
};

/** Clicks the hosted page's confirmation in the moment it counts. */
export const confirm = async (popup: Page): Promise<void> => {
  // Playwright's own waiting looks every now and then, up to half a second apart; this looks at every frame.
  const armed = await popup.waitForFunction(
    () =>
      [...document.querySelectorAll("button")].find(
        (button) => button.textContent.startsWith("Continue to") && button.ariaDisabled !== "true",
      ),
    undefined,
    { polling: "raf" },
  );
  await armed.asElement()?.click({ force: true, noWaitAfter: true });
};

/** When the provider's login page had loaded, in milliseconds since the epoch. */
export const loginLoaded = async (popup: Page, provider: string): Promise<number> => {
  await popup.waitForURL((url) => url.href.startsWith(`${provider}/interaction/`), {
    waitUntil: "load",
  });
  return popup.evaluate(() => {
    const [navigation] = performance.getEntriesByType("navigation");
    const loaded =
      navigation instanceof PerformanceNavigationTiming ? navigation.loadEventStart : NaN;
    // Not timeOrigin: all moments are of one clock, and that one is set once for each process.
    return Date.now() - performance.now() + loaded;
  });
};

/** From the login page to the callback. */
export const agree = async (popup: Page, account: string): Promise<void> => {
  await popup.getByTestId("account").fill(account);
  await popup.getByTestId("login").click();
  await popup.getByTestId("allow").click({ noWaitAfter: true });
};
