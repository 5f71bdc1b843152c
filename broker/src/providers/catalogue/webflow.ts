/** Webflow: tokens that do not end, and a revocation of its own kind. */
import type { Records } from "../schema.ts";

export default {
  webflow: {
    name: "Webflow",
    category: "marketing",
    docs_url: "https://developers.webflow.com/data/reference/oauth-app",
    manage_url: "https://webflow.com/dashboard/account/apps",
    verified_at: "2026-11-22",
    sources: [
      "Nango providers.yaml (2026-08-21)",
      "SocialiteProviders (2026-08)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    experimental: true,
    brand: { color: "#146EF5", icon: "webflow" },
    setup: [
      "In Webflow, open the settings of a workspace, then Apps & integrations, and create an app with data client (REST API) access.",
      "Add the redirect URI above to its redirect URIs.",
      "Tick the scopes that you ask for, authorized_user:read among them.",
    ],
    notes: [
      "The user picks the sites or the workspace that the app may see.",
      "Tokens do not end by themselves.",
      "Workspaces in the EU have an API, a login host and a client of their own: another entry.",
    ],
    authorization_endpoint: "https://webflow.com/oauth/authorize",
    token_endpoint: "https://api.webflow.com/oauth/access_token",
    scopes: {
      "authorized_user:read": "See your name and email address",
      "sites:read": "See your sites",
      "sites:write": "Change and publish your sites",
      "cms:read": "See your collections and their items",
      "cms:write": "Add and change collections and their items",
      "pages:read": "See your pages",
      "pages:write": "Change your pages",
      "forms:read": "See your forms and what people sent",
    },
    base_scopes: ["authorized_user:read"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "nothing" },
    identity: {
      source: "request",
      request: { url: "https://api.webflow.com/v2/token/authorized_by" },
      id: "id",
      label: "email",
      name: "firstName",
    },
    revocation: {
      by: "request",
      request: {
        method: "POST",
        url: "https://webflow.com/oauth/revoke_authorization",
        auth: "none",
        form: {
          client_id: "{client_id}",
          client_secret: "{client_secret}",
          access_token: "{access_token}",
        },
      },
    },
    api_hosts: ["api.webflow.com"],
    api_hosts_source:
      "Nango, open-connector, and the identity call; by Webflow's documentation (2026-11) EU workspaces use another host with another client",
  },
} satisfies Records;
