import { ERRORS, type ErrorCode } from "@alter-ai/protocol/http";
import { describe, expect } from "vitest";
import * as sdk from "../../sdk/src/index.ts";
import { it, json, problem, rejection, startProvider } from "./doubles.ts";

const provider = "calendar";

const CLASSES: Partial<
  Record<ErrorCode, new (details: sdk.AlterSDKErrorDetails) => sdk.AlterSDKError>
> = {
  grant_not_found: sdk.GrantNotFoundError,
  ambiguous_grant: sdk.AmbiguousGrantError,
  grant_revoked: sdk.GrantRevokedError,
  credential_revoked: sdk.CredentialRevokedError,
  grant_expired: sdk.GrantExpiredError,
  scope_reauth_required: sdk.ScopeReauthRequiredError,
  policy_violation: sdk.PolicyViolationError,
  host_not_allowed: sdk.HostNotAllowedError,
  invalid_user_token: sdk.UserTokenError,
  invalid_api_key: sdk.ApiKeyError,
  invalid_request: sdk.InvalidRequestError,
  payload_too_large: sdk.InvalidRequestError,
  provider_unavailable: sdk.ProviderUnavailableError,
  rate_limited: sdk.RateLimitedError,
  overloaded: sdk.RateLimitedError,
  provider_timeout: sdk.ProviderUnavailableError,
  shutting_down: sdk.NetworkError,
  origin_not_allowed: sdk.ConnectFlowError,
  return_url_not_allowed: sdk.ConnectFlowError,
  provider_not_allowed: sdk.ConnectFlowError,
  invalid_code: sdk.ConnectFlowError,
};

describe("a refusal of the broker", () => {
  it.for(Object.keys(ERRORS) as ErrorCode[])("%s", async (code, { app, api, broker }) => {
    broker.refuse(code, { detail: "What was expected and what came" });
    const error = await rejection(app.request("GET", api.url, { provider }));
    const expected = CLASSES[code] ?? sdk.AlterSDKError;
    expect(error).toBeInstanceOf(expected);
    expect(error).toBeInstanceOf(sdk.AlterSDKError);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).constructor).toBe(expected);
    expect(error).toMatchObject({
      name: expected.prototype.name,
      code,
      message: expect.stringMatching(/^What was expected and what came\. [A-Z].+\.$/),
      status: ERRORS[code][0],
      requestId: "req-1",
    });
    expect(broker.received).toHaveLength(1);
    expect(api.received).toEqual([]);
  });

  it("without a detail says its title", async ({ app, broker }) => {
    broker.refuse("grant_not_found");
    expect(await rejection(app.listGrants())).toMatchObject({
      message: `${ERRORS.grant_not_found[1]}. Show Connect: this user has not connected it yet.`,
    });
  });

  it("of a managed secret sends nobody to Connect", async ({ app, api, broker }) => {
    const caught = async (more: object) => {
      broker.refuse("grant_not_found", more);
      return rejection(app.request("GET", api.url, { provider }));
    };
    const error = await caught({ grant_kind: "managed_secret" });
    expect(error).toMatchObject({
      grantKind: "managed_secret",
      message: expect.stringContaining("operator"),
    });
    expect(sdk.reauthRequired(error)).toBe(false);
    // The twin: an OAuth grant.
    expect(sdk.reauthRequired(await caught({}))).toBe(true);
  });

  it("carries what its class promises", async ({ app, broker }) => {
    const caught = async (code: ErrorCode, more: object, headers?: Record<string, string>) => {
      broker.refuse(code, more, headers);
      return rejection(app.listGrants());
    };
    expect(
      await caught("ambiguous_grant", { account_identifiers: ["ann@a.example", "ann@b.example"] }),
    ).toMatchObject({ accountIdentifiers: ["ann@a.example", "ann@b.example"] });
    expect(
      await caught("scope_reauth_required", { missing_scopes: ["calendar.write"] }),
    ).toMatchObject({ missingScopes: ["calendar.write"] });
    const policy_error = {
      ...{ rule: "office hours", kind: "time_window", attached_to: "app" },
      retry_at: "2026-11-23T08:00:00Z",
    };
    const denied = await caught("policy_violation", { policy_error }, { "retry-after": "60" });
    expect(denied).toMatchObject({
      policyError: {
        ...{ rule: "office hours", kind: "time_window", attachedTo: "app" },
        retryAt: new Date("2026-11-23T08:00:00Z"),
      },
      retryAfter: 60,
    });
    expect(
      await caught("policy_violation", { policy_error: { ...policy_error, retry_at: null } }),
    ).toMatchObject({ policyError: { retryAt: null } });
    expect(await caught("policy_violation", {})).toMatchObject({ policyError: undefined });
    expect(await caught("host_not_allowed", { allowed_hosts: ["a.example"] })).toMatchObject({
      allowedHosts: ["a.example"],
    });
    expect(await caught("invalid_user_token", { reason: "audience" })).toMatchObject({
      reason: "audience",
    });
    expect(await caught("rate_limited", {}, { "retry-after": "7" })).toMatchObject({
      retryAfter: 7,
    });
    const past = "Sun, 06 Nov 1994 08:49:37 GMT";
    expect(await caught("rate_limited", {}, { "retry-after": past })).toMatchObject({
      retryAfter: 0,
    });
    expect(await caught("rate_limited", {}, { "retry-after": "later" })).toMatchObject({
      retryAfter: undefined,
    });
  });

  it("that leaves those out gives empty lists, so that the guide's code does not break", async ({
    app,
    broker,
  }) => {
    broker.refuse("ambiguous_grant");
    expect(await rejection(app.listGrants())).toMatchObject({ accountIdentifiers: [] });
  });

  it.for(["of_a_newer_broker", "constructor", "__proto__"])(
    "with the code %s is an AlterSDKError",
    async (code, { app, broker }) => {
      broker.answer((_, response) => json(response, 418, { ...problem("internal_error"), code }));
      const error = await rejection(app.listGrants());
      expect((error as Error).constructor).toBe(sdk.AlterSDKError);
      expect(error).toMatchObject({ code, status: 418, requestId: "req-1" });
    },
  );
});

describe("a reply that is none", () => {
  it.for([
    ["not JSON", 200, "<html>"],
    ["nothing", 200, ""],
    ["another shape", 200, '{"access_token": 1}'],
    ["a success of another kind", 202, "{}"],
    ["an HTML error", 500, "<html>"],
    ["an error without a code", 403, '{"error":"no"}'],
  ] as const)("%s is invalid_response", async ([, status, body], { app, api, broker }) => {
    broker.answer((_, response) => void response.writeHead(status).end(body));
    const error = await rejection(app.request("GET", api.url, { provider }));
    expect(error).toMatchObject({ name: "AlterSDKError", code: "invalid_response", status });
    expect(api.received).toEqual([]);
  });

  it("is named by the place, never by the value", async ({ app, api, broker }) => {
    const reply = { access_token: "secret-token", token_type: "Bearer", token_id: "t1" };
    broker.answer((_, response) => json(response, 200, reply));
    const error = await rejection(app.request("GET", api.url, { provider }));
    expect(String(error)).toContain('"expires_at"');
    expect(String(error)).not.toContain("secret-token");
  });

  it.for([502, 503, 504])("a gateway's %i is NetworkError", async (status, { app, broker }) => {
    broker.answer((_, response) => void response.writeHead(status).end("<html>"));
    const error = await rejection(app.listProviders());
    expect(error).toBeInstanceOf(sdk.NetworkError);
    expect(error).toMatchObject({ code: "broker_unreachable", status });
  });

  it("a gateway's 429 is RateLimitedError", async ({ app, broker }) => {
    broker.answer((_, response) => {
      response.writeHead(429, { "retry-after": "7" }).end("<html>");
    });
    const error = await rejection(app.listProviders());
    expect(error).toBeInstanceOf(sdk.RateLimitedError);
    expect(error).toMatchObject({ code: "rate_limited", status: 429, retryAfter: 7 });
  });
});

describe("silence", () => {
  it("of the broker is NetworkError, and the provider hears nothing", async ({
    app,
    api,
    broker,
  }) => {
    await broker.stop();
    const error = await rejection(app.request("GET", api.url, { provider }));
    expect(error).toBeInstanceOf(sdk.NetworkError);
    expect(error).toMatchObject({ code: "broker_unreachable", status: undefined });
    expect(String(error)).toContain("ECONNREFUSED");
    expect(api.received).toEqual([]);
  });

  it("of the provider is NetworkError with a code of its own", async ({ app, broker }) => {
    const gone = await startProvider();
    await gone.stop();
    broker.reply("token", { allowed_hosts: [gone.host] });
    const error = await rejection(app.request("GET", `${gone.url}/?secret=query`, { provider }));
    expect(error).toBeInstanceOf(sdk.NetworkError);
    expect(error).toMatchObject({ code: "provider_unreachable", status: undefined });
    expect(String(error)).toContain(gone.host);
    expect(String(error)).not.toContain("query");
  });

  it("in the middle of a reply is the same", async ({ app, api, broker }) => {
    broker.answer((_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("{");
      response.destroy();
    });
    expect(await rejection(app.request("GET", api.url, { provider }))).toMatchObject({
      code: "broker_unreachable",
    });
  });
});

describe("the cause", () => {
  it("is a plain Error with the runtime's code, and nothing else of it", async ({
    app,
    broker,
  }) => {
    await broker.stop();
    const error = (await rejection(app.listGrants())) as sdk.NetworkError;
    const cause = error.cause as Error & { code?: string };
    expect(Object.getPrototypeOf(cause)).toBe(Error.prototype);
    expect([cause.message, cause.code]).toEqual(["ECONNREFUSED", "ECONNREFUSED"]);
    expect(Object.getOwnPropertyNames(cause).sort()).toEqual(["code", "message", "stack"]);
  });

  it("is not there when the runtime gave no code", async ({ makeApp }) => {
    const app = makeApp({ fetch: () => Promise.reject(new TypeError("secret words")) });
    const error = (await rejection(app.listGrants())) as sdk.NetworkError;
    expect(error).toMatchObject({ code: "broker_unreachable" });
    expect(error).not.toHaveProperty("cause");
    expect(String(error)).not.toContain("secret");
  });
});

describe("throwOnError", () => {
  it("makes an answer of 400 or more an error that still has the response", async ({
    app,
    api,
  }) => {
    api.answer((_, response) => {
      response.writeHead(422, { "retry-after": "3" }).end("which field");
    });
    const options = { provider, throwOnError: true };
    const error = await rejection(app.request("POST", `${api.url}/secret-path`, options));
    if (!(error instanceof sdk.ProviderAPIError)) throw error;
    expect(error).toMatchObject({
      code: "provider_api_error",
      status: 422,
      host: api.host,
      retryAfter: 3,
    });
    expect(Object.keys(error)).not.toContain("response");
    expect(error.message).not.toContain("secret-path");
    expect(await error.response.text()).toBe("which field");
  });

  it("is the App's or the call's, which wins", async ({ app, makeApp, api }) => {
    api.answer((_, response) => void response.writeHead(500).end());
    const strict = makeApp({ throwOnError: true });
    expect(await rejection(strict.request("GET", api.url, { provider }))).toBeInstanceOf(
      sdk.ProviderAPIError,
    );
    const mild = await strict.request("GET", api.url, { provider, throwOnError: false });
    expect(mild.status).toBe(500);
    expect((await app.request("GET", api.url, { provider })).status).toBe(500);
  });

  it("lets a redirect through", async ({ app, api }) => {
    api.answer((_, response) => void response.writeHead(304).end());
    const response = await app.request("GET", api.url, { provider, throwOnError: true });
    expect(response.status).toBe(304);
  });
});

describe("reauthRequired", () => {
  it("is true for what Connect cures, and for nothing else", async ({ app, broker }) => {
    const cured: string[] = [];
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      broker.refuse(code);
      if (sdk.reauthRequired(await rejection(app.listGrants()))) cured.push(code);
    }
    expect(cured.sort()).toEqual([
      ...["credential_revoked", "grant_expired", "grant_not_found", "grant_revoked"],
      "scope_reauth_required",
    ]);
    const foreign = Object.assign(new Error("x"), { code: "grant_revoked" });
    for (const other of [undefined, null, "grant_revoked", foreign])
      expect(sdk.reauthRequired(other)).toBe(false);
  });
});

describe("every class", () => {
  const classes = Object.entries(sdk).filter(([name]) => name.endsWith("Error"));

  it.for(classes)("%s has its name, stack, remedy and JSON", ([name, ErrorClass]) => {
    const error = new (ErrorClass as typeof sdk.AlterSDKError)({
      code: "some_code",
      message: "Some words",
      accountIdentifiers: ["ann@example.com"],
    });
    expect(error).toBeInstanceOf(sdk.AlterSDKError);
    expect(error.name).toBe(name);
    expect(error.stack).toMatch(new RegExp(`^${name}: Some words\\.`));
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name,
      code: "some_code",
      message: expect.stringMatching(/^Some words\. [A-Z].+\.$/),
    });
  });
});
