/** Epic Games: takes client credentials for Basic as they are, and a refresh token for eight hours. */
import type { Records } from "../schema.ts";

export default {
  "epic-games": {
    name: "Epic Games",
    category: "social",
    docs_url: "https://dev.epicgames.com/docs/web-api-ref/authentication",
    manage_url: "https://www.epicgames.com/account/connections",
    verified_at: "2026-11-22",
    sources: [
      "arctic 3.7.0",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
    ],
    brand: { color: "#313131", icon: "epicgames" },
    setup: [
      "In the Epic developer portal, create a product and, under Product Settings, a client with a policy that requires a user.",
      "Under Epic Account Services, create an application with the scopes that you ask for and link the client to it.",
      "Add the redirect URI above to the client.",
      "Before others than your own team can connect, the application's brand has to be reviewed.",
    ],
    notes: [
      "Whether it takes PKCE is not known, so none is sent.",
      "A refresh token ends after eight hours: a grant that nobody uses for so long is over.",
      "There is no email address. An id_token that comes along is not read: version 1 and 2 name different issuers.",
    ],
    authorization_endpoint: "https://www.epicgames.com/id/authorize",
    token_endpoint: "https://api.epicgames.dev/epic/oauth/v2/token",
    userinfo_endpoint: "https://api.epicgames.dev/epic/oauth/v2/userInfo",
    revocation_endpoint: "https://api.epicgames.dev/epic/oauth/v2/revoke",
    scopes: {
      basic_profile: "See your display name and language",
      openid: "Sign you in with Epic Games",
      friends_list: "See your friends who use this app",
      presence: "See and set whether you are online",
      country: "See your country",
    },
    base_scopes: ["basic_profile"],
    openid: "scope_only",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_basic_raw",
    token_response: { id_token_ignored: true, refresh_expires_in: "refresh_expires_in" },
    refresh: { with: "refresh_token", rotates: "yes", lifetime_seconds: 8 * 3600 },
    identity: { source: "userinfo", label: "preferred_username" },
    api_hosts: ["api.epicgames.dev"],
    api_hosts_source: "Nango and the identity call",
  },
} satisfies Records;
