/** Gusto: a grant is for one company, and its scopes are fixed on the app. */
import type { Records } from "../schema.ts";

export default {
  gusto: {
    name: "Gusto",
    category: "hr",
    docs_url: "https://docs.gusto.com/app-integrations/docs/oauth2",
    verified_at: "2026-11-22",
    sources: ["Nango providers.yaml (2026-08-21)"],
    experimental: true,
    brand: { color: "#F45D48", icon: "gusto" },
    setup: [
      "In Gusto's developer portal, create an application and add the redirect URI above.",
      "Ask Gusto for the scopes that you need; they are fixed on the app.",
      "Production keys come after a review; until then use the demo environment, as an entry of its own.",
    ],
    notes: [
      "Whether it takes PKCE is not known, so none is sent.",
      "The demo environment is on api.gusto-demo.com.",
      "Calls name the version of the API in the header X-Gusto-API-Version.",
      "Nothing in the identity call names a person: connections are labelled with the company's id.",
    ],
    variables: {
      api_version: {
        label: "Version of the Gusto API",
        example: "2024-04-01",
        pattern: "\\d{4}-\\d{2}-\\d{2}",
        default: "2024-04-01",
      },
    },
    authorization_endpoint: "https://api.gusto.com/oauth/authorize",
    token_endpoint: "https://api.gusto.com/oauth/token",
    revocation_endpoint: "https://api.gusto.com/oauth/revoke",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", rotates: "yes", grace_seconds: 0 },
    identity: {
      source: "request",
      request: {
        url: "https://api.gusto.com/v1/token_info",
        headers: { "X-Gusto-API-Version": "{api_version}" },
      },
      id: ["resource.uuid", "resource_owner.uuid"],
      label: "resource.uuid",
    },
    api_hosts: ["api.gusto.com"],
    api_hosts_source: "Nango and the identity call",
  },
} satisfies Records;
