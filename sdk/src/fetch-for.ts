/**
 * `fetch` for a provider's own client library: the same signature, and each request goes as the user, to the grant's
 * hosts only. Reads what such libraries hand to fetch; what happens then is request.ts's.
 */
import { invalidRequest } from "./errors.ts";
import { readRequest, type GrantChoice, type RequestOptions } from "./exchange.ts";
import { HttpMethod } from "./http-method.ts";
import { RESERVED, toHeaders, type RequestBody } from "./message.ts";
import type { createRequest } from "./request.ts";
import { buildTarget } from "./target.ts";

/** What holds for every request of the library. */
export type FetchForOptions = GrantChoice &
  Pick<
    RequestOptions,
    "userToken" | "requiredScopes" | "endUserIp" | "cache" | "timeout" | "maxRetries"
  >;

/** Has the signature of `fetch`. */
export type ScopedFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export const createFetchFor =
  ({ requestAsRead }: ReturnType<typeof createRequest>) =>
  (choice: FetchForOptions): ScopedFetch =>
  async (input, init = {}) => {
    // Not by `instanceof`: a library may bring a Request of its own.
    const request = typeof input === "object" && "url" in input ? input : undefined;
    const method = methodOf(init.method ?? request?.method ?? "GET");
    const signal = init.signal === null ? undefined : (init.signal ?? request?.signal);
    const options: RequestOptions = { ...choice, signal, throwOnError: false };
    const read = () => {
      const url = buildTarget(request?.url ?? String(input), null);
      const headers = ourHeaders(init.headers ?? request?.headers);
      const body: RequestBody | undefined = init.body ?? request?.body ?? undefined;
      return readRequest(method, url, { ...choice, headers, body });
    };
    return requestAsRead(method, options, read, true);
  };

/** As fetch has it, where `post` means POST. */
const methodOf = (given: string): HttpMethod => {
  const upper = given.toUpperCase();
  const method = Object.values(HttpMethod).find((each) => each === upper);
  if (!method) throw invalidRequest(`method must be one of ${Object.keys(HttpMethod).join(", ")}`);
  return method;
};

/**
 * Without those that a request of ours must not set. Here they are dropped: most libraries insist on a token and put
 * some stand-in into Authorization, and some compute a length or name the connection.
 */
const ourHeaders = (given: RequestInit["headers"]): Headers => {
  const headers = toHeaders(given);
  for (const name of RESERVED) headers.delete(name);
  return headers;
};
