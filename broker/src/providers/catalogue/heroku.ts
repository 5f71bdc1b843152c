/** Heroku: wants its API's version named, and ends an authorization only by an id that no token reply gives. */
import type { Records } from "../schema.ts";

export default {
  heroku: {
    name: "Heroku",
    category: "developer",
    docs_url: "https://devcenter.heroku.com/articles/oauth",
    manage_url: "https://dashboard.heroku.com/account/applications",
    verified_at: "2026-11-22",
    sources: ["grant 5.4.24", "SocialiteProviders (2026-08)"],
    experimental: true,
    brand: { color: "#430098" },
    setup: [
      "In Heroku's dashboard, open Account settings, then Applications, and register an API client.",
      "Its OAuth callback URL is the redirect URI above.",
      "Configure its client ID and client secret.",
    ],
    notes: [
      "API calls need the header Accept: application/vnd.heroku+json; version=3.",
      "Its call that ends an authorization takes an id that does not come with the token, so the broker has no way to revoke.",
      "Whether it takes PKCE is not known, so none is sent.",
    ],
    authorization_endpoint: "https://id.heroku.com/oauth/authorize",
    token_endpoint: "https://id.heroku.com/oauth/token",
    scopes: {
      identity: "See your account’s details",
      read: "See your apps and resources, but not their settings",
      write: "Change your apps and resources, but not their settings",
      "read-protected": "See your apps and resources with their settings",
      "write-protected": "Change your apps and resources with their settings",
      global: "Do everything you can do in Heroku",
    },
    base_scopes: ["identity"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", rotates: "no" },
    identity: {
      source: "request",
      request: {
        url: "https://api.heroku.com/account",
        headers: { Accept: "application/vnd.heroku+json; version=3" },
      },
      id: "id",
      label: "email",
      name: "name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.heroku.com"],
    api_hosts_source: "The identity call; no second source",
  },
} satisfies Records;
