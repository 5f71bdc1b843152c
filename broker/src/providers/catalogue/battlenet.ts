/** Battle.net: a token for a day, and nothing to renew it with. */
import type { Records } from "../schema.ts";

export default {
  battlenet: {
    name: "Battle.net",
    category: "social",
    docs_url: "https://develop.battle.net/documentation/guides/using-oauth/authorization-code-flow",
    manage_url: "https://account.battle.net/connections",
    verified_at: "2026-11-22",
    sources: [
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
    ],
    brand: { color: "#4381C3", icon: "battledotnet" },
    setup: [
      "In Blizzard's developer portal, open API Access and create a client.",
      "Add the redirect URI above.",
      "Configure its client ID and client secret.",
    ],
    notes: [
      "Whether it takes PKCE is not known, so none is sent.",
      "A token lasts for 24 hours, and then the user has to come back.",
      "There is no email address. Who somebody is comes from the user info; the id_token is not read.",
      "China has a login and an API of its own, on battlenet.com.cn: not this record.",
    ],
    authorization_endpoint: "https://oauth.battle.net/authorize",
    token_endpoint: "https://oauth.battle.net/token",
    userinfo_endpoint: "https://oauth.battle.net/userinfo",
    scopes: {
      openid: "See your BattleTag",
      "wow.profile": "See your World of Warcraft characters",
      "sc2.profile": "See your StarCraft II profile",
      "d3.profile": "See your Diablo III profile",
    },
    base_scopes: ["openid"],
    openid: "scope_only",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_basic",
    token_response: { id_token_ignored: true },
    refresh: { with: "nothing" },
    identity: { source: "userinfo", label: "battletag" },
    revocation: { by: "nothing" },
    api_hosts: [
      "oauth.battle.net",
      "us.api.blizzard.com",
      "eu.api.blizzard.com",
      "kr.api.blizzard.com",
      "tw.api.blizzard.com",
    ],
    api_hosts_source:
      "Nango and the identity call; China has a login and a gateway of its own, which are not this record's",
  },
} satisfies Records;
