/**
 * Which way to the hosted page this browser has. Knows the device and the frame; must not know what either
 * way does.
 */
import type { AppWindow } from "./popup-window.ts";

/** `auto`: redirect on phones, tablets and in installed apps, where a popup is a tab at best; else popup. */
export type Mode = "auto" | "popup" | "redirect";

/** By the pointer people use first: a narrow window is no phone, nor is a laptop with a touch screen. */
export const redirects = (app: AppWindow, mode: Mode): boolean =>
  // Inside a frame it would take the frame away and leave the app standing.
  app === app.top &&
  (mode === "redirect" ||
    (mode === "auto" && app.matchMedia("(pointer:coarse),(display-mode:standalone)").matches));

/** The attribute by which nothing that this frame opens can be the user's own browser window [M19]. */
export const obstacle = (app: AppWindow): string | undefined =>
  app.origin === "null"
    ? "sandbox"
    : (app as { credentialless?: boolean }).credentialless
      ? "credentialless"
      : undefined;
