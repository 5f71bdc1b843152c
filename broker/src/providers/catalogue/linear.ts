/** Linear: GraphQL, scopes with commas, and pages that cut the popup's opener off. */
import type { Records } from "../schema.ts";

export default {
  linear: {
    name: "Linear",
    category: "productivity",
    docs_url: "https://linear.app/developers/oauth-2-0-authentication",
    manage_url: "https://linear.app/settings/account/security",
    verified_at: "2026-11-22",
    sources: [
      "arctic 3.7.0",
      "better-auth 1.7.25",
      "Nango providers.yaml (2026-08-21)",
      "SocialiteProviders (2026-08)",
      "oomol-lab/open-connector (2026-08-22)",
      "Linear's documentation (2026-11)",
    ],
    brand: { color: "#5E6AD2", icon: "linear" },
    setup: [
      "In Linear's settings, open API, then OAuth applications, and create one.",
      "Add the redirect URI above to its callback URLs.",
      "Configure its client ID and client secret.",
    ],
    notes: [
      "The user is asked every time, since that is how another workspace can be picked.",
      "Access tokens live for a day; every app has refresh tokens since April 2026.",
      "With actor=app among authorize_parameters the app acts as itself, not as the user.",
    ],
    opener: "severed",
    authorization_endpoint: "https://linear.app/oauth/authorize",
    token_endpoint: "https://api.linear.app/oauth/token",
    revocation_endpoint: "https://api.linear.app/oauth/revoke",
    scopes: {
      read: "Read your workspace",
      write: "Read and change your workspace",
      "issues:create": "Create issues",
      "comments:create": "Write comments on issues",
      admin: "Manage the workspace as an admin",
    },
    base_scopes: ["read"],
    scope_separator: ",",
    prompt: "consent",
    token_endpoint_auth_method: "client_secret_post",
    token_response: { scope_separator: "," },
    refresh: { with: "refresh_token", rotates: "yes" },
    identity: {
      source: "request",
      request: {
        method: "POST",
        url: "https://api.linear.app/graphql",
        json: { query: "{ viewer { id name email } organization { id name urlKey } }" },
      },
      id: "data.viewer.id",
      label: "data.viewer.email",
      name: "data.viewer.name",
    },
    revocation: { by: "rfc7009" },
    api_hosts: ["api.linear.app", "uploads.linear.app"],
    api_hosts_source:
      "Nango, open-connector, the identity call, and Linear's documentation for stored files, which take the same token",
  },
} satisfies Records;
