/** PandaDoc: access tokens that last a year; the account is a membership of a workspace. */
import type { Records } from "../schema.ts";

export default {
  pandadoc: {
    name: "PandaDoc",
    category: "files",
    docs_url: "https://developers.pandadoc.com/reference/authentication-process",
    verified_at: "2026-11-22",
    sources: [
      "PandaDoc/pandadoc-openapi-specification, openapi.yaml 7.6.0 (token endpoint)",
      "PandaDoc's official Python client, README (authorization URL, scopes)",
      "PandaDoc's documentation, Authentication process",
      "Nango providers.yaml (2026-08-21)",
    ],
    experimental: true,
    setup: [
      "In PandaDoc's developer dashboard, create an application; it needs production access to the API.",
      "Its redirect URI is the redirect URI above.",
    ],
    notes: [
      "pandadoc.eu is a system of its own, with other accounts and other applications: it would be another entry.",
    ],
    authorization_endpoint: "https://app.pandadoc.com/oauth2/authorize",
    token_endpoint: "https://api.pandadoc.com/oauth2/access_token",
    scopes: {
      read: "See your documents and templates",
      write: "Create, send, change and delete your documents",
    },
    default_scopes: ["read"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token" },
    identity: {
      source: "request",
      request: { url: "https://api.pandadoc.com/public/v1/members/current" },
      id: "membership_id",
      label: "email",
      name: "first_name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.pandadoc.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
