/** Gong: a token is the company's and nobody's in it; its host arrives with the token, which is asked for by a query. */
import type { Records } from "../schema.ts";

export default {
  gong: {
    name: "Gong",
    category: "sales",
    docs_url: "https://help.gong.io/docs/create-an-app-for-gong",
    verified_at: "2026-11-22",
    sources: ["Nango providers.yaml (2026-08-21)"],
    experimental: true,
    brand: { color: "#8039DF" },
    setup: [
      "In Gong, as a technical administrator, open the admin center, then Ecosystem, then API, and create an integration with OAuth.",
      "Add the redirect URI above to its redirect URLs.",
      "Tick the authorization scopes that you ask for.",
    ],
    notes: [
      "Tokens belong to the company. Nobody's account is told, so every connection is a new grant, labelled by its time.",
      "The app calls the API on api_base_url, which it can read as metadata.",
      "An administrator of Gong has to approve.",
    ],
    captures: {
      api_base_url: {
        from: "token_response",
        at: "api_base_url_for_customer",
        pattern: "https://(?:[a-z0-9-]+\\.)?api\\.gong\\.io/?",
      },
    },
    authorization_endpoint: "https://app.gong.io/oauth2/authorize",
    token_endpoint: "https://app.gong.io/oauth2/generate-customer-token",
    scopes: {
      "api:users:read": "See people in your company",
      "api:calls:read:basic": "See which calls there were",
      "api:calls:read:extensive": "See calls with their topics and speakers",
      "api:calls:read:transcript": "Read what was said in calls",
      "api:calls:create": "Upload calls",
      "api:library:read": "See your library of calls",
    },
    default_scopes: ["api:users:read"],
    pkce: "none",
    authorize_parameters: { access_type: "offline" },
    token_endpoint_auth_method: "client_secret_basic",
    token_request: { format: "query" },
    refresh: { with: "refresh_token", obtained: "parameter", rotates: "yes" },
    identity: { source: "none" },
    revocation: { by: "nothing" },
    api_hosts: ["api.gong.io"],
    tenant_hosts: ["{api_base_url}"],
    api_hosts_source:
      "Nango and open-connector: api_base_url_for_customer of the token reply; Nango falls back to api.gong.io",
  },
} satisfies Records;
