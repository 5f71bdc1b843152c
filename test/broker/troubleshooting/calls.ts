/** Rows about the call itself: what the app has to put right. */
import { connected, once, type Row } from "./row.ts";

export const ofTheCall: Row[] = [
  {
    error: "HostNotAllowedError",
    code: "host_not_allowed",
    cause:
      "The URL's host is not one of the provider's `api_hosts` (`allowedHosts`). The token was not sent.",
    fix: "Correct the URL, or have the operator add the host: [configuration](configuration.md).",
    provoke: async (stage) => {
      await connected(stage, "astray");
      return stage.as("astray", () => stage.app.request("GET", stage.evil.url, once));
    },
  },
  {
    error: "UserTokenError",
    code: "user_token_missing",
    cause:
      "No `userToken` was passed, and `userTokenGetter` found none: the call runs outside the user's request.",
    fix: "Pass `userToken`, or call inside `jwtStore.run(…)`.",
    provoke: ({ app, calendar }) => app.request("GET", calendar, once),
  },
  {
    error: "UserTokenError",
    code: "invalid_user_token",
    cause: "`reason` is `expired`: the user's session at your identity provider is over.",
    fix: "Have the user log in again, or refresh the JWT.",
    provoke: async ({ request, world }) =>
      request("sleeper", { userToken: await world.userToken("sleeper", { exp: 1 }) }),
  },
  {
    error: "UserTokenError",
    code: "invalid_user_token",
    cause:
      "`reason` is `deprovisioned`: your identity provider has said that the user is gone, and this token is from before.",
    fix: "End the user's session; one who is back logs in again: [deprovisioning](deprovisioning.md).",
    provoke: async ({ app, as, world }) => {
      const owner = { app_id: "demo", issuer: world.idp.issuer, subject: "leaver" };
      await world.store.deprovisioned.mark(owner, world.now());
      return as("leaver", () => app.listGrants());
    },
  },
  {
    error: "UserTokenError",
    code: "invalid_user_token",
    cause:
      "Any other `reason`, such as `audience`, `issuer`, `signature`: this is not the JWT that the broker is configured to take.",
    fix: "Pass the right one of the user's tokens, or correct `identity_provider`: [recipes](identity-providers.md).",
    provoke: async ({ request, world }) =>
      request("guest", { userToken: await world.userToken("guest", { aud: "another-app" }) }),
  },
  {
    error: "ApiKeyError",
    code: "invalid_api_key",
    cause:
      "The API key is missing or unknown, has expired, was revoked, or was taken out of the configuration.",
    fix: "Check `apiKey`; `alter-broker keys list` says what each is worth, `keys create` makes one.",
    provoke: ({ makeApp }) => makeApp({ apiKey: "alter_rk_of-another-broker" }).listProviders(),
  },
  {
    error: "InvalidRequestError",
    code: "invalid_request",
    cause: "The call itself is wrong; the message says where. Without `status`, nothing was sent.",
    fix: "Correct the call.",
    provoke: ({ as, app }) => as("clumsy", () => app.request("GET", "/events", once)),
  },
  {
    error: "InvalidRequestError",
    code: "payload_too_large",
    cause: "A body through `proxyRequest` is larger than the broker's `proxy.most_request_bytes`.",
    fix: "Send less, use `request`, or have the operator raise the limit.",
    provoke: async (stage) => {
      await connected(stage, "lavish");
      const body = new Uint8Array(100_001);
      return stage.as("lavish", () =>
        stage.app.proxyRequest("POST", stage.api.url, { ...once, body }),
      );
    },
  },
  {
    error: "ConfigurationError",
    code: "invalid_configuration",
    cause: "`new App(…)` got something that it cannot work with; the message names it.",
    fix: "Correct it. Is `ALTER_API_KEY` set where the app runs?",
    provoke: async ({ makeApp }) => makeApp({ apiKey: "" }),
  },
  {
    error: "AlterSDKError",
    code: "app_closed",
    cause: "`close()` was called before, or while the call was running.",
    fix: "Close the `App` last, after your server.",
    provoke: async ({ makeApp }) => {
      const app = makeApp();
      app.close();
      return app.listProviders();
    },
  },
];
