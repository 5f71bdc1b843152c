/** LINE: signs its id_token with the client secret, so who somebody is comes from the profile. */
import type { Records } from "../schema.ts";

export default {
  line: {
    name: "LINE",
    category: "social",
    docs_url: "https://developers.line.biz/en/reference/line-login/",
    verified_at: "2026-11-22",
    sources: [
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "better-auth 1.7.25",
      "SocialiteProviders (2026-08)",
      "AspNet.Security.OAuth (2024-10)",
    ],
    brand: { color: "#00C300", icon: "line" },
    setup: [
      "In the LINE Developers console, create a provider and a LINE Login channel for a web app.",
      "On the tab LINE Login, add the redirect URI above as a callback URL.",
      "Configure the channel ID as the client_id and the channel secret.",
      "Publish the channel: until then only its own developers can connect.",
    ],
    notes: [
      "An email address would stand in the id_token alone, which is signed with HS256 and not read; so neither openid nor email is asked for.",
      "A user's id is another for each provider in the LINE Developers console.",
    ],
    approves_silently: true,
    authorization_endpoint: "https://access.line.me/oauth2/v2.1/authorize",
    token_endpoint: "https://api.line.me/oauth2/v2.1/token",
    scopes: {
      profile: "See your display name and picture",
      openid: "Sign you in with LINE",
      email: "See your email address",
    },
    base_scopes: ["profile"],
    openid: "scope_only",
    prompt: "consent",
    token_endpoint_auth_method: "client_secret_post",
    token_response: { id_token_ignored: true },
    refresh: { with: "refresh_token", rotates: "no", lifetime_seconds: 90 * 86_400 },
    identity: {
      source: "request",
      request: { url: "https://api.line.me/v2/profile" },
      id: "userId",
      label: "displayName",
    },
    revocation: {
      by: "request",
      request: {
        method: "POST",
        url: "https://api.line.me/oauth2/v2.1/revoke",
        auth: "none",
        form: {
          access_token: "{access_token}",
          client_id: "{client_id}",
          client_secret: "{client_secret}",
        },
      },
    },
    api_hosts: ["api.line.me"],
    api_hosts_source: "open-connector and the identity call",
  },
} satisfies Records;
