/** Bitbucket Cloud: an OAuth consumer of a workspace, whose permissions are the scopes. */
import type { Records } from "../schema.ts";

export default {
  bitbucket: {
    name: "Bitbucket",
    category: "developer",
    docs_url: "https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/",
    manage_url: "https://bitbucket.org/account/settings/app-authorizations/",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    brand: { color: "#0052CC", icon: "bitbucket" },
    setup: [
      "In Bitbucket, open the settings of a workspace, then OAuth consumers, and add one.",
      "Its callback URL is the redirect URI above; tick This is a private consumer.",
      "Tick the permissions that the app needs, Account and its email among them: they are the scopes.",
    ],
    notes: [
      "What it may do is set on the consumer; the answer lists it under scopes.",
      "Accounts without a username are shown by their nickname.",
    ],
    authorization_endpoint: "https://bitbucket.org/site/oauth2/authorize",
    token_endpoint: "https://bitbucket.org/site/oauth2/access_token",
    scopes: {
      account: "See your account",
      email: "See your email addresses",
      repository: "Read your repositories",
      "repository:write": "Read and push to your repositories",
      pullrequest: "Read pull requests and comment on them",
      "pullrequest:write": "Create, merge and decline pull requests",
      issue: "See your issues",
      webhook: "Get told when your repositories change",
    },
    base_scopes: ["account"],
    default_scopes: ["email"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_basic",
    token_response: { scope: "scopes" },
    refresh: { with: "refresh_token", rotates: "no" },
    identity: {
      source: "request",
      request: { url: "https://api.bitbucket.org/2.0/user" },
      id: "uuid",
      label: ["username", "nickname", "account_id"],
      name: "display_name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.bitbucket.org"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
