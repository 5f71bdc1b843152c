/** X, formerly Twitter: its refresh tokens are good for one use, and the profile needs two scopes. */
import type { Records } from "../schema.ts";

export default {
  x: {
    name: "X (Twitter)",
    category: "social",
    docs_url:
      "https://docs.x.com/resources/fundamentals/authentication/oauth-2-0/authorization-code",
    manage_url: "https://x.com/settings/connected_apps",
    verified_at: "2026-11-22",
    sources: [
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "better-auth 1.7.25",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    brand: { color: "#000000", icon: "x" },
    setup: [
      "In the X developer portal, create an app in a project and set up user authentication for it.",
      "Choose the type Web App (a confidential client) and the permissions that you need.",
      "Add the redirect URI above as a callback URI.",
      "Configure the OAuth 2.0 client ID and client secret; the API key and its secret are something else.",
    ],
    notes: [
      "The profile call needs users.read and tweet.read together.",
      "How long a refresh token lives is not documented; half a year is what people report.",
      "How many calls you may make depends on what you pay for.",
    ],
    authorization_endpoint: "https://x.com/i/oauth2/authorize",
    token_endpoint: "https://api.x.com/2/oauth2/token",
    revocation_endpoint: "https://api.x.com/2/oauth2/revoke",
    scopes: {
      "users.read": "See profiles, yours included",
      "tweet.read": "See posts you can see",
      "offline.access": "Stay connected when you are away",
      "tweet.write": "Post and delete posts as you",
      "media.write": "Upload pictures and video",
      "follows.read": "See who you follow and who follows you",
      "like.read": "See what you liked",
      "dm.read": "Read your direct messages",
    },
    base_scopes: ["users.read", "tweet.read", "offline.access"],
    token_endpoint_auth_method: "client_secret_basic",
    refresh: {
      with: "refresh_token",
      obtained: "scope",
      rotates: "yes",
      grace_seconds: 0,
      lifetime_seconds: 180 * 86_400,
    },
    identity: {
      source: "request",
      request: { url: "https://api.x.com/2/users/me" },
      id: "data.id",
      label: "data.username",
      name: "data.name",
    },
    api_hosts: ["api.x.com", "api.twitter.com"],
    api_hosts_source:
      "Nango, open-connector, and the identity call; api.twitter.com is the older name, from Nango",
  },
} satisfies Records;
