/** QuickBooks Online: which company it is arrives on the callback, as realmId. */
import type { Records } from "../schema.ts";

export default {
  quickbooks: {
    name: "QuickBooks Online (Intuit)",
    category: "finance",
    docs_url:
      "https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0",
    verified_at: "2026-11-22",
    sources: [
      "Intuit's documentation (2026-11)",
      "grant 5.4.24",
      "arctic 3.7.0",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
    ],
    brand: { color: "#2CA01C", icon: "quickbooks" },
    setup: [
      "On developer.intuit.com, create an app for QuickBooks Online and Payments with the scopes that you ask for.",
      "Under Keys and credentials, add the redirect URI above: development and production have a list each.",
      "Configure the client ID and secret of one of the two; with those of development, set accounts_host to the sandbox.",
    ],
    notes: [
      "The app can read the company's id as realm_id; it stands in the path of every API call.",
      "A refresh token ends after 100 days without use, and after five years in any case.",
      "Users have to be administrators of the company to connect it.",
    ],
    discovery_url: "https://developer.api.intuit.com/.well-known/openid_configuration",
    variables: {
      accounts_host: {
        label: "Host of the user info call: production or sandbox",
        example: "sandbox-accounts.platform.intuit.com",
        pattern: "(?:sandbox-)?accounts\\.platform\\.intuit\\.com",
        default: "accounts.platform.intuit.com",
      },
    },
    captures: {
      realm_id: { from: "callback", at: "realmId", pattern: "\\d{1,20}", required: true },
    },
    issuer: "https://oauth.platform.intuit.com/op/v1",
    authorization_endpoint: "https://appcenter.intuit.com/connect/oauth2",
    token_endpoint: "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
    userinfo_endpoint: "https://{accounts_host}/v1/openid_connect/userinfo",
    scopes: {
      "com.intuit.quickbooks.accounting": "See and change your company’s books",
      openid: "Sign you in",
      email: "See your email address",
      profile: "See your name",
      "com.intuit.quickbooks.payment": "Take and manage payments",
      phone: "See your phone number",
      address: "See your address",
    },
    base_scopes: ["openid", "email"],
    default_scopes: ["com.intuit.quickbooks.accounting", "profile"],
    nonce: false,
    pkce: "none",
    token_endpoint_auth_method: "client_secret_basic",
    token_response: { refresh_expires_in: "x_refresh_token_expires_in" },
    refresh: {
      with: "refresh_token",
      rotates: "sometimes",
      lifetime_seconds: 100 * 86_400,
      sliding: true,
    },
    identity: {
      source: "userinfo",
      id: ["sub", "{realm_id}"],
      name: "givenName",
      email_verified: "emailVerified",
    },
    revocation: {
      by: "request",
      request: {
        method: "POST",
        url: "https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
        auth: "client_secret_basic",
        json: { token: "{token}" },
      },
    },
    api_hosts: [
      "quickbooks.api.intuit.com",
      "accounts.platform.intuit.com",
      "sandbox-quickbooks.api.intuit.com",
      "sandbox-accounts.platform.intuit.com",
    ],
    api_hosts_source:
      "Nango and the identity call; the sandbox pair is for development and can be dropped in production",
  },
} satisfies Records;
