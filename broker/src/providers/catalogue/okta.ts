/** Okta: each organisation is a host of its own, and may have authorization servers besides the built-in one. */
import type { Records } from "../schema.ts";

export default {
  okta: {
    name: "Okta",
    category: "identity",
    docs_url: "https://developer.okta.com/docs/reference/api/oidc/",
    verified_at: "2026-11-22",
    sources: [
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    brand: { color: "#007DC1", icon: "okta" },
    setup: [
      "In the Okta admin console, create an app integration: OpenID Connect, Web Application.",
      "Add the redirect URI above as a sign-in redirect URI, and tick Refresh Token.",
      "Set domain to the organisation's host; server only where the app uses a custom authorization server, such as /oauth2/default.",
      "Assign people to the app.",
    ],
    notes: [
      "An app belongs to one organisation: set domain to it, and make an entry for each further one.",
      "A custom domain has to be named under variables.domain.allowed.",
      "Endpoints come from the organisation's own metadata. Rotation of refresh tokens is a setting of the app.",
    ],
    approves_silently: true,
    variables: {
      domain: {
        label: "Your Okta domain",
        example: "acme.okta.com",
        pattern: "[a-z0-9-]+\\.(?:okta|oktapreview|okta-emea|okta-gov)\\.com",
      },
      server: {
        label: "Path of the authorization server",
        example: "/oauth2/default",
        pattern: "(?:/oauth2/[A-Za-z0-9]{1,64})?",
        default: "",
      },
    },
    // The built-in server's endpoints are below another path than its issuer: they come by discovery.
    issuer: "https://{domain}{server}",
    scopes: {
      openid: "Sign you in with Okta",
      profile: "See your name and profile",
      email: "See your email address",
      offline_access: "Stay connected when you are away",
      groups: "See the groups you belong to",
      phone: "See your phone number",
      address: "See your address",
    },
    base_scopes: ["openid", "email", "offline_access"],
    default_scopes: ["profile"],
    prompt: "login",
    token_endpoint_auth_method: "client_secret_basic",
    refresh: { with: "refresh_token", obtained: "scope", rotates: "sometimes" },
    identity: { source: "userinfo", name: "name" },
    api_hosts: [],
    tenant_hosts: ["{domain}"],
    api_hosts_source: "The organisation's own host; Nango and open-connector use the same form",
  },
} satisfies Records;
