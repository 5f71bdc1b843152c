/** Help Scout: no scopes; the app may do what the user may. */
import type { Records } from "../schema.ts";

export default {
  helpscout: {
    name: "Help Scout",
    category: "sales",
    docs_url: "https://developer.helpscout.com/mailbox-api/overview/authentication/",
    verified_at: "2026-11-22",
    sources: ["Nango providers.yaml (2026-08-21)", "oomol-lab/open-connector (2026-08-22)"],
    experimental: true,
    brand: { color: "#1292EE", icon: "helpscout" },
    setup: [
      "In Help Scout, open Your profile, then My apps, and create one.",
      "Its redirection URL is the redirect URI above.",
      "Configure its app ID as the client_id, and its app secret.",
    ],
    notes: [
      "It has no scopes: the app may do what the user may.",
      "Access tokens live for two days.",
    ],
    authorization_endpoint:
      "https://secure.helpscout.net/authentication/authorizeClientApplication",
    token_endpoint: "https://api.helpscout.net/v2/oauth2/token",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", rotates: "yes" },
    identity: {
      source: "request",
      request: { url: "https://api.helpscout.net/v2/users/me" },
      id: "id",
      label: "email",
      name: "firstName",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.helpscout.net"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
