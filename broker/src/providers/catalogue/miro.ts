/** Miro: whether tokens end is chosen when the app is created; each is for one team. */
import type { Records } from "../schema.ts";

export default {
  miro: {
    name: "Miro",
    category: "design",
    docs_url: "https://developers.miro.com/reference/oauth-20-authorization-v2",
    verified_at: "2026-11-22",
    sources: [
      "Nango providers.yaml (2026-08-21)",
      "django-allauth (2026-04)",
      "oomol-lab/open-connector (2026-08-22)",
      "Miro's documentation (2026-11)",
    ],
    experimental: true,
    brand: { color: "#050038", icon: "miro" },
    setup: [
      "In Miro's settings, open Your apps and create one; choose tokens that expire, which cannot be changed later.",
      "Add the redirect URI above to its redirect URIs.",
      "Tick the permissions that the app needs: they are its scopes.",
    ],
    notes: [
      "What it may do is set on the app, and a token is for the team that the user picks.",
      "Its API tells no email address.",
      "With tokens that expire, an access token lives for an hour and a refresh token for 60 days; without, they do not end.",
      "Whether it takes PKCE is not known, so none is sent.",
    ],
    authorization_endpoint: "https://miro.com/oauth/authorize",
    token_endpoint: "https://api.miro.com/v1/oauth/token",
    scopes: {
      "boards:read": "See your boards and what is on them",
      "boards:write": "Create and change boards and what is on them",
      "identity:read": "See your profile",
      "team:read": "See who is in your team",
    },
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: {
      with: "refresh_token",
      obtained: "setting",
      rotates: "yes",
      grace_seconds: 0,
      lifetime_seconds: 60 * 86_400,
    },
    identity: {
      source: "request",
      request: { url: "https://api.miro.com/v1/oauth-token" },
      // A token is for one team.
      id: ["team.id", "user.id"],
      label: "user.name",
      name: "team.name",
    },
    revocation: {
      by: "request",
      request: {
        method: "POST",
        url: "https://api.miro.com/v2/oauth/revoke",
        auth: "none",
        json: {
          accessToken: "{access_token}",
          clientId: "{client_id}",
          clientSecret: "{client_secret}",
        },
      },
    },
    api_hosts: ["api.miro.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
