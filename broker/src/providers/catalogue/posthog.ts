/** PostHog Cloud: one address for both of its regions, which asks the user for theirs. */
import type { Records } from "../schema.ts";

export default {
  posthog: {
    name: "PostHog",
    category: "developer",
    docs_url: "https://posthog.com/docs/api/oauth",
    verified_at: "2026-11-22",
    sources: [
      "PostHog's documentation, OAuth integration (PostHog/posthog.com, 2026)",
      "PostHog/posthog, README of services/oauth-proxy and posthog/api/oauth/claims.py (2026)",
      "Nango providers.yaml (2026-08-21)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    experimental: true,
    brand: { color: "#000000", icon: "posthog" },
    setup: [
      "Put a client ID metadata document on a domain of yours: a JSON file with client_id (its own URL), client_name and redirect_uris.",
      "Among its redirect_uris is the redirect URI above. There is nothing to register.",
      "Configure the URL of that document as the client_id, without a secret; or the pair that PostHog has given you.",
    ],
    notes: [
      "The account lives in the US or in the EU, and its API tokens work at that host alone. The reply does not say which one.",
      "Until PostHog has verified the app, its consent page says that it is unverified.",
      "PostHog keeps a copy of the metadata document for as long as its Cache-Control says.",
    ],
    authorization_endpoint: "https://oauth.posthog.com/oauth/authorize/",
    token_endpoint: "https://oauth.posthog.com/oauth/token/",
    userinfo_endpoint: "https://oauth.posthog.com/oauth/userinfo/",
    revocation_endpoint: "https://oauth.posthog.com/oauth/revoke/",
    scopes: {
      openid: "Confirm who you are",
      email: "See your email address",
      profile: "See your name",
      "user:read": "See your account's settings",
      "project:read": "See your projects",
      "insight:read": "See your insights",
      "query:read": "Run queries on your data",
      "feature_flag:read": "See your feature flags",
      "feature_flag:write": "Create and change your feature flags",
    },
    base_scopes: ["openid", "email"],
    default_scopes: ["profile"],
    // Which of its servers signs the id_token depends on the region; userinfo answers for both.
    openid: "scope_only",
    token_endpoint_auth_method: "client_secret_post",
    token_response: { id_token_ignored: true },
    refresh: { with: "refresh_token", rotates: "yes" },
    identity: { source: "userinfo", name: "given_name" },
    api_hosts: ["us.posthog.com", "eu.posthog.com"],
    api_hosts_source: "open-connector, and PostHog's documentation: the hosts of its two regions",
  },
} satisfies Records;
