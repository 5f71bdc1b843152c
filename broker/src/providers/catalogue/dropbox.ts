/** Dropbox: tells an account to a POST without a body, and revokes the token that the call carries. */
import type { Records } from "../schema.ts";

export default {
  dropbox: {
    name: "Dropbox",
    category: "files",
    docs_url: "https://developers.dropbox.com/oauth-guide",
    manage_url: "https://www.dropbox.com/account/connected_apps",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "better-auth 1.7.25",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
      "oomol-lab/open-connector (2026-08-22)",
      "https://docs.rs/dropbox-sdk/latest/dropbox_sdk/oauth2/struct.AuthorizeUrlBuilder.html (force_reauthentication)",
    ],
    brand: { color: "#0061FF", icon: "dropbox" },
    setup: [
      "In Dropbox's app console, create an app with scoped access, to its own folder or to everything.",
      "Add the redirect URI above to its redirect URIs.",
      "Under Permissions, tick the scopes that you ask for, account_info.read among them.",
      "While it is in development, let in more users, or apply for production.",
    ],
    notes: [
      "Access tokens live for four hours; refresh tokens do not end.",
      "Its id_tokens have no nonce; state and PKCE carry the load.",
      "Revoking an access token ends its refresh token as well.",
    ],
    opener: "severed",
    approves_silently: true,
    issuer: "https://www.dropbox.com",
    authorization_endpoint: "https://www.dropbox.com/oauth2/authorize",
    token_endpoint: "https://api.dropboxapi.com/oauth2/token",
    scopes: {
      "account_info.read": "See your name and email",
      "files.metadata.read": "See names and details of your files",
      "files.content.read": "Open and download your files",
      "files.content.write": "Add, change and delete your files",
      "sharing.read": "See what you share and with whom",
      "sharing.write": "Change what you share",
    },
    base_scopes: ["account_info.read"],
    nonce: false,
    authorize_parameters: { token_access_type: "offline" },
    // Signs the browser out of the account that it is at.
    choose_account: { force_reauthentication: "true" },
    token_endpoint_auth_method: "client_secret_basic",
    refresh: { with: "refresh_token", obtained: "parameter", rotates: "no" },
    identity: {
      source: "request",
      request: {
        method: "POST",
        url: "https://api.dropboxapi.com/2/users/get_current_account",
      },
      id: "account_id",
      label: "email",
      name: "name.display_name",
    },
    revocation: {
      by: "request",
      request: { method: "POST", url: "https://api.dropboxapi.com/2/auth/token/revoke" },
    },
    revocation_scope: "user_client",
    api_hosts: ["api.dropboxapi.com", "content.dropboxapi.com"],
    api_hosts_source:
      "Nango, open-connector, and the identity call; the host for long polling takes no token and is left out",
  },
} satisfies Records;
