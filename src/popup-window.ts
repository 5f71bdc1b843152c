/**
 * Opens the popup, and knows what can cut it off. Must not know what is
 * shown in it.
 */
import { randomText } from "./secret.ts";

/** The window of the app's page: all that the widget touches of a browser hangs on it. */
export type AppWindow = Window & typeof globalThis;

/** Must be called inside the click, before any request: WebKit blocks it after. `null` when it was blocked. */
export const openPopup = (app: AppWindow, url: string): Window | null =>
  app.open(
    url,
    // Whoever could guess the name could have made the window before us [M9].
    randomText(app),
    "width=480,height=720",
  );

/** The header by which a page loses every popup it opens. */
export const ISOLATION = "Cross-Origin-Opener-Policy";

/** Whether the app's own page has that header. Its head only: nothing of it is read, nobody else is asked. */
export const isIsolated = (app: AppWindow): Promise<boolean> =>
  app.fetch(app.location.href, { method: "HEAD" }).then(
    ({ headers }) => /^same-origin(;|$)/.test(`${headers.get(ISOLATION)}`),
    () => false,
  );
