/** GitHub: OAuth apps, and user tokens of GitHub Apps. */
import type { ProviderRecord, Records } from "../schema.ts";

const github = {
  name: "GitHub",
  category: "developer",
  docs_url: "https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps",
  manage_url: "https://github.com/settings/applications",
  verified_at: "2026-11-22",
  sources: [
    "GitHub's documentation (2026-11)",
    "better-auth 1.7.25",
    "arctic 3.7.0",
    "oomol-lab/open-connector (2026-08-22)",
    "OpenIddict WebIntegration (2024-10)",
    "https://github.blog/changelog/2024-06-07-account-picker-updates-for-oauth-and-github-app-sign-in/ (prompt)",
  ],
  brand: { color: "#181717", icon: "github" },
  setup: [
    "On GitHub, open Settings, Developer settings, OAuth Apps, and create one.",
    "Its authorization callback URL is the redirect URI above.",
    "Generate a client secret.",
  ],
  notes: [
    "Tokens do not end by themselves, unless the app has token expiration switched on; those that nobody uses are removed after a year.",
    "At most ten tokens live per user, app and set of scopes.",
    "Since April 2026 it sends iss with the authorization response, and it is checked.",
  ],
  approves_silently: true,
  issuer: "https://github.com/login/oauth",
  iss_parameter: true,
  discovery_url: "https://github.com/.well-known/oauth-authorization-server/login/oauth",
  authorization_endpoint: "https://github.com/login/oauth/authorize",
  token_endpoint: "https://github.com/login/oauth/access_token",
  scopes: {
    "read:user": "Read your profile",
    "user:email": "See your email addresses",
    repo: "Read and change all your repositories, private too",
    public_repo: "Read and change your public repositories",
    "read:org": "See your organisations and teams",
    gist: "Create and edit your gists",
    workflow: "Change your automation workflow files",
  },
  base_scopes: ["read:user"],
  default_scopes: ["user:email"],
  prompt: "select_account",
  login_hint_parameter: "login",
  token_endpoint_auth_method: "client_secret_post",
  token_response: {
    form_encoded: true,
    error: "error",
    scope_separator: ",",
    refresh_expires_in: "refresh_token_expires_in",
    nulls_dropped: true,
  },
  refresh: {
    with: "refresh_token",
    obtained: "setting",
    rotates: "yes",
    over: ["bad_refresh_token"],
  },
  identity: {
    source: "request",
    request: {
      url: "https://api.github.com/user",
      headers: { Accept: "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28" },
    },
    id: "id",
    label: "login",
    name: "name",
  },
  revocation: {
    by: "request",
    request: {
      method: "DELETE",
      url: "https://api.github.com/applications/{client_id}/token",
      auth: "client_secret_basic",
      json: { access_token: "{access_token}" },
    },
  },
  revocation_scope: "token",
  api_hosts: ["api.github.com", "uploads.github.com"],
  api_hosts_source: "Nango, open-connector, and the identity call; uploads is for release assets",
} satisfies ProviderRecord;

export default {
  github,
  "github-app": {
    ...github,
    name: "GitHub App",
    docs_url:
      "https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app",
    manage_url: "https://github.com/settings/apps/authorizations",
    setup: [
      "On GitHub, open Settings, Developer settings, GitHub Apps, and create one with the permissions that it needs.",
      "Its callback URL is the redirect URI above; leave the expiration of user tokens switched on.",
      "Generate a client secret.",
    ],
    notes: [
      "What it may do comes from the app's permissions: it has no scopes.",
      "Which installations the user can reach, GitHub says at GET /user/installations; what the callback names proves nothing and is not kept.",
    ],
    scopes: {},
    base_scopes: [],
    default_scopes: [],
    refresh: { ...github.refresh, obtained: "always" },
  },
} satisfies Records;
