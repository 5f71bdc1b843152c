/** Todoist: scopes with commas between them, and tokens that end for newer apps only. */
import type { Records } from "../schema.ts";

export default {
  todoist: {
    name: "Todoist",
    category: "productivity",
    docs_url: "https://developer.todoist.com/api/v1/",
    manage_url: "https://app.todoist.com/app/settings/integrations",
    verified_at: "2026-11-22",
    sources: ["oomol-lab/open-connector (2026-08-22)"],
    experimental: true,
    brand: { color: "#E44332", icon: "todoist" },
    setup: [
      "In Todoist's App Management console, create an app.",
      "Enter the redirect URI above as its OAuth redirect URL.",
      "Configure its client ID and client secret.",
    ],
    notes: [
      "Tokens of older apps do not end by themselves; newer apps get refresh tokens.",
      "Its login used to be on todoist.com: many libraries still have those addresses.",
    ],
    authorization_endpoint: "https://app.todoist.com/oauth/authorize",
    token_endpoint: "https://api.todoist.com/oauth/access_token",
    revocation_endpoint: "https://api.todoist.com/api/v1/revoke",
    scopes: {
      "data:read": "See your tasks and projects",
      "data:read_write": "See, add and change your tasks and projects",
      "data:delete": "Delete your tasks, labels and filters",
      "task:add": "Add tasks",
      "project:delete": "Delete your projects",
      "backups:read": "List and download your backups",
    },
    base_scopes: ["data:read"],
    scope_separator: ",",
    token_endpoint_auth_method: "client_secret_post",
    token_response: { scope_separator: "," },
    refresh: { with: "refresh_token", obtained: "setting" },
    identity: {
      source: "request",
      request: { url: "https://api.todoist.com/api/v1/user" },
      id: "id",
      label: "email",
      name: "full_name",
    },
    api_hosts: ["api.todoist.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
