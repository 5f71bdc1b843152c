/** Shopify: each shop is a host of its own, and says in the callback, signed, which one it is. */
import type { Records } from "../schema.ts";

export default {
  shopify: {
    name: "Shopify",
    category: "commerce",
    docs_url:
      "https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant",
    manage_url: "https://{shop}.myshopify.com/admin/settings/apps",
    verified_at: "2026-11-22",
    sources: [
      "Shopify's documentation (2026-11)",
      "oomol-lab/open-connector (2026-08-22)",
      "OpenIddict WebIntegration (2024-10)",
      "Nango providers.yaml (2026-08-21)",
    ],
    brand: { color: "#7AB55C", icon: "shopify" },
    setup: [
      "In the Shopify Dev Dashboard, create an app and choose how it is distributed.",
      "Add the redirect URI above under Allowed redirection URLs.",
      "Configure the client ID and the client secret of the app.",
    ],
    notes: [
      "Which shop it is, the user says on the Connect page, or your backend when it makes the session.",
      "Tokens last an hour and are renewed.",
      "Revoking uninstalls the app from the shop.",
    ],
    variables: {
      shop: {
        label: "Your shop's address",
        suffix: ".myshopify.com",
        example: "acme",
        pattern: "[a-z0-9][a-z0-9-]{0,62}",
        chosen_by: "user",
      },
      api_version: {
        label: "Version of the Admin API",
        example: "2026-10",
        pattern: "\\d{4}-\\d{2}",
        default: "2026-10",
      },
    },
    authorization_endpoint: "https://{shop}.myshopify.com/admin/oauth/authorize",
    token_endpoint: "https://{shop}.myshopify.com/admin/oauth/access_token",
    scopes: {
      read_products: "See your products",
      write_products: "Add and change your products",
      read_orders: "See recent orders",
      write_orders: "Change your orders",
      read_customers: "See your customers",
      read_inventory: "See your stock levels",
    },
    default_scopes: ["read_products"],
    scope_separator: ",",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    token_request: { parameters: { expiring: "1" } },
    token_response: {
      token_type_ignored: true,
      scope_separator: ",",
      refresh_expires_in: "refresh_token_expires_in",
    },
    refresh: {
      with: "refresh_token",
      obtained: "parameter",
      rotates: "yes",
      lifetime_seconds: 90 * 86_400,
    },
    identity: {
      source: "request",
      request: {
        method: "POST",
        url: "https://{shop}.myshopify.com/admin/api/{api_version}/graphql.json",
        auth: "none",
        headers: { "X-Shopify-Access-Token": "{access_token}" },
        json: { query: "{ shop { id name email myshopifyDomain } }" },
      },
      id: "data.shop.id",
      label: "data.shop.myshopifyDomain",
      name: "data.shop.name",
    },
    revocation: {
      by: "request",
      request: {
        method: "DELETE",
        url: "https://{shop}.myshopify.com/admin/api_permissions/current.json",
        auth: "none",
        headers: { "X-Shopify-Access-Token": "{access_token}" },
      },
    },
    revocation_scope: "user_client",
    api_hosts: [],
    tenant_hosts: ["{shop}.myshopify.com"],
    api_hosts_source: "Nango and open-connector: the shop's own host",
    api_authorization: { header: "X-Shopify-Access-Token", template: "{token}" },
    hooks: { callback: "shopify-hmac" },
  },
} satisfies Records;
