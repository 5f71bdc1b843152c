/** Smartsheet: a token is revoked by deleting it at the token endpoint. */
import type { Records } from "../schema.ts";

export default {
  smartsheet: {
    name: "Smartsheet",
    category: "productivity",
    docs_url:
      "https://developers.smartsheet.com/api/smartsheet/guides/advanced-topics/oauth-2-for-smartsheet",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "AspNet.Security.OAuth (2024-10)",
    ],
    experimental: true,
    setup: [
      "In Smartsheet, register as a developer and open Developer Tools from your account's menu.",
      "Create a new app with the redirect URI above.",
      "Configure its app client id and app secret.",
    ],
    notes: [
      "Whether it takes PKCE is not known, so none is sent.",
      "Accounts in Europe, Australia and the US government's cloud have login and API hosts of their own, which this record does not cover.",
    ],
    authorization_endpoint: "https://app.smartsheet.com/b/authorize",
    token_endpoint: "https://api.smartsheet.com/2.0/token",
    scopes: {
      READ_USERS: "See who you are, and the users of your organisation",
      READ_SHEETS: "See your sheets, with attachments and comments",
      WRITE_SHEETS: "Change your sheets",
      CREATE_SHEETS: "Create sheets",
      DELETE_SHEETS: "Delete your sheets",
      SHARE_SHEETS: "Share your sheets with other people",
      READ_CONTACTS: "See your contacts",
    },
    base_scopes: ["READ_USERS"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", rotates: "yes" },
    identity: {
      source: "request",
      request: { url: "https://api.smartsheet.com/2.0/users/me" },
      id: "id",
      label: "email",
      name: "firstName",
    },
    revocation: {
      by: "request",
      request: { method: "DELETE", url: "https://api.smartsheet.com/2.0/token" },
    },
    api_hosts: ["api.smartsheet.com"],
    api_hosts_source:
      "open-connector and the identity call; accounts of other regions have hosts of their own, which this record does not cover",
  },
} satisfies Records;
