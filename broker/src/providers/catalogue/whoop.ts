/** WHOOP: the scope offline brings a refresh token, and has to be named again with each renewal. */
import type { Records } from "../schema.ts";

export default {
  whoop: {
    name: "WHOOP",
    category: "health",
    docs_url: "https://developer.whoop.com/docs/developing/oauth/",
    verified_at: "2026-11-22",
    sources: [
      "WHOOP's documentation, OAuth 2.0",
      "WHOOP's documentation, Refreshing Access Tokens",
      "Nango providers.yaml (2026-08-21)",
    ],
    experimental: true,
    setup: [
      "In the WHOOP developer dashboard, create an app.",
      "Add the redirect URI above.",
      "Choose the scopes that you ask for; read:profile and offline are always needed.",
    ],
    notes: [
      "Whether it takes PKCE is not known, so none is sent.",
      "Revoking ends all of the app's access to that user's data.",
    ],
    authorization_endpoint: "https://api.prod.whoop.com/oauth/oauth2/auth",
    token_endpoint: "https://api.prod.whoop.com/oauth/oauth2/token",
    scopes: {
      "read:profile": "See your name and email address",
      offline: "Stay connected when you are away",
      "read:recovery": "See your recovery",
      "read:cycles": "See your day strain and cycles",
      "read:sleep": "See your sleep",
      "read:workout": "See your workouts",
      "read:body_measurement": "See your height, weight and maximum heart rate",
    },
    base_scopes: ["read:profile", "offline"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: {
      with: "refresh_token",
      obtained: "scope",
      rotates: "yes",
      parameters: { scope: "offline" },
    },
    identity: {
      source: "request",
      request: { url: "https://api.prod.whoop.com/developer/v2/user/profile/basic" },
      id: "user_id",
      label: "email",
      name: "first_name",
    },
    revocation: {
      by: "request",
      request: {
        method: "DELETE",
        url: "https://api.prod.whoop.com/developer/v2/user/access",
      },
    },
    api_hosts: ["api.prod.whoop.com"],
    api_hosts_source: "Nango, and the identity call",
  },
} satisfies Records;
