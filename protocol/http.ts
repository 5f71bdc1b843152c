/**
 * The endpoint table, browser side, and what both sides share: method, path, who calls, body, reply, and every
 * error code with its HTTP status. The calls of an app's backend are in backend.ts. Knows shapes only: the broker
 * parses requests with it, page and SDK parse replies. Types are inferred; nothing is declared twice. No
 * transforms or dates, so that it can become JSON Schema.
 */
import * as z from "zod/mini";
import { FAILURES, PAGE_PHASES } from "./attempt.ts";
import { LOCALES } from "./locale.ts";
import { CANCEL_PATH, OUTCOME_PATH, PHASES, REDEEM_PATH } from "./window.ts";

// No z.config() here: zod keeps its configuration on globalThis, and this file is bundled into the SDK, so a
// locale set here would overwrite the customer's own. The broker, which alone shows messages, uses the full
// zod for its configuration, and that sets English where nothing else is set.

/** What the wire's values look like, each by its own. */
export const id = z.string().check(z.minLength(1), z.maxLength(128));
export const shortText = z.string().check(z.minLength(1), z.maxLength(512));
/** 256 bits, base64url: PKCE-style challenges, verifiers, codes. */
export const secret43 = z
  .string()
  .check(z.regex(/^[\w-]{43}$/, "Expected 43 base64url characters"));
const sessionToken = z.string().check(z.minLength(1), z.maxLength(2048));

// ---- shared objects ---------------------------------------------------------------------------

export const connectionSchema = z.object({
  grant_id: z.string(),
  provider: z.string(),
  provider_name: z.string(),
  account_identifier: z.string(),
  /** RFC 3339, UTC. */
  timestamp: z.string(),
  operation: z.enum(["creation", "reauth"]),
  scopes: z.array(z.string()),
  status: z.literal("active"),
});

export const outcomeSchema = z.discriminatedUnion("status", [
  z.object({ status: z.literal("success"), connections: z.array(connectionSchema) }),
  z.object({
    status: z.literal("error"),
    error: z.object({ code: z.string(), message: z.string() }),
  }),
  z.object({ status: z.literal("exit") }),
]);

/** What the picker groups providers by, in an end user's terms. The page has a name for each. */
export const CATEGORIES = [
  "communication",
  "productivity",
  "files",
  "developer",
  "design",
  "sales",
  "marketing",
  "commerce",
  "finance",
  "hr",
  "social",
  "health",
  "identity",
] as const;
export type Category = (typeof CATEGORIES)[number];

/** Each `#rrggbb`. The broker has checked how they stand against each other: nothing here is hard to read. */
const colours = z.object({
  /** Of the main button, and of the text on it. */
  action: z.string(),
  on_action: z.string(),
  /** Of links and of the ring around what has the focus, on the card. */
  accent: z.string(),
});

/** How an app looks on pages of the broker's. */
export const appearance = {
  name: z.string(),
  logo_url: z.optional(z.string()),
  theme: z.enum(["light", "dark", "system"]),
  brand: z.optional(
    z.object({
      colours: z.optional(z.object({ light: colours, dark: colours })),
      /** Of the card, in CSS pixels; buttons and rows follow it. */
      radius: z.optional(z.number()),
    }),
  ),
  support_url: z.optional(z.string()),
  privacy_url: z.optional(z.string()),
};

/** How a provider looks there. */
export const markSchema = {
  logo_url: z.optional(z.string()),
  /** Behind the initials while there is no logo, and the text on it: `#rrggbb`. */
  tile: z.optional(z.object({ background: z.string(), text: z.string() })),
};

/** What happened at the provider: told, cannot be told, shared with another grant, or it did not answer. */
export const providerRevocation = z.enum(["done", "unsupported", "shared", "failed"]);

/** All the page needs to draw itself. No text in it comes from a provider, a URL or a token unchecked. */
export const viewSchema = z.object({
  app: z.object({
    ...appearance,
    /** The app's origin, such as `https://app.example.com`: what the user can check. */
    origin: z.string(),
  }),
  user: z.object({
    /** Verified e-mail; else preferred username or subject. Control and bidi characters are out. */
    label: z.string(),
    label_kind: z.enum(["verified_email", "username", "subject"]),
    /** Display name, only ever shown in addition to the label. */
    name: z.optional(z.string()),
    /** Name of the identity provider that vouches for the label. */
    identity_provider: z.string(),
  }),
  providers: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      ...markSchema,
      /** One of CATEGORIES; what a page does not know, it does not group by. */
      category: z.optional(z.string()),
      /**
       * No OAuth there: the user gives this instead, in `fields`, and the page sends it to `credential`. Without it,
       * `authorize`.
       */
      credential: z.optional(z.enum(["api_key", "basic"])),
      /** Where the provider says how to get one. https. */
      help_url: z.optional(z.string()),
      /** What is asked for, in a user's words. */
      scopes: z.array(z.string()),
      /** What the user has to say first, such as which shop it is. */
      fields: z.optional(
        z.array(
          z.object({
            name: z.string(),
            label: z.string(),
            /** Stands behind what is typed, such as `.myshopify.com`. */
            suffix: z.optional(z.string()),
            example: z.optional(z.string()),
            /** Of the account connected before. Never of a secret. */
            value: z.optional(z.string()),
            /** Not shown while it is typed, and kept nowhere in the page. */
            secret: z.optional(z.boolean()),
          }),
        ),
      ),
      /** What this user has connected here before. */
      accounts: z.array(
        z.object({
          grant_id: z.string(),
          label: z.string(),
          /** `broken`: it works again once it is connected again. */
          status: z.enum(["active", "broken"]),
        }),
      ),
    }),
  ),
  /** Connections this session has made so far. */
  connections: z.array(connectionSchema),
  /** The grant that the app asked to have renewed: the page says so when another account comes back. */
  renewing: z.optional(
    z.object({ grant_id: z.string(), provider: z.string(), account_identifier: z.string() }),
  ),
  multiple: z.boolean(),
  /** Seconds until the session ends. */
  expires_in: z.number(),
  /** Of the session, else what the browser prefers of what there is. */
  locale: z.enum(LOCALES),
  /** For the app's developer to look at: nothing can be connected, and the page says so. */
  preview: z.optional(z.literal(true)),
});
export type View = z.infer<typeof viewSchema>;

// ---- the table --------------------------------------------------------------------------------

/** The three shapes of a claim. Which one it was is fixed in the row for ever [M20]. */
const claimBody = z.discriminatedUnion("shape", [
  z.strictObject({
    shape: z.literal("popup"),
    token: sessionToken,
    claim_id: secret43,
    opener_origin: shortText,
    challenge: secret43,
  }),
  z.strictObject({
    shape: z.literal("redirect"),
    token: sessionToken,
    claim_id: secret43,
    challenge: secret43,
    state: secret43,
  }),
  z.strictObject({ shape: z.literal("backend"), token: sessionToken, claim_id: secret43 }),
]);

/** What the page needs to know of a session to go on from wherever it stands. */
const standing = {
  view: viewSchema,
  phase: z.enum(PAGE_PHASES),
  /** Why the last attempt at a provider failed; only with phase `failed` or after a stale callback. */
  failure: z.optional(z.enum(FAILURES)),
  outcome: z.optional(outcomeSchema),
  /** Where to go instead of posting the outcome (redirect and backend shapes). */
  redirect_to: z.optional(z.string()),
  /** The only origin the outcome may be posted to. */
  allowed_origin: z.string(),
  /** True: the account connected last is plainly the user's own, so the window may close at once. */
  close_at_once: z.boolean(),
};

/** Where the page goes next, by its own doing. */
const authorization = {
  authorization_url: z.string(),
  /** True for hosts that a user or tenant chose: the page drops `window.opener` before it leaves [M8]. */
  drop_opener: z.boolean(),
};

/** Called by the hosted page only: same origin, JSON, cookie; never CORS [C1]. All POST. */
export const page = {
  claim: {
    path: "/v1/connect/claim",
    body: claimBody,
    reply: z.object({
      session_id: z.string(),
      ...standing,
      /**
       * The provider the page leaves for without a click, because this browser has confirmed the same before
       * (its cookie came with the claim, so cookies work here). Once per session: a repeated claim has none.
       */
      authorization: z.optional(z.object({ provider: z.string(), ...authorization })),
    }),
  },
  view: {
    path: "/v1/connect/view",
    body: z.strictObject({ session_id: id }),
    reply: z.object(standing),
  },
  authorize: {
    path: "/v1/connect/authorize",
    /** Sent by the user's click and nothing else [H4]. */
    body: z.strictObject({
      session_id: id,
      provider: id,
      /** An account of the view: the provider is told which one is meant, where it can be. */
      renew: z.optional(id),
      /** The user wants one that is not among them: the provider is asked to let them choose, where it can. */
      another: z.optional(z.literal(true)),
      /** What the user has said of the fields. */
      variables: z.optional(
        z
          .array(
            z.object({
              name: z.string().check(z.maxLength(64)),
              value: z.string().check(z.maxLength(512)),
            }),
          )
          .check(z.maxLength(16)),
      ),
    }),
    reply: z.object(authorization),
  },
  credential: {
    path: "/v1/connect/credential",
    /** In place of `authorize`, where the provider has no OAuth. Sent by the user's click and nothing else [H4]. */
    body: z.strictObject({
      session_id: id,
      provider: id,
      /** Every field of the view, secret or not; checked by one call to the provider. */
      values: z
        .array(
          z.object({
            name: z.string().check(z.maxLength(64)),
            value: z.string().check(z.maxLength(4096)),
          }),
        )
        .check(z.minLength(1), z.maxLength(16)),
      /** An account of the view, which the new credential is to be for. */
      renew: z.optional(id),
    }),
    /** As the view after a callback: nothing of what was given is in it. */
    reply: z.object(standing),
  },
  page: {
    path: "/v1/connect/page",
    body: z.strictObject({ session_id: id, event: z.enum(["here", "gone"]) }),
    reply: undefined,
  },
  finish: {
    path: "/v1/connect/finish",
    body: z.strictObject({
      session_id: id,
      reason: z.enum(["done", "cancel", "denied", "not_you"]),
    }),
    /** The outcome that stands, whoever wrote it. Redirect shapes get only where to go. */
    reply: z.object({
      outcome: z.optional(outcomeSchema),
      redirect_to: z.optional(z.string()),
    }),
  },
} as const;

/** Called by the widget from the app's origin: CORS, bearer session token and verifier, never a cookie. */
export const widget = {
  outcome: {
    method: "GET",
    path: OUTCOME_PATH,
    /** Seconds to wait for news; the broker holds an answer back for 25 of them at most. */
    query: z.object({ wait: z.optional(z.number().check(z.gte(0))) }),
    reply: z.union([
      z.object({
        status: z.literal("pending"),
        phase: z.enum(PHASES),
        page_gone: z.boolean(),
        expires_in: z.number(),
        retry_after: z.number(),
      }),
      outcomeSchema,
    ]),
  },
  cancel: { method: "POST", path: CANCEL_PATH, reply: outcomeSchema },
  redeem: {
    method: "POST",
    path: REDEEM_PATH,
    body: z.strictObject({ code: secret43, verifier: secret43 }),
    /** Always a success: everything else is a refusal. */
    reply: outcomeSchema,
  },
} as const;

// ---- errors -----------------------------------------------------------------------------------

/** Every code the broker answers with, its HTTP status, and a title that never changes with the case. */
export const ERRORS = {
  invalid_request: [400, "The request is not of the expected form"],
  unsupported_media_type: [415, "Send application/json"],
  payload_too_large: [413, "The body is larger than this endpoint takes"],
  not_found: [404, "No such endpoint"],
  method_not_allowed: [405, "This endpoint takes another method"],
  invalid_api_key: [401, "The API key is missing, unknown or revoked"],
  invalid_user_token: [401, "The user token was refused"],
  invalid_signature: [401, "The delivery is not signed as it has to be"],
  origin_not_allowed: [403, "This origin is not allowed here"],
  return_url_not_allowed: [403, "This return URL is not configured for the app"],
  provider_not_allowed: [403, "This provider is not offered here"],
  cross_site_refused: [403, "This endpoint answers the hosted page only"],
  signed_out: [401, "Nobody is signed in here"],
  no_wallet: [404, "This app has no Wallet"],
  unknown_session: [404, "No such session in this browser"],
  session_expired: [410, "The session expired"],
  session_ended: [410, "The session has ended"],
  session_claimed: [409, "The session is already in use"],
  session_claimed_elsewhere: [409, "The session was opened somewhere else"],
  claim_shape_refused: [409, "The session cannot be started in this way"],
  session_busy: [409, "The session is finishing another attempt"],
  too_many_attempts: [429, "Too many attempts in one session"],
  invalid_variable: [400, "The provider has nothing of this form"],
  credential_refused: [422, "The provider does not take this credential"],
  invalid_code: [400, "The result code is unknown, used or expired"],
  grant_not_found: [404, "The user has no such grant"],
  ambiguous_grant: [409, "Several accounts match"],
  grant_revoked: [410, "The grant was revoked"],
  credential_revoked: [410, "The provider no longer accepts the credential"],
  grant_expired: [410, "The grant expired"],
  scope_reauth_required: [403, "The grant lacks a required scope"],
  policy_violation: [403, "A policy refused the call"],
  host_not_allowed: [403, "The token may not be sent to this host"],
  preview_only: [403, "This is a preview, in which nothing can be connected"],
  unsupported_browser: [403, "The provider refuses to open in this app's built-in browser"],
  provider_unavailable: [502, "The provider did not give a usable answer"],
  provider_timeout: [504, "The provider did not answer in time"],
  rate_limited: [429, "Too many requests"],
  shutting_down: [503, "The broker cannot answer right now"],
  overloaded: [503, "The broker has as much to do as it takes on"],
  not_ready: [503, "The broker cannot work at the moment"],
  identity_provider_unavailable: [503, "The identity provider's keys cannot be read"],
  internal_error: [500, "Something went wrong here"],
} as const satisfies Record<string, readonly [number, string]>;
export type ErrorCode = keyof typeof ERRORS;

/** Why a policy refused. Kinds may be added: a client takes those that it does not know for a refusal as well. */
export const policyErrorSchema = z.object({
  /** What the operator calls the rule. */
  rule: z.string(),
  /** `time_window`, `ip_allow_list` or `rate_limit`. */
  kind: z.string(),
  /** What it is attached to. */
  attached_to: z.enum(["app", "provider", "secret"]),
  /** RFC 3339: when the same call would not be refused for this reason; null where waiting does not help. */
  retry_at: z.nullable(z.string()),
});
export type PolicyError = z.infer<typeof policyErrorSchema>;

/** Body of every error: RFC 9457 problem details, media type `application/problem+json`. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string(),
  /** What was expected and what came. */
  detail: z.optional(z.string()),
  /** The log line to look for. */
  request_id: z.string(),
  /** With `ambiguous_grant`. */
  account_identifiers: z.optional(z.array(z.string())),
  /** With `scope_reauth_required`. */
  missing_scopes: z.optional(z.array(z.string())),
  /** With `policy_violation`: which rule refused, of what kind, and when to try again. */
  policy_error: z.optional(policyErrorSchema),
  /** With `invalid_user_token`: which check refused it. With `not_ready`: what is missing. */
  reason: z.optional(z.string()),
  /** With refusals that are about a grant, where it is no OAuth grant: Connect cannot help then. */
  grant_kind: z.optional(z.literal("managed_secret")),
  /** With `host_not_allowed`. */
  allowed_hosts: z.optional(z.array(z.string())),
});
export type Problem = z.infer<typeof problemSchema>;
