/** Xero: one grant can hold several organisations, and a used refresh token works on for half an hour. */
import type { Records } from "../schema.ts";

export default {
  xero: {
    name: "Xero",
    category: "finance",
    docs_url: "https://developer.xero.com/documentation/guides/oauth2/auth-flow/",
    manage_url: "https://go.xero.com/Settings/ConnectedApps",
    verified_at: "2026-11-22",
    sources: [
      "Xero's documentation (2026-11)",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    brand: { color: "#13B5EA", icon: "xero" },
    setup: [
      "On developer.xero.com, open My Apps and create an app of the type Web app.",
      "Add the redirect URI above under Configuration.",
      "Generate a client secret and configure it with the client id.",
    ],
    notes: [
      "Which organisations a grant holds says GET https://api.xero.com/connections; each API call names one in the header xero-tenant-id.",
      "The default scopes say who somebody is: add accounting scopes, which newer apps have as finer ones.",
      "A refresh token ends after 60 days without use.",
    ],
    issuer: "https://identity.xero.com",
    authorization_endpoint: "https://login.xero.com/identity/connect/authorize",
    token_endpoint: "https://identity.xero.com/connect/token",
    userinfo_endpoint: "https://identity.xero.com/connect/userinfo",
    revocation_endpoint: "https://identity.xero.com/connect/revocation",
    jwks_uri: "https://identity.xero.com/.well-known/openid-configuration/jwks",
    scopes: {
      openid: "Sign you in",
      profile: "See your name",
      email: "See your email address",
      offline_access: "Stay connected when you are away",
      "accounting.invoices.read": "See your invoices and bills",
      "accounting.invoices": "See and change your invoices and bills",
      "accounting.contacts.read": "See your customers and suppliers",
      "accounting.settings.read": "See your accounting settings",
      "accounting.reports.profitandloss.read": "See your profit and loss report",
    },
    base_scopes: ["openid", "email", "offline_access"],
    default_scopes: ["profile"],
    token_endpoint_auth_method: "client_secret_basic",
    refresh: {
      with: "refresh_token",
      obtained: "scope",
      rotates: "yes",
      grace_seconds: 1800,
      lifetime_seconds: 60 * 86_400,
      sliding: true,
    },
    identity: { source: "id_token", id: "xero_userid", name: "name" },
    api_hosts: ["api.xero.com", "identity.xero.com"],
    api_hosts_source:
      "Nango, open-connector, and the identity call; identity.xero.com for the user info",
  },
} satisfies Records;
