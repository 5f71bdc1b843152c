/** Intercom: no scopes, no end, and a host for each region. */
import type { Records } from "../schema.ts";

export default {
  intercom: {
    name: "Intercom",
    category: "sales",
    docs_url:
      "https://developers.intercom.com/docs/build-an-integration/learn-more/authentication/setting-up-oauth",
    verified_at: "2026-11-22",
    sources: [
      "Nango providers.yaml (2026-08-21)",
      "SocialiteProviders (2026-08)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    brand: { color: "#6AFDEF", icon: "intercom" },
    setup: [
      "In Intercom's Developer Hub, create an app and switch on OAuth under Authentication.",
      "Add the redirect URI above to its redirect URLs; it has to be https.",
      "Tick the permissions that the app needs: they take the place of scopes.",
      "For workspaces hosted in the EU or Australia, set the variables app_host and api_host.",
    ],
    notes: [
      "What it may do is set on the app; Intercom reviews it before other workspaces can connect.",
      "Tokens do not end by themselves. Its one way to revoke uninstalls the app for the whole workspace, so nothing is sent: people remove it under Apps.",
      "That the authorization host follows the region has one source; api.intercom.io makes codes into tokens by default.",
    ],
    variables: {
      app_host: {
        label: "Web host of the region",
        example: "app.eu.intercom.com",
        pattern: "app\\.(?:(?:eu|au)\\.)?intercom\\.com",
        default: "app.intercom.com",
      },
      api_host: {
        label: "API host of the region",
        example: "api.eu.intercom.io",
        pattern: "api\\.(?:(?:eu|au)\\.)?intercom\\.io",
        default: "api.intercom.io",
      },
    },
    authorization_endpoint: "https://{app_host}/oauth",
    token_endpoint: "https://{api_host}/auth/eagle/token",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "nothing" },
    identity: {
      source: "request",
      request: { url: "https://{api_host}/me" },
      // A token is for one workspace.
      id: ["app.id_code", "id"],
      label: "email",
      name: "name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.intercom.io", "api.eu.intercom.io", "api.au.intercom.io"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
