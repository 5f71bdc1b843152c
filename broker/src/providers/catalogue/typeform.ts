/** Typeform: the scope for a refresh token is called offline. */
import type { Records } from "../schema.ts";

export default {
  typeform: {
    name: "Typeform",
    category: "marketing",
    docs_url: "https://www.typeform.com/developers/get-started/applications/",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    brand: { color: "#262627", icon: "typeform" },
    setup: [
      "In Typeform, open your account's Developer apps and register one.",
      "Add the redirect URI above to its redirect URIs.",
      "Configure its client ID and client secret, which is shown once.",
    ],
    notes: [
      "Access tokens live for a week; each use of a refresh token replaces it.",
      "Accounts whose data is kept in the EU have their API on api.eu.typeform.com.",
    ],
    authorization_endpoint: "https://api.typeform.com/oauth/authorize",
    token_endpoint: "https://api.typeform.com/oauth/token",
    scopes: {
      "accounts:read": "See your account and email address",
      offline: "Stay connected when you are away",
      "forms:read": "See your forms",
      "forms:write": "Create and change your forms",
      "responses:read": "See answers to your forms",
      "webhooks:read": "See your webhooks",
      "webhooks:write": "Get told when somebody answers",
      "workspaces:read": "See your workspaces",
    },
    base_scopes: ["accounts:read", "offline"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", obtained: "scope", rotates: "yes" },
    identity: {
      source: "request",
      request: { url: "https://api.typeform.com/me" },
      id: "user_id",
      label: "email",
      name: "alias",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.typeform.com", "api.eu.typeform.com"],
    api_hosts_source:
      "Nango, open-connector, the identity call, and Typeform's JavaScript SDK for the EU host",
  },
} satisfies Records;
