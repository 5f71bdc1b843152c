/** Salesloft: plain OAuth; refresh tokens work once. */
import type { Records } from "../schema.ts";

export default {
  salesloft: {
    name: "Salesloft",
    category: "sales",
    docs_url: "https://developers.salesloft.com/docs/platform/api-basics/oauth-authentication",
    verified_at: "2026-11-22",
    sources: ["Nango providers.yaml (2026-08-21)", "SocialiteProviders (2026-08)"],
    experimental: true,
    setup: [
      "In Salesloft, open your applications under the API settings and create one.",
      "Add the redirect URI above to its redirect URIs.",
      "Configure its application ID as the client_id, and its secret.",
    ],
    notes: [
      "The callback carries parameters besides code and state (context, scope), which are not read.",
      "Whether it takes PKCE is not known, so none is sent.",
    ],
    authorization_endpoint: "https://accounts.salesloft.com/oauth/authorize",
    token_endpoint: "https://accounts.salesloft.com/oauth/token",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", rotates: "yes" },
    identity: {
      source: "request",
      request: { url: "https://api.salesloft.com/v2/me" },
      id: "data.id",
      label: "data.email",
      name: "data.name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.salesloft.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
