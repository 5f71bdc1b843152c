/**
 * One call to a provider, made here so that the credential never leaves the broker: puts it on the request, streams
 * both bodies within their limits, follows no redirect. Knows no grant and no policy; the URL's host has been checked
 * against the grant's.
 */
import { isBodiless } from "../bounded.ts";
import type { Injection } from "../credential.ts";
import { refuse, type Refusal } from "../error.ts";
import { inject, type Injected } from "../injection.ts";
import {
  bounded,
  collect,
  counted,
  hasBody,
  isSmall,
  startWatch,
  tooLarge,
  type Carried,
} from "./bodies.ts";
import { headersOf, withoutOurs } from "./headers.ts";

export type ProxiedCall = Carried & {
  url: URL;
  headers: [name: string, value: string][];
  /** The caller hangs up. */
  signal: AbortSignal;
};

/** A call found to be one that can be made; what it lacks is the credential. */
export type ReadyCall = {
  /** @throws Refusal where the caller has put something of its own in the credential's place. */
  fits: (injection: Injection) => void;
  send: (credential: Injected) => Promise<Response>;
};

/**
 * @throws Refusal before anything is asked for, so that a call that cannot be made costs nothing. Waits for a short
 * body: between the credential and the provider nobody may be able to dawdle, a revocation could fall in there.
 */
export type Proxy = (call: ProxiedCall) => Promise<ReadyCall>;

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

export const createProxy =
  (deps: {
    fetch: typeof fetch;
    limits: { timeout: number; most_request_bytes: number; most_reply_bytes: number };
  }): Proxy =>
  async (call) => {
    const { most_request_bytes } = deps.limits;
    if (!METHODS.includes(call.method))
      throw refuse("invalid_request", `method: expected one of ${METHODS.join(", ")}.`);
    if ((call.content_length ?? 0) > most_request_bytes) throw tooLarge(most_request_bytes);
    const url = new URL(call.url);
    const headers = headersOf(call.headers);
    const whole = isSmall(call) && hasBody(call) ? await collect(call) : undefined;

    return {
      fits: ({ in: place, name }) => {
        if (place === "query" ? url.searchParams.has(name) : headers.has(name))
          throw refuse("invalid_request", `${place}: ${name} carries the credential.`);
      },
      send: (credential) => {
        inject(url, headers, credential);
        return send(deps, { ...call, url, headers }, whole, credential);
      },
    };
  };

const send = async (
  { fetch, limits }: Parameters<typeof createProxy>[0],
  call: Omit<ProxiedCall, "headers"> & { headers: Headers },
  whole: ArrayBuffer | undefined,
  credential: Injected,
): Promise<Response> => {
  const { method, url, headers } = call;
  const watch = startWatch(limits.timeout);
  let refusal: Refusal | undefined;
  const body =
    whole ??
    (hasBody(call)
      ? counted(call.body, limits.most_request_bytes, watch, (why) => (refusal = why))
      : null);
  let response: Response;
  try {
    const init: RequestInit & { duplex?: "half" } = {
      ...{ method, headers, body },
      signal: AbortSignal.any([call.signal, watch.signal]),
      redirect: "manual",
      ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
    };
    response = await fetch(url, init);
  } catch {
    // Without what fetch says: it may quote the URL or a header.
    throw (
      refusal ??
      (watch.signal.aborted
        ? refuse("provider_timeout", `${url.host} kept silent for ${limits.timeout / 1000} s.`)
        : refuse("provider_unavailable", `${url.host} could not be reached.`))
    );
  } finally {
    watch.stop();
  }
  const { status, statusText } = response;
  if (status < 200 || status > 599) {
    await response.body?.cancel();
    throw refuse("provider_unavailable", `${url.host} answered with a status that HTTP has not.`);
  }
  const reply = isBodiless(status) ? null : response.body;
  return new Response(reply && bounded(reply, limits.most_reply_bytes, watch), {
    status,
    statusText,
    headers: withoutOurs(response.headers, url, credential),
  });
};
