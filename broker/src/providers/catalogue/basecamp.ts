/** Basecamp: a login older than the RFC, with a parameter type in place of grant and response types. */
import type { Records } from "../schema.ts";

export default {
  basecamp: {
    name: "Basecamp (37signals)",
    category: "productivity",
    docs_url: "https://github.com/basecamp/api/blob/master/sections/authentication.md",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
    ],
    brand: { color: "#1D2D35", icon: "basecamp" },
    setup: [
      "At launchpad.37signals.com/integrations, register an application and tick the products that it is for.",
      "Enter the redirect URI above.",
      "Configure its client ID and client secret.",
    ],
    notes: [
      "There are no scopes: an app may do what the user may.",
      "Which accounts the user has says GET https://launchpad.37signals.com/authorization.json; the account's id stands in the path of each API call.",
      "Your own calls need a User-Agent that names your app and a way to reach you.",
    ],
    authorization_endpoint: "https://launchpad.37signals.com/authorization/new",
    token_endpoint: "https://launchpad.37signals.com/authorization/token",
    pkce: "none",
    authorize_parameters: { type: "web_server" },
    token_endpoint_auth_method: "client_secret_post",
    token_request: { parameters: { type: "web_server" } },
    token_response: { token_type_ignored: true },
    refresh: { with: "refresh_token", rotates: "no", parameters: { type: "refresh" } },
    identity: {
      source: "request",
      request: { url: "https://launchpad.37signals.com/authorization.json" },
      id: "identity.id",
      label: "identity.email_address",
      name: "identity.first_name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["3.basecampapi.com", "launchpad.37signals.com"],
    api_hosts_source:
      "Nango and the identity call, which is on launchpad; the account's id is a part of the path, not of the host",
  },
} satisfies Records;
