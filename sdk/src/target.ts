/**
 * Where a request goes: the URL from its template, and which URLs can be given a token at all.
 * Knows URLs only. What is checked here is the parsed URL, and that object is what is fetched.
 */
import { invalidRequest } from "./errors.ts";

export type PathParams = Readonly<Record<string, string | number>>;

type QueryValue = string | number | boolean;
export type QueryParams = Readonly<
  Record<string, QueryValue | readonly (QueryValue | undefined)[] | undefined>
>;

/** `pathParams: null` takes the URL as it stands: braces in its path are braces. */
export const buildTarget = (
  template: string | URL,
  pathParams: PathParams | null = {},
  queryParams: QueryParams = {},
): URL => {
  const text = String(template);
  // URL parsers drop or turn these silently, and a reader of the code may take another host for the target.
  if (/[\\\p{Cc}]/u.test(text))
    throw invalidRequest("The URL contains a backslash or a control character");
  const [, origin, path, rest] = /^(https?:\/\/[^/?#]+)([^?#]*)(.*)$/i.exec(text) ?? [];
  if (origin === undefined || path === undefined || rest === undefined)
    throw invalidRequest("The URL must be absolute: https://host/path");
  const filled = origin + (pathParams ? fillPath(path, pathParams) : path) + rest;
  if (!URL.canParse(filled)) throw invalidRequest("The URL cannot be parsed");
  const url = new URL(filled);
  if (url.username || url.password) throw invalidRequest("The URL must not name a user");
  if (!isGuarded(url))
    throw invalidRequest(
      "The URL must be https on its default port, or a loopback host with its port",
    );
  const query = encodeQuery(queryParams);
  // Appended as text: going through url.searchParams would encode the caller's own query anew.
  if (query) url.search += `${url.search ? "&" : "?"}${query}`;
  return url;
};

/**
 * As one path segment. Encoding leaves dots alone, so those that would climb are refused, also behind a slash; with
 * neither `.` nor `..` nor nothing for a value, no two values side by side make a segment that climbs either.
 */
export const encodeSegment = (name: string, value: unknown): string => {
  const text = typeof value === "number" && Number.isFinite(value) ? String(value) : value;
  if (typeof text !== "string" || text === "")
    throw invalidRequest(`${name} must be a string that is not empty, or a number`);
  // Some servers decode %2F before they resolve dots.
  if (text.split(/[/\\]/).some(isDots)) throw invalidRequest(`${name} must not be . or ..`);
  if (/\p{Cs}/u.test(text)) throw invalidRequest(`${name} is not well-formed text`);
  return encodeURIComponent(text);
};

/** URL syntax makes 127.1, 0x7f.1 and the like into the dotted form before this sees them. */
export const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);

/** Only the path has placeholders: one in the host would let a parameter choose who gets the token. */
const fillPath = (path: string, params: PathParams): string => {
  const unused = new Set(Object.keys(params));
  const filled = path.replace(/\{([^{}/]*)\}/g, (_, name: string) => {
    if (!Object.hasOwn(params, name)) throw invalidRequest(`pathParams.${name} is missing`);
    unused.delete(name);
    return encodeSegment(`pathParams.${name}`, params[name]);
  });
  if (unused.size)
    throw invalidRequest(`pathParams that the URL's path does not use: ${[...unused].join(", ")}`);
  return filled;
};

const encodeQuery = (params: QueryParams): string => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    for (const item of [value].flat()) if (item !== undefined) query.append(name, String(item));
  return query.toString();
};

/** Nobody on the way can read it: https, or a loopback host whose port is named. */
const isGuarded = ({ protocol, hostname, port }: URL): boolean =>
  port === "" ? protocol === "https:" : isLoopback(hostname);

const isDots = (segment: string): boolean => segment === "." || segment === "..";
