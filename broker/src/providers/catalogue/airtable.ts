/** Airtable: PKCE always, and refresh tokens that work once; two refreshes at a time end the grant. */
import type { Records } from "../schema.ts";

export default {
  airtable: {
    name: "Airtable",
    category: "productivity",
    docs_url: "https://airtable.com/developers/web/api/oauth-reference",
    verified_at: "2026-11-22",
    sources: [
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    brand: { color: "#18BFFF", icon: "airtable" },
    setup: [
      "On Airtable's builder hub, open OAuth integrations and register one.",
      "Add the redirect URI above to its redirect URLs.",
      "Generate a client secret, and tick the scopes that you ask for, user.email:read among them.",
    ],
    notes: [
      "The user picks the bases and workspaces that the app may see.",
      "A refresh token ends after 60 days and works once; using it twice ends the grant.",
    ],
    authorization_endpoint: "https://airtable.com/oauth2/v1/authorize",
    token_endpoint: "https://airtable.com/oauth2/v1/token",
    scopes: {
      "user.email:read": "See your email address",
      "data.records:read": "See records in the bases you pick",
      "data.records:write": "Add, change and delete records",
      "schema.bases:read": "See how your tables are set up",
      "schema.bases:write": "Change how your tables are set up",
      "webhook:manage": "Get told when a base changes",
    },
    base_scopes: ["user.email:read"],
    token_endpoint_auth_method: "client_secret_basic",
    token_response: { refresh_expires_in: "refresh_expires_in" },
    refresh: {
      with: "refresh_token",
      rotates: "yes",
      grace_seconds: 0,
      lifetime_seconds: 60 * 86_400,
    },
    identity: {
      source: "request",
      request: { url: "https://api.airtable.com/v0/meta/whoami" },
      id: "id",
      label: "email",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.airtable.com", "content.airtable.com"],
    api_hosts_source:
      "Nango, open-connector, and the identity call; uploads of attachments go to content.airtable.com, by public code",
  },
} satisfies Records;
