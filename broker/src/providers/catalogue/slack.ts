/** Slack: an app's bot in a workspace, tokens that act as the user, and Sign in with Slack. */
import type { ProviderRecord, Records } from "../schema.ts";

const slack = {
  name: "Slack",
  category: "communication",
  docs_url: "https://docs.slack.dev/authentication/installing-with-oauth",
  manage_url: "https://my.slack.com/apps/manage",
  verified_at: "2026-11-22",
  sources: [
    "Slack's documentation (2026-11)",
    "oomol-lab/open-connector (2026-08-22)",
    "SocialiteProviders (2026-08)",
    "Nango providers.yaml (2026-08-21)",
  ],
  brand: { color: "#4A154B" },
  setup: [
    "At api.slack.com/apps, create an app.",
    "Under OAuth & Permissions, add the redirect URI above and the scopes that you ask for.",
    "Leave PKCE switched off: it turns the app into a public client, and there is no way back.",
  ],
  notes: [
    "Tokens do not end by themselves, unless token rotation is switched on; there is no way back from that either.",
    "Some workspaces let administrators alone install apps.",
  ],
  authorization_endpoint: "https://slack.com/oauth/v2/authorize",
  token_endpoint: "https://slack.com/api/oauth.v2.access",
  scopes: {
    "users:read": "See people in your workspace",
    "users:read.email": "See people’s email addresses",
    "channels:read": "See the list of public channels",
    "channels:history": "Read public channels it has joined",
    "chat:write": "Post messages as the app",
    "files:read": "See files in chats it has joined",
  },
  default_scopes: ["users:read"],
  scope_separator: ",",
  pkce: "none",
  token_endpoint_auth_method: "client_secret_basic",
  token_response: {
    success: { at: "ok", is: true },
    error: "error",
    // With user scopes alone, the only token is the user's.
    nested: "authed_user",
    token_type_ignored: true,
    scope_separator: ",",
  },
  refresh: {
    with: "refresh_token",
    obtained: "setting",
    rotates: "yes",
    over: ["invalid_refresh_token", "token_revoked", "account_inactive"],
  },
  identity: {
    source: "request",
    request: { url: "https://slack.com/api/auth.test" },
    success: { at: "ok", is: true },
    error: "error",
    over: ["invalid_auth", "token_revoked", "token_expired", "account_inactive"],
    id: ["team_id", "user_id"],
    label: "team",
    name: "user",
  },
  revocation: {
    by: "request",
    request: { method: "POST", url: "https://slack.com/api/auth.revoke" },
  },
  // A bot has one token per workspace, whoever installed it.
  revocation_scope: "user_client",
  api_hosts: ["slack.com", "files.slack.com"],
  api_hosts_source:
    "Nango, open-connector, and the identity call; private files on files.slack.com take the same token",
} satisfies ProviderRecord;

export default {
  slack,
  "slack-user": {
    ...slack,
    name: "Slack",
    experimental: true,
    notes: [
      ...slack.notes,
      "Its scopes are those of the user: it reads and writes as that person.",
    ],
    authorization_endpoint: "https://slack.com/oauth/v2_user/authorize",
    token_endpoint: "https://slack.com/api/oauth.v2.user.access",
    scopes: {
      "users:read": "See people in your workspace",
      "search:read": "Search the messages and files you can see",
      "channels:history": "Read messages in your public channels",
      "im:history": "Read your direct messages",
      "chat:write": "Post messages as you",
      "files:read": "See files you can open",
    },
    refresh: { ...slack.refresh, endpoint: "https://slack.com/api/oauth.v2.access" },
    identity: { ...slack.identity, label: "user", name: "team" },
  },
  "slack-openid": {
    ...slack,
    name: "Sign in with Slack",
    category: "identity",
    docs_url: "https://docs.slack.dev/authentication/sign-in-with-slack",
    notes: ["Its scopes cannot be mixed with those of a bot in one request."],
    issuer: "https://slack.com",
    authorization_endpoint: "https://slack.com/openid/connect/authorize",
    token_endpoint: "https://slack.com/api/openid.connect.token",
    userinfo_endpoint: "https://slack.com/api/openid.connect.userInfo",
    jwks_uri: "https://slack.com/openid/connect/keys",
    scopes: {
      openid: "Sign you in with Slack",
      email: "See your email address",
      profile: "See your name and picture",
    },
    base_scopes: ["openid", "email", "profile"],
    default_scopes: [],
    scope_separator: " ",
    token_endpoint_auth_method: "client_secret_post",
    token_response: { success: { at: "ok", is: true }, error: "error" },
    identity: { source: "id_token", name: "name" },
    api_hosts: ["slack.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
