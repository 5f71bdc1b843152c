/**
 * What one window may say to another, and what the widget may read from the broker.
 * Knows the messages, the public types and three paths. Imports nothing and touches no DOM,
 * because it is bundled into the widget, where every byte is somebody else's page load.
 */

/** Paths the widget calls on the broker, and the header that carries its verifier. */
export const PAGE_PATH = "/connect";
export const OUTCOME_PATH = "/v1/connect/outcome";
export const CANCEL_PATH = "/v1/connect/cancel";
export const REDEEM_PATH = "/v1/connect/redeem";
export const VERIFIER_HEADER = "Alter-Connect-Verifier";

/** Every session token begins so; then base64url(broker's origin), ".", 43 characters of secret. */
export const SESSION_TOKEN_PREFIX = "alter_cs_";

/** What the browser learns of a grant. */
export type Connection = {
  /** Id of the grant at the broker. Safe to show; useless without the app's key and the user's JWT. */
  grant_id: string;
  /** Provider id as configured at the broker, such as `google`. */
  provider: string;
  /** Provider name for people, such as `Google Calendar`. */
  provider_name: string;
  /** The account at the provider, as people know it (mostly an e-mail). A label: never an identity. */
  account_identifier: string;
  /** When the connection was made: RFC 3339, UTC. */
  timestamp: string;
  /** `reauth` when the same account was connected before and kept its grant id. */
  operation: "creation" | "reauth";
  /** Scopes the provider granted. */
  scopes: string[];
  status: "active";
};

/** How one attempt ended. */
export type Outcome =
  | { status: "success"; connections: Connection[] }
  | { status: "error"; error: { code: string; message: string } }
  | { status: "exit" };

/** Where a session stands while it has no outcome. */
export const PHASES = ["unclaimed", "choosing", "at_provider", "finishing", "failed"] as const;
export type Phase = (typeof PHASES)[number];

/** Reply of the outcome call while the session is open. Times are relative: client clocks lie. */
export type Pending = {
  status: "pending";
  phase: Phase;
  /** The page said goodbye, or has been silent too long; never true while the browser is at the provider. */
  page_gone: boolean;
  /** Seconds until the session ends by itself. */
  expires_in: number;
  /** Seconds to wait before asking again (0 when the broker held the request). */
  retry_after: number;
};

export const PAGE_EVENTS = ["page_ready", "provider_selected", "oauth_started"] as const;
export type PageEvent = (typeof PAGE_EVENTS)[number];

/** Page to app. `ready` goes to any origin, since the page cannot know its opener yet; it says nothing. */
export type PageMessage =
  | { type: "alter-connect:ready"; v: 1 }
  | { type: "alter-connect:event"; v: 1; name: PageEvent; provider: string | undefined }
  | { type: "alter-connect:outcome"; v: 1; outcome: Outcome }
  | { type: "alter-connect:error"; v: 1; code: string };

/** App to page: the one message that carries the session token, always to the broker's exact origin. */
export type WidgetMessage = {
  type: "alter-connect:session";
  v: 1;
  token: string;
  /** S256 of the attempt's verifier, base64url, 43 characters. */
  challenge: string;
};

type Fields = Record<string, unknown>;

const MAX_CONNECTIONS = 64;
const MAX_SCOPES = 256;

/** Own properties only: a polluted prototype must not fill in what the sender left out. */
const fields = (value: unknown): Fields | undefined =>
  typeof value === "object" && value !== null
    ? (Object.assign(Object.create(null), value) as Fields)
    : undefined;

const text = (value: unknown, max = 512): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= max;

const code = (value: unknown): value is string =>
  typeof value === "string" && /^[a-z_]{1,64}$/.test(value);

const oneOf = <T extends string>(list: readonly T[], value: unknown): value is T =>
  (list as readonly unknown[]).includes(value);

/** A message from the hosted page, as a new object; `undefined` for anything else. */
export const readPageMessage = (value: unknown): PageMessage | undefined => {
  const m = fields(value);
  if (m?.v !== 1) return undefined;
  if (m.type === "alter-connect:ready") return { type: m.type, v: 1 };
  if (m.type === "alter-connect:event" && oneOf(PAGE_EVENTS, m.name))
    return {
      type: m.type,
      v: 1,
      name: m.name,
      provider: text(m.provider, 64) ? m.provider : undefined,
    };
  if (m.type === "alter-connect:error" && code(m.code)) return { type: m.type, v: 1, code: m.code };
  if (m.type === "alter-connect:outcome") {
    const outcome = readOutcome(m.outcome);
    return outcome && { type: m.type, v: 1, outcome };
  }
  return undefined;
};

/** The session message from the widget, as a new object; `undefined` for anything else. */
export const readWidgetMessage = (value: unknown): WidgetMessage | undefined => {
  const m = fields(value);
  return m?.v === 1 &&
    m.type === "alter-connect:session" &&
    text(m.token, 2048) &&
    typeof m.challenge === "string" &&
    /^[\w-]{43}$/.test(m.challenge)
    ? { type: m.type, v: 1, token: m.token, challenge: m.challenge }
    : undefined;
};

/** An outcome, as a new object; unknown statuses are refused, never coerced. */
export const readOutcome = (value: unknown): Outcome | undefined => {
  const o = fields(value);
  if (o?.status === "exit") return { status: "exit" };
  if (o?.status === "error") {
    const e = fields(o.error);
    return e && code(e.code) && text(e.message)
      ? { status: "error", error: { code: e.code, message: e.message } }
      : undefined;
  }
  if (o?.status !== "success") return undefined;
  const connections = readConnections(o.connections);
  return connections && { status: "success", connections };
};

/** One or more connections, as new objects; `undefined` if any of them is not one. */
export const readConnections = (value: unknown): Connection[] | undefined => {
  if (!Array.isArray(value) || !value.length || value.length > MAX_CONNECTIONS) return undefined;
  const connections = value.map(readConnection);
  return connections.includes(undefined) ? undefined : (connections as Connection[]);
};

const readConnection = (value: unknown): Connection | undefined => {
  const c = fields(value);
  return c &&
    text(c.grant_id) &&
    text(c.provider, 64) &&
    text(c.provider_name) &&
    text(c.account_identifier) &&
    text(c.timestamp, 64) &&
    (c.operation === "creation" || c.operation === "reauth") &&
    c.status === "active" &&
    Array.isArray(c.scopes) &&
    c.scopes.length <= MAX_SCOPES &&
    c.scopes.every((scope) => text(scope))
    ? {
        grant_id: c.grant_id,
        provider: c.provider,
        provider_name: c.provider_name,
        account_identifier: c.account_identifier,
        timestamp: c.timestamp,
        operation: c.operation,
        scopes: [...(c.scopes as string[])],
        status: c.status,
      }
    : undefined;
};

/** The reply of the outcome call: pending, or how it ended. */
export const readOutcomeReply = (value: unknown): Pending | Outcome | undefined => {
  const o = fields(value);
  if (o?.status !== "pending") return readOutcome(value);
  return oneOf(PHASES, o.phase) &&
    typeof o.page_gone === "boolean" &&
    typeof o.expires_in === "number" &&
    typeof o.retry_after === "number"
    ? {
        status: "pending",
        phase: o.phase,
        page_gone: o.page_gone,
        expires_in: o.expires_in,
        retry_after: o.retry_after,
      }
    : undefined;
};
