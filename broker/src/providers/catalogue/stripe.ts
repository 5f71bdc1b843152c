/** Stripe Connect: the client secret is the platform's API key, and disconnecting is a call of Stripe's own. */
import type { Records } from "../schema.ts";

export default {
  stripe: {
    name: "Stripe Connect (standard)",
    category: "commerce",
    docs_url: "https://docs.stripe.com/connect/oauth-reference",
    manage_url: "https://dashboard.stripe.com/account/applications",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
    ],
    brand: { color: "#635BFF", icon: "stripe" },
    setup: [
      "In the Stripe dashboard, switch on Connect and, in its OAuth settings, OAuth for standard accounts.",
      "Add the redirect URI above there.",
      "Configure the client ID shown there (ca_…), and as the client_secret the platform's secret API key.",
      "Test mode and live mode have client IDs and keys of their own: make an entry for each.",
    ],
    notes: [
      "Tokens do not end by themselves; the refresh token is for changing scope or mode and is not used.",
      "New platforms may have to use account links or Stripe Apps in place of OAuth.",
      "Express accounts have another authorization URL: connect.stripe.com/express/oauth/authorize.",
      "The app can read the account's id as stripe_user_id.",
    ],
    opener: "severed",
    captures: {
      stripe_user_id: {
        from: "token_response",
        at: "stripe_user_id",
        pattern: "acct_[A-Za-z0-9]{1,64}",
        required: true,
      },
    },
    authorization_endpoint: "https://connect.stripe.com/oauth/authorize",
    token_endpoint: "https://connect.stripe.com/oauth/token",
    scopes: {
      read_write: "See and change your Stripe account data",
      read_only: "See your Stripe account data",
    },
    default_scopes: ["read_write"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "nothing" },
    identity: {
      source: "request",
      request: { url: "https://api.stripe.com/v1/account" },
      id: "{stripe_user_id}",
      label: ["email", "settings.dashboard.display_name"],
      name: "settings.dashboard.display_name",
    },
    revocation: {
      by: "request",
      request: {
        method: "POST",
        url: "https://connect.stripe.com/oauth/deauthorize",
        auth: "none",
        headers: { Authorization: "Bearer {client_secret}" },
        form: { client_id: "{client_id}", stripe_user_id: "{stripe_user_id}" },
      },
    },
    revocation_scope: "user_client",
    api_hosts: ["api.stripe.com", "files.stripe.com"],
    api_hosts_source:
      "Nango, open-connector, and the identity call; uploads and file contents on files.stripe.com, by Stripe's documentation",
  },
} satisfies Records;
