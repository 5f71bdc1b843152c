/** What a request carries: headers and body from the caller, and the token put in. Knows no URL and sends nothing. */
import { AlterError, invalidRequest } from "./errors.ts";
import { HttpMethod } from "./http-method.ts";

export type RequestBody = NonNullable<RequestInit["body"]>;

export type MessageOptions = {
  /** Sent as JSON with `content-type: application/json`, unless `headers` names another. Not with `body`. */
  json?: unknown;
  /** Anything `fetch` takes. A stream is sent once: a redirect that needs it again is returned, not followed. */
  body?: RequestBody | undefined;
  /** Must not hold Authorization, which is the SDK's to set, nor Host or others that say where and how it is sent. */
  headers?: NonNullable<RequestInit["headers"]> | undefined;
};

export type Message = { headers: Headers; body: RequestBody | null };

/** `host`: behind a shared front end, an allowed name with another Host reaches another tenant, token and all. */
const RESERVED = [
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
  if (!Object.hasOwn(HttpMethod, method))
    throw invalidRequest(`method must be one of ${Object.keys(HttpMethod).join(", ")}`);
  const headers = readHeaders(options.headers);
  const body = readBody(options);
  if (body !== null && (method === "GET" || method === "HEAD"))
    throw invalidRequest(`${method} takes no body`);
  if (options.json !== undefined && !headers.has("content-type"))
    headers.set("content-type", "application/json");
  return { headers, body };
};

/** Puts the token where the broker says, and never over something the caller has set. */
export const inject = (
  headers: Headers,
  { name, template }: { name: string; template: string },
  token: string,
): void => {
  if (/[^\x21-\x7e]/.test(token) || !/^[\x20-\x7e]*$/.test(template) || !isHeaderName(name))
    // Checked here, because the runtime's own error would quote the value.
    throw new AlterError({
      code: "invalid_response",
      message: "The broker's reply has a token or a template that cannot be a header",
    });
  if (headers.has(name)) throw invalidRequest(`The header ${name} carries the token here`);
  // A function: as a string, the token's own `$&` would be a pattern.
  headers.set(
    name,
    template.replaceAll("{token}", () => token),
  );
};

export const isStream = (body: RequestBody | null): boolean =>
  body instanceof ReadableStream ||
  (typeof body === "object" && body !== null && Symbol.asyncIterator in body);

const readHeaders = (given: MessageOptions["headers"]): Headers => {
  let headers;
  try {
    headers = new Headers(given);
  } catch {
    // Without its cause, which quotes the value.
    throw invalidRequest("headers has a name or a value that HTTP does not allow");
  }
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

const isHeaderName = (name: string): boolean => /^[\w!#$%&'*+.^`|~-]+$/.test(name);
