/** What a request carries: headers and body from the caller. Knows no URL and no token, and sends nothing. */
import { invalidRequest } from "./errors.ts";
import { HttpMethod, isHttpMethod } from "./http-method.ts";

export type RequestBody = NonNullable<RequestInit["body"]>;

export type MessageOptions = {
  /** Sent as JSON with `content-type: application/json`, unless `headers` names another. Not with `body`. */
  json?: unknown;
  /**
   * Anything `fetch` takes. A stream is sent once: nothing is retried, a 401 stands, and a redirect that needs it again
   * is returned, not followed.
   */
  body?: RequestBody | undefined;
  /** Must not hold Authorization, which is the SDK's to set, nor Host or others that say where and how it is sent. */
  headers?: NonNullable<RequestInit["headers"]> | undefined;
};

export type Message = { headers: Headers; body: RequestBody | null };

/** `host`: behind a shared front end, an allowed name with another Host reaches another tenant, token and all. */
export const RESERVED = [
  "authorization",
  "proxy-authorization",
  "host",
  "connection",
  "content-length",
  "expect",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

export const buildMessage = (method: HttpMethod, options: MessageOptions): Message => {
  if (!isHttpMethod(method))
    throw invalidRequest(`method must be one of ${Object.keys(HttpMethod).join(", ")}`);
  const headers = readHeaders(options.headers);
  const body = readBody(options);
  if (body !== null && (method === "GET" || method === "HEAD"))
    throw invalidRequest(`${method} takes no body`);
  if (options.json !== undefined && !headers.has("content-type"))
    headers.set("content-type", "application/json");
  return { headers, body };
};

export const isStream = (body: RequestBody | null): boolean =>
  body instanceof ReadableStream ||
  (typeof body === "object" && body !== null && Symbol.asyncIterator in body);

export const toHeaders = (given: RequestInit["headers"]): Headers => {
  try {
    return new Headers(given);
  } catch {
    // Without its cause, which quotes the value.
    throw invalidRequest("headers has a name or a value that HTTP does not allow");
  }
};

const readHeaders = (given: MessageOptions["headers"]): Headers => {
  const headers = toHeaders(given);
  const reserved = RESERVED.find((name) => headers.has(name));
  if (reserved) throw invalidRequest(`headers must not set ${reserved}`);
  return headers;
};

const readBody = ({ json, body }: MessageOptions): RequestBody | null => {
  if (json === undefined) return body ?? null;
  if (body !== undefined) throw invalidRequest("Pass json or body, not both");
  let text: string | undefined;
  try {
    text = JSON.stringify(json);
  } catch {
    text = undefined;
  }
  if (text === undefined) throw invalidRequest("json cannot be serialised");
  return text;
};
