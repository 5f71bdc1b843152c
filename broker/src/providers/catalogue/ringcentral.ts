/** RingCentral: what an app may do is set on it, and a refresh token lives for a week. */
import type { Records } from "../schema.ts";

export default {
  ringcentral: {
    name: "RingCentral",
    category: "communication",
    docs_url: "https://developers.ringcentral.com/guide/authentication/auth-code-flow",
    verified_at: "2026-11-22",
    sources: ["Nango providers.yaml (2026-08-21)"],
    experimental: true,
    setup: [
      "In RingCentral's developer console, register an app of the type REST API, with 3-legged OAuth on a server.",
      "Its OAuth redirect URI is the redirect URI above.",
      "Tick the application scopes that the app needs, Read Accounts among them: they are set there.",
    ],
    notes: [
      "What it may do is set on the app; no scope is asked for.",
      "A refresh token ends after a week, and each use replaces it: a connection that rests for longer is over.",
      "The sandbox (platform.devtest.ringcentral.com) is another server: an entry of its own.",
    ],
    authorization_endpoint: "https://platform.ringcentral.com/restapi/oauth/authorize",
    token_endpoint: "https://platform.ringcentral.com/restapi/oauth/token",
    revocation_endpoint: "https://platform.ringcentral.com/restapi/oauth/revoke",
    scopes: {
      ReadAccounts: "See your account and extension",
      ReadCallLog: "See your calls",
      ReadContacts: "See your contacts",
      ReadMessages: "Read your messages",
      SMS: "Send and receive text messages",
      RingOut: "Make calls from your phone",
    },
    token_endpoint_auth_method: "client_secret_basic",
    token_response: { refresh_expires_in: "refresh_token_expires_in" },
    refresh: { with: "refresh_token", rotates: "yes", lifetime_seconds: 7 * 86_400 },
    identity: {
      source: "request",
      request: { url: "https://platform.ringcentral.com/restapi/v1.0/account/~/extension/~" },
      id: "id",
      label: ["contact.email", "name"],
      name: "name",
    },
    revocation: { by: "rfc7009" },
    api_hosts: ["platform.ringcentral.com", "media.ringcentral.com"],
    api_hosts_source:
      "Nango, the identity call, and RingCentral's SDK: recordings and attachments come from media.ringcentral.com",
  },
} satisfies Records;
