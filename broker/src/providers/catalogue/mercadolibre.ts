/** Mercado Libre: each country has a login page of its own, and all of them one API. */
import type { Records } from "../schema.ts";

export default {
  mercadolibre: {
    name: "Mercado Libre",
    category: "commerce",
    docs_url: "https://developers.mercadolibre.com.ar/en_us/authentication-and-authorization",
    verified_at: "2026-11-22",
    sources: ["arctic 3.7.0", "SocialiteProviders (2026-08)"],
    experimental: true,
    setup: [
      "On the developers' site of your country, open My applications and create one.",
      "Add the redirect URI above; it has to be https and is compared to the letter.",
      "Tick offline access, or there will be no refresh token, and the rights that you need.",
      "Set auth_host to the login page of your users' country.",
    ],
    notes: [
      "What the app may do is set on the app; no scope has to be asked for.",
      "A refresh token is good for one use and ends after six months.",
      "The account has to be the owner's: collaborators cannot connect.",
    ],
    variables: {
      auth_host: {
        label: "Login page of the country",
        example: "auth.mercadolivre.com.br",
        pattern:
          "auth\\.mercadolibre\\.com\\.(?:ar|co|mx|pe|uy|ve)|auth\\.mercadolivre\\.com\\.br|auth\\.mercadolibre\\.cl",
        default: "auth.mercadolibre.com.ar",
      },
    },
    authorization_endpoint: "https://{auth_host}/authorization",
    token_endpoint: "https://api.mercadolibre.com/oauth/token",
    scopes: {
      read: "See your account, listings and orders",
      write: "Change your listings and orders",
      offline_access: "Stay connected when you are away",
    },
    token_endpoint_auth_method: "client_secret_post",
    refresh: {
      with: "refresh_token",
      obtained: "setting",
      rotates: "yes",
      grace_seconds: 0,
      lifetime_seconds: 180 * 86_400,
    },
    identity: {
      source: "request",
      request: { url: "https://api.mercadolibre.com/users/me" },
      id: "id",
      label: ["email", "nickname"],
      name: "nickname",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.mercadolibre.com"],
    api_hosts_source: "The identity call and SocialiteProviders: one host for all countries",
  },
} satisfies Records;
