/**
 * Which broker to trust: the origin that the window is opened at, that messages must come from and that the
 * token is sent to. Knows the form of addresses and tokens; must not know windows or requests.
 */
import { SESSION_TOKEN } from "@alter-ai/protocol/window";

/** A normalised address that is an origin and nothing more: no user, path, query or fragment [M2]. */
const ORIGIN = /^(https:\/\/[^/@]+|http:\/\/(localhost|127\.0\.0\.1|\[::1])(:\d+)?)\/$/;

/** The origin at an address; `undefined` if it is none, or none that may be trusted with a token. */
export const brokerOrigin = (address: () => string): string | undefined => {
  try {
    return ORIGIN.exec(new URL(address()).href)?.[1];
  } catch {
    // Not even an address.
  }
  return undefined;
};

/** The origin of the broker that a session token names; `undefined` if it is not a session token. */
export const tokenOrigin = (token: string): string | undefined =>
  // Plain base64 will do: no character of an origin becomes one of those in which base64url differs.
  brokerOrigin(() => atob(SESSION_TOKEN.exec(token)?.[1] ?? ""));

/** Whether its session has a return URL, so that a redirect would come back. */
export const canReturn = (token: string): boolean => token.includes(".r.");
