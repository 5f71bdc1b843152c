/** Box: what an app may do is set on it, and a refresh token works once. */
import type { Records } from "../schema.ts";

export default {
  box: {
    name: "Box",
    category: "files",
    docs_url: "https://developer.box.com/guides/authentication/oauth2/",
    manage_url: "https://app.box.com/account/security",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
      "Box's documentation (2026-11)",
    ],
    brand: { color: "#0061D5", icon: "box" },
    setup: [
      "In Box's developer console, create a custom app with user authentication (OAuth 2.0).",
      "Under Configuration, add the redirect URI above.",
      "Tick the application scopes that the app needs: they are set there.",
    ],
    notes: [
      "What it may do is set on the app; a scope that you name can only make it less.",
      "A refresh token ends after 60 days and works once, with no second try.",
      "Downloads lead to signed addresses on other hosts, which need no token.",
      "Whether it takes PKCE is not known, so none is sent.",
    ],
    authorization_endpoint: "https://account.box.com/api/oauth2/authorize",
    token_endpoint: "https://api.box.com/oauth2/token",
    revocation_endpoint: "https://api.box.com/oauth2/revoke",
    scopes: {
      root_readonly: "See and download all your files",
      root_readwrite: "See, add and change all your files",
      manage_webhook: "Get told when your files change",
      manage_managed_users: "Manage your company’s users",
      "sign_requests.readwrite": "Send and track signature requests",
    },
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: {
      with: "refresh_token",
      rotates: "yes",
      grace_seconds: 0,
      lifetime_seconds: 60 * 86_400,
    },
    identity: {
      source: "request",
      request: { url: "https://api.box.com/2.0/users/me" },
      id: "id",
      label: "login",
      name: "name",
    },
    revocation: { by: "rfc7009" },
    api_hosts: ["api.box.com", "upload.box.com"],
    api_hosts_source: "Nango, the identity call, and Box's documentation",
  },
} satisfies Records;
