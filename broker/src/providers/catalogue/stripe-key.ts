/** Stripe by a restricted key: for apps that are no Connect platform, and users who decide right by right. */
import type { Records } from "../schema.ts";

export default {
  "stripe-key": {
    name: "Stripe",
    category: "commerce",
    docs_url: "https://docs.stripe.com/keys",
    manage_url: "https://dashboard.stripe.com/apikeys",
    verified_at: "2026-11-30",
    sources: [
      "Stripe's API reference (authentication, accounts)",
      "https://docs.stripe.com/keys/permissions-reference (the right to read the account)",
    ],
    brand: { color: "#635BFF", icon: "stripe" },
    setup: [
      "There is nothing to register: each user makes a restricted key in Stripe's dashboard, under Developers, then API keys.",
      "Tell your users which rights your app needs, and that it has to be able to read the account itself, by which it is checked.",
    ],
    notes: [
      "Only restricted keys (rk_…) are taken: a secret key may do everything, and nobody should hand it out.",
      "The right to read the account is connected_account_read: in the dashboard Accounts, Read, among the resources of Connect. Not tried by us on a live account.",
    ],
    credential: {
      kind: "api_key",
      help_url: "https://dashboard.stripe.com/apikeys",
      fields: {
        restricted_key: {
          label: "Restricted key",
          example: "rk_live_…",
          pattern: "rk_(?:live|test)_\\w{16,250}",
        },
      },
    },
    identity: {
      source: "request",
      request: { url: "https://api.stripe.com/v1/account" },
      id: "id",
      label: ["settings.dashboard.display_name", "email"],
    },
    api_hosts: ["api.stripe.com", "files.stripe.com"],
    api_hosts_source: "Stripe's API reference",
  },
} satisfies Records;
