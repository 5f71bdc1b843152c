/** Harvest: one login holds several accounts, and each API call names one of them. */
import type { Records } from "../schema.ts";

export default {
  harvest: {
    name: "Harvest",
    category: "productivity",
    docs_url:
      "https://help.getharvest.com/api-v2/authentication-api/authentication/authentication/",
    verified_at: "2026-11-22",
    sources: [
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    experimental: true,
    setup: [
      "At id.getharvest.com, open Developers and create an OAuth2 application.",
      "Enter the redirect URI above, and choose how many accounts and which products it is for.",
      "Configure its client ID and client secret.",
    ],
    notes: [
      "Which accounts the user has says GET https://id.getharvest.com/api/v2/accounts; API calls name one in the header Harvest-Account-Id.",
      "Your own calls need a User-Agent that names your app.",
    ],
    authorization_endpoint: "https://id.getharvest.com/oauth2/authorize",
    token_endpoint: "https://id.getharvest.com/api/v2/oauth2/token",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", rotates: "yes" },
    identity: {
      source: "request",
      request: { url: "https://id.getharvest.com/api/v2/accounts" },
      id: "user.id",
      label: "user.email",
      name: "user.first_name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.harvestapp.com", "id.getharvest.com"],
    api_hosts_source:
      "Nango, open-connector, and the identity call; id.getharvest.com is for the list of accounts",
  },
} satisfies Records;
