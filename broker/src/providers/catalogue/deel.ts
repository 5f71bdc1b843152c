/** Deel: refresh tokens of one use, which want the redirect URI again. */
import type { Records } from "../schema.ts";

export default {
  deel: {
    name: "Deel",
    category: "hr",
    docs_url: "https://developer.deel.com/api/oauth",
    verified_at: "2026-11-22",
    sources: [
      "Deel's documentation, OAuth2, Getting Started and Token Rotation",
      "Deel's changelog v1.27, OAuth updates (2023-08-29)",
      "Nango providers.yaml (2026-08-21)",
    ],
    experimental: true,
    setup: [
      "In Deel, open More, then Developer, and create an app; choose between an organisation's and a personal one.",
      "Its redirect URI is the redirect URI above.",
      "The client secret is shown once only.",
    ],
    notes: [
      "Whether it takes PKCE is not known, so none is sent.",
      "A refresh token that is used twice may end the whole grant.",
      "The sandbox is at demo.deel.com, with credentials of its own.",
    ],
    authorization_endpoint: "https://app.deel.com/oauth2/authorize",
    token_endpoint: "https://app.deel.com/oauth2/tokens",
    scopes: {
      "people:read": "See the people in your organisation",
      "contracts:read": "See your contracts",
      "contracts:write": "Create and change your contracts",
      "organizations:read": "See your organisation's details",
    },
    base_scopes: ["people:read"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_basic",
    refresh: {
      with: "refresh_token",
      rotates: "yes",
      lifetime_seconds: 90 * 86_400,
      redirect_uri: true,
    },
    identity: {
      source: "request",
      request: { url: "https://api.letsdeel.com/rest/v2/people/me" },
      id: "data.id",
      label: ["data.emails[0].value", "data.full_name"],
      name: "data.full_name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.letsdeel.com"],
    api_hosts_source: "Nango, the identity call, and Deel's documentation",
  },
} satisfies Records;
