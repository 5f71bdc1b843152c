/** Reddit: says errors with a status of success, and throttles callers without a name of their own. */
import type { Records } from "../schema.ts";

export default {
  reddit: {
    name: "Reddit",
    category: "social",
    docs_url: "https://github.com/reddit-archive/reddit/wiki/OAuth2",
    manage_url: "https://www.reddit.com/prefs/apps",
    verified_at: "2026-11-22",
    sources: [
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "better-auth 1.7.25",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
    ],
    brand: { color: "#FF4500", icon: "reddit" },
    setup: [
      "Ask Reddit for access to its Data API; new apps need an approval.",
      "At reddit.com/prefs/apps, create an app of the type web app with the redirect URI above.",
      "The client ID stands under the app's name; configure it and the secret.",
    ],
    notes: [
      "Your own calls need a User-Agent that names your app, or they are throttled.",
      "There is no email address.",
    ],
    authorization_endpoint: "https://www.reddit.com/api/v1/authorize",
    token_endpoint: "https://www.reddit.com/api/v1/access_token",
    scopes: {
      identity: "See your username and when you signed up",
      read: "Read posts and comments as you",
      submit: "Post links and comments as you",
      vote: "Vote as you",
      mysubreddits: "See the communities you belong to",
      subscribe: "Join and leave communities for you",
      history: "See what you posted, voted on and saved",
      privatemessages: "Read and send your private messages",
    },
    base_scopes: ["identity"],
    pkce: "none",
    authorize_parameters: { duration: "permanent" },
    token_endpoint_auth_method: "client_secret_basic",
    token_response: { error: "error" },
    refresh: { with: "refresh_token", obtained: "parameter", rotates: "no" },
    identity: {
      source: "request",
      request: { url: "https://oauth.reddit.com/api/v1/me" },
      id: "id",
      label: "name",
    },
    // RFC 7009 but for its status, which is 204.
    revocation: {
      by: "request",
      request: {
        method: "POST",
        url: "https://www.reddit.com/api/v1/revoke_token",
        auth: "client_secret_basic",
        form: { token: "{token}" },
      },
    },
    revocation_scope: "token",
    api_hosts: ["oauth.reddit.com"],
    api_hosts_source: "Nango and the identity call",
  },
} satisfies Records;
