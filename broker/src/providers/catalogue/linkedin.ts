/** LinkedIn: OpenID Connect without a nonce, no PKCE for web apps, and refresh tokens for approved partners only. */
import type { Records } from "../schema.ts";

export default {
  linkedin: {
    name: "LinkedIn",
    category: "social",
    docs_url:
      "https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow",
    manage_url: "https://www.linkedin.com/psettings/permitted-services",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "better-auth 1.7.25",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    brand: { color: "#0A66C2" },
    setup: [
      "In the LinkedIn developer portal, create an app; it belongs to a company page.",
      "Under Products, request Sign In with LinkedIn using OpenID Connect, and whatever else you need.",
      "Under Auth, add the redirect URI above as an authorized redirect URL.",
    ],
    notes: [
      "Without a partner product there is no refresh token: after 60 days the user has to come back.",
      "PKCE is for native apps, on another authorization URL, and breaks this one.",
      "Uploads go to a URL that the API returns, often on www.linkedin.com; that host is not listed.",
    ],
    approves_silently: true,
    issuer: "https://www.linkedin.com/oauth",
    authorization_endpoint: "https://www.linkedin.com/oauth/v2/authorization",
    token_endpoint: "https://www.linkedin.com/oauth/v2/accessToken",
    userinfo_endpoint: "https://api.linkedin.com/v2/userinfo",
    revocation_endpoint: "https://www.linkedin.com/oauth/v2/revoke",
    jwks_uri: "https://www.linkedin.com/oauth/openid/jwks",
    scopes: {
      openid: "Sign you in",
      profile: "See your name and photo",
      email: "See your email address",
      w_member_social: "Post, comment and react as you",
      r_organization_social: "See posts of pages you run",
      w_organization_social: "Post as pages you run",
      rw_organization_admin: "Manage pages you run",
      r_ads: "See your ad accounts",
    },
    base_scopes: ["openid", "email"],
    default_scopes: ["profile"],
    nonce: false,
    pkce: "none",
    denied: ["user_cancelled_login", "user_cancelled_authorize"],
    token_endpoint_auth_method: "client_secret_post",
    token_response: {
      token_type_ignored: true,
      scope_separator: ",",
      refresh_expires_in: "refresh_token_expires_in",
    },
    refresh: {
      with: "refresh_token",
      obtained: "setting",
      rotates: "no",
      lifetime_seconds: 365 * 86_400,
    },
    identity: { source: "userinfo", name: "name", string_booleans: true },
    revocation: { by: "rfc7009", token: "access_token" },
    api_hosts: ["api.linkedin.com"],
    api_hosts_source:
      "Nango, open-connector, and the identity call; uploads go to URLs that the API returns, which are not listed",
  },
} satisfies Records;
