/** Salesforce: each organisation's API is on a host of its own, which arrives with the token. */
import type { ProviderRecord, Records } from "../schema.ts";

const salesforce = {
  name: "Salesforce",
  category: "sales",
  docs_url:
    "https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_web_server_flow.htm",
  verified_at: "2026-11-22",
  sources: [
    "grant 5.4.24",
    "arctic 3.7.0",
    "@auth/core 0.41.3",
    "better-auth 1.7.25",
    "Nango providers.yaml (2026-08-21)",
    "OpenIddict WebIntegration (2024-10)",
    "SocialiteProviders (2026-08)",
    "https://docs.appmixer.com/6.0/v4.5/app-registration/salesforce, which quotes Salesforce (prompt)",
    "Salesforce Mobile SDK for Android 14 (login_hint)",
  ],
  brand: { color: "#00A1E0" },
  setup: [
    "In Salesforce Setup, create an External Client App (or, where there is one already, a Connected App) and enable OAuth.",
    "Add the redirect URI above to its callback URLs.",
    "Select the scopes that you ask for, refresh_token (Perform requests at any time) and openid among them.",
    "Leave PKCE and the secret for the web server flow required; a new app needs a few minutes before it works.",
  ],
  notes: [
    "The app calls the API on instance_url, which it can read as metadata; only hosts under my.salesforce.com are taken, so government and China clouds need an entry of their own.",
    "Replies do not say when a token ends: that is the organisation's session policy, two hours by default.",
    "Whether it rotates is a setting of the app.",
    "id_tokens are not looked at, since their issuer may be the organisation's own domain; the account comes from userinfo.",
    "To send users to one organisation's login, set domain to its My Domain host.",
  ],
  approves_silently: true,
  variables: {
    domain: {
      label: "Login domain",
      example: "acme.my.salesforce.com",
      pattern:
        "(?:login|test)\\.salesforce\\.com|[a-z0-9-]+(?:\\.[a-z0-9-]+)*\\.my\\.salesforce\\.com",
      default: "login.salesforce.com",
    },
  },
  captures: {
    instance_url: {
      from: "token_response",
      at: "instance_url",
      pattern: "https://[a-z0-9-]+(?:\\.[a-z0-9-]+)*\\.my\\.salesforce\\.com",
      required: true,
    },
  },
  authorization_endpoint: "https://{domain}/services/oauth2/authorize",
  token_endpoint: "https://{domain}/services/oauth2/token",
  revocation_endpoint: "https://{domain}/services/oauth2/revoke",
  scopes: {
    openid: "Sign you in",
    email: "See your email address",
    profile: "See your name and profile",
    refresh_token: "Stay connected when you are away",
    api: "Read and change the records you can reach",
    full: "Do everything you can do in Salesforce",
    web: "Open Salesforce in the browser as you",
    chatter_api: "Read and post in Chatter",
    id: "See your account’s identity details",
  },
  base_scopes: ["openid", "profile", "refresh_token"],
  default_scopes: ["email"],
  openid: "scope_only",
  prompt: "consent",
  // select_account shows whoever is logged in nothing to choose from, unless several accounts are known.
  choose_account: { prompt: "login consent" },
  login_hint_parameter: "login_hint",
  token_endpoint_auth_method: "client_secret_post",
  token_response: { id_token_ignored: true },
  refresh: { with: "refresh_token", obtained: "scope", rotates: "sometimes" },
  identity: {
    source: "request",
    request: { url: "{instance_url}/services/oauth2/userinfo" },
    // A sandbox has copies of its users under the same ids.
    id: ["organization_id", "user_id"],
    label: ["preferred_username", "email"],
    name: "name",
  },
  revocation: { by: "rfc7009" },
  api_hosts: [],
  tenant_hosts: ["{instance_url}"],
  api_hosts_source:
    "Nango: the instance_url of the token reply. By Salesforce's documentation hosts vary with the kind of organisation; government and China clouds use other domains.",
} satisfies ProviderRecord;

export default {
  salesforce,
  "salesforce-sandbox": {
    ...salesforce,
    name: "Salesforce (sandbox)",
    notes: [
      ...salesforce.notes,
      "A refreshed sandbox is a new organisation: its users have to connect again.",
    ],
    variables: {
      domain: {
        ...salesforce.variables.domain,
        example: "acme--dev.sandbox.my.salesforce.com",
        default: "test.salesforce.com",
      },
    },
    api_hosts_source:
      "As for Salesforce: the instance_url of the token reply. Sandbox hosts have .sandbox before .my.salesforce.com.",
  },
} satisfies Records;
