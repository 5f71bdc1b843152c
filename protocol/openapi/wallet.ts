/** Of the Wallet's calls what no schema says. Knows shapes only, and repeats none of them. */
import type { wallet } from "../wallet.ts";
import type { About } from "./operations.ts";

const AT = "2026-11-30T10:00:00.000Z";
const SESSION_ID = "kQ2vYb7cJd1fHs5nPw4uZa6eQiRoVxLyE9Gr8lM0Xq3";
const GRANT_ID = "grt_5f0b2Zk0TqCw1h8yJcUe4A";
const head = {
  state: "signed_in",
  session_id: SESSION_ID,
  locale: "en",
  user: { label: "ann@example.com", label_kind: "verified_email", identity_provider: "Auth0" },
  apps: [{ id: "day-planner", name: "Day Planner" }],
  providers: [
    { id: "google", name: "Google", manage_url: "https://myaccount.google.com/connections" },
  ],
  expires_in: 900,
};
const connection = {
  ...{ grant_id: GRANT_ID, app: "day-planner", provider: "google" },
  ...{ account_identifier: "ann@example.com", scopes: ["See your events"] },
  ...{ created_at: AT, last_used_at: null, status: "active", ends_at: null, ended_at: null },
};
const activity = {
  ...{ id: "aud_5f0b2Zk0TqCw1h8yJcUe4A", at: AT, app: "day-planner", provider: "google" },
  ...{ kind: "used", method: "GET", host: "www.googleapis.com", reason: null, by: null },
};

export const WALLET: Record<keyof typeof wallet, About> = {
  view: {
    summary: "What the user has connected, or the ways to sign in",
    errors: [],
    example: { app: "day-planner" },
    answer: {
      ...head,
      ...{ connections: [connection], next_cursor: null, secrets: [], takes_effect_within: 0 },
    },
  },
  activity: {
    summary: "What was done on the user's behalf, newest first",
    errors: [],
    example: { provider: "google" },
    answer: { ...head, activity: [activity], next_cursor: null },
  },
  revoke: {
    summary: "End one connection",
    errors: ["signed_out", "grant_not_found"],
    example: { session_id: SESSION_ID, grant_id: GRANT_ID },
    answer: { grant_id: GRANT_ID, status: "revoked", provider_revocation: "done" },
  },
  revokeAll: {
    summary: "End some of an app's, or of a provider's; again while there are more",
    errors: ["signed_out"],
    example: { session_id: SESSION_ID, app: "day-planner" },
    answer: { done: 2, unsupported: 0, shared: 0, failed: 0, more: false },
  },
  download: {
    summary: "All that is kept of the user, as one document",
    errors: ["signed_out"],
    example: { session_id: SESSION_ID },
  },
  signIn: {
    summary: "Begin a sign-in at the app's identity provider",
    errors: ["no_wallet", "identity_provider_unavailable"],
    example: { app: "day-planner" },
    answer: { authorization_url: "https://login.example.com/authorize?client_id=example" },
  },
  signOut: { summary: "End the Wallet's session", errors: [], example: {} },
};
