/** Outreach: JSON:API, and refresh tokens that end after two weeks. */
import type { Records } from "../schema.ts";

export default {
  outreach: {
    name: "Outreach",
    category: "sales",
    docs_url: "https://developers.outreach.io/api/oauth/",
    verified_at: "2026-11-22",
    sources: [
      "Outreach's documentation, API access and Getting started (developers.outreach.io)",
      "getoutreach/outreach-platform-sdk, documentation/authorization/oauth.md",
      "Nango providers.yaml (2026-08-21)",
    ],
    experimental: true,
    setup: [
      "In the Outreach developer portal, create an app and open its API access.",
      "Add the redirect URI above, and choose the scopes that you ask for.",
      "Use the development credentials at first; those for production come with the app's publication.",
    ],
    notes: [
      "Whether it takes PKCE is not known, so none is sent.",
      "A connection that is not renewed within 14 days is over.",
      "With development credentials, users are warned that nobody has reviewed the app.",
      "The API is JSON:API: writing needs the content type application/vnd.api+json.",
    ],
    authorization_endpoint: "https://api.outreach.io/oauth/authorize",
    token_endpoint: "https://api.outreach.io/oauth/token",
    scopes: {
      "users.read": "See the people in your Outreach organisation",
      "prospects.read": "See your prospects",
      "prospects.write": "Add and change your prospects",
      "accounts.read": "See your accounts",
      "sequences.read": "See your sequences",
      "opportunities.read": "See your opportunities",
      "calls.read": "See your calls",
      "tasks.read": "See your tasks",
    },
    default_scopes: ["users.read"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: {
      with: "refresh_token",
      rotates: "yes",
      lifetime_seconds: 14 * 86_400,
      redirect_uri: true,
    },
    identity: {
      source: "request",
      request: {
        url: "https://api.outreach.io/api/v2",
        headers: { Accept: "application/vnd.api+json" },
      },
      id: "meta.user.id",
      label: "meta.user.email",
      name: "meta.org.name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.outreach.io"],
    api_hosts_source: "Nango, and the identity call",
  },
} satisfies Records;
