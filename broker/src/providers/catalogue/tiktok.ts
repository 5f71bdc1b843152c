/** TikTok: the client ID goes by the name client_key, on the way out and at the token endpoint. */
import type { Records } from "../schema.ts";

export default {
  tiktok: {
    name: "TikTok (Login Kit)",
    category: "social",
    docs_url: "https://developers.tiktok.com/doc/oauth-user-access-token-management",
    verified_at: "2026-11-22",
    sources: [
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "better-auth 1.7.25",
      "Nango providers.yaml (2026-08-21)",
      "SocialiteProviders (2026-08)",
      "django-allauth (2026-04)",
    ],
    brand: { color: "#000000", icon: "tiktok" },
    setup: [
      "On developers.tiktok.com, create an app and add Login Kit for the web.",
      "Add the redirect URI above; it has to be https, and localhost is not taken.",
      "Add the scopes that you ask for and send the app to review; until then use its sandbox and target users.",
      "Configure the client key as the client_id, and the client secret.",
    ],
    notes: [
      "The id (open_id) is another for each app; there is no email address.",
      "TikTok for Business is another product, with hosts and tokens of its own.",
    ],
    approves_silently: true,
    authorization_endpoint: "https://www.tiktok.com/v2/auth/authorize/",
    token_endpoint: "https://open.tiktokapis.com/v2/oauth/token/",
    revocation_endpoint: "https://open.tiktokapis.com/v2/oauth/revoke/",
    scopes: {
      "user.info.basic": "See your display name and picture",
      "user.info.profile": "See your bio and the link to your profile",
      "user.info.stats": "See your counts of followers, likes and videos",
      "video.list": "See your public videos",
      "video.upload": "Upload videos to your drafts",
      "video.publish": "Publish videos as you",
    },
    base_scopes: ["user.info.basic"],
    scope_separator: ",",
    // It would go past its own page for a user who has agreed before.
    authorize_parameters: { disable_auto_auth: "1" },
    client_id_parameter: "client_key",
    token_endpoint_auth_method: "client_secret_post",
    token_response: {
      error: "error",
      scope_separator: ",",
      refresh_expires_in: "refresh_expires_in",
    },
    refresh: { with: "refresh_token", rotates: "sometimes", lifetime_seconds: 365 * 86_400 },
    identity: {
      source: "request",
      request: {
        url: "https://open.tiktokapis.com/v2/user/info/",
        query: { fields: "open_id,display_name,avatar_url" },
      },
      error: "error.code",
      over: ["access_token_invalid"],
      id: "data.user.open_id",
      label: "data.user.display_name",
    },
    revocation: { by: "rfc7009", token: "access_token" },
    api_hosts: ["open.tiktokapis.com"],
    api_hosts_source:
      "Nango and the identity call; tokens of TikTok for Business are another product's, on business-api.tiktok.com",
  },
} satisfies Records;
