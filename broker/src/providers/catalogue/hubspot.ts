/** HubSpot: who it is comes from a call with the token in its path, so that nobody should log that URL. */
import type { Records } from "../schema.ts";

export default {
  hubspot: {
    name: "HubSpot",
    category: "sales",
    docs_url:
      "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/oauth/working-with-oauth",
    verified_at: "2026-11-22",
    sources: [
      "@auth/core 0.41.3",
      "better-auth 1.7.25",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
    ],
    brand: { color: "#FF7A59", icon: "hubspot" },
    setup: [
      "In a HubSpot developer account, create a public app.",
      "Under Auth, add the redirect URI above to its redirect URLs.",
      "Add the scopes that you ask for; those marked as required have to be in every request.",
    ],
    notes: [
      "A grant is for one HubSpot account (portal), which the user picks; hub_id tells which.",
      "Scopes that the user's HubSpot may not have go into optional_scope, among authorize_parameters.",
      "Access tokens live for half an hour. Revoking ends the refresh token and does not uninstall the app.",
      "The token endpoint is of version 3; who it is and the revocation are calls of version 1.",
    ],
    authorization_endpoint: "https://app.hubspot.com/oauth/authorize",
    token_endpoint: "https://api.hubapi.com/oauth/v3/token",
    scopes: {
      oauth: "Connect to your HubSpot account",
      "crm.objects.contacts.read": "See your contacts",
      "crm.objects.contacts.write": "Add and change contacts",
      "crm.objects.companies.read": "See your companies",
      "crm.objects.deals.read": "See your deals",
      "crm.objects.deals.write": "Add and change deals",
    },
    default_scopes: ["oauth"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", rotates: "no" },
    identity: {
      source: "request",
      request: {
        url: "https://api.hubapi.com/oauth/v1/access-tokens/{access_token}",
        auth: "none",
      },
      // A token is for one portal.
      id: ["hub_id", "user_id"],
      label: "user",
      name: "hub_domain",
    },
    revocation: {
      by: "request",
      request: {
        method: "DELETE",
        url: "https://api.hubapi.com/oauth/v1/refresh-tokens/{refresh_token}",
        auth: "none",
      },
    },
    api_hosts: ["api.hubapi.com"],
    api_hosts_source: "Nango, and the identity call",
  },
} satisfies Records;
