import { randomText } from "./secret.ts";
/** Opens the popup, in the middle of the app's window. Knows sizes; must not know what is shown in it. */

/** The window of the app's page: all that the widget touches of a browser hangs on it. */
export type AppWindow = Window & typeof globalThis;

/** Must be called inside the click, before any request: WebKit blocks it after. `null` when it was blocked. */
export const openPopup = (app: AppWindow, url?: string): Window | null =>
  app.open(
    url,
    // 128 random bits: whoever could guess the name could have made the window before us [M9].
    randomText(app),
    `width=480,height=720,left=${app.screenX + app.outerWidth / 2 - 240},top=${app.screenY + app.outerHeight / 2 - 360}`,
  );
