/** Rows about everybody else: provider, broker, and what lies between. */
import { randomBytes } from "node:crypto";
import { html } from "../../servers/faults.ts";
import { slowHeaders } from "../../servers/raw.ts";
import type { Stage } from "../sdk/stage.ts";
import { connected, once, type Row } from "./row.ts";

export const ofOthers: Row[] = [
  {
    error: "ProviderAPIError",
    code: "provider_api_error",
    cause:
      "The provider answered with `status` 400 or more, and `throwOnError` is on. Without it, that is a `Response`.",
    fix: "See `response` for what the provider says.",
    provoke: async (stage) => {
      await connected(stage, "strict");
      stage.api.answer((_, response) => void response.writeHead(404).end("no such event"));
      const options = { ...once, throwOnError: true };
      return stage.as("strict", () => stage.app.request("GET", stage.api.url, options));
    },
  },
  {
    error: "ProviderUnavailableError",
    code: "provider_unavailable",
    cause:
      "The provider did not renew the access, or gave `proxyRequest` no usable answer. The grant stands.",
    fix: "Try again later.",
    provoke: async (stage) => {
      await connected(stage, "unlucky", { expires_in: 0 });
      stage.world.calendar.control.fail("refresh", html(502));
      return stage.request("unlucky");
    },
  },
  {
    error: "ProviderUnavailableError",
    code: "provider_timeout",
    cause:
      "The provider kept `proxyRequest` waiting for longer than the broker's `proxy.timeout_seconds`.",
    fix: "Try again later, where repeating does no harm.",
    provoke: async (stage) => {
      await connected(stage, "waiter");
      stage.raw.speak(slowHeaders);
      const impatient = await stage.alongside((file) => {
        file["proxy"] = { timeout_seconds: 1 };
      });
      return stage.as("waiter", () => impatient.proxyRequest("GET", stage.raw.url, once));
    },
  },
  {
    error: "NetworkError",
    code: "provider_unreachable",
    cause: "No connection to the provider, or it broke; `cause` has the system's code.",
    fix: "Try again; if it stays so, check the URL and your network.",
    provoke: async (stage) => {
      await connected(stage, "cut-off");
      return stage.as("cut-off", () => stage.app.request("GET", `http://${stage.closed}/`, once));
    },
  },
  {
    error: "NetworkError",
    code: "broker_unreachable",
    cause: "No connection to the broker, or a gateway before it answered 502, 503 or 504.",
    fix: "Check `baseUrl`, and that the broker runs: `GET /healthz`.",
    provoke: ({ closed, makeApp }) =>
      makeApp({ baseUrl: `http://${closed}`, maxRetries: 0 }).listProviders(),
  },
  {
    error: "NetworkError",
    code: "shutting_down",
    cause: "The broker is about to stop, or cannot reach its database.",
    fix: "Try again in a few seconds.",
    provoke: (stage) => {
      const problem = { type: "about:blank", title: "Stopping", status: 503, request_id: "req_1" };
      const body = JSON.stringify({ ...problem, code: "shutting_down" });
      return answeredBy(stage, 503, "application/problem+json", body);
    },
  },
  {
    error: "TimeoutError",
    code: "timeout",
    cause:
      "The whole call, retries included, took longer than `timeout`. Whether the provider acted is unknown.",
    fix: "Allow more with `timeout`, or try again where repeating does no harm.",
    provoke: async (stage) => {
      await connected(stage, "hasty");
      stage.raw.speak(slowHeaders);
      const options = { ...once, timeout: 500 };
      return stage.as("hasty", () => stage.app.request("GET", stage.raw.url, options));
    },
  },
  {
    error: "RateLimitedError",
    code: "rate_limited",
    cause:
      "Too many calls of this key have failed, or it makes more than the operator allows ([limits](operations.md#limits)); or what stands before the broker limits requests. (A policy is `policy_violation`; a provider's 429 is a `Response`.)",
    fix: "Wait `retryAfter` seconds. If it stays so, look at what fails.",
    provoke: (stage) => answeredBy(stage, 429, "text/html", "<h1>Slow down</h1>"),
  },
  {
    error: "RateLimitedError",
    code: "overloaded",
    cause: "The broker has more requests in hand than it takes on (`limits.in_flight`).",
    fix: "Wait `retryAfter` seconds; the SDK has done so before it gave up. Run more brokers.",
    provoke: (stage) => {
      const problem = { type: "about:blank", title: "Busy", status: 503, request_id: "req_1" };
      const body = JSON.stringify({ ...problem, code: "overloaded" });
      return answeredBy(stage, 503, "application/problem+json", body);
    },
  },
  {
    error: "AlterSDKError",
    code: "identity_provider_unavailable",
    cause:
      "The broker cannot read the keys of your identity provider, so that it can tell no user from another.",
    fix: "Look at the broker's log (`identity_provider_unavailable`); try again later.",
    provoke: async (stage) => {
      const blind = await stage.alongside(({ apps: [demo] }) => {
        Object.assign(demo["identity_provider"] as object, {
          jwks_uri: `http://${stage.closed}/jwks`,
        });
      });
      return stage.as("unknown", () => blind.listGrants({ maxRetries: 0 }));
    },
  },
  {
    error: "AlterSDKError",
    code: "internal_error",
    cause: "A fault in the broker, or what it has stored does not open any more.",
    fix: "`requestId` names the line in the broker's log; tell its operator (`alter-broker vault verify`).",
    provoke: async (stage) => {
      await connected(stage, "sealed");
      const { vault } = stage.world.store;
      const column = { table: "grants", key: "id", column: "sealed" } as const;
      const [grant] = await stage.grantsOf("sealed");
      const all = await vault.batch(column, { after: "", limit: 1_000 });
      const value = all.find(({ id }) => id === grant?.grantId);
      if (!value) throw new Error("no grant");
      await vault.reseal(column, value, `v1.gone.${randomBytes(60).toString("base64url")}`);
      return stage.request("sealed");
    },
  },
  {
    error: "AlterSDKError",
    code: "invalid_response",
    cause: "What answers at `baseUrl` is not the broker, or one of another version.",
    fix: "Check `baseUrl`; update SDK and broker together.",
    provoke: (stage) => answeredBy(stage, 200, "text/html", "<h1>Welcome to nginx!</h1>"),
  },
];

/** An answer in the broker's place, at an address that `baseUrl` then names. */
const answeredBy = (stage: Stage, status: number, type: string, body: string) => {
  stage.api.answer((_, response) => {
    response.writeHead(status, { "content-type": type, "retry-after": "7" }).end(body);
  });
  return stage.makeApp({ baseUrl: stage.api.url, maxRetries: 0 }).listProviders();
};
