/** Close: a user chooses one of their organisations, and the reply with the tokens says which. */
import type { Records } from "../schema.ts";

export default {
  close: {
    name: "Close",
    category: "sales",
    docs_url: "https://developer.close.com/api/overview/oauth-authentication",
    verified_at: "2026-11-22",
    sources: [
      "Close's documentation, Authentication with OAuth",
      "Close's documentation, Creating an OAuth App",
      "Nango providers.yaml (2026-08-21)",
    ],
    experimental: true,
    setup: [
      "In Close, open Settings, Developer, OAuth Apps, and create an app.",
      "Its redirect URL is the redirect URI above; it has to be https.",
    ],
    notes: [
      "Whether it takes PKCE is not known, so none is sent.",
      "Every app has the same two scopes: it can do all that the user can.",
      "The account is the user in the organisation that they choose on the consent page.",
    ],
    captures: {
      // Stands in the account's id, and so does a reply that names none.
      organization_id: {
        from: "token_response",
        at: "organization_id",
        pattern: "orga_[A-Za-z0-9]{1,64}|none",
        default: "none",
      },
    },
    authorization_endpoint: "https://app.close.com/oauth2/authorize/",
    token_endpoint: "https://api.close.com/oauth2/token/",
    revocation_endpoint: "https://api.close.com/oauth2/revoke/",
    scopes: {
      "all.full_access": "See and change everything you can in Close",
      offline_access: "Stay connected when you are away",
    },
    base_scopes: ["all.full_access", "offline_access"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", obtained: "scope", rotates: "no" },
    identity: {
      source: "request",
      request: { url: "https://api.close.com/api/v1/me/" },
      id: ["id", "{organization_id}"],
      label: "email",
      name: "display_name",
    },
    api_hosts: ["api.close.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
