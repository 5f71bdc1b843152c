/** PagerDuty: one login for two service regions, whose APIs are on different hosts. */
import type { Records } from "../schema.ts";

export default {
  pagerduty: {
    name: "PagerDuty",
    category: "developer",
    docs_url: "https://developer.pagerduty.com/docs/oauth-functionality",
    verified_at: "2026-11-22",
    sources: ["Nango providers.yaml (2026-08-21)", "PagerDuty's documentation (2026-11)"],
    brand: { color: "#06AC38", icon: "pagerduty" },
    setup: [
      "In PagerDuty, open Integrations, then App registration, and create an app with OAuth 2.0, of the kind Scoped OAuth.",
      "Add the redirect URI above to its redirect URLs.",
      "Tick the permissions that you ask for, users.read among them.",
      "For accounts of the EU service region, set the variable api_host.",
    ],
    notes: [
      "API calls should send the header Accept: application/vnd.pagerduty+json;version=2.",
      "An account lives in one service region, US or EU, and the account of a connection is read from the API of the region that api_host names.",
      "A refresh token ends after 210 days and is replaced by each use, within three years.",
      "The id_token that comes along is not looked at.",
    ],
    variables: {
      api_host: {
        label: "API host of the service region",
        example: "api.eu.pagerduty.com",
        pattern: "api\\.(?:eu\\.)?pagerduty\\.com",
        default: "api.pagerduty.com",
      },
    },
    authorization_endpoint: "https://identity.pagerduty.com/oauth/authorize",
    token_endpoint: "https://identity.pagerduty.com/oauth/token",
    scopes: {
      openid: "Sign you in",
      "users.read": "See people in your account, you among them",
      "incidents.read": "See incidents",
      "incidents.write": "Create and change incidents",
      "services.read": "See services",
      "schedules.read": "See on-call schedules",
      "escalation_policies.read": "See escalation policies",
      "oncalls.read": "See who is on call",
    },
    base_scopes: ["users.read"],
    default_scopes: ["openid"],
    openid: "scope_only",
    token_endpoint_auth_method: "client_secret_post",
    token_response: { id_token_ignored: true },
    refresh: { with: "refresh_token", rotates: "yes", lifetime_seconds: 210 * 86_400 },
    identity: {
      source: "request",
      request: {
        url: "https://{api_host}/users/me",
        headers: { Accept: "application/vnd.pagerduty+json;version=2" },
      },
      id: "user.id",
      label: "user.email",
      name: "user.name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.pagerduty.com", "api.eu.pagerduty.com"],
    api_hosts_source:
      "Nango, open-connector, the identity call, and PagerDuty's documentation for both service regions",
  },
} satisfies Records;
