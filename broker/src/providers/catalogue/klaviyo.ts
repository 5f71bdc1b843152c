/** Klaviyo: PKCE and a secret, and a dated revision in every call. */
import type { Records } from "../schema.ts";

export default {
  klaviyo: {
    name: "Klaviyo",
    category: "marketing",
    docs_url: "https://developers.klaviyo.com/en/docs/set_up_oauth",
    verified_at: "2026-11-22",
    sources: ["Nango providers.yaml (2026-08-21)"],
    experimental: true,
    setup: [
      "In Klaviyo, open Integrations, then Developers, then Manage apps, and create one.",
      "Add the redirect URI above to its redirect URLs.",
      "Enter the scopes that you ask for, accounts:read among them.",
    ],
    notes: [
      "API calls need a revision header with a date.",
      "The account of a connection is the company's: its label is the address that it sends from.",
      "A refresh token that nobody uses ends after 90 days.",
    ],
    authorization_endpoint: "https://www.klaviyo.com/oauth/authorize",
    token_endpoint: "https://a.klaviyo.com/oauth/token",
    revocation_endpoint: "https://a.klaviyo.com/oauth/revoke",
    scopes: {
      "accounts:read": "See your account’s details",
      "profiles:read": "See your profiles",
      "profiles:write": "Add and change profiles",
      "lists:read": "See your lists",
      "lists:write": "Add and change lists",
      "campaigns:read": "See your campaigns",
      "events:read": "See what your profiles did",
      "metrics:read": "See your metrics",
    },
    base_scopes: ["accounts:read"],
    token_endpoint_auth_method: "client_secret_basic",
    refresh: {
      with: "refresh_token",
      rotates: "no",
      lifetime_seconds: 90 * 86_400,
      sliding: true,
    },
    identity: {
      source: "request",
      request: {
        url: "https://a.klaviyo.com/api/accounts/",
        headers: { revision: "2025-07-15" },
      },
      id: "data[0].id",
      label: [
        "data[0].attributes.contact_information.default_sender_email",
        "data[0].attributes.contact_information.organization_name",
      ],
      name: "data[0].attributes.contact_information.organization_name",
    },
    revocation: { by: "rfc7009" },
    api_hosts: ["a.klaviyo.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
