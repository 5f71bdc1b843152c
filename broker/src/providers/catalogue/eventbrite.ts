/** Eventbrite: no scopes, and tokens that do not end. */
import type { Records } from "../schema.ts";

export default {
  eventbrite: {
    name: "Eventbrite",
    category: "marketing",
    docs_url: "https://www.eventbrite.com/platform/docs/authentication",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "@auth/core 0.41.3",
      "Nango providers.yaml (2026-08-21)",
      "SocialiteProviders (2026-08)",
    ],
    experimental: true,
    brand: { color: "#F05537" },
    setup: [
      "In Eventbrite, open Account settings, then Developer links, then API keys, and create one.",
      "Its OAuth redirect URI is the redirect URI above.",
      "Configure its API key as the client_id, and its client secret.",
    ],
    notes: [
      "It has no scopes: the app may do what the user may.",
      "Tokens do not end by themselves.",
    ],
    authorization_endpoint: "https://www.eventbrite.com/oauth/authorize",
    token_endpoint: "https://www.eventbrite.com/oauth/token",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "nothing" },
    identity: {
      source: "request",
      request: { url: "https://www.eventbriteapi.com/v3/users/me/" },
      id: "id",
      label: ["emails[0].email", "name"],
      name: "name",
      email: "emails[0].email",
      email_verified: "emails[0].verified",
    },
    revocation: { by: "nothing" },
    api_hosts: ["www.eventbriteapi.com"],
    api_hosts_source: "Nango, and the identity call",
  },
} satisfies Records;
