/**
 * Who is gone, in what each identity provider sends. Gets a body whose signature fits, and returns the few events that
 * mean it; all others are nothing to us. Pure.
 *
 * A lock for wrong passwords is no departure (Auth0's `limit_wc`, Clerk's `locked`): anybody can bring it about for
 * anybody, and would end their connections with it.
 */
import { deprovision } from "@alter-ai/protocol/deprovision";
import { z } from "zod";
import { subjectOf } from "../identity/claims.ts";
import type { IdentityProvider } from "../config/identity-provider.ts";

export type Gone = {
  /** As this app's configuration makes it of what the event says; `undefined`: nobody of its. */
  subjectFor: (idp: IdentityProvider) => string | undefined;
  event: string;
  id: string | undefined;
  /** Epoch milliseconds; `undefined` where nobody said. */
  at: number | undefined;
};

export type Read = { ok: true; gone: Gone[] } | { ok: false; expected: string };

type Signed = { id: string | undefined; at: number | undefined };

export const readEvents = (
  kind: "auth0" | "clerk" | "hmac",
  body: Uint8Array,
  signed: Signed,
): Read => {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return { ok: false, expected: "UTF-8" };
  }
  if (kind === "auth0") return readAuth0(text);
  const json = parse(text);
  if (json === undefined) return { ok: false, expected: "JSON" };
  return kind === "clerk" ? readClerk(json, signed) : readHmac(json, signed);
};

// ---- Auth0 ------------------------------------------------------------------------------------

/** A log's entry, alone or as `data` beside its `log_id`. */
const logSchema = z.object({
  log_id: z.string().optional(),
  _id: z.string().optional(),
  type: z.string(),
  date: z.string().optional(),
  user_id: z.string().optional(),
  details: z
    .object({
      request: z
        .object({
          method: z.string(),
          path: z.string(),
          body: z.object({ blocked: z.unknown() }).partial().catch({}).optional(),
        })
        .partial()
        .optional(),
      response: z.object({ statusCode: z.number() }).partial().optional(),
    })
    .partial()
    .optional()
    .catch(undefined),
});

/** Of an event stream: CloudEvents. */
const cloudSchema = z.object({
  specversion: z.string(),
  id: z.string(),
  type: z.string(),
  time: z.string().optional(),
  data: z.object({
    object: z.object({ user_id: z.string(), blocked: z.boolean().optional().catch(undefined) }),
  }),
});

/** One event, a list of them, or one a line, as the stream is set up. */
const readAuth0 = (text: string): Read => {
  const whole = parse(text);
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const entries = whole === undefined ? lines.map(parse) : [whole].flat();
  if (!entries.length || entries.includes(undefined))
    return { ok: false, expected: "JSON, or one JSON object a line" };
  return { ok: true, gone: entries.flatMap((entry) => auth0Event(entry) ?? []) };
};

const auth0Event = (entry: unknown): Gone | undefined => {
  const cloud = cloudSchema.safeParse(entry);
  if (cloud.success) {
    const { id, type, time, data } = cloud.data;
    const event = type.replace(/^com\.auth0\./, "");
    const { user_id, blocked } = data.object;
    if (event !== "user.deleted" && !(event === "user.updated" && blocked === true))
      return undefined;
    return { ...goneOf(user_id, timeOf(time)), event, id };
  }
  const wrapped = z.object({ log_id: z.string().optional(), data: logSchema }).safeParse(entry);
  const plain = wrapped.success
    ? { ...wrapped.data.data, log_id: wrapped.data.log_id ?? wrapped.data.data.log_id }
    : logSchema.safeParse(entry).data;
  if (!plain) return undefined;
  const named = namedBy(plain);
  return (
    named && {
      ...goneOf(named.user_id, timeOf(plain.date)),
      event: named.event,
      // One deletion is an entry of each type, so the type is part of its name.
      id: (plain.log_id ?? plain._id) && `${plain.type} ${plain.log_id ?? plain._id}`,
    }
  );
};

/** `user_id` of an entry of the management API is who called it: whom it was about stands in the path. */
const namedBy = ({
  type,
  user_id,
  details,
}: z.infer<typeof logSchema>): { user_id: string; event: string } | undefined => {
  if (type === "sdu") return user_id ? { user_id, event: "sdu" } : undefined;
  if (type !== "sapi") return undefined;
  const { method = "", path = "", body } = details?.request ?? {};
  const status = details?.response?.statusCode ?? 0;
  const about = decoded(/^\/api\/v2\/users\/([^/]+)$/.exec(path)?.[1]);
  if (about === undefined || status < 200 || status > 299) return undefined;
  if (/^delete$/i.test(method)) return { user_id: about, event: "sapi: deleted" };
  if (/^patch$/i.test(method) && body?.blocked === true)
    return { user_id: about, event: "sapi: blocked" };
  return undefined;
};

const decoded = (text: string | undefined): string | undefined => {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

// ---- Clerk ------------------------------------------------------------------------------------

const clerkSchema = z.object({
  type: z.string(),
  timestamp: z.number().optional().catch(undefined),
  data: z.object({ id: z.string(), banned: z.boolean() }).partial(),
});

const readClerk = (json: unknown, signed: Signed): Read => {
  const read = clerkSchema.safeParse(json);
  if (!read.success) return { ok: false, expected: "an event of Clerk's with type and data" };
  const { type, timestamp, data } = read.data;
  // There is no event of its own for a ban: it is a change of the user.
  const event =
    type === "user.deleted"
      ? type
      : type === "user.updated" && data.banned === true
        ? "user.updated: banned"
        : undefined;
  if (event === undefined) return { ok: true, gone: [] };
  if (!data.id) return { ok: false, expected: "the user's id in data.id" };
  return {
    ok: true,
    gone: [{ ...goneOf(data.id, timestamp ?? signed.at), event, id: signed.id }],
  };
};

// ---- generic ----------------------------------------------------------------------------------

const readHmac = (json: unknown, signed: Signed): Read => {
  const read = deprovision.body.safeParse(json);
  if (!read.success) {
    const where = read.error.issues.map(({ path }) => path.map(String).join(".") || "(body)");
    return { ok: false, expected: `id, type, and subject or claims (see ${where.join(", ")})` };
  }
  const { id, type, subject, claims, issuer, time } = read.data;
  if (type !== "user.deprovisioned") return { ok: true, gone: [] };
  if ((subject === undefined) === (claims === undefined))
    return { ok: false, expected: "either subject or claims" };
  const at = time === undefined ? signed.at : timeOf(time);
  if (at === undefined) return { ok: false, expected: "an RFC 3339 time in time" };
  const subjectFor = (idp: IdentityProvider): string | undefined => {
    if (issuer !== undefined && issuer !== idp.issuer) return undefined;
    return claims ? subjectOf(claims, idp) : subject;
  };
  return { ok: true, gone: [{ subjectFor, event: type, id, at }] };
};

// ---- all --------------------------------------------------------------------------------------

const goneOf = (user_id: string, at: number | undefined) => ({
  // The configuration takes these kinds only where `sub` is who the user is.
  subjectFor: (idp: IdentityProvider) => subjectOf({ sub: user_id }, idp),
  at,
});

const timeOf = (text: string | undefined): number | undefined => {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) ? undefined : at;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
