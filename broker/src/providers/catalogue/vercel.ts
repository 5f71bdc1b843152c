/** Sign in with Vercel: OpenID Connect; wide access to its API is for marketplace integrations. */
import type { Records } from "../schema.ts";

export default {
  vercel: {
    name: "Vercel",
    category: "developer",
    docs_url: "https://vercel.com/docs/sign-in-with-vercel",
    verified_at: "2026-11-22",
    sources: ["better-auth 1.7.25"],
    experimental: true,
    brand: { color: "#000000", icon: "vercel" },
    setup: [
      "In Vercel's dashboard, open the settings of a team, then Apps, and create one.",
      "Add the redirect URI above to its authorization callback URLs.",
      "Create a client secret, and tick the scopes that you ask for.",
    ],
    notes: [
      "Its tokens say who somebody is and open little else; for projects and deployments there are marketplace integrations (vercel-integration).",
      "It lives for 30 days and is replaced by each use.",
    ],
    issuer: "https://vercel.com",
    authorization_endpoint: "https://vercel.com/oauth/authorize",
    token_endpoint: "https://api.vercel.com/login/oauth/token",
    userinfo_endpoint: "https://api.vercel.com/login/oauth/userinfo",
    revocation_endpoint: "https://api.vercel.com/login/oauth/token/revoke",
    scopes: {
      openid: "Sign you in",
      email: "See your email address",
      profile: "See your name, username and picture",
      offline_access: "Stay connected when you are away",
    },
    base_scopes: ["openid", "email", "offline_access"],
    default_scopes: ["profile"],
    token_endpoint_auth_method: "client_secret_post",
    refresh: {
      with: "refresh_token",
      obtained: "scope",
      rotates: "yes",
      lifetime_seconds: 30 * 86_400,
    },
    identity: { source: "userinfo", name: "name" },
    revocation: { by: "rfc7009" },
    api_hosts: ["api.vercel.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
