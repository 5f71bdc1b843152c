/** DocuSign: production and demo are two worlds, and the API's host stands in the user info. */
import type { Records } from "../schema.ts";

export default {
  docusign: {
    name: "DocuSign",
    category: "files",
    docs_url: "https://developers.docusign.com/platform/auth/authcode/",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "Nango providers.yaml (2026-08-21)",
      "OpenIddict WebIntegration (2024-10)",
      "SocialiteProviders (2026-08)",
    ],
    brand: { color: "#4C00FF" },
    setup: [
      "In a DocuSign developer account, open Apps and Keys and add an app with the authorization code grant.",
      "Add the redirect URI above and a secret key; the integration key is the client_id.",
      "Set account_host to account-d.docusign.com until the app has passed its review and been promoted to production.",
    ],
    notes: [
      "The app can read base_uri and account_id, those of the first account of the user; the API is at base_uri with /restapi/v2.1/accounts/ after it.",
      "A user with several accounts has them all in the user info, where is_default marks one.",
      "Without the scope extended a grant ends 30 days after the consent, however often it is renewed.",
    ],
    variables: {
      account_host: {
        label: "Login host: production or demo",
        example: "account-d.docusign.com",
        pattern: "account(?:-d)?\\.docusign\\.com",
        default: "account.docusign.com",
      },
    },
    captures: {
      base_uri: {
        from: "identity",
        at: "accounts[0].base_uri",
        pattern: "https://[a-z0-9-]+\\.docusign\\.net",
        required: true,
      },
      account_id: {
        from: "identity",
        at: "accounts[0].account_id",
        pattern: "[0-9a-fA-F-]{1,64}",
        required: true,
      },
    },
    issuer: "https://{account_host}/",
    authorization_endpoint: "https://{account_host}/oauth/auth",
    token_endpoint: "https://{account_host}/oauth/token",
    userinfo_endpoint: "https://{account_host}/oauth/userinfo",
    scopes: {
      signature: "Send and sign documents, and see their state",
      extended: "Stay connected for as long as it is in use",
      impersonation: "Act for you when you are away",
      openid: "Sign you in with DocuSign",
      "click.manage": "Manage your click-through agreements",
      "click.send": "Send click-through agreements",
    },
    default_scopes: ["signature"],
    nonce: false,
    token_endpoint_auth_method: "client_secret_basic",
    refresh: { with: "refresh_token", rotates: "yes", lifetime_seconds: 30 * 86_400 },
    identity: { source: "userinfo", name: "name" },
    revocation: { by: "nothing" },
    api_hosts: [],
    tenant_hosts: ["{account_host}", "{base_uri}"],
    api_hosts_source:
      "DocuSign's documentation of the user info: the host that it names for the account, and the login host for the user info itself",
  },
} satisfies Records;
