/** Vercel, as a marketplace integration: people install it into a team, and its token lasts until they remove it. */
import type { Records } from "../schema.ts";

const TEAM = "team_[A-Za-z0-9]{1,64}";

export default {
  "vercel-integration": {
    name: "Vercel (marketplace integration)",
    category: "developer",
    docs_url: "https://vercel.com/docs/integrations/create-integration",
    manage_url: "https://vercel.com/dashboard/integrations",
    verified_at: "2026-11-22",
    sources: [
      "Vercel's documentation, Installing an integration (external flow)",
      "Vercel's documentation, Building Integrations with Vercel REST API",
      "vercel/example-integration, Vercel's own example",
      "grant 5.4.24",
      "SocialiteProviders (2026-08)",
    ],
    experimental: true,
    brand: { color: "#000000", icon: "vercel" },
    setup: [
      "In the Vercel dashboard, open Integrations, then the Integrations Console, and create an integration.",
      "Its redirect URL is the redirect URI above.",
      "Its URL slug is the variable integration_slug; choose the API scopes that it needs there.",
    ],
    notes: [
      "What it may do is set on the integration: there are no scopes to ask for.",
      "It can be installed once per team. Somebody who comes again gets a new token for the same installation.",
      "API calls for a team need its id as teamId, which the app can read as metadata (team_id).",
      "Its one way to revoke removes the installation of the whole team, so nothing is sent: people remove it in Vercel.",
      "An installation that begins in Vercel's marketplace arrives without a state and is refused: begin in your app.",
    ],
    variables: {
      integration_slug: {
        label: "URL slug of the integration",
        example: "acme-deploys",
        pattern: "[a-z0-9-]{1,64}",
      },
    },
    captures: {
      team_id: { from: "token_response", at: "team_id", pattern: TEAM },
      // Stands in the account's id, also where there is no team.
      installed_on: {
        from: "token_response",
        at: "team_id",
        pattern: `${TEAM}|personal`,
        default: "personal",
      },
    },
    authorization_endpoint: "https://vercel.com/integrations/{integration_slug}/new",
    token_endpoint: "https://api.vercel.com/v2/oauth/access_token",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "nothing" },
    identity: {
      source: "request",
      request: { url: "https://api.vercel.com/v2/user" },
      id: ["user.id", "{installed_on}"],
      label: ["user.email", "user.username"],
      name: "user.username",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.vercel.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
