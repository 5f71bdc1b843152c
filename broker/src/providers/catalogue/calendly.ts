/** Calendly: wants the client's id and secret in the body when a token is revoked. */
import type { Records } from "../schema.ts";

export default {
  calendly: {
    name: "Calendly",
    category: "productivity",
    docs_url:
      "https://developer.calendly.com/how-to-access-calendly-data-on-behalf-of-authenticated-users",
    verified_at: "2026-11-22",
    sources: [
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    brand: { color: "#006BFF", icon: "calendly" },
    setup: [
      "On Calendly's developer site, create an OAuth app, for the sandbox or for production.",
      "Its redirect URI is the redirect URI above; in production it has to be https.",
      "Tick the scopes that the app needs, users:read among them.",
    ],
    notes: [
      "Older apps have no scopes; newer ones have those that are ticked on the app.",
      "Access tokens live for two hours; each use of a refresh token replaces it.",
    ],
    authorization_endpoint: "https://auth.calendly.com/oauth/authorize",
    token_endpoint: "https://auth.calendly.com/oauth/token",
    scopes: {
      "users:read": "See your profile",
      "event_types:read": "See the meeting types you offer",
      "scheduled_events:read": "See your booked meetings and invitees",
      "scheduled_events:write": "Book and cancel meetings",
      "availability:read": "See when you are free",
      "webhooks:write": "Get told when a meeting is booked or cancelled",
    },
    token_endpoint_auth_method: "client_secret_basic",
    refresh: { with: "refresh_token", rotates: "yes" },
    identity: {
      source: "request",
      request: { url: "https://api.calendly.com/users/me" },
      id: "resource.uri",
      label: "resource.email",
      name: "resource.name",
    },
    revocation: {
      by: "request",
      request: {
        method: "POST",
        url: "https://auth.calendly.com/oauth/revoke",
        auth: "none",
        form: {
          client_id: "{client_id}",
          client_secret: "{client_secret}",
          token: "{token}",
        },
      },
    },
    api_hosts: ["api.calendly.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
