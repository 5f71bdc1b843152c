/** Tumblr: an account is known by its name alone, and a token reply may hold an id_token of false. */
import type { Records } from "../schema.ts";

export default {
  tumblr: {
    name: "Tumblr",
    category: "social",
    docs_url: "https://www.tumblr.com/docs/en/api/v2",
    manage_url: "https://www.tumblr.com/settings/apps",
    verified_at: "2026-11-22",
    sources: [
      "arctic 3.7.0",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
    ],
    experimental: true,
    brand: { color: "#36465D", icon: "tumblr" },
    setup: [
      "At tumblr.com/oauth/apps, register an application.",
      "Enter the redirect URI above among its OAuth2 redirect URLs.",
      "Configure the consumer key as the client_id and the secret key as the client_secret.",
    ],
    notes: [
      "Whether it takes PKCE is not known, so none is sent.",
      "The account's id is its name, which people can change: it then counts as another account.",
      "Access tokens live for 42 minutes.",
    ],
    authorization_endpoint: "https://www.tumblr.com/oauth2/authorize",
    token_endpoint: "https://api.tumblr.com/v2/oauth2/token",
    scopes: {
      basic: "See your account, blogs and dashboard",
      write: "Post, like and follow as you",
      offline_access: "Stay connected when you are away",
    },
    base_scopes: ["basic", "offline_access"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    token_response: { nulls_dropped: true },
    refresh: { with: "refresh_token", obtained: "scope", rotates: "yes" },
    identity: {
      source: "request",
      request: { url: "https://api.tumblr.com/v2/user/info" },
      id: "response.user.name",
      label: "response.user.name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.tumblr.com"],
    api_hosts_source: "Nango and the identity call",
  },
} satisfies Records;
