/** Strava: what a user granted arrives on the callback, and errors have a shape of their own. */
import type { Records } from "../schema.ts";

export default {
  strava: {
    name: "Strava",
    category: "health",
    docs_url: "https://developers.strava.com/docs/authentication/",
    manage_url: "https://www.strava.com/settings/apps",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    brand: { color: "#FC4C02", icon: "strava" },
    setup: [
      "At strava.com/settings/api, create an application.",
      "Its Authorization Callback Domain is the host of the redirect URI above, without scheme and path.",
      "A new app lets its owner alone connect: ask Strava for a review before others do.",
    ],
    notes: [
      "People may untick single permissions: name those that you cannot do without in required_scopes.",
      "There is no email address, and many athletes have no username.",
    ],
    approves_silently: true,
    authorization_endpoint: "https://www.strava.com/oauth/authorize",
    token_endpoint: "https://www.strava.com/oauth/token",
    scopes: {
      read: "See your public profile and segments",
      read_all: "See your private routes and segments",
      "profile:read_all": "See your whole profile",
      "profile:write": "Change your weight and starred segments",
      "activity:read": "See your activities, except private ones",
      "activity:read_all": "See all your activities, private ones too",
      "activity:write": "Upload and change activities",
    },
    default_scopes: ["read"],
    scope_separator: ",",
    pkce: "none",
    // Its name for a prompt; auto would go past its page for a user who has agreed before.
    authorize_parameters: { approval_prompt: "force" },
    token_endpoint_auth_method: "client_secret_post",
    token_response: {
      // What the error is about; the code beside it is "invalid" for all of them.
      error: "errors[0].resource",
      expires_at: { at: "expires_at", as: "epoch_seconds" },
      scope_in_callback: "scope",
      scope_separator: ",",
    },
    refresh: { with: "refresh_token", rotates: "sometimes", over: ["RefreshToken"] },
    identity: {
      source: "request",
      request: { url: "https://www.strava.com/api/v3/athlete" },
      id: "id",
      label: ["username", "firstname"],
      name: "firstname",
    },
    revocation: {
      by: "request",
      request: {
        method: "POST",
        url: "https://www.strava.com/oauth/deauthorize",
        auth: "none",
        form: { access_token: "{access_token}" },
      },
    },
    revocation_scope: "user_client",
    api_hosts: ["www.strava.com"],
    api_hosts_source: "Nango, open-connector, the identity call, and Strava's documentation",
  },
} satisfies Records;
