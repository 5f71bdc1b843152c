/** Zoho: data centres of the same make; the callback says which one the user's account is in. */
import type { Records } from "../schema.ts";

export default {
  zoho: {
    name: "Zoho",
    category: "sales",
    docs_url: "https://www.zoho.com/accounts/protocol/oauth/multi-dc.html",
    verified_at: "2026-11-22",
    sources: [
      "@auth/core 0.41.3",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
    ],
    brand: { color: "#E42527", icon: "zoho" },
    setup: [
      "In the Zoho API console, add a client of the type Server-based Applications.",
      "Add the redirect URI above to its authorized redirect URIs.",
      "In the client's settings, switch on the data centres whose users you let in; tick that all of them use the same credentials, since one secret is configured here.",
    ],
    notes: [
      "The callback names the accounts server of the user's data centre (accounts-server); only Zoho's own are taken, and the code goes there.",
      "The app calls the API on api_domain, which it can read as metadata; Mail, Desk, Books and others have hosts of their own.",
      "Its API takes the header Authorization: Zoho-oauthtoken.",
      "At most 20 refresh tokens live per user and client; the oldest is dropped.",
      "region cannot name the Canadian data centre; its accounts server (accounts.zohocloud.ca) is taken where the callback names it.",
    ],
    variables: {
      region: {
        label: "Data centre where users sign in",
        example: "eu",
        pattern: "com|eu|in|com\\.au|jp|com\\.cn|sa|uk",
        default: "com",
      },
    },
    captures: {
      accounts_server: {
        from: "callback",
        at: "accounts-server",
        pattern:
          "https://accounts\\.(?:zoho\\.(?:com|eu|in|com\\.au|jp|com\\.cn|sa|uk)|zohocloud\\.ca)",
        default: "https://accounts.zoho.com",
      },
      api_domain: {
        from: "token_response",
        at: "api_domain",
        pattern: "https://www\\.zohoapis\\.(?:com|eu|in|com\\.au|jp|com\\.cn|sa|uk|ca)",
      },
    },
    authorization_endpoint: "https://accounts.zoho.{region}/oauth/v2/auth",
    token_endpoint: "{accounts_server}/oauth/v2/token",
    scopes: {
      "AaaServer.profile.Read": "See your name and email address",
      "ZohoCRM.modules.READ": "See your CRM records",
      "ZohoCRM.modules.ALL": "See, add, change and delete your CRM records",
      "ZohoCRM.users.READ": "See people in your CRM",
      "ZohoCRM.settings.READ": "See how your CRM is set up",
      "ZohoBooks.fullaccess.all": "See and change everything in Zoho Books",
    },
    base_scopes: ["AaaServer.profile.Read"],
    scope_separator: ",",
    prompt: "consent",
    authorize_parameters: { access_type: "offline" },
    token_endpoint_auth_method: "client_secret_post",
    token_response: { error: "error", scope_separator: "," },
    refresh: {
      with: "refresh_token",
      obtained: "parameter",
      rotates: "no",
      over: ["invalid_code"],
    },
    identity: {
      source: "request",
      request: {
        url: "{accounts_server}/oauth/user/info",
        auth: "none",
        headers: { Authorization: "Zoho-oauthtoken {access_token}" },
      },
      id: "ZUID",
      label: "Email",
      name: "Display_Name",
    },
    revocation: {
      by: "request",
      request: {
        method: "POST",
        url: "{accounts_server}/oauth/v2/token/revoke",
        auth: "none",
        query: { token: "{refresh_token}" },
      },
    },
    api_hosts: [
      "www.zohoapis.com",
      "www.zohoapis.eu",
      "www.zohoapis.in",
      "www.zohoapis.com.au",
      "www.zohoapis.jp",
      "www.zohoapis.com.cn",
      "www.zohoapis.sa",
      "www.zohoapis.uk",
      "www.zohoapis.ca",
      "accounts.zoho.com",
      "accounts.zoho.eu",
      "accounts.zoho.in",
      "accounts.zoho.com.au",
      "accounts.zoho.jp",
      "accounts.zoho.com.cn",
      "accounts.zoho.sa",
      "accounts.zoho.uk",
      "accounts.zohocloud.ca",
    ],
    api_hosts_source:
      "Zoho's documentation of its data centres and public code, except the two of uk, which are not confirmed. Mail, Desk, Books and others add hosts of their own.",
    api_authorization: { template: "Zoho-oauthtoken {token}" },
  },
} satisfies Records;
