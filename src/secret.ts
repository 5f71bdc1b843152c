/** Random text, and binary as text. Knows no protocol, keeps nothing. */
import type { AppWindow } from "./popup-window.ts";

/** 256 bits nobody can guess. */
export const randomText = (app: AppWindow): string =>
  base64url(app.crypto.getRandomValues(new Uint8Array(32)));

export const base64url = (bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=/g, "");
