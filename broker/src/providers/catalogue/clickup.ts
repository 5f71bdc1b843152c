/** ClickUp: no scopes, no end, no way to revoke; the user picks workspaces. */
import type { Records } from "../schema.ts";

export default {
  clickup: {
    name: "ClickUp",
    category: "productivity",
    docs_url: "https://developer.clickup.com/docs/authentication",
    verified_at: "2026-11-22",
    sources: [
      "@auth/core 0.41.3",
      "Nango providers.yaml (2026-08-21)",
      "SocialiteProviders (2026-08)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    brand: { color: "#7B68EE", icon: "clickup" },
    setup: [
      "In ClickUp's settings, open ClickUp API and create an app.",
      "Its redirect URL is the redirect URI above.",
      "Configure its client ID and client secret.",
    ],
    notes: [
      "It has no scopes: the user picks workspaces, and the app may do there what the user may.",
      "Tokens do not end by themselves.",
    ],
    authorization_endpoint: "https://app.clickup.com/api",
    token_endpoint: "https://api.clickup.com/api/v2/oauth/token",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "nothing" },
    identity: {
      source: "request",
      request: { url: "https://api.clickup.com/api/v2/user" },
      id: "user.id",
      label: "user.email",
      name: "user.username",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.clickup.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
