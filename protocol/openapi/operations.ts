/**
 * Of every call what no schema says: who makes it, with which credentials, which codes refuse it, and an example. The
 * OpenAPI document is made from this and the endpoint tables. Knows shapes only, and repeats none of them.
 */
import type { backend } from "../backend.ts";
import { proxy } from "../backend.ts";
import type { page, widget } from "../http.ts";
import { type ErrorCode } from "../http.ts";

export type About = {
  summary: string;
  description?: string;
  /** What refuses it besides what refuses every call of its kind. */
  errors: readonly ErrorCode[];
  /** Request body. */
  example?: unknown;
  /** Body of the answer. */
  answer?: unknown;
  /** The user's JWT in a header: needed, or taken where the app has one. */
  user_token?: "required" | "optional";
};

const SECRET = "9Gr8lM0Xq3kT2vYb7cJd1fHs5nPw4uZa6eQiRoVxLyE";
const GRANT_ID = "grt_5f0b2Zk0TqCw1h8yJcUe4A";
const SESSION_ID = "u4bP0f3TqCw1h8yJcUe4Ag";
const USER_TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl";
const SESSION_TOKEN = `alter_cs_aHR0cHM6Ly9jb25uZWN0LmV4YW1wbGUuY29t.${SECRET}`;
const ORIGIN = "https://app.example.com";

const connection = {
  grant_id: GRANT_ID,
  provider: "google",
  provider_name: "Google",
  account_identifier: "ann@example.com",
  timestamp: "2026-11-30T10:00:00.000Z",
  operation: "creation",
  scopes: ["openid", "email"],
  status: "active",
};
const success = { status: "success", connections: [connection] };
const view = {
  app: { name: "Day Planner", origin: ORIGIN, theme: "system" },
  user: { label: "ann@example.com", label_kind: "verified_email", identity_provider: "Auth0" },
  providers: [{ id: "google", name: "Google", scopes: ["See your events"], accounts: [] }],
  connections: [],
  multiple: false,
  expires_in: 900,
  locale: "en",
};
const standing = { view, phase: "choosing", allowed_origin: ORIGIN, close_at_once: false };

/** Whoever brings a user's token may be told so. */
export const USER_ERRORS = ["invalid_user_token", "identity_provider_unavailable"] as const;
/** Of access to a credential, by either way. */
const ACCESS_ERRORS = [
  ...["grant_not_found", "ambiguous_grant", "provider_not_allowed", "grant_revoked"],
  ...["credential_revoked", "grant_expired", "scope_reauth_required", "policy_violation"],
  ...["host_not_allowed", "provider_unavailable", "provider_timeout"],
] as const satisfies ErrorCode[];
/** Of a session that has gone on without the caller. */
const ENDED = ["session_expired", "session_ended"] as const;

export const BACKEND: Record<keyof typeof backend, About> = {
  createSession: {
    summary: "Mint a Connect session for a user",
    description:
      "The app's backend hands `session_token` to its frontend, where the widget opens the hosted page with it.",
    errors: [
      ...USER_ERRORS,
      ...["origin_not_allowed", "return_url_not_allowed", "provider_not_allowed"],
      "grant_not_found",
    ] as ErrorCode[],
    example: { user_token: USER_TOKEN, allowed_origin: ORIGIN, allowed_providers: ["google"] },
    answer: { session_token: SESSION_TOKEN, expires_at: "2026-11-30T10:10:00.000Z" },
  },
  complete: {
    summary: "Redeem the result code of a session with `completion: backend`",
    errors: [...USER_ERRORS, "invalid_code"],
    example: { code: SECRET, user_token: USER_TOKEN },
    answer: { connections: [connection] },
  },
  token: {
    summary: "An access token of the user's grant, fresh",
    errors: [...USER_ERRORS, ...ACCESS_ERRORS],
    example: {
      user_token: USER_TOKEN,
      provider: "google",
      request: { method: "GET", host: "www.googleapis.com" },
    },
    answer: {
      access_token: "ya29.an-access-token",
      token_type: "Bearer",
      token_id: "tok_example",
      expires_at: "2026-11-30T11:00:00.000Z",
      cache_seconds: 30,
      scopes: ["openid", "email"],
      grant_kind: "oauth",
      grant_id: GRANT_ID,
      allowed_hosts: ["www.googleapis.com"],
      injection: { in: "header", name: "Authorization", template: "Bearer {token}" },
    },
  },
  verifyUser: {
    summary: "Whether the broker takes a user token, and for whom",
    errors: USER_ERRORS,
    example: { user_token: USER_TOKEN },
    answer: {
      issuer: "https://login.example.com/",
      subject: "ann",
      label: "ann@example.com",
      label_kind: "verified_email",
      expires_at: "2026-11-30T10:05:00.000Z",
    },
  },
  listGrants: {
    summary: "What the user has connected",
    errors: USER_ERRORS,
    user_token: "required",
    answer: {
      grants: [
        {
          grant_kind: "managed_secret",
          grant_id: "sec_5f0b2Zk0TqCw1h8yJcUe4A",
          secret_id: "weather",
          name: "Weather API",
          status: "active",
          created_at: "2026-11-30T10:00:00.000Z",
          last_used_at: null,
        },
      ],
      next_cursor: null,
    },
  },
  revokeGrant: {
    summary: "End a grant",
    description:
      "With a user token the grant must be that user's; without one it is the app's own act.",
    errors: [...USER_ERRORS, "grant_not_found"],
    user_token: "optional",
    answer: { grant_id: GRANT_ID, status: "revoked", provider_revocation: "done" },
  },
  wallet: {
    summary: "Where the app's users see and end what they have connected",
    errors: ["no_wallet"],
    answer: { url: "https://connect.example.com/wallet?app=day-planner" },
  },
  providers: {
    summary: "What this app offers",
    errors: [],
    answer: {
      providers: [
        { id: "google", name: "Google", scopes: ["openid", "email"], optional_scopes: [] },
      ],
    },
  },
};

export const PROXY: About = {
  summary: "Make a call to a provider through the broker",
  description: `The body is the body for the provider, and the rest of the call is in \`${proxy.requestHeader}\`. A reply that has \`${proxy.replyHeader}\` is the provider's, with any status; without it the broker itself has refused.`,
  errors: [...USER_ERRORS, ...ACCESS_ERRORS, "invalid_request", "payload_too_large"],
  user_token: "required",
};

export const PAGE: Record<keyof typeof page, About> = {
  claim: {
    summary: "Claim a session for this browser",
    errors: [
      ...["unknown_session", "origin_not_allowed", "claim_shape_refused", "session_claimed"],
      ...["session_claimed_elsewhere", ...ENDED],
    ] as ErrorCode[],
    example: {
      shape: "popup",
      token: SESSION_TOKEN,
      claim_id: SECRET,
      opener_origin: ORIGIN,
      challenge: SECRET,
    },
    answer: { session_id: SESSION_ID, ...standing },
  },
  view: {
    summary: "What to show",
    errors: ["unknown_session"],
    example: { session_id: SESSION_ID },
    answer: standing,
  },
  authorize: {
    summary: "Leave for a provider, by the user's click",
    errors: [
      ...["unknown_session", "provider_not_allowed", "invalid_variable", "session_busy"],
      ...["too_many_attempts", "unsupported_browser", "provider_unavailable", ...ENDED],
      ...["grant_not_found", "preview_only"],
    ] as ErrorCode[],
    example: { session_id: SESSION_ID, provider: "google" },
    answer: {
      authorization_url: "https://accounts.google.com/o/oauth2/v2/auth?client_id=example",
      drop_opener: false,
    },
  },
  credential: {
    summary:
      "Give a key or a password instead, where the provider has no OAuth; checked by one call to it",
    errors: [
      ...["unknown_session", "provider_not_allowed", "invalid_variable", "grant_not_found"],
      ...["session_busy", "too_many_attempts", "credential_refused", "provider_unavailable"],
      ...["provider_timeout", "preview_only", ...ENDED],
    ] as ErrorCode[],
    example: {
      session_id: SESSION_ID,
      provider: "sendgrid",
      values: [{ name: "api_key", value: "SG.example" }],
    },
    answer: standing,
  },
  page: {
    summary: "A sign of life of the page",
    errors: ["unknown_session"],
    example: { session_id: SESSION_ID, event: "here" },
  },
  finish: {
    summary: "End the session; the outcome that stands comes back",
    errors: ["unknown_session"],
    example: { session_id: SESSION_ID, reason: "done" },
    answer: { outcome: success },
  },
};

export const WIDGET: Record<keyof typeof widget, About> = {
  outcome: {
    summary: "How the session stands, at once or when there is news",
    errors: [
      ...["unknown_session", "origin_not_allowed", "session_ended"],
      "session_claimed_elsewhere",
    ] as ErrorCode[],
    answer: {
      status: "pending",
      phase: "choosing",
      page_gone: false,
      expires_in: 840,
      retry_after: 0,
    },
  },
  cancel: {
    summary: "Cancel the session; the outcome that stands comes back",
    errors: [
      ...["unknown_session", "origin_not_allowed", "session_ended"],
      "session_claimed_elsewhere",
    ] as ErrorCode[],
    answer: { status: "exit" },
  },
  redeem: {
    summary: "Redeem the result code of a redirect, in the browser that began",
    errors: ["invalid_code", "origin_not_allowed"],
    example: { code: SECRET, verifier: SECRET },
    answer: success,
  },
};
