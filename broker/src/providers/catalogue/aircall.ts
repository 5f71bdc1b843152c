/** Aircall: an administrator connects the company, and the token lasts until the integration is removed. */
import type { Records } from "../schema.ts";

export default {
  aircall: {
    name: "Aircall",
    category: "communication",
    docs_url: "https://developer.aircall.io/docs/oauth",
    verified_at: "2026-11-22",
    sources: [
      "Aircall's documentation, OAuth implementation guide and Get started with Aircall OAuth",
      "aircall/partner-example-app, Aircall's own example",
      "Nango providers.yaml (2026-08-21)",
    ],
    experimental: true,
    brand: { color: "#00B388", icon: "aircall" },
    setup: [
      "Apply to Aircall's Technology Partner programme: OAuth credentials come from there, and from nowhere else.",
      "Give Aircall the redirect URI above, and as the install URI a page of yours from which people connect.",
    ],
    notes: [
      "Only administrators of a company can connect it; the token reaches all of its data.",
      "People may also begin in Aircall's dashboard, which opens your install URI: lead them to your app's Connect button.",
      "Nothing tells whose account it is: every connection counts as a new one.",
    ],
    authorization_endpoint: "https://dashboard.aircall.io/oauth/authorize",
    token_endpoint: "https://api.aircall.io/v1/oauth/token",
    scopes: { public_api: "See and manage your company's calls, contacts, people and numbers" },
    default_scopes: ["public_api"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "nothing" },
    identity: { source: "none" },
    revocation: { by: "nothing" },
    api_hosts: ["api.aircall.io"],
    api_hosts_source: "Nango and open-connector",
  },
} satisfies Records;
