/** Wrike: the token reply says which host the account is on, for the API and for renewing. */
import type { Records } from "../schema.ts";

export default {
  wrike: {
    name: "Wrike",
    category: "productivity",
    docs_url: "https://developers.wrike.com/oauth-20-authorization/",
    verified_at: "2026-11-22",
    sources: ["grant 5.4.24", "Nango providers.yaml (2026-08-21)"],
    experimental: true,
    setup: [
      "In Wrike, open Apps & Integrations, API, and create an API app.",
      "Add the redirect URI above to the app.",
      "Configure its client ID and client secret.",
    ],
    notes: [
      "The app can read the account's host as host; the API is below https://{host}/api/v4.",
      "Other hosts than the one that came with the token refuse it.",
    ],
    captures: {
      host: {
        from: "token_response",
        at: "host",
        pattern: "(?:www|app-[a-z0-9]+)\\.wrike\\.com",
        required: true,
      },
    },
    authorization_endpoint: "https://login.wrike.com/oauth2/authorize/v4",
    token_endpoint: "https://login.wrike.com/oauth2/token",
    scopes: {
      Default: "Work in your Wrike spaces as you",
      wsReadOnly: "See your tasks, folders and projects",
      wsReadWrite: "See and change your tasks, folders and projects",
      amReadOnlyUser: "See the users of your account",
      amReadWriteUser: "Manage the users of your account",
    },
    default_scopes: ["Default"],
    scope_separator: ",",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    token_response: { scope_separator: "," },
    refresh: { with: "refresh_token", rotates: "yes", endpoint: "https://{host}/oauth2/token" },
    identity: {
      source: "request",
      request: { url: "https://{host}/api/v4/contacts", query: { me: "true" } },
      id: "data[0].id",
      label: ["data[0].profiles[0].email", "data[0].firstName"],
      name: "data[0].firstName",
    },
    revocation: { by: "nothing" },
    api_hosts: [],
    tenant_hosts: ["{host}"],
    api_hosts_source:
      "Nango reads the host from the token reply; open-connector and public code show www, app-us2 and app-eu under wrike.com",
  },
} satisfies Records;
