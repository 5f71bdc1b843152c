/** Mastodon: every server is its own, and knows only the apps that are registered there. */
import type { Records } from "../schema.ts";

export default {
  mastodon: {
    name: "Mastodon",
    category: "social",
    docs_url: "https://docs.joinmastodon.org/spec/oauth/",
    manage_url: "{base_url}/oauth/authorized_applications",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "OpenIddict WebIntegration (2024-10)",
    ],
    experimental: true,
    brand: { color: "#6364FF", icon: "mastodon" },
    setup: [
      "On the server, open Preferences, Development, and create an application; or register one with POST /api/v1/apps.",
      "Add the redirect URI above and tick the scopes that you ask for.",
      "Set base_url to the server. Each further server is an entry of its own that extends this one.",
    ],
    notes: [
      "Tokens do not end by themselves.",
      "PKCE and the scope profile need Mastodon 4.3; for an older server set pkce to none and base_scopes to read:accounts.",
    ],
    approves_silently: true,
    discovery_url: "{base_url}/.well-known/oauth-authorization-server",
    variables: {
      base_url: {
        label: "The server's address",
        example: "https://mastodon.social",
        pattern: "https://[a-z0-9-]+(?:\\.[a-z0-9-]+)+",
        default: "https://mastodon.social",
        self_hosted: true,
      },
    },
    authorization_endpoint: "{base_url}/oauth/authorize",
    token_endpoint: "{base_url}/oauth/token",
    revocation_endpoint: "{base_url}/oauth/revoke",
    scopes: {
      profile: "See your profile",
      read: "Read everything in your account",
      "read:accounts": "See accounts, yours included",
      "read:statuses": "Read posts that you can see",
      "read:notifications": "See your notifications",
      write: "Change everything in your account",
      "write:statuses": "Post and delete posts as you",
      "write:media": "Upload pictures and video",
    },
    base_scopes: ["profile"],
    // Its name for a prompt: without it, a user who has agreed before sees no page.
    authorize_parameters: { force_login: "true" },
    token_endpoint_auth_method: "client_secret_post",
    token_response: { nulls_dropped: true },
    refresh: { with: "nothing" },
    identity: {
      source: "request",
      request: { url: "{base_url}/api/v1/accounts/verify_credentials" },
      id: "id",
      label: "acct",
      name: "display_name",
    },
    api_hosts: [],
    tenant_hosts: ["{base_url}"],
    api_hosts_source: "The server's own host: the one that the operator has named",
    self_hosted: true,
  },
} satisfies Records;
