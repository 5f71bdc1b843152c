/**
 * When a click counts, when it was done, and when a page was reached: what Playwright by itself is late for, or takes
 * for a failure.
 */
import type { Frame, Page } from "@playwright/test";

/** A test id, or what is written on a button. Open shadow trees count as the page. */
type Target = { testId: string } | { name: string };

/**
 * The page's own look at its buttons, frame by frame. Playwright by itself looks less and less often, and comes to a
 * button that counts clicks from half a second on a third of a second late. Must not click: what waits here is no gesture.
 */
export const counts = async (page: Page | Frame, target: Target): Promise<void> => {
  await page.waitForFunction((target) => {
    const isIt = (element: Element): boolean =>
      element.ariaDisabled !== "true" &&
      ("testId" in target
        ? element.getAttribute("data-testid") === target.testId
        : element.localName === "button" &&
          element.textContent.toLowerCase().includes(target.name.toLowerCase()));
    const isIn = (root: Document | ShadowRoot): boolean =>
      [...root.querySelectorAll("*")].some(
        (element) => isIt(element) || (element.shadowRoot !== null && isIn(element.shadowRoot)),
      );
    return isIn(document);
  }, target);
};

/**
 * A click on what closes its window. The window may be gone before the driver has heard that its click was done, and
 * then says the click has failed; a window that goes is what was wanted.
 */
export const closing = async (page: Page, click: Promise<void>): Promise<void> =>
  click.catch(async (error: unknown) => {
    if (page.isClosed()) return;
    await page.waitForEvent("close", { timeout: 1000 }).catch(() => {
      throw error;
    });
  });

/** To a page that goes on by itself, which may be before the driver calls it loaded: that is no failure to get there. */
export const passing = async (page: Page, url: string): Promise<void> => {
  await page.goto(url).catch((error: unknown) => {
    if (!/ is interrupted by another navigation to /.test(String(error))) throw error;
  });
};
