/** Naver: no scopes, errors with a status of success, and a revocation that is a grant type of the token endpoint. */
import type { Records } from "../schema.ts";

export default {
  naver: {
    name: "Naver",
    category: "social",
    docs_url: "https://developers.naver.com/docs/login/api/api.md",
    manage_url: "https://nid.naver.com/internalToken/view/tokenList/pc/ko",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "better-auth 1.7.25",
      "SocialiteProviders (2026-08)",
      "AspNet.Security.OAuth (2024-10)",
      "https://developers.naver.com/docs/login/devguide/devguide.md (auth_type)",
    ],
    brand: { color: "#03C75A", icon: "naver" },
    setup: [
      "On developers.naver.com, register an application with Naver Login.",
      "Choose what it asks users for, and add the redirect URI above as a callback URL for PC web.",
      "Configure its client ID and client secret. Before others than testers can connect, Naver reviews it.",
    ],
    notes: [
      "There are no scopes: what an app learns is set on the app, and users may untick parts of it.",
      "The email address is one for contact, which Naver does not vouch for.",
    ],
    approves_silently: true,
    authorization_endpoint: "https://nid.naver.com/oauth2.0/authorize",
    token_endpoint: "https://nid.naver.com/oauth2.0/token",
    pkce: "none",
    // Its name for a prompt: the page of consent, for a user who has agreed before.
    authorize_parameters: { auth_type: "reprompt" },
    choose_account: { auth_type: "reauthenticate" },
    token_endpoint_auth_method: "client_secret_post",
    token_request: { parameters: { state: "{state}" } },
    token_response: { error: "error" },
    refresh: { with: "refresh_token", rotates: "no", lifetime_seconds: 365 * 86_400 },
    identity: {
      source: "request",
      request: { url: "https://openapi.naver.com/v1/nid/me" },
      success: { at: "resultcode", is: "00" },
      error: "resultcode",
      over: ["024"],
      id: "response.id",
      label: ["response.email", "response.nickname", "response.name"],
      name: "response.name",
    },
    revocation: {
      by: "request",
      request: {
        method: "POST",
        url: "https://nid.naver.com/oauth2.0/token",
        auth: "none",
        form: {
          grant_type: "delete",
          client_id: "{client_id}",
          client_secret: "{client_secret}",
          access_token: "{access_token}",
          service_provider: "NAVER",
        },
      },
    },
    revocation_scope: "user_client",
    api_hosts: ["openapi.naver.com"],
    api_hosts_source: "The identity call, SocialiteProviders and django-allauth",
  },
} satisfies Records;
