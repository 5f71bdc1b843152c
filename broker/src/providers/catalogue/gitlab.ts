/** GitLab: its own instance or anybody's; whoever runs another says where it is. */
import type { Records } from "../schema.ts";

export default {
  gitlab: {
    name: "GitLab",
    category: "developer",
    docs_url: "https://docs.gitlab.com/api/oauth2/",
    manage_url: "{base_url}/-/user_settings/applications",
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
    brand: { color: "#FC6D26", icon: "gitlab" },
    setup: [
      "In GitLab, open your user settings (or a group's, or the admin area of an instance), then Applications, and add one.",
      "Its redirect URI is the redirect URI above; leave Confidential ticked.",
      "Tick every scope that you ask for: others are refused.",
      "For an instance of your own, add an entry that extends gitlab, and set the variable base_url there.",
    ],
    notes: [
      "A refresh ends both the access token and the refresh token that came before.",
      "An instance of your own is an entry of its own (extends), with its own client and redirect URI.",
      "Its API is on the same host as its login, so that a token of one instance never goes to another.",
    ],
    approves_silently: true,
    variables: {
      base_url: {
        label: "Address of the GitLab instance",
        example: "https://gitlab.example.com",
        pattern: "https://[a-z0-9-]+(?:\\.[a-z0-9-]+)+(?:/[A-Za-z0-9._~-]+)*",
        default: "https://gitlab.com",
        self_hosted: true,
      },
    },
    self_hosted: true,
    issuer: "{base_url}",
    authorization_endpoint: "{base_url}/oauth/authorize",
    token_endpoint: "{base_url}/oauth/token",
    userinfo_endpoint: "{base_url}/oauth/userinfo",
    revocation_endpoint: "{base_url}/oauth/revoke",
    scopes: {
      read_user: "Read your profile",
      openid: "Sign you in",
      read_api: "Read everything you can see",
      api: "Read and change everything you can",
      read_repository: "Read code in your projects",
      write_repository: "Read and push code to your projects",
    },
    base_scopes: ["read_user"],
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", rotates: "yes", grace_seconds: 0, redirect_uri: true },
    identity: {
      source: "request",
      request: { url: "{base_url}/api/v4/user" },
      id: "id",
      label: "username",
      name: "name",
    },
    revocation: { by: "rfc7009" },
    revocation_scope: "token",
    api_hosts: [],
    tenant_hosts: ["{base_url}"],
    api_hosts_source:
      "Nango and open-connector: gitlab.com, or the host of base_url, which the operator has chosen",
  },
} satisfies Records;
