/**
 * Puts a token on a request, where the broker says, and keeps it out of what comes back. Pure: URL and headers in, new
 * ones out.
 */
import type { backend } from "@alter-ai/protocol/backend";
import { copyOf } from "./copy.ts";
import { invalidRequest, invalidResponse } from "./errors.ts";

type Injection = ReturnType<typeof backend.token.reply.parse>["injection"];

export type Injected = {
  url: URL;
  headers: Headers;
  /** The response as the app may see it. */
  cover: (response: Response) => Response;
};

/** `replace`: what the caller has set in that place gives way; otherwise it is refused, and never overwritten. */
export const inject = (
  { in: place, name, template }: Injection,
  token: string,
  request: { url: URL; headers: Headers },
  replace: boolean,
): Injected => {
  // A function: as a string, the token's own `$&` would be a pattern.
  const value = template.replaceAll("{token}", () => token);
  return place === "header"
    ? inHeader(name, value, request, replace)
    : inQuery(name, value, request, replace);
};

const inHeader = (
  name: string,
  value: string,
  request: { url: URL; headers: Headers },
  replace: boolean,
): Injected => {
  // Checked here, because the runtime's own error would quote the value.
  if (!/^[\x20-\x7e]+$/.test(value) || !/^[\w!#$%&'*+.^`|~-]+$/.test(name))
    throw invalidResponse("The broker's reply has a token or a template that cannot be a header");
  if (request.headers.has(name) && !replace)
    throw invalidRequest(`The header ${name} carries the token here`);
  const headers = new Headers(request.headers);
  headers.set(name, value);
  return { url: request.url, headers, cover: (response) => response };
};

const inQuery = (
  name: string,
  value: string,
  request: { url: URL; headers: Headers },
  replace: boolean,
): Injected => {
  if (!name || !value || /\p{Cs}/u.test(name + value))
    throw invalidResponse("The broker's reply has a token or a template that cannot be in a URL");
  const url = new URL(request.url);
  // As text, here and below: going through searchParams would encode the caller's own query anew.
  const parts = url.search.slice(1).split("&").filter(Boolean);
  const others = parts.filter((part) => !new URLSearchParams(part).has(name));
  if (others.length < parts.length && !replace)
    throw invalidRequest(`The query's ${name} carries the token here`);
  const encoded = encodeURIComponent(value);
  url.search = [...others, `${encodeURIComponent(name)}=${encoded}`].join("&");
  // `Response.url` has it, and so may a Location or Link that repeats the query.
  const spelt = spellings(value);
  const masked = (header: string) => header.replace(spelt, "***");
  const cover = (response: Response) => {
    const headers = new Headers();
    for (const [each, text] of response.headers) headers.append(each, masked(text));
    return copyOf(response, headers);
  };
  return { url, headers: request.headers, cover };
};

/** However its characters are percent-encoded: all, some or none of them, in either case. */
const spellings = (text: string): RegExp => {
  const one = (character: string): string => {
    const bytes = [...new TextEncoder().encode(character)];
    const hex = bytes.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
    const either = hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
    return `(?:${character.replace(/[^\w\s]/g, "\\$&")}|${either})`;
  };
  return new RegExp([...text].map(one).join(""), "g");
};
