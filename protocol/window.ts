/**
 * What one window may say to another, and what the widget may read from the broker.
 * Knows the messages, the public types and four paths. Imports nothing and touches no DOM,
 * because it is bundled into the widget, where every byte is somebody else's page load.
 */

/** Paths the widget calls on the broker, and the header that carries its verifier. */
export const PAGE_PATH = "/connect";
export const OUTCOME_PATH = "/v1/connect/outcome";
export const CANCEL_PATH = "/v1/connect/cancel";
export const REDEEM_PATH = "/v1/connect/redeem";
export const VERIFIER_HEADER = "Alter-Connect-Verifier";

/**
 * Every session token begins so; then base64url(broker's origin), ".", "r." where the session has a return URL for
 * a redirect, and 43 characters of secret.
 */
export const SESSION_TOKEN_PREFIX = "alter_cs_";
/** What the widget needs of one: the broker's origin, encoded. */
export const SESSION_TOKEN = /^alter_cs_([\w-]+)\./;

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
  /** The page said goodbye, or has been silent too long; never true at the provider or on the way back. */
  page_gone: boolean;
  /** Seconds until the session ends by itself. */
  expires_in: number;
  /** Seconds to wait before asking again (0 when the broker held the request). */
  retry_after: number;
};

export type PageEvent = "page_ready" | "provider_selected" | "oauth_started";

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

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** Who hears the page's messages. */
export type PageListener = {
  ready: () => void;
  /** A newer page may have more of them. */
  event: (name: PageEvent, provider: string | undefined) => void;
  outcome: (outcome: Outcome | Standing) => void;
  error: (code: string) => void;
};

/** Tells the listener what the page says; whatever is not wholly one of its messages is passed over. */
export const hearPage = (message: unknown, listener: PageListener): void => {
  const { type, v, name, provider, code, outcome } = Object(message) as Record<string, unknown>;
  if (v !== 1) return;
  if (type === "alter-connect:ready") listener.ready();
  if (type === "alter-connect:outcome" && isReply(outcome)) listener.outcome(outcome);
  if (type === "alter-connect:error" && isText(code)) listener.error(code);
  if (type === "alter-connect:event" && isText(name) && isText(provider ?? name))
    listener.event(name as PageEvent, provider as string | undefined);
};

/** Whether it is the session message of the widget. */
export const isWidgetMessage = (message: unknown): message is WidgetMessage => {
  const { type, v, token, challenge } = Object(message) as Record<string, unknown>;
  return (
    type === "alter-connect:session" &&
    v === 1 &&
    isText(token) &&
    // Anybody can have opened the page: what they send has an end.
    token.length <= 512 &&
    isText(challenge) &&
    /^[\w-]{43}$/.test(challenge)
  );
};

/** What the widget reads of a pending reply. */
export type Standing = Omit<Pending, "expires_in">;

/**
 * Whether it is a reply of the outcome, cancel or redeem call, or an outcome that the page tells. Either comes from
 * the broker's own origin, so its texts are not looked at; but a status that this widget does not know is refused,
 * never coerced.
 */
export const isReply = (reply: unknown): reply is Outcome | Standing => {
  const { status, connections, error } = Object(reply) as Record<string, unknown>;
  return (
    status === "exit" ||
    status === "pending" ||
    (status === "error" && !!Object(error).code) ||
    (status === "success" &&
      Array.isArray(connections) &&
      connections.length > 0 &&
      connections.every((connection) => connection?.status === "active"))
  );
};
