/** FreeAgent: no scopes; what an app may do is what its user may. */
import type { Records } from "../schema.ts";

export default {
  freeagent: {
    name: "FreeAgent",
    category: "finance",
    docs_url: "https://dev.freeagent.com/docs/oauth",
    verified_at: "2026-11-22",
    sources: [
      "FreeAgent's documentation, OAuth 2.0 and Quick start",
      "FreeAgent's notice on its developer forum, Upcoming access token authentication changes",
      "grant 5.4.24",
      "Nango providers.yaml (2026-08-21)",
    ],
    experimental: true,
    setup: [
      "In the FreeAgent developer dashboard, create an app.",
      "Add the redirect URI above under OAuth redirect URIs.",
      "Its OAuth identifier is the client_id, its OAuth secret the client_secret.",
    ],
    notes: [
      "There are no scopes: an app can do what its user can.",
      "The sandbox has the same paths at api.sandbox.freeagent.com, and is an entry of its own.",
    ],
    authorization_endpoint: "https://api.freeagent.com/v2/approve_app",
    token_endpoint: "https://api.freeagent.com/v2/token_endpoint",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_basic",
    token_response: { refresh_expires_in: "refresh_token_expires_in" },
    refresh: { with: "refresh_token" },
    identity: {
      source: "request",
      request: { url: "https://api.freeagent.com/v2/users/me" },
      id: "user.url",
      label: "user.email",
      name: "user.first_name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.freeagent.com"],
    api_hosts_source: "Nango, and the identity call",
  },
} satisfies Records;
