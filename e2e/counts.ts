/**
 * When a click counts: the page's own look at its buttons, frame by frame. Playwright by itself looks less and less often,
 * and comes to a button that counts clicks from half a second on a third of a second late. Must not click: what waits
 * here is no gesture.
 */
import type { Frame, Page } from "@playwright/test";

/** A test id, or what is written on a button. Open shadow trees count as the page. */
type Target = { testId: string } | { name: string };

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
