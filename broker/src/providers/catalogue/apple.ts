/** Sign in with Apple: answers by a form that it posts, takes a JWT for a client secret, and has no API besides. */
import type { Records } from "../schema.ts";

export default {
  apple: {
    name: "Apple",
    category: "identity",
    docs_url: "https://developer.apple.com/documentation/signinwithapplerestapi",
    manage_url: "https://account.apple.com/account/manage/section/security",
    verified_at: "2026-11-22",
    sources: [
      "better-auth 1.7.25",
      "arctic 3.7.0",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
    ],
    brand: { color: "#000000", icon: "apple" },
    setup: [
      "In Apple's developer account, register a Services ID with Sign in with Apple; it is the client_id.",
      "Add the broker's domain and the redirect URI above as its return URL.",
      "Create a key for Sign in with Apple. Its text (PKCS #8, PEM) is the client_secret here; its id and your team's are the variables key_id and team_id.",
    ],
    notes: [
      "The broker makes the JWT that Apple takes for a client secret, anew for each call.",
      "People may hide their address: what comes then is a relay's.",
      "The name comes with the very first consent only and is not kept.",
    ],
    variables: {
      team_id: { label: "Team ID", example: "A1B2C3D4E5", pattern: "[A-Z0-9]{10}" },
      key_id: { label: "Key ID", example: "F6G7H8I9J0", pattern: "[A-Z0-9]{10}" },
    },
    issuer: "https://appleid.apple.com",
    authorization_endpoint: "https://appleid.apple.com/auth/authorize",
    token_endpoint: "https://appleid.apple.com/auth/token",
    revocation_endpoint: "https://appleid.apple.com/auth/revoke",
    jwks_uri: "https://appleid.apple.com/auth/keys",
    scopes: {
      openid: "Confirm who you are",
      name: "See your name",
      email: "See your email address, or a relay's",
    },
    base_scopes: ["openid", "email"],
    default_scopes: ["name"],
    response_mode: "form_post",
    // What a user's Cancel is called there.
    denied: ["user_cancelled_authorize"],
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", rotates: "no" },
    identity: { source: "id_token", string_booleans: true },
    revocation_scope: "user_client",
    api_hosts: [],
    identity_only: true,
    api_hosts_source: "No API takes the user's token; who it is stands in the id_token.",
    hooks: { client_secret: "apple-client-secret" },
  },
} satisfies Records;
