/** Asana: OpenID Connect without a nonce, and two kinds of scopes that an app cannot mix. */
import type { Records } from "../schema.ts";

export default {
  asana: {
    name: "Asana",
    category: "productivity",
    docs_url: "https://developers.asana.com/docs/oauth",
    manage_url: "https://app.asana.com/0/my-profile-settings/apps",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    brand: { color: "#F06A6A", icon: "asana" },
    setup: [
      "In Asana's developer console, create an app.",
      "Under OAuth, add the redirect URI above.",
      "Choose either full permissions (the scope default) or single scopes; tick those that you ask for, and openid, email and profile.",
      "Under Manage distribution, let in the workspaces that may use it.",
    ],
    notes: [
      "An app has either the scope default or single ones such as tasks:read; the other kind is refused.",
      "Its id_tokens have no nonce; state and PKCE carry the load.",
    ],
    issuer: "https://app.asana.com/api/1.0",
    authorization_endpoint: "https://app.asana.com/-/oauth_authorize",
    token_endpoint: "https://app.asana.com/-/oauth_token",
    userinfo_endpoint: "https://app.asana.com/api/1.0/openid_connect/userinfo",
    revocation_endpoint: "https://app.asana.com/-/oauth_revoke",
    scopes: {
      openid: "Sign you in",
      email: "See your email address",
      profile: "See your name and picture",
      default: "Do anything you can do in Asana",
      "tasks:read": "See your tasks",
      "tasks:write": "Create and change tasks",
      "projects:read": "See your projects",
      "users:read": "See people in your workspaces",
    },
    base_scopes: ["openid", "email"],
    default_scopes: ["profile"],
    nonce: false,
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", rotates: "no" },
    identity: { source: "userinfo", name: "name" },
    revocation: { by: "rfc7009" },
    api_hosts: ["app.asana.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
