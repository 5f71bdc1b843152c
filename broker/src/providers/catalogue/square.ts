/** Square: JSON at the token endpoint, the end of a token as a time, and a revocation with a scheme of its own. */
import type { Records } from "../schema.ts";

export default {
  square: {
    name: "Square",
    category: "commerce",
    docs_url: "https://developer.squareup.com/docs/oauth-api/overview",
    manage_url: "https://app.squareup.com/dashboard/apps/my-applications",
    verified_at: "2026-11-22",
    sources: ["grant 5.4.24", "Nango providers.yaml (2026-08-21)"],
    brand: { color: "#3E4348", icon: "square" },
    setup: [
      "In the Square developer console, create an application and switch it to production.",
      "Under OAuth, add the redirect URI above.",
      "Configure the application ID as the client_id and the application secret as the client_secret.",
    ],
    notes: [
      "PKCE would turn the app into a public client with refresh tokens for one use; none is sent.",
      "The sandbox is on connect.squareupsandbox.com and takes no session parameter: make an entry of its own for it.",
      "Revoking ends every token that the merchant has given the app.",
    ],
    variables: {
      api_version: {
        label: "Version of the Square API",
        example: "2025-01-23",
        pattern: "\\d{4}-\\d{2}-\\d{2}",
        default: "2025-01-23",
      },
    },
    authorization_endpoint: "https://connect.squareup.com/oauth2/authorize",
    token_endpoint: "https://connect.squareup.com/oauth2/token",
    scopes: {
      MERCHANT_PROFILE_READ: "See your business and its locations",
      PAYMENTS_READ: "See your payments and refunds",
      PAYMENTS_WRITE: "Take and refund payments",
      ORDERS_READ: "See your orders",
      ORDERS_WRITE: "Create and change orders",
      CUSTOMERS_READ: "See your customers",
      CUSTOMERS_WRITE: "Add and change customers",
      ITEMS_READ: "See your catalogue of items",
      INVOICES_READ: "See your invoices",
    },
    base_scopes: ["MERCHANT_PROFILE_READ"],
    pkce: "none",
    authorize_parameters: { session: "false" },
    token_endpoint_auth_method: "client_secret_post",
    token_request: { format: "json", headers: { "Square-Version": "{api_version}" } },
    token_response: { error: "errors[0].code", expires_at: { at: "expires_at", as: "iso" } },
    refresh: { with: "refresh_token", rotates: "no" },
    identity: {
      source: "request",
      request: {
        url: "https://connect.squareup.com/v2/merchants/me",
        headers: { "Square-Version": "{api_version}" },
      },
      error: "errors[0].code",
      over: ["ACCESS_TOKEN_EXPIRED", "ACCESS_TOKEN_REVOKED"],
      id: "merchant.id",
      label: "merchant.business_name",
    },
    revocation: {
      by: "request",
      request: {
        method: "POST",
        url: "https://connect.squareup.com/oauth2/revoke",
        auth: "none",
        headers: { Authorization: "Client {client_secret}" },
        json: { client_id: "{client_id}", access_token: "{access_token}" },
      },
    },
    revocation_scope: "user_client",
    api_hosts: ["connect.squareup.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
