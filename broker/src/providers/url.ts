/** URLs and hosts as a configuration or a record may have them. Knows the URL standard; nothing of any provider. */
import { z } from "zod";

const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" ||
  hostname.endsWith(".localhost") ||
  hostname === "[::1]" ||
  /^127(\.\d{1,3}){3}$/.test(hostname);

/** https anywhere, http on loopback; parsed by URL, so that no second parser can disagree. */
export const isSecureUrl = (url: URL): boolean =>
  url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));

/** The URL standard lets `*` stand in a host name; here that would look like a wildcard and match nothing. */
export const parseUrl = (value: string): URL | undefined => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url?.hostname.includes("*") ? undefined : url;
};

/** The URL, if a code, a secret or a user may be sent there. */
export const secureUrlOf = (value: string): URL | undefined => {
  const url = parseUrl(value);
  const bare = url && !url.username && !url.password && !url.hash;
  return bare && isSecureUrl(url) ? url : undefined;
};

export const secureUrl = z
  .string()
  .max(2048)
  .refine(
    (value) => secureUrlOf(value) !== undefined,
    "must be an https URL (http only on loopback) without user or fragment",
  );

/** The host of an API, spelled as it has to be; a port on loopback only. */
export const isApiHost = (value: string): boolean => {
  const url = parseUrl(`https://${value}`);
  if (!url || url.host !== value || url.pathname !== "/" || url.search || url.hash) return false;
  return url.port === "" || isLoopback(url.hostname);
};

/** Exact host; a wildcard would hand the token to any tenant of that domain [M11]. */
export const apiHost = z
  .string()
  .refine(
    isApiHost,
    "must be one exact lower-case host such as api.example.com (a port only on loopback, no wildcard, no path)",
  );
