/** Constant Contact's V3 API: the account is a company's, and a refresh token comes with a scope of its own. */
import type { Records } from "../schema.ts";

export default {
  "constant-contact": {
    name: "Constant Contact",
    category: "marketing",
    docs_url: "https://developer.constantcontact.com/api_guide/auth_overview.html",
    verified_at: "2026-11-22",
    sources: [
      "Constant Contact's documentation, OAuth2 Overview and Authorization Code Flow",
      "Constant Contact's API Developer Support in its community, on the two endpoints and offline_access",
      "Nango providers.yaml (2026-08-21)",
    ],
    experimental: true,
    setup: [
      "In Constant Contact's V3 developer portal, open My Applications and create one of the authorization code flow.",
      "Add the redirect URI above.",
      "Its API key is the client_id; generate a secret.",
    ],
    notes: [
      "Whether an application with a secret takes PKCE is not known, so none is sent.",
      "A code is good for five minutes.",
    ],
    authorization_endpoint: "https://authz.constantcontact.com/oauth2/default/v1/authorize",
    token_endpoint: "https://authz.constantcontact.com/oauth2/default/v1/token",
    scopes: {
      account_read: "See your account's details",
      account_update: "Change your account's details",
      contact_data: "See and change your contacts and lists",
      campaign_data: "See, change and send your email campaigns",
      offline_access: "Stay connected when you are away",
    },
    base_scopes: ["account_read", "offline_access"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_basic",
    refresh: {
      with: "refresh_token",
      obtained: "scope",
      rotates: "yes",
      lifetime_seconds: 180 * 86_400,
    },
    identity: {
      source: "request",
      request: { url: "https://api.cc.email/v3/account/summary" },
      id: "encoded_account_id",
      label: ["contact_email", "organization_name"],
      name: "organization_name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.cc.email"],
    api_hosts_source: "Nango, and the identity call",
  },
} satisfies Records;
