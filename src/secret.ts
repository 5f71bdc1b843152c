import type { AppWindow } from "./popup-window.ts";
/** 256 random bits. */
export const randomText = (app: AppWindow): string =>
  base64url(app.crypto.getRandomValues(new Uint8Array(32)));
/** 256 bits as text. */
export const base64url = (bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .slice(0, 43);
