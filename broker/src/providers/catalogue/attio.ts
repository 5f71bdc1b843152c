/** Attio: a token is a workspace's, does not end, and may do what the app's settings say. */
import type { Records } from "../schema.ts";

export default {
  attio: {
    name: "Attio",
    category: "sales",
    docs_url: "https://docs.attio.com/rest-api/tutorials/connect-an-app-through-oauth",
    verified_at: "2026-11-22",
    sources: ["Nango providers.yaml (2026-08-21)", "oomol-lab/open-connector (2026-08-22)"],
    experimental: true,
    setup: [
      "In Attio's developer dashboard, create an app and switch on OAuth.",
      "Add the redirect URI above to its redirect URIs.",
      "Tick the scopes that the app needs: they are set there and not asked for.",
    ],
    notes: [
      "A token is for the workspace that the user picks, and the account of a connection is that workspace.",
      "Tokens do not end by themselves.",
      "Whether it takes PKCE is not known, so none is sent.",
    ],
    authorization_endpoint: "https://app.attio.com/authorize",
    token_endpoint: "https://app.attio.com/oauth/token",
    scopes: {
      "user_management:read": "See people in your workspace",
      "object_configuration:read": "See how your objects are set up",
      "record_permission:read": "See your records",
      "record_permission:read-write": "See, add and change your records",
      "list_entry:read": "See what is on your lists",
      "list_entry:read-write": "See and change what is on your lists",
      "note:read-write": "See, write and delete notes",
      "task:read-write": "See, add and change tasks",
    },
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "nothing" },
    identity: {
      source: "request",
      request: { url: "https://api.attio.com/v2/self" },
      id: "workspace_id",
      label: ["workspace_slug", "workspace_name"],
      name: "workspace_name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.attio.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
