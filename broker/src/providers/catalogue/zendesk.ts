/** Zendesk: each account is a host of its own; how long tokens live is asked for with them. */
import type { Records } from "../schema.ts";

export default {
  zendesk: {
    name: "Zendesk",
    category: "sales",
    docs_url: "https://developer.zendesk.com/documentation/api-basics/authentication/refresh-token",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "Nango providers.yaml (2026-08-21)",
      "SocialiteProviders (2026-08)",
      "oomol-lab/open-connector (2026-08-22)",
      "Zendesk's documentation (2026-11)",
    ],
    brand: { color: "#03363D", icon: "zendesk" },
    setup: [
      "In Zendesk's Admin Center, open Apps and integrations, then APIs, then OAuth clients, and add a confidential one.",
      "Add the redirect URI above to its redirect URLs.",
      "Its identifier is the client_id, and its secret is shown once.",
      "To let in accounts other than your own, ask Zendesk to make it a global OAuth client.",
    ],
    notes: [
      "Which account it is, the user says on the Connect page, or your backend when it makes the session.",
      "Access tokens are asked for with an end of two days and refresh tokens with one of 90 days, the longest there are.",
      "A refresh ends both the access token and the refresh token that came before.",
    ],
    variables: {
      subdomain: {
        label: "Your Zendesk address",
        suffix: ".zendesk.com",
        example: "acme",
        pattern: "[a-z0-9][a-z0-9-]{0,62}",
        chosen_by: "user",
      },
    },
    authorization_endpoint: "https://{subdomain}.zendesk.com/oauth/authorizations/new",
    token_endpoint: "https://{subdomain}.zendesk.com/oauth/tokens",
    scopes: {
      read: "See everything you can see in Zendesk",
      write: "Add and change what you can change in Zendesk",
      "tickets:read": "See your tickets",
      "tickets:write": "Add and change tickets",
      "users:read": "See customers and agents",
      "organizations:read": "See your customers’ organisations",
      "hc:read": "Read your help centre",
    },
    default_scopes: ["read"],
    token_endpoint_auth_method: "client_secret_post",
    token_request: {
      parameters: { expires_in: "172800", refresh_token_expires_in: "7776000" },
    },
    token_response: { refresh_expires_in: "refresh_token_expires_in" },
    refresh: {
      with: "refresh_token",
      rotates: "yes",
      grace_seconds: 0,
      lifetime_seconds: 90 * 86_400,
      parameters: { expires_in: "172800", refresh_token_expires_in: "7776000" },
    },
    identity: {
      source: "request",
      request: { url: "https://{subdomain}.zendesk.com/api/v2/users/me.json" },
      id: "user.id",
      label: "user.email",
      name: "user.name",
    },
    revocation: {
      by: "request",
      request: {
        method: "DELETE",
        url: "https://{subdomain}.zendesk.com/api/v2/oauth/tokens/current.json",
      },
    },
    revocation_scope: "token",
    api_hosts: [],
    tenant_hosts: ["{subdomain}.zendesk.com"],
    api_hosts_source: "Nango and open-connector: the account's own host",
  },
} satisfies Records;
