/** Log in with PayPal: takes the scope openid and gives no id_token; who it is says a call of PayPal's own. */
import type { Records } from "../schema.ts";

export default {
  paypal: {
    name: "PayPal (Log in with PayPal)",
    category: "commerce",
    docs_url: "https://developer.paypal.com/docs/log-in-with-paypal/",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "better-auth 1.7.25",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
    ],
    brand: { color: "#002991", icon: "paypal" },
    setup: [
      "In the PayPal developer dashboard, create a REST app in live mode.",
      "Switch on Log in with PayPal and, in its advanced settings, add the redirect URI above as a return URL.",
      "Tick the information that you ask for there: scopes that are not ticked are refused.",
      "Configure the client ID and secret.",
    ],
    notes: [
      "Whether it takes PKCE is not known, so none is sent.",
      "The sandbox is on www.sandbox.paypal.com and api-m.sandbox.paypal.com: make an entry of its own for it.",
      "PayPal takes no localhost as a return URL; use 127.0.0.1.",
    ],
    authorization_endpoint: "https://www.paypal.com/signin/authorize",
    token_endpoint: "https://api-m.paypal.com/v1/oauth2/token",
    scopes: {
      openid: "Sign you in with PayPal",
      profile: "See your name",
      email: "See your email address",
      address: "See your postal address",
      phone: "See your phone number",
      "https://uri.paypal.com/services/paypalattributes":
        "See whether your account is verified, and its kind",
    },
    base_scopes: ["openid", "email"],
    default_scopes: ["profile"],
    openid: "scope_only",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_basic",
    token_response: { id_token_ignored: true },
    refresh: { with: "refresh_token", rotates: "no" },
    identity: {
      source: "request",
      request: {
        url: "https://api-m.paypal.com/v1/identity/oauth2/userinfo",
        query: { schema: "paypalv1.1" },
      },
      id: "user_id",
      label: ["emails[0].value", "name"],
      name: "name",
      email: "emails[0].value",
      email_verified: "emails[0].confirmed",
      string_booleans: true,
    },
    revocation: { by: "nothing" },
    api_hosts: ["api-m.paypal.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
