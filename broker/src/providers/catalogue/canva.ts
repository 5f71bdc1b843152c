/** Canva: a user is known by number alone, within a team, and a refresh token is good for one use. */
import type { Records } from "../schema.ts";

export default {
  canva: {
    name: "Canva",
    category: "design",
    docs_url: "https://www.canva.dev/docs/connect/authentication/",
    verified_at: "2026-11-22",
    sources: ["oomol-lab/open-connector (2026-08-22)"],
    experimental: true,
    brand: { color: "#00C4CC" },
    setup: [
      "In Canva's developer portal, create a Connect API integration.",
      "Tick the scopes that you ask for.",
      "Add the redirect URI above, and generate a client secret.",
      "Submit the integration for review before people outside your own team are to connect.",
    ],
    notes: [
      "The user's name takes a second call (/v1/users/me/profile, with profile:read): connections are labelled with an id.",
      "In development, localhost is refused as a redirect URI and 127.0.0.1 is taken.",
    ],
    authorization_endpoint: "https://www.canva.com/api/oauth/authorize",
    token_endpoint: "https://api.canva.com/rest/v1/oauth/token",
    revocation_endpoint: "https://api.canva.com/rest/v1/oauth/revoke",
    scopes: {
      "profile:read": "See your name",
      "design:meta:read": "See the list of your designs",
      "design:content:read": "See and export your designs",
      "design:content:write": "Create and change designs for you",
      "asset:read": "See your uploads",
      "asset:write": "Upload and change files for you",
      "folder:read": "See your folders",
      "comment:read": "Read comments on your designs",
    },
    default_scopes: ["profile:read"],
    token_endpoint_auth_method: "client_secret_basic",
    refresh: { with: "refresh_token", rotates: "yes", grace_seconds: 0 },
    identity: {
      source: "request",
      request: { url: "https://api.canva.com/rest/v1/users/me" },
      id: ["team_user.team_id", "team_user.user_id"],
      label: "team_user.user_id",
    },
    api_hosts: ["api.canva.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
