/** Gitea and Forgejo, such as Codeberg: always somebody's instance, whose id_tokens name an issuer that varies by version. */
import type { Records } from "../schema.ts";

export default {
  gitea: {
    name: "Gitea",
    category: "developer",
    docs_url: "https://docs.gitea.com/development/oauth2-provider",
    manage_url: "{base_url}/user/settings/applications",
    verified_at: "2026-11-22",
    sources: ["arctic 3.7.0", "SocialiteProviders (2026-08)", "django-allauth (2026-04)"],
    experimental: true,
    brand: { color: "#609926", icon: "gitea" },
    setup: [
      "On the instance, open your settings, then Applications, and create an OAuth2 application; leave Confidential Client ticked.",
      "Its redirect URI is the redirect URI above.",
      "Set the variable base_url to the address of the instance.",
    ],
    notes: [
      "Forgejo, and so Codeberg, works the same way: an entry of its own with another base_url.",
      "Whether a refresh token is good for more than one use is a setting of the instance (INVALIDATE_REFRESH_TOKENS).",
      "Older versions know no scopes but those of OpenID Connect, and then a token may do all that the user may.",
      "id_tokens are not looked at, since their issuer has a slash at its end in some versions and not in others; the account comes from userinfo.",
    ],
    variables: {
      base_url: {
        label: "Address of the Gitea or Forgejo instance",
        example: "https://git.example.com",
        pattern: "https://[a-z0-9-]+(?:\\.[a-z0-9-]+)+(?:/[A-Za-z0-9._~-]+)*",
        default: "https://gitea.com",
        self_hosted: true,
      },
    },
    self_hosted: true,
    authorization_endpoint: "{base_url}/login/oauth/authorize",
    token_endpoint: "{base_url}/login/oauth/access_token",
    userinfo_endpoint: "{base_url}/login/oauth/userinfo",
    scopes: {
      openid: "Sign you in",
      email: "See your email address",
      profile: "See your name and picture",
      "read:user": "Read your account and settings",
      "read:repository": "Read your repositories",
      "write:repository": "Read and change your repositories",
      "read:issue": "Read issues and pull requests",
      "write:issue": "Create and change issues and pull requests",
      "read:organization": "See your organisations and teams",
    },
    base_scopes: ["openid"],
    default_scopes: ["profile", "email"],
    openid: "scope_only",
    token_endpoint_auth_method: "client_secret_basic",
    token_response: { id_token_ignored: true },
    refresh: { with: "refresh_token", rotates: "sometimes" },
    identity: { source: "userinfo", label: ["preferred_username", "email"], name: "name" },
    revocation: { by: "nothing" },
    api_hosts: [],
    tenant_hosts: ["{base_url}"],
    api_hosts_source:
      "open-connector for gitea.com; else the host of base_url, which the operator has chosen",
  },
} satisfies Records;
