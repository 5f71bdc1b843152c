/** Login with Amazon: a plain OAuth login with a profile call of its own. */
import type { Records } from "../schema.ts";

export default {
  amazon: {
    name: "Login with Amazon",
    category: "identity",
    docs_url: "https://developer.amazon.com/docs/login-with-amazon/authorization-code-grant.html",
    manage_url: "https://www.amazon.com/ap/adam",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
      "Nango providers.yaml (2026-08-21)",
    ],
    brand: { color: "#FF9900" },
    setup: [
      "In Amazon's developer console, open Login with Amazon and create a security profile.",
      "In its web settings, add the redirect URI above to the allowed return URLs.",
      "Configure its client ID and client secret.",
    ],
    notes: [
      "The token endpoint here is North America's; api.amazon.co.uk and api.amazon.co.jp are Europe's and the Far East's.",
      "The Selling Partner API is another product.",
    ],
    authorization_endpoint: "https://www.amazon.com/ap/oa",
    token_endpoint: "https://api.amazon.com/auth/o2/token",
    scopes: {
      profile: "See your name and email address",
      "profile:user_id": "See your account's number",
      postal_code: "See your postcode",
    },
    base_scopes: ["profile"],
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", rotates: "no" },
    identity: {
      source: "request",
      request: { url: "https://api.amazon.com/user/profile" },
      id: "user_id",
      label: ["email", "name"],
      name: "name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.amazon.com"],
    api_hosts_source:
      "Nango and the identity call; Login with Amazon only, since the Selling Partner API is another product",
  },
} satisfies Records;
