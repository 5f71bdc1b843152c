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
/** What the widget needs of one: the broker's origin, encoded. */
export const SESSION_TOKEN = /^alter_cs_(.+)\./;

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

/**
 * What a `T` looks like, as data: a form for a string, number or boolean; a value for itself; a list with its
 * least length; an object of these. Made from the type, so that neither can change alone.
 */
type Shape<T> = T extends readonly (infer Item)[]
  ? readonly [Shape<Item>, number]
  : T extends object
    ? { readonly [Key in keyof T]-?: Shape<T[Key]> }
    : Form | T;
type Form = (value: unknown) => boolean;
type AnyShape =
  Form | string | number | readonly [AnyShape, number] | { readonly [key: string]: AnyShape };

const MOST_ITEMS = 256;

const is =
  (type: string): Form =>
  (value) =>
    typeof value === type;
const like =
  (pattern: RegExp): Form =>
  (value) =>
    typeof value === "string" && pattern.test(value);
const text = like(/^.{1,512}$/s);

/** Builds a new value of that shape, or throws. */
const build = (shape: AnyShape, value: unknown): unknown => {
  if (typeof shape === "function" ? shape(value) : shape === value) return value;
  if (typeof shape !== "object") throw value;
  if (Array.isArray(shape)) {
    const [item, least] = shape as readonly [AnyShape, number];
    if (!Array.isArray(value) || value.length < least || value.length > MOST_ITEMS) throw value;
    return Array.from(value, (one) => build(item, one));
  }
  // Own properties only: a polluted prototype must neither fill in what the sender left out nor get hold of
  // what it sent.
  return Object.fromEntries(
    Object.entries(shape).map(([key, expected]) => [
      key,
      build(
        expected,
        Object.hasOwn(value as object, key) ? (value as Record<string, unknown>)[key] : undefined,
      ),
    ]),
  );
};

/** Reads what has one of these shapes, as a new object; `undefined` for anything else. */
const either =
  <T>(...shapes: Shape<T>[]) =>
  (value: unknown): T | undefined => {
    for (const shape of shapes)
      try {
        return build(shape as AnyShape, value) as T;
      } catch {
        // Perhaps the next.
      }
    return undefined;
  };

const outcomes: Shape<Outcome>[] = [
  {
    status: "success",
    connections: [
      {
        grant_id: text,
        provider: text,
        provider_name: text,
        account_identifier: text,
        timestamp: text,
        operation: like(/^(creation|reauth)$/),
        scopes: [text, 0],
        status: "active",
      },
      1,
    ],
  },
  { status: "error", error: { code: text, message: text } },
  { status: "exit" },
];

/** What the widget reads of a pending reply. */
export type Standing = Omit<Pending, "expires_in">;

/** The reply of the outcome and cancel calls. Unknown statuses are refused, never coerced. */
export const readReply = /* @__PURE__ */ either<Outcome | Standing>(...outcomes, {
  status: "pending",
  // Any word: a phase that a newer broker adds is one more to wait in.
  phase: text,
  page_gone: is("boolean"),
  retry_after: is("number"),
});

export const readPageMessage = /* @__PURE__ */ either<PageMessage>(
  { type: "alter-connect:ready", v: 1 },
  {
    type: "alter-connect:event",
    v: 1,
    name: like(/^(page_ready|provider_selected|oauth_started)$/),
    provider: (value) => value === undefined || text(value),
  },
  ...outcomes.map((outcome) => ({ type: "alter-connect:outcome", v: 1, outcome }) as const),
  { type: "alter-connect:error", v: 1, code: text },
);

/** The session message from the widget. */
export const readWidgetMessage = /* @__PURE__ */ either<WidgetMessage>({
  type: "alter-connect:session",
  v: 1,
  token: text,
  challenge: like(/^[\w-]{43}$/),
});
