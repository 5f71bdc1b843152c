/** Coinbase: its login moved to a host of its own, and a refresh token is good for one use. */
import type { Records } from "../schema.ts";

export default {
  coinbase: {
    name: "Coinbase",
    category: "finance",
    docs_url: "https://docs.cdp.coinbase.com/coinbase-app/oauth2-integration/overview",
    verified_at: "2026-11-22",
    sources: [
      "@auth/core 0.41.3",
      "oomol-lab/open-connector (2026-08-22)",
      "Coinbase's OAuth2 reference (a stored copy, for the scope separator and the revocation)",
    ],
    experimental: true,
    brand: { color: "#0052FF", icon: "coinbase" },
    setup: [
      "In the Coinbase Developer Platform, create an OAuth client for Coinbase App.",
      "Add the redirect URI above.",
      "Configure its client ID and client secret.",
    ],
    notes: [
      "Its login used to be on www.coinbase.com: many libraries still have those addresses.",
      "The API wants a date as its version in the header CB-VERSION.",
      "Sending money asks the user for a second factor, and needs a limit in the authorization request.",
    ],
    authorization_endpoint: "https://login.coinbase.com/oauth2/auth",
    token_endpoint: "https://login.coinbase.com/oauth2/token",
    scopes: {
      "wallet:user:read": "See your name and profile",
      "wallet:user:email": "See your email address",
      offline_access: "Stay connected when you are away",
      "wallet:accounts:read": "See your wallets and balances",
      "wallet:transactions:read": "See your transactions",
      "wallet:transactions:send": "Send money from your wallets",
      "wallet:addresses:read": "See your wallets' addresses",
      "wallet:payment-methods:read": "See your payment methods",
    },
    base_scopes: ["wallet:user:read", "offline_access"],
    default_scopes: ["wallet:user:email"],
    scope_separator: ",",
    token_endpoint_auth_method: "client_secret_post",
    token_response: { scope_separator: "," },
    refresh: {
      with: "refresh_token",
      obtained: "scope",
      rotates: "yes",
      grace_seconds: 0,
      lifetime_seconds: 547 * 86_400,
    },
    identity: {
      source: "request",
      request: {
        url: "https://api.coinbase.com/v2/user",
        headers: { "CB-VERSION": "2025-01-01" },
      },
      id: "data.id",
      label: ["data.email", "data.name"],
      name: "data.name",
    },
    // It wants the token to let the call in, and the client's secret besides.
    revocation: {
      by: "request",
      request: {
        method: "POST",
        url: "https://login.coinbase.com/oauth2/revoke",
        form: {
          token: "{access_token}",
          client_id: "{client_id}",
          client_secret: "{client_secret}",
        },
      },
    },
    api_hosts: ["api.coinbase.com"],
    api_hosts_source: "open-connector and the identity call",
  },
} satisfies Records;
