/** Cloudflare: OAuth clients of an account; the user chooses which of their accounts the app may use. */
import type { Records } from "../schema.ts";

export default {
  cloudflare: {
    name: "Cloudflare",
    category: "developer",
    docs_url: "https://developers.cloudflare.com/fundamentals/oauth/",
    manage_url: "https://dash.cloudflare.com/profile/access-management/authorization",
    verified_at: "2026-11-22",
    sources: [
      "Cloudflare's documentation, Integrate your OAuth client with Cloudflare",
      "cloudflare/cloudflare-docs, Create an OAuth client; Authorizing an application (2026)",
      "better-auth 1.7.25",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    experimental: true,
    brand: { color: "#F38020", icon: "cloudflare" },
    setup: [
      "In the Cloudflare dashboard, open Manage Account and the list of OAuth applications, and create one.",
      "Choose the response type code, the grant types authorization code and refresh token, and client_secret_post for the token endpoint.",
      "Add the redirect URI above, and the scopes that you ask for; user-details.read is always needed.",
      "A new application is private to its account. To let others in, verify its domain and make it public, which cannot be undone.",
    ],
    notes: [
      "Scopes have the names of API token permissions; the API lists them at /client/v4/oauth/scopes.",
      "Users choose the accounts that the app may reach, and may decline scopes that are set as optional.",
      "Administrators can keep their account out of OAuth applications altogether.",
    ],
    authorization_endpoint: "https://dash.cloudflare.com/oauth2/auth",
    token_endpoint: "https://dash.cloudflare.com/oauth2/token",
    revocation_endpoint: "https://dash.cloudflare.com/oauth2/revoke",
    scopes: {
      "user-details.read": "See your name and email address",
      offline_access: "Stay connected when you are away",
      "workers-platform.read": "See your Workers and what belongs to them",
    },
    base_scopes: ["user-details.read", "offline_access"],
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", obtained: "scope" },
    identity: {
      source: "request",
      request: { url: "https://api.cloudflare.com/client/v4/user" },
      success: { at: "success", is: true },
      id: "result.id",
      label: "result.email",
      name: "result.username",
    },
    api_hosts: ["api.cloudflare.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
