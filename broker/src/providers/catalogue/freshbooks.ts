/** FreshBooks: one refresh token lives at a time, and each use brings the next. */
import type { Records } from "../schema.ts";

export default {
  freshbooks: {
    name: "FreshBooks",
    category: "finance",
    docs_url: "https://www.freshbooks.com/api/authentication",
    verified_at: "2026-11-22",
    sources: ["@auth/core 0.41.3", "Nango providers.yaml (2026-08-21)"],
    experimental: true,
    setup: [
      "In FreshBooks, open the developer portal and create an app with the scopes that you ask for.",
      "Add the redirect URI above; it has to be https.",
      "Configure its client ID and client secret.",
    ],
    notes: [
      "Whether it takes PKCE is not known, so none is sent.",
      "Which businesses the user has stands in the reply of the identity call, at https://api.freshbooks.com/auth/api/v1/users/me.",
      "Only scopes that the app has in the developer portal can be asked for.",
    ],
    authorization_endpoint: "https://auth.freshbooks.com/oauth/authorize",
    token_endpoint: "https://api.freshbooks.com/auth/oauth/token",
    scopes: {
      "user:profile:read": "See your name and businesses",
      "user:clients:read": "See your clients",
      "user:invoices:read": "See your invoices",
      "user:invoices:write": "Create and change your invoices",
      "user:expenses:read": "See your expenses",
      "user:payments:read": "See the payments you received",
      "user:time_entries:read": "See the time you tracked",
    },
    base_scopes: ["user:profile:read"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", rotates: "yes", grace_seconds: 0 },
    identity: {
      source: "request",
      request: { url: "https://api.freshbooks.com/auth/api/v1/users/me" },
      id: "response.identity_id",
      label: "response.email",
      name: "response.first_name",
    },
    revocation: {
      by: "request",
      request: {
        method: "POST",
        url: "https://api.freshbooks.com/auth/oauth/revoke",
        json: { client_id: "{client_id}", client_secret: "{client_secret}", token: "{token}" },
      },
    },
    api_hosts: ["api.freshbooks.com"],
    api_hosts_source: "Nango and the identity call",
  },
} satisfies Records;
