/** Sentry: says with the token whose it is and when it ends, as a time; its pages cut the popup's opener off. */
import type { Records } from "../schema.ts";

export default {
  sentry: {
    name: "Sentry",
    category: "developer",
    docs_url: "https://docs.sentry.io/api/auth/",
    manage_url: "https://sentry.io/settings/account/authorizations/",
    verified_at: "2026-11-22",
    sources: ["oomol-lab/open-connector (2026-08-22)"],
    experimental: true,
    brand: { color: "#362D59", icon: "sentry" },
    setup: [
      "In Sentry, open User settings, then Applications (under API), and create one.",
      "Add the redirect URI above to its authorized redirect URIs.",
      "Configure its client ID and client secret.",
    ],
    notes: [
      "This is OAuth for users; the installation of a Sentry integration is another flow.",
      "An organisation lives in one region, and its API is on that region's host (us.sentry.io or de.sentry.io).",
      "id_tokens are not looked at: the account stands in the token reply.",
      "Whether it takes PKCE is not known, so none is sent.",
    ],
    opener: "severed",
    approves_silently: true,
    authorization_endpoint: "https://sentry.io/oauth/authorize/",
    token_endpoint: "https://sentry.io/oauth/token/",
    scopes: {
      "org:read": "See your organisations",
      "project:read": "See your projects",
      "project:write": "Change your projects",
      "team:read": "See your teams",
      "member:read": "See people in your organisations",
      "event:read": "See errors and issues",
      "event:write": "Change and resolve issues",
      "project:releases": "Manage releases of your projects",
    },
    default_scopes: ["org:read"],
    openid: "scope_only",
    pkce: "none",
    authorize_parameters: { force_prompt: "1" },
    token_endpoint_auth_method: "client_secret_post",
    token_response: {
      expires_at: { at: "expires_at", as: "iso" },
      id_token_ignored: true,
    },
    refresh: { with: "refresh_token", rotates: "yes" },
    identity: {
      source: "token_response",
      id: "user.id",
      label: "user.email",
      name: "user.name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["sentry.io", "us.sentry.io", "de.sentry.io"],
    api_hosts_source:
      "Nango and open-connector; de.sentry.io from public code. An organisation lives in one region.",
  },
} satisfies Records;
