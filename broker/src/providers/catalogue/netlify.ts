/** Netlify: no scopes, and tokens that do not end. */
import type { Records } from "../schema.ts";

export default {
  netlify: {
    name: "Netlify",
    category: "developer",
    docs_url: "https://docs.netlify.com/api/get-started/",
    manage_url: "https://app.netlify.com/user/applications",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "@auth/core 0.41.3",
      "SocialiteProviders (2026-08)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    experimental: true,
    brand: { color: "#00C7B7", icon: "netlify" },
    setup: [
      "In Netlify, open User settings, then Applications, and create an OAuth application.",
      "Its redirect URI is the redirect URI above.",
      "Configure its client ID and secret.",
    ],
    notes: [
      "It has no scopes: the app may do what the user may.",
      "Tokens do not end by themselves.",
      "Whether it takes PKCE is not known, so none is sent.",
    ],
    authorization_endpoint: "https://app.netlify.com/authorize",
    token_endpoint: "https://api.netlify.com/oauth/token",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "nothing" },
    identity: {
      source: "request",
      request: { url: "https://api.netlify.com/api/v1/user" },
      id: "id",
      label: "email",
      name: "full_name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.netlify.com"],
    api_hosts_source: "open-connector, and the identity call",
  },
} satisfies Records;
