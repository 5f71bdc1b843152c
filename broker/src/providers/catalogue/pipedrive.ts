/** Pipedrive: each company's API is on a host of its own, which arrives with the token. */
import type { Records } from "../schema.ts";

export default {
  pipedrive: {
    name: "Pipedrive",
    category: "sales",
    docs_url: "https://pipedrive.readme.io/docs/marketplace-oauth-authorization",
    verified_at: "2026-11-22",
    sources: [
      "@auth/core 0.41.3",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
    ],
    brand: { color: "#017737" },
    setup: [
      "In Pipedrive, open the Developer Hub and create an app: public, or private for your own company.",
      "Its callback URL is the redirect URI above.",
      "Under OAuth & access scopes, tick the scopes that the app needs: every user is asked for all of them.",
    ],
    notes: [
      "What it may do is set on the app.",
      "The app calls the API on api_domain, which it can read as metadata.",
      "A refresh token that nobody uses ends after 60 days. Revoking it uninstalls the app for that user.",
    ],
    captures: {
      api_domain: {
        from: "token_response",
        at: "api_domain",
        pattern: "https://[a-z0-9-]+\\.pipedrive\\.com",
        required: true,
      },
    },
    authorization_endpoint: "https://oauth.pipedrive.com/oauth/authorize",
    token_endpoint: "https://oauth.pipedrive.com/oauth/token",
    revocation_endpoint: "https://oauth.pipedrive.com/oauth/revoke",
    scopes: {
      base: "See your name, email address and company",
      "deals:read": "See your deals",
      "deals:full": "See, add and change deals",
      "contacts:read": "See people and organisations",
      "contacts:full": "See, add and change people and organisations",
      "activities:read": "See your activities",
      "activities:full": "See, add and change activities",
      "users:read": "See people in your company",
    },
    default_scopes: ["base"],
    pkce: "none",
    denied: ["user_denied"],
    token_endpoint_auth_method: "client_secret_basic",
    token_response: { scope_separator: "," },
    refresh: {
      with: "refresh_token",
      rotates: "no",
      lifetime_seconds: 60 * 86_400,
      sliding: true,
    },
    identity: {
      source: "request",
      request: { url: "{api_domain}/api/v1/users/me" },
      // One person may be in several companies; a token is for one.
      id: ["data.company_id", "data.id"],
      label: "data.email",
      name: "data.name",
    },
    revocation: { by: "rfc7009" },
    api_hosts: ["api.pipedrive.com"],
    tenant_hosts: ["{api_domain}"],
    api_hosts_source:
      "open-connector for api.pipedrive.com; Pipedrive's documentation asks for the company's own host, which is api_domain of the token reply",
  },
} satisfies Records;
