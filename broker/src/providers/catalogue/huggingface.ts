/** Hugging Face: OpenID Connect, with the Hub's own scopes beside it. */
import type { Records } from "../schema.ts";

export default {
  huggingface: {
    name: "Hugging Face",
    category: "developer",
    docs_url: "https://huggingface.co/docs/hub/oauth",
    manage_url: "https://huggingface.co/settings/connected-applications",
    verified_at: "2026-11-22",
    sources: ["@auth/core 0.41.3", "better-auth 1.7.25", "oomol-lab/open-connector (2026-08-22)"],
    experimental: true,
    brand: { color: "#FFD21E", icon: "huggingface" },
    setup: [
      "On Hugging Face, open Settings, then Connected Apps, and create an OAuth app.",
      "Add the redirect URI above to its redirect URLs.",
      "Tick the scopes that you ask for, and generate an app secret.",
    ],
    notes: [
      "Access tokens live for eight hours. Apps get no refresh token by default, and then the user has to come back.",
      "Users may pick the organisations that the app can see.",
    ],
    issuer: "https://huggingface.co",
    authorization_endpoint: "https://huggingface.co/oauth/authorize",
    token_endpoint: "https://huggingface.co/oauth/token",
    userinfo_endpoint: "https://huggingface.co/oauth/userinfo",
    scopes: {
      openid: "Sign you in",
      profile: "See your username, picture and organisations",
      email: "See your email address",
      "read-repos": "Read your repositories",
      "write-repos": "Read and change your repositories",
      "manage-repos": "Create, change and delete repositories",
      "contribute-repos": "Create repositories, and use those it has created",
      "inference-api": "Run models in your name",
    },
    base_scopes: ["openid", "profile"],
    default_scopes: ["email"],
    token_endpoint_auth_method: "client_secret_basic",
    refresh: { with: "refresh_token", obtained: "setting" },
    identity: { source: "userinfo", label: ["preferred_username", "email"], name: "name" },
    revocation: { by: "nothing" },
    api_hosts: ["huggingface.co", "router.huggingface.co", "datasets-server.huggingface.co"],
    api_hosts_source: "open-connector, and the identity call",
  },
} satisfies Records;
