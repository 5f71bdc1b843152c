/**
 * What a user can do in a browser and see of it, whatever the engine: the scenarios are written against this.
 * Knows no driver. Nothing in it counts as a gesture but `press` and `fill`.
 */

export type Engine = "chromium" | "iphone" | "pixel" | "firefox" | "webkit";

/** A page, or a frame in it. */
export type View = {
  /**
   * A click, or a tap on phones, once there is something to press and it is enabled. A lower-case word is a
   * `data-testid`, anything else what is written on a button. Open shadow trees count as the page.
   */
  press: (target: string) => Promise<void>;
  /** Types into the field with that `data-testid`. */
  fill: (target: string, text: string) => Promise<void>;
  /** Waits until this is to be read on the page, in whatever element. */
  sees: (text: string) => Promise<void>;
  /** Now, without waiting. */
  text: () => Promise<string>;
  /** For what no user can see. An expression; must not open windows, since drivers let it. */
  evaluate: (expression: string) => Promise<unknown>;
};

export type Tab = View & {
  goto: (url: string) => Promise<void>;
  url: () => Promise<string>;
  back: () => Promise<void>;
  reload: () => Promise<void>;
  /** As the user closes a window: no page can object. */
  close: () => Promise<void>;
  isClosed: () => Promise<boolean>;
  /** The first frame of the page. */
  frame: View;
};

export type Driver = {
  engine: Engine;
  /** The window that is there from the start. */
  tab: Tab;
  newTab: () => Promise<Tab>;
  /** The window that opens while `act` runs or soon after. */
  windowAfter: (act: () => Promise<void>) => Promise<Tab>;
  /** How many windows are open. */
  windows: () => Promise<number>;
  /** Cuts all windows off from every server, or connects them again; not every driver can. */
  offline: ((is: boolean) => Promise<void>) | undefined;
};

export const isTestId = (target: string): boolean => /^[a-z-]+$/.test(target);

/**
 * Text to be read on a page, open dialogs in shadow trees included: an expression, for either driver. innerText
 * leaves out what is not shown.
 */
export const VISIBLE_TEXT = `((root) => {
  const read = (node) => [
    node.innerText ?? [...node.children].map((child) => child.innerText).join("\\n"),
    ...[...node.querySelectorAll("*")].filter((one) => one.shadowRoot).map((one) => read(one.shadowRoot)),
  ].join("\\n");
  return root ? read(root) : "";
})(document.body)`;

/** Polls until it is so. For signs that only a look can give: closed windows, text on pages. */
export const until = async (
  what: string,
  isSo: () => Promise<boolean>,
  timeout = 10_000,
): Promise<void> => {
  const deadline = Date.now() + timeout;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeout} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
