/** Threads: an hour's token is swapped for one of 60 days, which renews itself. */
import type { Records } from "../schema.ts";

export default {
  threads: {
    name: "Threads",
    category: "social",
    docs_url:
      "https://developers.facebook.com/docs/threads/get-started/get-access-tokens-and-permissions",
    manage_url: "https://www.threads.net/settings/account",
    verified_at: "2026-11-22",
    sources: [
      "@auth/core 0.41.3",
      "Nango providers.yaml (2026-08-21)",
      "SocialiteProviders (2026-08)",
    ],
    experimental: true,
    brand: { color: "#000000", icon: "threads" },
    setup: [
      "On developers.facebook.com, create an app with the use case Access the Threads API.",
      "In the settings of that use case, add the redirect URI above, and addresses for uninstalling and deleting.",
      "Configure the Threads app ID and secret; those of the Meta app are others.",
    ],
    notes: [
      "A token can be renewed from its second day on, until it ends after 60 days.",
      "Until the app has been reviewed, only people with a role as a Threads tester can connect.",
    ],
    authorization_endpoint: "https://threads.net/oauth/authorize",
    token_endpoint: "https://graph.threads.net/oauth/access_token",
    scopes: {
      threads_basic: "See your Threads profile and posts",
      threads_content_publish: "Post on Threads as you",
      threads_read_replies: "Read replies to your posts",
      threads_manage_replies: "Reply as you, and hide replies to your posts",
      threads_manage_insights: "See how your account and posts perform",
      threads_keyword_search: "Search public posts",
      threads_delete: "Delete your posts",
    },
    base_scopes: ["threads_basic"],
    scope_separator: ",",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    token_response: { error: "error_type", token_type_ignored: true, scope_separator: "," },
    long_lived: {
      url: "https://graph.threads.net/access_token",
      auth: "none",
      query: {
        grant_type: "th_exchange_token",
        client_secret: "{client_secret}",
        access_token: "{access_token}",
      },
    },
    refresh: {
      with: "access_token",
      request: {
        url: "https://graph.threads.net/refresh_access_token",
        auth: "none",
        query: { grant_type: "th_refresh_token", access_token: "{access_token}" },
      },
    },
    identity: {
      source: "request",
      request: {
        url: "https://graph.threads.net/v1.0/me",
        query: { fields: "id,username,name" },
      },
      error: "error.code",
      over: ["190"],
      id: "id",
      label: "username",
      name: "name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["graph.threads.net", "graph.threads.com"],
    api_hosts_source:
      "Nango, the identity call, and the Threads reference: either of the two hosts works",
  },
} satisfies Records;
