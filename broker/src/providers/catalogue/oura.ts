/** Oura: people may decline single scopes, and refresh tokens are good for one use. */
import type { Records } from "../schema.ts";

export default {
  oura: {
    name: "Oura",
    category: "health",
    docs_url: "https://cloud.ouraring.com/docs/authentication",
    verified_at: "2026-11-22",
    sources: [
      "Oura's documentation, Authentication",
      "Nango providers.yaml (2026-08-21)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    experimental: true,
    setup: [
      "In Oura Cloud, open API Applications and create one.",
      "Add the redirect URI above.",
      "Have it reviewed before more than ten people shall connect.",
    ],
    notes: [
      "Users may switch off single scopes: without personal and email nobody can say whose account it is, and the connection fails.",
      "A refresh token can be used once.",
    ],
    authorization_endpoint: "https://cloud.ouraring.com/oauth/authorize",
    token_endpoint: "https://api.ouraring.com/oauth/token",
    scopes: {
      email: "See your email address",
      personal: "See your age, gender, height and weight",
      daily: "See your daily sleep, activity and readiness",
      heartrate: "See your heart rate over time",
      workout: "See your workouts",
      session: "See your sessions in the Oura app",
      tag: "See the tags you have entered",
      spo2: "See your blood oxygen during sleep",
    },
    base_scopes: ["email", "personal"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", rotates: "yes", grace_seconds: 0 },
    identity: {
      source: "request",
      request: { url: "https://api.ouraring.com/v2/usercollection/personal_info" },
      id: "id",
      label: "email",
    },
    revocation: {
      by: "request",
      request: {
        method: "POST",
        url: "https://api.ouraring.com/oauth/revoke",
        auth: "none",
        query: { access_token: "{access_token}" },
      },
    },
    api_hosts: ["api.ouraring.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
