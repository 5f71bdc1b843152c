/**
 * One request to a provider, with a token in its headers: sends it, and follows redirects within one origin only.
 * Knows nothing of grants. What a provider answers is returned, whatever its status; only silence is an error.
 */
import type { Fetch } from "./configuration.ts";
import { ProviderUnavailableError, reasonOf } from "./errors.ts";
import type { HttpMethod } from "./http-method.ts";
import { isStream, type Message } from "./message.ts";

const MAX_REDIRECTS = 5;

/** Fetch standard, "HTTP-redirect fetch": headers that describe a body go with it. */
const BODY_HEADERS = [
  "content-type",
  "content-encoding",
  "content-language",
  "content-location",
] as const;

export const send = async (
  fetch: Fetch,
  method: HttpMethod,
  url: URL,
  { headers, body }: Message,
  signal: AbortSignal,
): Promise<Response> => {
  try {
    for (let redirects = 0; ; redirects++) {
      const init: RequestInit & { duplex?: "half" } = {
        method,
        headers,
        body,
        signal,
        // The runtime would take the token along: it drops Authorization for another host, but no other header.
        redirect: "manual",
        ...(isStream(body) && { duplex: "half" }),
      };
      const response = await fetch(url.href, init);
      const next = redirects < MAX_REDIRECTS ? redirectWithin(url, response) : undefined;
      if (!next) return response;
      if (becomesGet(method, response.status)) {
        method = "GET";
        body = null;
        for (const name of BODY_HEADERS) headers.delete(name);
      } else if (isStream(body)) return response;
      await response.body?.cancel();
      url = next;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw new ProviderUnavailableError({
      code: "provider_unreachable",
      message: `${url.host} could not be reached${reasonOf(error)}`,
    });
  }
};

const redirectWithin = (url: URL, response: Response): URL | undefined => {
  const location = response.headers.get("location");
  if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return undefined;
  if (!URL.canParse(location, url)) return undefined;
  const next = new URL(location, url);
  return next.origin === url.origin && !next.username && !next.password ? next : undefined;
};

const becomesGet = (method: HttpMethod, status: number): boolean =>
  status === 303
    ? method !== "GET" && method !== "HEAD"
    : (status === 301 || status === 302) && method === "POST";
