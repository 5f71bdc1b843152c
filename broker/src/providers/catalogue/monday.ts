/** monday.com: GraphQL, an app that an administrator installs first, and tokens that do not end. */
import type { Records } from "../schema.ts";

export default {
  monday: {
    name: "monday.com",
    category: "productivity",
    docs_url: "https://developer.monday.com/apps/docs/oauth",
    verified_at: "2026-11-22",
    sources: [
      "Nango providers.yaml (2026-08-21)",
      "SocialiteProviders (2026-08)",
      "oomol-lab/open-connector (2026-08-22)",
      "monday.com's documentation (2026-11)",
    ],
    experimental: true,
    brand: { color: "#6161FF" },
    setup: [
      "In monday.com, open the Developer Center and create an app.",
      "Under OAuth & permissions, tick the scopes that you ask for, me:read among them.",
      "Under Redirect URLs, add the redirect URI above.",
    ],
    notes: [
      "An account's administrator installs the app; the authorization page offers that where it has not happened yet.",
      "This is the classic flow, whose tokens do not end. The newer one (OAuth 2.1, switched on per app version) has other URLs and is not in this record: leave it off.",
    ],
    authorization_endpoint: "https://auth.monday.com/oauth2/authorize",
    token_endpoint: "https://auth.monday.com/oauth2/token",
    scopes: {
      "me:read": "See your profile",
      "boards:read": "See your boards and items",
      "boards:write": "Create and change boards and items",
      "users:read": "See people in your account",
      "workspaces:read": "See your workspaces",
      "updates:read": "Read updates and replies",
      "updates:write": "Post updates and replies",
      "webhooks:write": "Get told when boards change",
    },
    base_scopes: ["me:read"],
    pkce: "none",
    authorize_parameters: { force_install_if_needed: "true" },
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "nothing" },
    identity: {
      source: "request",
      request: {
        method: "POST",
        url: "https://api.monday.com/v2",
        json: { query: "{ me { id name email } }" },
      },
      id: "data.me.id",
      label: "data.me.email",
      name: "data.me.name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.monday.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
