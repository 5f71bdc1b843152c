/** Snapchat's Marketing API; Login Kit is another product, with another login. */
import type { Records } from "../schema.ts";

export default {
  snapchat: {
    name: "Snapchat (Marketing API)",
    category: "social",
    docs_url: "https://developers.snap.com/api/marketing-api/Ads-API/authentication",
    verified_at: "2026-11-22",
    sources: ["Nango providers.yaml (2026-08-21)", "AspNet.Security.OAuth (2024-10)"],
    experimental: true,
    brand: { color: "#FFFC00", icon: "snapchat" },
    setup: [
      "In Snapchat Ads Manager, open the Business Details of your organisation and accept the terms of the Business API.",
      "Create an OAuth app there with the redirect URI above.",
      "Configure its client ID and client secret.",
    ],
    notes: [
      "Whether it takes PKCE is not known, so none is sent.",
      "Login Kit has endpoints of its own and a GraphQL profile without an email address: not this record.",
    ],
    authorization_endpoint: "https://accounts.snapchat.com/login/oauth2/authorize",
    token_endpoint: "https://accounts.snapchat.com/login/oauth2/access_token",
    scopes: {
      "snapchat-marketing-api": "See and manage your Snapchat ads",
      "snapchat-offline-conversions-api": "Send sales from elsewhere to your ad reports",
      "snapchat-profile-api": "See and manage your public profiles",
    },
    base_scopes: ["snapchat-marketing-api"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", rotates: "no" },
    identity: {
      source: "request",
      request: { url: "https://adsapi.snapchat.com/v1/me" },
      id: "me.id",
      label: "me.email",
      name: "me.display_name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["adsapi.snapchat.com"],
    api_hosts_source:
      "Nango and the identity call; Marketing API only, since Login Kit has a login and a host of its own",
  },
} satisfies Records;
