/**
 * Takes a browser's page to a state, as its user would get there. Knows the driver and the stub's addresses; must not
 * know what is looked for there.
 */
import { FRAGMENT, STATES } from "./states.mjs";
import { STATE_HEADER } from "./stub.mjs";

/** Something is said, and it is not that something is on its way. */
export const SETTLED = ".card:not(:has(.spinner)) h1";

/** Where a state is found. */
export const addressOf = (name, locale = "en") => {
  const { path } = STATES[name];
  const token = `${name}-${locale}`;
  if (path === undefined) return `/connect/s/${token}`;
  return path === FRAGMENT ? path + token : path === "/app" ? `${path}#${token}` : path;
};

/** Resolves with the page that shows it: another one than `page` where an app opens it. */
export const enter = async (page, base, name, locale = "en") => {
  const { path, type, press = [], until = SETTLED, offline, wallet } = STATES[name];
  const opened = path === "/app" ? page.waitForEvent("popup") : undefined;
  // An address that differs in the fragment alone would load nothing.
  if (opened || path === FRAGMENT) await page.goto("about:blank");
  if (wallet) await page.setExtraHTTPHeaders({ [STATE_HEADER]: `${name}-${locale}` });
  await page.goto(base + addressOf(name, locale));
  if (opened) await page.getByRole("button").click();
  const shown = (await opened) ?? page;
  const size = page.viewportSize();
  if (opened && size) await shown.setViewportSize(size);
  if (type) await shown.locator("input").first().fill(type);
  if (offline) {
    await shown.locator(SETTLED).waitFor();
    await shown.evaluate("dispatchEvent(new Event('offline'))");
  }
  for (const button of [press].flat()) await shown.locator(button).first().click();
  await shown.locator(until).first().waitFor();
  return shown;
};

/** Until clicks count: what waits for that is paler. In the Wallet they count at once. */
export const armed = (shown, name) =>
  STATES[name]?.wallet
    ? undefined
    : shown.locator(".button[aria-disabled]").first().waitFor({ state: "hidden" });
