/**
 * One request to a provider, whichever way it goes: with retries, and with redirects within one origin only. Knows
 * nothing of grants. What a provider answers is returned, whatever its status; only silence is an error.
 */
import type { Call } from "./calls.ts";
import type { Fetch } from "./configuration.ts";
import { networkError } from "./connection.ts";
import type { HttpMethod } from "./http-method.ts";
import { isStream, type Message } from "./message.ts";
import { discard, type Repeat, type Retry } from "./retry.ts";
import type { Sighting } from "./telemetry.ts";

const MAX_REDIRECTS = 5;

/** Fetch standard, "HTTP-redirect fetch": headers that describe a body go with it. */
const BODY_HEADERS = [
  "content-type",
  "content-encoding",
  "content-language",
  "content-location",
] as const;

export type Outgoing = Message & { method: HttpMethod; url: URL };

/** Gets one request there and its answer back: follows nothing, repeats nothing, rejects with AlterSDKErrors only. */
export type Transport = (
  outgoing: Outgoing,
  signal: AbortSignal,
  sighted: (seen: Sighting) => void,
) => Promise<Response>;

export const send = async (
  retry: Retry,
  transport: Transport,
  call: Call,
  outgoing: Outgoing,
): Promise<Response> => {
  let { method, url, body } = outgoing;
  const headers = new Headers(outgoing.headers);
  for (let redirects = 0; ; redirects++) {
    const hop = { method, url, headers, body };
    const { host } = url;
    const response = await retry(
      call,
      { host, method, repeat: repeatOf(method, body), whom: host },
      (sighted) => transport(hop, call.signal, sighted),
    );
    const next = redirects < MAX_REDIRECTS ? redirectWithin(url, response) : undefined;
    if (!next) return response;
    if (becomesGet(method, response.status)) {
      method = "GET";
      body = null;
      for (const name of BODY_HEADERS) headers.delete(name);
    } else if (isStream(body)) return response;
    await discard(response);
    url = next;
  }
};

/** Straight to the provider. */
export const createDirect =
  (fetch: Fetch): Transport =>
  async ({ method, url, headers, body }, signal, sighted) => {
    const init: RequestInit & { duplex?: "half" } = {
      ...{ method, headers, body, signal },
      // The runtime would take the token along: it drops Authorization for another host, but no other header.
      redirect: "manual",
      ...(isStream(body) && { duplex: "half" }),
    };
    try {
      const response = await fetch(url.href, init);
      sighted({ status: response.status });
      return response;
    } catch (error) {
      signal.throwIfAborted();
      throw networkError("provider_unreachable", url.host, error);
    }
  };

/** RFC 9110, 9.2.2, and what is not idempotent if it was refused. */
const repeatOf = (method: HttpMethod, body: Message["body"]): Repeat => {
  if (isStream(body)) return "never";
  return method === "POST" || method === "PATCH" ? "if_refused" : "always";
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
