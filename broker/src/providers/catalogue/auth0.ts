/** Auth0: each tenant is a host of its own, and its issuer ends in a slash. */
import type { Records } from "../schema.ts";

export default {
  auth0: {
    name: "Auth0",
    category: "identity",
    docs_url:
      "https://auth0.com/docs/get-started/authentication-and-authorization-flow/authorization-code-flow",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
    ],
    brand: { color: "#EB5424", icon: "auth0" },
    setup: [
      "In the Auth0 dashboard, create an application of the type Regular Web Application.",
      "Add the redirect URI above to Allowed Callback URLs, and tick the grant type Refresh Token.",
      "Set domain to the tenant's host. For an API of your own, put its audience into authorize_parameters.",
    ],
    notes: [
      "An application belongs to one tenant: set domain to it, and make an entry for each further one.",
      "A custom domain has to be named under variables.domain.allowed.",
      "Sign id_tokens with RS256, the default: those signed with the client secret are refused.",
      "A refresh token needs offline access switched on for the API that audience names. Rotation is a setting.",
      "Only refresh tokens can be revoked.",
    ],
    approves_silently: true,
    variables: {
      domain: {
        label: "Your Auth0 domain",
        example: "acme.eu.auth0.com",
        pattern: "[a-z0-9-]+(?:\\.[a-z]{2,3})?\\.auth0\\.com",
      },
    },
    issuer: "https://{domain}/",
    authorization_endpoint: "https://{domain}/authorize",
    token_endpoint: "https://{domain}/oauth/token",
    userinfo_endpoint: "https://{domain}/userinfo",
    revocation_endpoint: "https://{domain}/oauth/revoke",
    scopes: {
      openid: "Sign you in",
      profile: "See your name and profile",
      email: "See your email address",
      offline_access: "Stay connected when you are away",
      phone: "See your phone number",
      address: "See your address",
    },
    base_scopes: ["openid", "email", "offline_access"],
    default_scopes: ["profile"],
    prompt: "login",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", obtained: "scope", rotates: "sometimes" },
    identity: { source: "userinfo", name: "name" },
    api_hosts: [],
    tenant_hosts: ["{domain}"],
    api_hosts_source:
      "The tenant's own host, for user info and the Management API; an API of your own that audience names has a host of yours, to be added",
  },
} satisfies Records;
