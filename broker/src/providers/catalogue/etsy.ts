/** Etsy: whose token it is stands in the token itself, and every API call carries the app's key and its secret. */
import type { Records } from "../schema.ts";

export default {
  etsy: {
    name: "Etsy",
    category: "commerce",
    docs_url: "https://developers.etsy.com/documentation/essentials/authentication/",
    manage_url: "https://www.etsy.com/your/apps",
    verified_at: "2026-11-22",
    sources: [
      "arctic 3.7.0",
      "Nango providers.yaml (2026-08-21)",
      "SocialiteProviders (2026-08)",
      "etsy/open-api discussion 1529 (2026-02)",
    ],
    experimental: true,
    brand: { color: "#F16521", icon: "etsy" },
    setup: [
      "On etsy.com, open Developers, Your apps, and create an app; wait for its approval.",
      "Add the redirect URI above to its callback URLs; it has to be https.",
      "Configure the keystring as the client_id and the shared secret as the client_secret: the API asks for both.",
    ],
    notes: [
      "Since February 2026 each API call needs a header x-api-key with the keystring, a colon and the shared secret.",
      "The token endpoint takes no secret: PKCE stands in its place.",
    ],
    authorization_endpoint: "https://www.etsy.com/oauth/connect",
    token_endpoint: "https://api.etsy.com/v3/public/oauth/token",
    scopes: {
      email_r: "See your email address",
      profile_r: "See your profile",
      shops_r: "See your shop",
      shops_w: "Change your shop",
      listings_r: "See your listings, drafts too",
      listings_w: "Create and change your listings",
      transactions_r: "See your orders",
      transactions_w: "Change your orders",
    },
    base_scopes: ["email_r"],
    token_endpoint_auth_method: "none",
    refresh: { with: "refresh_token", rotates: "yes", lifetime_seconds: 90 * 86_400 },
    identity: {
      source: "request",
      request: {
        url: "https://openapi.etsy.com/v3/application/users/{user_id}",
        headers: { "x-api-key": "{client_id}:{client_secret}" },
      },
      id: "user_id",
      label: ["primary_email", "first_name"],
      name: "first_name",
    },
    revocation: { by: "nothing" },
    hooks: { tokens: "etsy-user-id" },
    api_hosts: ["openapi.etsy.com", "api.etsy.com"],
    api_hosts_source:
      "Nango has api.etsy.com, SocialiteProviders and the identity call openapi.etsy.com; both names are in use for version 3",
  },
} satisfies Records;
