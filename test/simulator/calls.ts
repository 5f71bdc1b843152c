/**
 * One request as it came in, and the ways of a provider to say no. Knows HTTP, and under which two addresses every
 * provider of the simulator is reached: by its own, which a header names, and by a path on loopback.
 */
import type { IncomingMessage } from "node:http";
import { jsonReply, readBody, type Reply } from "../servers/http.ts";
import { stringify } from "./paths.ts";

export type Body =
  | { kind: "none" }
  | { kind: "form"; fields: URLSearchParams }
  | { kind: "json"; value: unknown }
  | { kind: "other" };

/** Secrets are in it: it is for assertions, not for logs. */
export type Call = {
  method: string;
  /** As the real provider would have seen it. */
  url: URL;
  headers: Record<string, string>;
  body: Body;
  /** Where the simulator is reached as `http://localhost:<port>/<host>/…`: a browser has no other way to it. */
  loopback: string | undefined;
};

/** The origin that `simulator.fetch` was asked for. */
export const ORIGIN_HEADER = "simulated-origin";

/** A no, in the provider's own form or as an answer that is the same everywhere. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(code: string, why: string, status = 400) {
    super(why);
    this.code = code;
    this.status = status;
  }
}

export const insist: (
  holds: unknown,
  code: string,
  why: string,
  status?: number,
) => asserts holds = (holds, code, why, status) => {
  if (!holds) throw new Refused(code, why, status);
};

export const readCall = async (req: IncomingMessage, own: string): Promise<Call | undefined> => {
  const headers = Object.fromEntries(
    Object.entries(req.headers).map(([name, value]) => [name, String(value)]),
  );
  const { [ORIGIN_HEADER]: origin, ...rest } = headers;
  const path = req.url ?? "/";
  const [, host, beyond = "/"] = /^\/([^/?]+)(.*)$/.exec(path) ?? [];
  if (origin === undefined && (host === undefined || !host.includes("."))) return undefined;
  const url = origin === undefined ? `https://${host}${beyond}` : `${origin}${path}`;
  if (!URL.canParse(url)) return undefined;
  return {
    method: req.method ?? "GET",
    url: new URL(url),
    headers: rest,
    body: bodyOf(headers["content-type"] ?? "", (await readBody(req)).toString()),
    loopback: origin === undefined ? own : undefined,
  };
};

const bodyOf = (type: string, text: string): Body => {
  if (text === "") return { kind: "none" };
  if (/^application\/x-www-form-urlencoded\b/i.test(type))
    return { kind: "form", fields: new URLSearchParams(text) };
  if (!/^application\/json\b/i.test(type)) return { kind: "other" };
  try {
    return { kind: "json", value: JSON.parse(text) as unknown };
  } catch {
    return { kind: "other" };
  }
};

/** Every single value that a request carries, wherever it stands: that is how a server finds out what it is about. */
export const valuesOf = ({ url, headers, body }: Call): Set<string> => {
  const values = new Set<string>([
    ...url.pathname.split("/").map(decode),
    ...url.searchParams.values(),
    ...(body.kind === "form" ? body.fields.values() : []),
    ...(body.kind === "json" ? leavesOf(body.value) : []),
    ...Object.values(headers).flatMap((value) => value.split(/[\s,;]+/)),
    ...(basicOf(headers["authorization"]) ?? []),
    ...(basicOf(headers["authorization"])?.map(formDecoded) ?? []),
  ]);
  values.delete("");
  return values;
};

export const basicOf = (header: string | undefined): [string, string] | undefined => {
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/.exec(header ?? "")?.[1];
  const pair = encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString();
  const colon = pair?.indexOf(":") ?? -1;
  return pair === undefined || colon < 0
    ? undefined
    : [pair.slice(0, colon), pair.slice(colon + 1)];
};

export const formDecoded = (text: string): string => decode(text.replaceAll("+", " "));

export const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const leavesOf = (value: unknown): string[] => {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leavesOf) : [];
};

/** Where a URL of the provider is for whoever made this call. */
export const reachable = ({ loopback }: Pick<Call, "loopback">, url: string): string =>
  loopback !== undefined && url.startsWith("https://")
    ? `${loopback}/${url.slice("https://".length)}`
    : url;

export const json = (value: unknown, status = 200): Reply => ({
  ...jsonReply(null, status),
  body: Buffer.from(stringify(value)),
});
