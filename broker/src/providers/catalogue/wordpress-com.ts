/** WordPress.com: a token belongs to one blog unless its scope says otherwise, and does not end by itself. */
import type { Records } from "../schema.ts";

export default {
  "wordpress-com": {
    name: "WordPress.com",
    category: "marketing",
    docs_url: "https://developer.wordpress.com/docs/oauth2/",
    manage_url: "https://wordpress.com/me/security/connected-applications",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "@auth/core 0.41.3",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    experimental: true,
    brand: { color: "#21759B", icon: "wordpress" },
    setup: [
      "At developer.wordpress.com/apps, create an application of the type Web.",
      "Add the redirect URI above to its redirect URLs.",
      "Configure its client ID and client secret.",
    ],
    notes: [
      "Whether it takes PKCE is not known, so none is sent.",
      "Without the scope global a token is good for one blog, which the app can read as blog_id.",
      "Blogs elsewhere that run Jetpack answer under public-api.wordpress.com as well.",
    ],
    captures: { blog_id: { from: "token_response", at: "blog_id", pattern: "\\d{1,20}" } },
    authorization_endpoint: "https://public-api.wordpress.com/oauth2/authorize",
    token_endpoint: "https://public-api.wordpress.com/oauth2/token",
    scopes: {
      auth: "See your WordPress.com profile and email address",
      global: "Manage all your WordPress.com sites",
      posts: "See and change your posts",
      comments: "See and moderate your comments",
      media: "See and upload your media",
      stats: "See how your sites perform",
    },
    base_scopes: ["auth"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "nothing" },
    identity: {
      source: "request",
      request: { url: "https://public-api.wordpress.com/rest/v1.1/me" },
      id: "ID",
      label: ["username", "email"],
      name: "display_name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["public-api.wordpress.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
