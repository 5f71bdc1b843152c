/** Amazon Cognito: a user pool's login has one host, its issuer another. */
import type { Records } from "../schema.ts";

export default {
  cognito: {
    name: "Amazon Cognito",
    category: "identity",
    docs_url:
      "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-userpools-server-contract-reference.html",
    verified_at: "2026-11-22",
    sources: [
      "grant 5.4.24",
      "arctic 3.7.0",
      "@auth/core 0.41.3",
      "better-auth 1.7.25",
      "OpenIddict WebIntegration (2024-10)",
    ],
    brand: { color: "#DD344C" },
    setup: [
      "In the AWS console, open the user pool and create an app client with a secret and the authorization code grant.",
      "Add the redirect URI above to its allowed callback URLs, and allow the scopes that you ask for.",
      "Set domain to the pool's login domain, region and user_pool_id to where and what it is.",
    ],
    notes: [
      "A custom domain has to be named under variables.domain.allowed.",
      "The parameter prompt works with managed login only; the older hosted pages pay no heed to it.",
      "Only refresh tokens can be revoked, and only where the app client has revocation switched on.",
      "Refresh tokens live for 30 days by default; that and their rotation are settings of the app client.",
    ],
    opener: "severed",
    approves_silently: true,
    variables: {
      domain: {
        label: "Domain of the login pages",
        example: "acme.auth.eu-west-1.amazoncognito.com",
        pattern: "[a-z0-9-]+\\.auth\\.[a-z0-9-]+\\.amazoncognito\\.com",
      },
      region: { label: "AWS region", example: "eu-west-1", pattern: "[a-z0-9-]{1,40}" },
      user_pool_id: {
        label: "User pool ID",
        example: "eu-west-1_Ab12Cd34E",
        pattern: "[a-z0-9-]+_[A-Za-z0-9]+",
      },
    },
    issuer: "https://cognito-idp.{region}.amazonaws.com/{user_pool_id}",
    authorization_endpoint: "https://{domain}/oauth2/authorize",
    token_endpoint: "https://{domain}/oauth2/token",
    userinfo_endpoint: "https://{domain}/oauth2/userInfo",
    revocation_endpoint: "https://{domain}/oauth2/revoke",
    jwks_uri: "https://cognito-idp.{region}.amazonaws.com/{user_pool_id}/.well-known/jwks.json",
    scopes: {
      openid: "Sign you in",
      profile: "See your name and profile",
      email: "See your email address",
      phone: "See your phone number",
      "aws.cognito.signin.user.admin": "See and change your account",
    },
    base_scopes: ["openid", "email"],
    default_scopes: ["profile"],
    prompt: "login",
    token_endpoint_auth_method: "client_secret_basic",
    refresh: { with: "refresh_token", rotates: "sometimes" },
    identity: {
      source: "userinfo",
      label: ["email", "username"],
      name: "name",
      string_booleans: true,
    },
    api_hosts: [],
    tenant_hosts: ["{domain}"],
    api_hosts_source:
      "The pool's login domain, for user info; GetUser takes the token on the region's cognito-idp host as well, which is not listed",
  },
} satisfies Records;
