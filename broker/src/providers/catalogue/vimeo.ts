/** Vimeo: tokens do not end by themselves, and there is nothing to renew them with. */
import type { Records } from "../schema.ts";

export default {
  vimeo: {
    name: "Vimeo",
    category: "social",
    docs_url: "https://developer.vimeo.com/api/authentication",
    manage_url: "https://vimeo.com/settings/apps",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    experimental: true,
    brand: { color: "#1AB7EA", icon: "vimeo" },
    setup: [
      "On developer.vimeo.com, create an app.",
      "Add the redirect URI above to its callback URLs.",
      "Configure the client identifier and a client secret; uploading needs an approval of its own.",
    ],
    notes: [
      "Whether it takes PKCE is not known, so none is sent.",
      "There is no email address; the account is known by its uri, such as /users/123.",
    ],
    authorization_endpoint: "https://api.vimeo.com/oauth/authorize",
    token_endpoint: "https://api.vimeo.com/oauth/access_token",
    scopes: {
      public: "See your public profile and videos",
      private: "See your private videos",
      upload: "Upload videos for you",
      edit: "Change your videos and albums",
      delete: "Delete your videos and albums",
      interact: "Like, follow and comment as you",
      stats: "See how your videos perform",
      video_files: "Get links to the files of your videos",
    },
    default_scopes: ["public"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_basic",
    refresh: { with: "nothing" },
    identity: {
      source: "request",
      request: {
        url: "https://api.vimeo.com/me",
        headers: { Accept: "application/vnd.vimeo.*+json;version=3.4" },
      },
      id: "uri",
      label: "link",
      name: "name",
    },
    revocation: {
      by: "request",
      request: { method: "DELETE", url: "https://api.vimeo.com/tokens" },
    },
    revocation_scope: "user_client",
    api_hosts: ["api.vimeo.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
