/** BambooHR: each company is a host of its own; its endpoints are told apart by a parameter request. */
import type { Records } from "../schema.ts";

export default {
  bamboohr: {
    name: "BambooHR",
    category: "hr",
    docs_url: "https://documentation.bamboohr.com/docs/getting-started",
    verified_at: "2026-11-22",
    sources: ["Nango providers.yaml (2026-08-21)", "oomol-lab/open-connector (2026-08-22)"],
    experimental: true,
    brand: { color: "#73C41D" },
    setup: [
      "In BambooHR's developer portal, register an application.",
      "Add the redirect URI above and the scopes that you ask for.",
      "Configure its client ID and client secret.",
    ],
    notes: [
      "Whether it takes PKCE is not known, so none is sent.",
      "It sends an id_token whose issuer is not documented: it is not read, and an account here is a company, not one of its users.",
      "The identity call needs company:info; reports say that newer apps cannot be given it.",
    ],
    variables: {
      company_domain: {
        label: "Your company's BambooHR address",
        suffix: ".bamboohr.com",
        example: "acme",
        pattern: "[a-z0-9][a-z0-9-]{0,62}",
        chosen_by: "user",
      },
    },
    authorization_endpoint: "https://{company_domain}.bamboohr.com/authorize.php?request=authorize",
    token_endpoint: "https://{company_domain}.bamboohr.com/token.php?request=token",
    scopes: {
      openid: "Sign you in with BambooHR",
      email: "See your email address",
      offline_access: "Stay connected when you are away",
      "company:info": "See your company's name and address",
      employee: "See basic records of employees",
      employee_directory: "See the directory of employees",
      "employee:job": "See the jobs of employees",
      "employee:contact": "See how to reach employees",
      time_off: "See time off",
    },
    base_scopes: ["company:info", "offline_access"],
    default_scopes: ["openid", "email"],
    openid: "scope_only",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    token_response: { id_token_ignored: true },
    refresh: { with: "refresh_token", obtained: "scope" },
    identity: {
      source: "request",
      request: { url: "https://{company_domain}.bamboohr.com/api/v1/company_information" },
      id: "{company_domain}",
      label: ["displayName", "legalName"],
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.bamboohr.com"],
    tenant_hosts: ["{company_domain}.bamboohr.com"],
    api_hosts_source:
      "open-connector uses the company's own host, Nango the gateway on api.bamboohr.com",
  },
} satisfies Records;
