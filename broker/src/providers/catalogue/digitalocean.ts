/** DigitalOcean: tokens that live for a month, each for one team. */
import type { Records } from "../schema.ts";

export default {
  digitalocean: {
    name: "DigitalOcean",
    category: "developer",
    docs_url: "https://docs.digitalocean.com/reference/api/oauth/",
    manage_url: "https://cloud.digitalocean.com/account/api/applications",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "Nango providers.yaml (2026-08-21)",
      "SocialiteProviders (2026-08)",
      "django-allauth (2026-04)",
    ],
    experimental: true,
    brand: { color: "#0080FF", icon: "digitalocean" },
    setup: [
      "In DigitalOcean's control panel, open API, then OAuth applications, and register one.",
      "Its callback URL is the redirect URI above.",
      "Configure its client ID and client secret.",
    ],
    notes: [
      "Besides read and write there are finer scopes such as droplet:read; with those, account:read is needed for the account to be told.",
      "Whether it takes PKCE is not known, so none is sent.",
    ],
    authorization_endpoint: "https://cloud.digitalocean.com/v1/oauth/authorize",
    token_endpoint: "https://cloud.digitalocean.com/v1/oauth/token",
    revocation_endpoint: "https://cloud.digitalocean.com/v1/oauth/revoke",
    scopes: {
      read: "See everything in your account",
      write: "Create, change and delete what is in your account",
      "account:read": "See your account’s details",
    },
    default_scopes: ["read"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", rotates: "yes" },
    identity: {
      source: "request",
      request: { url: "https://api.digitalocean.com/v2/account" },
      id: "account.uuid",
      label: "account.email",
      name: "account.name",
      email: "account.email",
      email_verified: "account.email_verified",
    },
    revocation: { by: "rfc7009", token: "access_token", auth: "bearer" },
    api_hosts: ["api.digitalocean.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
