/** Pinterest: refresh tokens are asked to renew themselves. */
import type { Records } from "../schema.ts";

export default {
  pinterest: {
    name: "Pinterest",
    category: "social",
    docs_url:
      "https://developers.pinterest.com/docs/getting-started/set-up-authentication-and-authorization/",
    manage_url: "https://www.pinterest.com/settings/security",
    verified_at: "2026-11-22",
    sources: [
      "@auth/core 0.41.3",
      "Nango providers.yaml (2026-08-21)",
      "SocialiteProviders (2026-08)",
      "django-allauth (2026-04)",
    ],
    brand: { color: "#BD081C", icon: "pinterest" },
    setup: [
      "On developers.pinterest.com, connect an app and wait for trial access.",
      "Add the redirect URI above to the app's redirect links.",
      "Ask for standard access before people outside your own team are to connect.",
    ],
    notes: [
      "A refresh token lives for 60 days, and each use brings a new one.",
      "With trial access, what the app creates is visible to its owner alone.",
    ],
    authorization_endpoint: "https://www.pinterest.com/oauth/",
    token_endpoint: "https://api.pinterest.com/v5/oauth/token",
    scopes: {
      "user_accounts:read": "See your profile and how your account performs",
      "boards:read": "See your public boards",
      "boards:read_secret": "See your secret boards",
      "boards:write": "Create, change and delete your public boards",
      "pins:read": "See your public Pins",
      "pins:read_secret": "See your secret Pins",
      "pins:write": "Create, change and delete your public Pins",
      "ads:read": "See your ads and how they perform",
    },
    base_scopes: ["user_accounts:read"],
    scope_separator: ",",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_basic",
    token_request: { parameters: { continuous_refresh: "true" } },
    token_response: {
      error: "code",
      scope_separator: ",",
      refresh_expires_in: "refresh_token_expires_in",
    },
    refresh: { with: "refresh_token", rotates: "yes", lifetime_seconds: 60 * 86_400 },
    identity: {
      source: "request",
      request: { url: "https://api.pinterest.com/v5/user_account" },
      id: "id",
      label: "username",
      name: "business_name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.pinterest.com"],
    api_hosts_source: "Nango and the identity call",
  },
} satisfies Records;
