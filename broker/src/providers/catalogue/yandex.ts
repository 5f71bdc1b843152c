/** Yandex: its APIs take the token with the scheme OAuth, and each service has a host of its own. */
import type { Records } from "../schema.ts";

export default {
  yandex: {
    name: "Yandex",
    category: "social",
    docs_url: "https://yandex.com/dev/id/doc/en/",
    manage_url: "https://id.yandex.ru/personal/data-access",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "better-auth 1.7.25",
      "Nango providers.yaml (2026-08-21)",
      "SocialiteProviders (2026-08)",
      "AspNet.Security.OAuth (2024-10)",
      "https://yandex.com/dev/id/doc/en/codes/code-url (login_hint, force_confirm)",
    ],
    brand: { color: "#FC3F1D" },
    setup: [
      "At oauth.yandex.com, register an application for web services.",
      "Add the redirect URI above, and tick the permissions that you ask for.",
      "Configure its ClientID and client secret.",
    ],
    notes: [
      "Only permissions that are ticked on the application can be asked for.",
      "oauth.yandex.ru is the same server under another name.",
    ],
    approves_silently: true,
    authorization_endpoint: "https://oauth.yandex.com/authorize",
    token_endpoint: "https://oauth.yandex.com/token",
    scopes: {
      "login:info": "See your login, name and sex",
      "login:email": "See your email address",
      "login:avatar": "See your picture",
      "login:birthday": "See your date of birth",
      "cloud_api:disk.read": "See the files on your Disk",
      "cloud_api:disk.write": "Change the files on your Disk",
      "cloud_api:disk.info": "See how much room your Disk has",
    },
    base_scopes: ["login:info"],
    default_scopes: ["login:email"],
    // Its name for a prompt.
    authorize_parameters: { force_confirm: "yes" },
    login_hint_parameter: "login_hint",
    token_endpoint_auth_method: "client_secret_basic",
    refresh: { with: "refresh_token", rotates: "yes" },
    identity: {
      source: "request",
      request: {
        url: "https://login.yandex.ru/info",
        auth: "none",
        headers: { Authorization: "OAuth {access_token}" },
        query: { format: "json" },
      },
      id: "id",
      label: ["default_email", "login"],
      name: "display_name",
    },
    revocation: {
      by: "request",
      request: {
        method: "POST",
        url: "https://oauth.yandex.com/revoke_token",
        auth: "none",
        form: {
          access_token: "{access_token}",
          client_id: "{client_id}",
          client_secret: "{client_secret}",
        },
      },
    },
    api_authorization: { template: "OAuth {token}" },
    api_hosts: ["login.yandex.ru", "cloud-api.yandex.net"],
    api_hosts_source:
      "The identity call is sure; Disk is on cloud-api, and each other Yandex service is on a host of its own, to be added",
  },
} satisfies Records;
