/** Twitch: scopes come as a list, errors as a message, and every API call names the client as well. */
import type { Records } from "../schema.ts";

export default {
  twitch: {
    name: "Twitch",
    category: "social",
    docs_url: "https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/",
    manage_url: "https://www.twitch.tv/settings/connections",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "better-auth 1.7.25",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
    ],
    brand: { color: "#9146FF", icon: "twitch" },
    setup: [
      "In the Twitch developer console, register an application of the type confidential.",
      "Add the redirect URI above as an OAuth redirect URL.",
      "Create a secret and configure it with the client ID.",
    ],
    notes: [
      "Calls also need a Client-Id header with the client ID that the token belongs to.",
      "Twitch asks apps to check each token hourly at https://id.twitch.tv/oauth2/validate.",
      "A change of the user's password ends the refresh token.",
    ],
    approves_silently: true,
    issuer: "https://id.twitch.tv/oauth2",
    authorization_endpoint: "https://id.twitch.tv/oauth2/authorize",
    token_endpoint: "https://id.twitch.tv/oauth2/token",
    userinfo_endpoint: "https://id.twitch.tv/oauth2/userinfo",
    revocation_endpoint: "https://id.twitch.tv/oauth2/revoke",
    jwks_uri: "https://id.twitch.tv/oauth2/keys",
    scopes: {
      "user:read:email": "See your email address",
      "user:read:follows": "See the channels you follow",
      "user:read:subscriptions": "See the channels you subscribe to",
      "channel:read:subscriptions": "See who subscribes to your channel",
      "channel:manage:broadcast": "Change the title and category of your stream",
      "chat:read": "Read chat as you",
      "chat:edit": "Write in chat as you",
      "clips:edit": "Make clips as you",
    },
    default_scopes: ["user:read:email"],
    pkce: "none",
    // Its name for a prompt.
    authorize_parameters: { force_verify: "true" },
    token_endpoint_auth_method: "client_secret_post",
    token_response: { error: "message", scope_array: true },
    refresh: { with: "refresh_token", rotates: "no", over: ["Invalid refresh token"] },
    identity: {
      source: "request",
      request: {
        url: "https://api.twitch.tv/helix/users",
        headers: { "Client-Id": "{client_id}" },
      },
      id: "data[0].id",
      label: "data[0].login",
      name: "data[0].display_name",
    },
    revocation: { by: "rfc7009", token: "access_token", auth: "client_id" },
    api_hosts: ["api.twitch.tv"],
    api_hosts_source: "Nango and the identity call; the hourly check of a token is on id.twitch.tv",
  },
} satisfies Records;
