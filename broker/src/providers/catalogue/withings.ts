/** Withings: every reply is a status of success around a number of its own, with the answer in body. */
import type { Records } from "../schema.ts";

export default {
  withings: {
    name: "Withings",
    category: "health",
    docs_url:
      "https://developer.withings.com/developer-guide/v3/integration-guide/public-health-data-api/get-access/oauth-web-flow/",
    verified_at: "2026-11-22",
    sources: ["grant 5.4.24", "arctic 3.7.0", "SocialiteProviders (2026-08)"],
    setup: [
      "On developer.withings.com, open the developer dashboard and create an application for the public API.",
      "Add the redirect URI above to its callback URLs; it has to be reachable when you register it.",
      "Configure its client ID and secret.",
    ],
    notes: [
      "Withings wants its revocation call signed, which the broker does not do: users take access away in the Withings app.",
      "API calls are a POST with a parameter action, and say success with status 0 in the body.",
      "There is no name and no email address: connections are labelled with the user's number.",
    ],
    authorization_endpoint: "https://account.withings.com/oauth2_user/authorize2",
    token_endpoint: "https://wbsapi.withings.net/v2/oauth2",
    scopes: {
      "user.info": "See your profile",
      "user.metrics": "See your weight, blood pressure and other readings",
      "user.activity": "See your activity and workouts",
      "user.sleepevents": "See when your sleep starts and ends",
    },
    base_scopes: ["user.info"],
    scope_separator: ",",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    token_request: { parameters: { action: "requesttoken" } },
    token_response: {
      envelope: "body",
      success: { at: "status", is: 0 },
      error: "error",
      scope_separator: ",",
    },
    refresh: {
      with: "refresh_token",
      rotates: "yes",
      grace_seconds: 8 * 3600,
      lifetime_seconds: 365 * 86_400,
      parameters: { action: "requesttoken" },
      over: ["Invalid Params: invalid refresh_token"],
    },
    identity: { source: "token_response", id: "body.userid", label: "body.userid" },
    revocation: { by: "nothing" },
    api_hosts: ["wbsapi.withings.net"],
    api_hosts_source: "SocialiteProviders; it is the token endpoint's host as well",
  },
} satisfies Records;
