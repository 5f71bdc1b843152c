/** Webex: its issuer varies by region, so that it is taken as plain OAuth. */
import type { Records } from "../schema.ts";

export default {
  webex: {
    name: "Webex",
    category: "communication",
    docs_url: "https://developer.webex.com/docs/integrations",
    verified_at: "2026-11-22",
    sources: [
      "@auth/core 0.41.3",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    brand: { color: "#000000", icon: "webex" },
    setup: [
      "On the Webex developer site, open My Webex Apps and create an integration.",
      "Add the redirect URI above to its redirect URIs.",
      "Tick the scopes that you ask for, spark:people_read among them.",
    ],
    notes: [
      "spark:kms lets the app read encrypted messages; keep it beside scopes for messages and rooms.",
      "Access tokens live for two weeks. A refresh token ends after 90 days without use.",
      "id_tokens are not looked at, since their issuer varies by region.",
    ],
    discovery_url: "https://webexapis.com/v1/.well-known/openid-configuration",
    authorization_endpoint: "https://webexapis.com/v1/authorize",
    token_endpoint: "https://webexapis.com/v1/access_token",
    scopes: {
      "spark:people_read": "See people in your organisation, you among them",
      "spark:kms": "Decrypt the messages it may read",
      "spark:rooms_read": "See your spaces",
      "spark:memberships_read": "See who is in your spaces",
      "spark:messages_read": "Read your messages",
      "spark:messages_write": "Send messages as you",
      "meeting:schedules_read": "See your meetings",
      "meeting:schedules_write": "Create and change your meetings",
    },
    base_scopes: ["spark:people_read"],
    default_scopes: ["spark:kms"],
    openid: "scope_only",
    token_endpoint_auth_method: "client_secret_post",
    token_response: {
      refresh_expires_in: "refresh_token_expires_in",
      id_token_ignored: true,
    },
    refresh: {
      with: "refresh_token",
      rotates: "no",
      lifetime_seconds: 90 * 86_400,
      sliding: true,
    },
    identity: {
      source: "request",
      request: { url: "https://webexapis.com/v1/people/me" },
      id: "id",
      label: ["emails[0]", "displayName"],
      name: "displayName",
    },
    revocation: { by: "nothing" },
    api_hosts: ["webexapis.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
