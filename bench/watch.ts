/**
 * What a user sees of a page while it loads, and when: noted inside of the page by observers that are there before it.
 * Knows the decision's screen by its words; must not know how it came.
 */
import type { Browser, BrowserContext, Page } from "@playwright/test";

export type Watched = {
  /** When the navigation began, in milliseconds since the epoch. All others are counted from it. */
  started: number;
  /** Anything at all. */
  paint: number;
  /** The decision's heading and its button have been painted. */
  useful: number;
  /** A click on the button counts. */
  interactive: number;
  /** How much of what was seen has moved by itself, as the browser scores it. */
  shift: number;
};

/** Far past anything measured: it only ends what hangs. */
const PATIENCE = 60_000;

/** A browser profile of which every window is watched, those that pages open included. */
export const watchedProfile = async (browser: Browser): Promise<BrowserContext> => {
  const context = await browser.newContext();
  context.setDefaultTimeout(PATIENCE);
  await context.addInitScript(watch);
  return context;
};

export const watchedOf = async (page: Page): Promise<Watched> => {
  const watched = await page.waitForFunction(
    () => (window as Watching).watched?.interactive && (window as Watching).watched,
    undefined,
    // It must not take the processor from what it measures.
    { polling: 200 },
  );
  return (await watched.jsonValue()) as Watched;
};

type Watching = Window & { watched?: Partial<Watched> };

/** Runs in the page. */
const watch = (): void => {
  const watched: Partial<Watched> = { shift: 0 };
  (window as Watching).watched = watched;
  // Not timeOrigin: all moments are of one clock, and that one is set once for each process.
  watched.started = Date.now() - performance.now();

  const paints = (entries: PerformanceObserverEntryList): void => {
    for (const { name, startTime } of entries.getEntries())
      if (name === "first-paint") watched.paint = startTime;
  };
  const shifts = (entries: PerformanceObserverEntryList): void => {
    for (const entry of entries.getEntries())
      watched.shift = (watched.shift ?? 0) + (entry as PerformanceEntry & { value: number }).value;
  };
  new PerformanceObserver(paints).observe({ type: "paint", buffered: true });
  new PerformanceObserver(shifts).observe({ type: "layout-shift", buffered: true });

  /** The frame that a change belongs to has been handed over once what it has posted arrives. */
  const painted = (note: () => void): void =>
    void requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = note;
      port2.postMessage(null);
    });
  let seen = false;
  const look = (): void => {
    const decides = [...document.querySelectorAll("button")].find(({ textContent }) =>
      textContent.startsWith("Continue to"),
    );
    if (!decides || !document.querySelector("h1")?.textContent.startsWith("Connect ")) return;
    if (!seen)
      painted(() => {
        watched.useful = performance.now();
      });
    seen = true;
    if (decides.ariaDisabled === "true") return;
    changes.disconnect();
    painted(() => {
      watched.interactive = performance.now();
    });
  };
  const changes = new MutationObserver(look);
  changes.observe(document, { subtree: true, childList: true, attributes: true });
};
