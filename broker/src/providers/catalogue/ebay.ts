/** eBay: knows redirect URIs by a name that it gives them, the RuName. */
import type { Records } from "../schema.ts";

const scope = (name: string): string => `https://api.ebay.com/oauth/api_scope/${name}`;

export default {
  ebay: {
    name: "eBay",
    category: "commerce",
    docs_url: "https://developer.ebay.com/api-docs/static/oauth-authorization-code-grant.html",
    manage_url: "https://accounts.ebay.com/acctsec/security-center/third-party-app-access",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "Nango providers.yaml (2026-08-21)",
      "AspNet.Security.OAuth (2024-10)",
    ],
    experimental: true,
    brand: { color: "#E53238", icon: "ebay" },
    setup: [
      "On developer.ebay.com, open Application Keys and create a keyset for production.",
      "Under User Tokens, add a redirect URL and enter the redirect URI above as the address for an accepted and a declined login.",
      "eBay gives it a name, the RuName: set the variable ru_name to it.",
      "Configure the App ID as the client_id and the Cert ID as the client_secret.",
    ],
    notes: [
      "A refresh token lives for 18 months and is not renewed by its use.",
      "The sandbox has hosts and keys of its own: make an entry of its own for it.",
    ],
    variables: {
      ru_name: {
        label: "RuName of the redirect URI",
        example: "Acme_Inc-AcmeInc-Acme-P-abcdefg",
        pattern: "[A-Za-z0-9_.-]{1,200}",
      },
    },
    authorization_endpoint: "https://auth.ebay.com/oauth2/authorize",
    token_endpoint: "https://api.ebay.com/identity/v1/oauth2/token",
    redirect_uri_alias: "{ru_name}",
    scopes: {
      "https://api.ebay.com/oauth/api_scope": "See public eBay data",
      [scope("commerce.identity.readonly")]: "See your username and profile",
      [scope("sell.inventory.readonly")]: "See your inventory and offers",
      [scope("sell.inventory")]: "See and change your inventory and offers",
      [scope("sell.fulfillment.readonly")]: "See your orders",
      [scope("sell.fulfillment")]: "See and fulfil your orders",
      [scope("sell.account.readonly")]: "See your settings as a seller",
      [scope("sell.marketing")]: "See and change your promotions",
    },
    base_scopes: [scope("commerce.identity.readonly")],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_basic",
    token_response: {
      token_type_ignored: true,
      refresh_expires_in: "refresh_token_expires_in",
    },
    refresh: { with: "refresh_token", rotates: "no", lifetime_seconds: 540 * 86_400 },
    identity: {
      source: "request",
      request: { url: "https://apiz.ebay.com/commerce/identity/v1/user/" },
      id: "userId",
      label: "username",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.ebay.com", "apiz.ebay.com", "apim.ebay.com"],
    api_hosts_source:
      "Nango and the identity call; from public code, apiz is for identity, finances and disputes, and apim for media",
  },
} satisfies Records;
