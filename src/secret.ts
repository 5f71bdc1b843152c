/** Random text, binary as text, and the proof of an attempt. Knows no protocol, keeps nothing. */
import type { AppWindow } from "./popup-window.ts";

/** 256 bits nobody can guess. */
export const randomText = (app: AppWindow): string =>
  base64url(app.crypto.getRandomValues(new Uint8Array(32)));

const base64url = (bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=/g, "");

/** What the browser that started an attempt knows: the token, and a verifier that only its hash leaves here for. */
export type Proof = {
  token: string;
  verifier: string;
  /** S256 of the verifier. */
  challenge: string;
};

export const prove = async (app: AppWindow, token: string): Promise<Proof> => {
  const verifier = randomText(app);
  const hash = await app.crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return { token, verifier, challenge: base64url(hash) };
};
