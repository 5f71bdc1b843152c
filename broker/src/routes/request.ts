/** Reading a request: JSON bodies by schema, bearer tokens. Every refusal says what was expected, never what came if it could be secret. */
import type { Context } from "hono";
import type * as z from "zod/mini";
import type { Env } from "../context.ts";
import { refuse } from "../error.ts";

type Schema<T> = {
  safeParse: (
    value: unknown,
  ) => { success: true; data: T } | { success: false; error: { issues: z.core.$ZodIssue[] } };
};

export const readBody = async <T>(c: Context<Env>, schema: Schema<T>): Promise<T> => {
  const type = mediaType(c);
  if (type !== "application/json")
    throw refuse(
      "unsupported_media_type",
      `Expected application/json, got ${type ? "another type" : "none"}.`,
    );
  let body: unknown;
  try {
    body = await c.req.json();
  } catch {
    throw refuse("invalid_request", "The body is not valid JSON.");
  }
  return check(body, schema);
};

/** Without its parameters, such as `application/json`. */
export const mediaType = (c: Context<Env>): string | undefined =>
  c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();

export const check = <T>(value: unknown, schema: Schema<T>): T => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const detail = parsed.error.issues.map(sentenceOf).join("; ");
  throw refuse("invalid_request", detail.slice(0, 1000));
};

/**
 * Names types and limits, never the value: it may be a token. Names of members are the caller's own words as well, and
 * are said only where they look like names.
 */
const sentenceOf = (issue: z.core.$ZodIssue): string => {
  const place = issue.path.map(spoken).join(".") || "(body)";
  if (issue.code !== "unrecognized_keys") return `${place}: ${issue.message}`;
  return `${place}: expected no ${issue.keys.map(spoken).join(", ")}`;
};

const spoken = (name: PropertyKey): string =>
  typeof name === "number" || /^[a-z_]{1,40}$/i.test(String(name)) ? String(name) : "(a name)";

export const bearer = (c: Context<Env>): string | undefined =>
  /^Bearer ([\x21-\x7e]{1,4096})$/i.exec(c.req.header("authorization") ?? "")?.[1];

/** Neither a prefetch nor a HEAD is the user: they must not spend the code that a provider has sent the browser back with. */
export const isVisit = (c: Context<Env>): boolean =>
  c.req.method === "GET" && !/prefetch/i.test(c.req.header("sec-purpose") ?? "");
