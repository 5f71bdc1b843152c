/** Spotify: the redirect URI may not name localhost, and a refresh may bring no new refresh token. */
import type { Records } from "../schema.ts";

export default {
  spotify: {
    name: "Spotify",
    category: "social",
    docs_url: "https://developer.spotify.com/documentation/web-api/tutorials/code-flow",
    manage_url: "https://www.spotify.com/account/apps/",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "better-auth 1.7.25",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    brand: { color: "#1ED760", icon: "spotify" },
    setup: [
      "In the Spotify developer dashboard, create an app for the Web API.",
      "Add the redirect URI above; it has to be https, or http on 127.0.0.1, never localhost.",
      "In development mode, add each person who is to connect under User Management.",
    ],
    notes: [
      "The email address is what the user typed: Spotify does not vouch for it.",
      "An app in development mode is for a handful of named users; more need an extension of its quota.",
    ],
    approves_silently: true,
    authorization_endpoint: "https://accounts.spotify.com/authorize",
    token_endpoint: "https://accounts.spotify.com/api/token",
    scopes: {
      "user-read-email": "See your email address",
      "user-read-private": "See your country and plan",
      "playlist-read-private": "See your private playlists",
      "playlist-modify-private": "Change your private playlists",
      "user-library-read": "See your saved songs and albums",
      "user-top-read": "See your favourite artists and songs",
      "user-read-playback-state": "See what is playing and where",
    },
    default_scopes: ["user-read-email", "user-read-private"],
    // Its name for a prompt.
    authorize_parameters: { show_dialog: "true" },
    token_endpoint_auth_method: "client_secret_basic",
    refresh: { with: "refresh_token", rotates: "sometimes" },
    identity: {
      source: "request",
      request: { url: "https://api.spotify.com/v1/me" },
      id: "id",
      label: ["email", "display_name"],
      name: "display_name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.spotify.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
