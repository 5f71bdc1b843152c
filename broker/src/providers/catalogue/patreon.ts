/** Patreon: a reply holds what its query names and nothing else, and a refresh token is good for one use. */
import type { Records } from "../schema.ts";

export default {
  patreon: {
    name: "Patreon",
    category: "social",
    docs_url: "https://docs.patreon.com/",
    manage_url: "https://www.patreon.com/settings/apps",
    verified_at: "2026-11-22",
    sources: [
      "Patreon's documentation (2026-11)",
      "grant 5.4.24",
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "better-auth 1.7.25",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
    ],
    brand: { color: "#000000", icon: "patreon" },
    setup: [
      "In Patreon's platform documentation, open Clients & API Keys and create a client of API version 2.",
      "Add the redirect URI above.",
      "Configure its client ID and client secret.",
    ],
    notes: [
      "Whether it takes PKCE is not known, so none is sent.",
      "The API returns ids alone unless the query names fields, such as fields[user]=full_name.",
      "Your own calls need a User-Agent.",
    ],
    authorization_endpoint: "https://www.patreon.com/oauth2/authorize",
    token_endpoint: "https://www.patreon.com/api/oauth2/token",
    scopes: {
      identity: "See your name and profile",
      "identity[email]": "See your email address",
      "identity.memberships": "See which creators you support",
      campaigns: "See your campaigns",
      "campaigns.members": "See the members of your campaigns",
      "campaigns.members[email]": "See the email addresses of your members",
      "campaigns.posts": "See the posts of your campaigns",
      "w:campaigns.webhook": "Be told of changes to your campaigns",
    },
    base_scopes: ["identity"],
    default_scopes: ["identity[email]"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", rotates: "yes", grace_seconds: 0 },
    identity: {
      source: "request",
      request: {
        url: "https://www.patreon.com/api/oauth2/v2/identity",
        query: { "fields[user]": "email,full_name,is_email_verified" },
      },
      id: "data.id",
      label: ["data.attributes.email", "data.attributes.full_name"],
      name: "data.attributes.full_name",
      email: "data.attributes.email",
      email_verified: "data.attributes.is_email_verified",
    },
    revocation: { by: "nothing" },
    api_hosts: ["www.patreon.com"],
    api_hosts_source: "The identity call and Patreon's own repository of documentation",
  },
} satisfies Records;
