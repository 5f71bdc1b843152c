/** Zoom: scopes are the app's, and the token reply may name a regional API host. */
import type { Records } from "../schema.ts";

export default {
  zoom: {
    name: "Zoom",
    category: "communication",
    docs_url: "https://developers.zoom.us/docs/integrations/oauth/",
    manage_url: "https://marketplace.zoom.us/user/installed",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "better-auth 1.7.25",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    brand: { color: "#0B5CFF", icon: "zoom" },
    setup: [
      "On the Zoom App Marketplace, choose Develop, then Build app, and create a General app that users manage.",
      "Its OAuth redirect URL is the redirect URI above; add it to the allow list too.",
      "Under Scopes, add what the app needs, user:read:user among them.",
    ],
    notes: [
      "What it may do is set on the app, so no scope is asked for unless you name one; user:read:user has to be among them, or nobody's account can be told.",
      "api.zoom.us works for every region; the regional host of a connection can be read as api_url.",
      "A refresh token ends after 90 days and works once.",
    ],
    captures: {
      api_url: {
        from: "token_response",
        at: "api_url",
        pattern: "https://api(?:-[a-z]{2})?\\.zoom\\.us",
      },
    },
    authorization_endpoint: "https://zoom.us/oauth/authorize",
    token_endpoint: "https://zoom.us/oauth/token",
    revocation_endpoint: "https://zoom.us/oauth/revoke",
    scopes: {
      "user:read:user": "See your profile",
      "meeting:read:list_meetings": "See the list of your meetings",
      "meeting:read:meeting": "See the details of a meeting",
      "meeting:write:meeting": "Create meetings for you",
      "meeting:update:meeting": "Change your meetings",
      "cloud_recording:read:list_user_recordings": "See the list of your recordings",
    },
    token_endpoint_auth_method: "client_secret_basic",
    refresh: { with: "refresh_token", rotates: "yes", lifetime_seconds: 90 * 86_400 },
    identity: {
      source: "request",
      request: { url: "https://api.zoom.us/v2/users/me" },
      id: "id",
      label: "email",
      name: "display_name",
    },
    revocation: { by: "rfc7009" },
    api_hosts: [
      "api.zoom.us",
      "api-us.zoom.us",
      "api-eu.zoom.us",
      "api-au.zoom.us",
      "api-ca.zoom.us",
      "api-in.zoom.us",
      "api-sa.zoom.us",
      "api-sg.zoom.us",
    ],
    tenant_hosts: ["{api_url}"],
    api_hosts_source:
      "Nango, open-connector, the identity call, and Zoom's changelog for the regional hosts, which nobody has to use",
  },
} satisfies Records;
