/** Datadog: many sites, and the callback says which of them the code is for. */
import type { Records } from "../schema.ts";

export default {
  datadog: {
    name: "Datadog",
    category: "developer",
    docs_url: "https://docs.datadoghq.com/developers/authorization/oauth2_endpoints/",
    verified_at: "2026-11-22",
    sources: ["Nango providers.yaml (2026-08-21)", "oomol-lab/open-connector (2026-08-22)"],
    experimental: true,
    brand: { color: "#632CA6", icon: "datadog" },
    setup: [
      "Join Datadog's partner network; in the Developer Platform of your sandbox, create an integration with a confidential OAuth client.",
      "Add the redirect URI above to its redirect URIs.",
      "Tick the scopes that you ask for, user_access_read among them.",
      "Until it is published, only your own organisation can connect.",
    ],
    notes: [
      "Users are sent to the web address in app_host; the callback names the domain of the user's own site, and the code is exchanged there.",
      "A site that is not in the record, such as uk1, is refused until somebody adds it.",
    ],
    variables: {
      app_host: {
        label: "Web address of the Datadog site",
        example: "us5.datadoghq.com",
        pattern:
          "(?:app|us3|us5|ap1|ap2)\\.datadoghq\\.com|app\\.datadoghq\\.eu|app\\.ddog-gov\\.com",
        default: "app.datadoghq.com",
      },
    },
    captures: {
      domain: {
        from: "callback",
        at: "domain",
        pattern: "(?:(?:us3|us5|ap1|ap2)\\.)?datadoghq\\.com|datadoghq\\.eu|ddog-gov\\.com",
        default: "datadoghq.com",
      },
    },
    authorization_endpoint: "https://{app_host}/oauth2/v1/authorize",
    token_endpoint: "https://api.{domain}/oauth2/v1/token",
    revocation_endpoint: "https://api.{domain}/oauth2/v1/revoke",
    scopes: {
      user_access_read: "See people in your organisation, you among them",
      dashboards_read: "See your dashboards",
      dashboards_write: "Create and change dashboards",
      monitors_read: "See your monitors",
      monitors_write: "Create and change monitors",
      metrics_read: "See which metrics you have",
      events_read: "See your events",
      incident_read: "See your incidents",
    },
    base_scopes: ["user_access_read"],
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", rotates: "yes" },
    identity: {
      source: "request",
      request: { url: "https://api.{domain}/api/v2/current_user" },
      id: "data.id",
      label: "data.attributes.email",
      name: "data.attributes.name",
    },
    revocation: { by: "rfc7009" },
    api_hosts: [
      "api.datadoghq.com",
      "api.us3.datadoghq.com",
      "api.us5.datadoghq.com",
      "api.ap1.datadoghq.com",
      "api.ap2.datadoghq.com",
      "api.datadoghq.eu",
      "api.ddog-gov.com",
    ],
    api_hosts_source:
      "open-connector, which also lists a newer site, uk1, that the record does not admit",
  },
} satisfies Records;
