/** Yahoo: wants the redirect URI again with every renewal. */
import type { Records } from "../schema.ts";

export default {
  yahoo: {
    name: "Yahoo",
    category: "identity",
    docs_url: "https://developer.yahoo.com/oauth2/guide/",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "arctic 3.7.0",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
    ],
    experimental: true,
    brand: { color: "#6001D2" },
    setup: [
      "On developer.yahoo.com, open My Apps and create an app of the type confidential client.",
      "Add the redirect URI above; it has to be https.",
      "Tick the OpenID Connect permissions (email and profile), and the APIs that you call.",
      "Configure its client ID and client secret.",
    ],
    notes: [
      "Who somebody is comes from the user info: the id_token is signed with ES256 and is not read.",
      "Mail scopes need an approval by Yahoo.",
    ],
    authorization_endpoint: "https://api.login.yahoo.com/oauth2/request_auth",
    token_endpoint: "https://api.login.yahoo.com/oauth2/get_token",
    userinfo_endpoint: "https://api.login.yahoo.com/openid/v1/userinfo",
    revocation_endpoint: "https://api.login.yahoo.com/oauth2/revoke",
    scopes: {
      openid: "Sign you in with Yahoo",
      profile: "See your name and profile",
      email: "See your email address",
      "fspt-r": "See your fantasy sports teams",
      "fspt-w": "See and manage your fantasy sports teams",
    },
    base_scopes: ["openid", "email"],
    default_scopes: ["profile"],
    openid: "scope_only",
    token_endpoint_auth_method: "client_secret_basic",
    token_response: { id_token_ignored: true },
    refresh: { with: "refresh_token", rotates: "no", redirect_uri: true },
    identity: { source: "userinfo", name: "name" },
    api_hosts: ["api.login.yahoo.com", "fantasysports.yahooapis.com"],
    api_hosts_source:
      "Nango and the identity call; Nango lets its callers name the host, with that of fantasy sports as its example",
  },
} satisfies Records;
