/** Notion: takes JSON, has no scopes (the user picks pages), and says with the token whose it is. */
import type { Records } from "../schema.ts";

export default {
  notion: {
    name: "Notion",
    category: "files",
    docs_url: "https://developers.notion.com/reference/create-a-token",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "better-auth 1.7.25",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "oomol-lab/open-connector (2026-08-22)",
      "Notion's documentation (2026-11)",
    ],
    brand: { color: "#000000", icon: "notion" },
    setup: [
      "In Notion, open the page for integrations and create a public one.",
      "Add the redirect URI above to its redirect URIs.",
      "Choose its capabilities: they take the place of scopes. The email address comes with user information that includes addresses.",
    ],
    notes: [
      "The user picks the pages that the app may see.",
      "API calls need a Notion-Version header.",
      "Newer integrations get a refresh token, which each use replaces; tokens of older ones do not end. Replies do not say when a token ends.",
    ],
    authorization_endpoint: "https://api.notion.com/v1/oauth/authorize",
    token_endpoint: "https://api.notion.com/v1/oauth/token",
    pkce: "none",
    authorize_parameters: { owner: "user" },
    token_endpoint_auth_method: "client_secret_basic",
    token_request: { format: "json" },
    token_response: { nulls_dropped: true },
    refresh: { with: "refresh_token", obtained: "setting", rotates: "yes" },
    identity: {
      source: "token_response",
      id: "bot_id",
      label: ["owner.user.person.email", "owner.user.name", "workspace_name"],
      name: "workspace_name",
    },
    revocation: {
      by: "request",
      request: {
        method: "POST",
        url: "https://api.notion.com/v1/oauth/revoke",
        auth: "client_secret_basic",
        headers: { "Notion-Version": "2022-06-28" },
        json: { token: "{access_token}" },
      },
    },
    api_hosts: ["api.notion.com"],
    api_hosts_source: "Nango, open-connector, and the users call",
  },
} satisfies Records;
