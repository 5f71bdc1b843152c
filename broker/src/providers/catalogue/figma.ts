/** Figma: refreshes at a URL of its own, and the refresh token stays the same. */
import type { Records } from "../schema.ts";

export default {
  figma: {
    name: "Figma",
    category: "design",
    docs_url: "https://developers.figma.com/docs/rest-api/authentication/",
    verified_at: "2026-11-22",
    sources: [
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "better-auth 1.7.25",
      "Nango providers.yaml (2026-08-21)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    brand: { color: "#F24E1E", icon: "figma" },
    setup: [
      "On Figma's developer site, open My apps and create one.",
      "Add the redirect URI above to its redirect URLs.",
      "Tick the OAuth scopes that you ask for, current_user:read among them.",
      "Publish the app, or keep it to your own team.",
    ],
    notes: [
      "Access tokens live for 90 days; a refresh brings no new refresh token.",
      "Older names of scopes, such as file_read and files:read, are retired.",
      "A code is good for half a minute.",
    ],
    authorization_endpoint: "https://www.figma.com/oauth",
    token_endpoint: "https://api.figma.com/v1/oauth/token",
    scopes: {
      "current_user:read": "See your name and email",
      "file_content:read": "Read what is in your files",
      "file_metadata:read": "See file names and details",
      "file_comments:read": "Read comments on files",
      "file_comments:write": "Write and delete comments",
      "projects:read": "See projects and the files in them",
    },
    base_scopes: ["current_user:read"],
    token_endpoint_auth_method: "client_secret_basic",
    refresh: {
      with: "refresh_token",
      rotates: "no",
      endpoint: "https://api.figma.com/v1/oauth/refresh",
    },
    identity: {
      source: "request",
      request: { url: "https://api.figma.com/v1/me" },
      id: "id",
      label: "email",
      name: "handle",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.figma.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
