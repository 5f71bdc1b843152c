/** Mailchimp: tokens that do not end (and say so with a zero), and a data centre that only the account tells. */
import type { Records } from "../schema.ts";

export default {
  mailchimp: {
    name: "Mailchimp",
    category: "marketing",
    docs_url: "https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "@auth/core 0.41.3",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    brand: { color: "#FFE01B", icon: "mailchimp" },
    setup: [
      "In Mailchimp, open your profile, then Extras, then Registered apps, and register one.",
      "Its redirect URI is the redirect URI above; in development write 127.0.0.1, since localhost is refused.",
      "Configure its client ID and client secret.",
    ],
    notes: [
      "It has no scopes: the app may do everything in the account.",
      "The app calls the API on {dc}.api.mailchimp.com; dc can be read as metadata.",
      "Tokens do not end by themselves; expires_in is 0 and means never.",
    ],
    captures: {
      dc: { from: "identity", at: "dc", pattern: "[a-z]+\\d*", required: true },
    },
    authorization_endpoint: "https://login.mailchimp.com/oauth2/authorize",
    token_endpoint: "https://login.mailchimp.com/oauth2/token",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    token_response: {
      token_type_ignored: true,
      nulls_dropped: true,
      zero_expires_in_is_never: true,
    },
    refresh: { with: "nothing" },
    identity: {
      source: "request",
      request: {
        url: "https://login.mailchimp.com/oauth2/metadata",
        auth: "none",
        headers: { Authorization: "OAuth {access_token}" },
      },
      // One login may be in several accounts; a token is for one.
      id: ["user_id", "login.login_id"],
      label: "login.email",
      name: "accountname",
    },
    revocation: { by: "nothing" },
    api_hosts: ["login.mailchimp.com"],
    tenant_hosts: ["{dc}.api.mailchimp.com"],
    api_hosts_source:
      "open-connector; the data centre comes from the identity call, which is on login.mailchimp.com",
    api_authorization: { template: "OAuth {token}" },
  },
} satisfies Records;
