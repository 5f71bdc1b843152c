import { ERRORS, type ErrorCode } from "@alter-ai/protocol/http";
import { describe, expect } from "vitest";
import * as sdk from "../../sdk/src/index.ts";
import { it, json, problem, rejection, startProvider } from "./doubles.ts";

const provider = "calendar";

const CLASSES: Partial<Record<ErrorCode, new (details: sdk.AlterErrorDetails) => sdk.AlterError>> =
  {
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
    provider_unavailable: sdk.ProviderUnavailableError,
    rate_limited: sdk.RateLimitedError,
    shutting_down: sdk.BrokerUnreachableError,
  };

describe("a refusal of the broker", () => {
  it.for(Object.keys(ERRORS) as ErrorCode[])("%s", async (code, { app, api, broker }) => {
    broker.refuse(code, { detail: "What was expected and what came" });
    const error = await rejection(app.request("GET", api.url, { provider }));
    const expected = CLASSES[code] ?? sdk.AlterError;
    expect(error).toBeInstanceOf(expected);
    expect(error).toBeInstanceOf(sdk.AlterError);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).constructor).toBe(expected);
    expect(error).toMatchObject({
      name: expected.prototype.name,
      code,
      message: "What was expected and what came",
      status: ERRORS[code][0],
      requestId: "req-1",
    });
    expect(broker.received).toHaveLength(1); // Never again by itself.
    expect(api.received).toEqual([]);
  });

  it("without a detail says its title", async ({ app, broker }) => {
    broker.refuse("grant_not_found");
    expect(await rejection(app.listGrants())).toMatchObject({ message: ERRORS.grant_not_found[1] });
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
    expect(
      await caught("policy_violation", { policy_error: { rule: "office hours" } }),
    ).toMatchObject({ policyError: { rule: "office hours" } });
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
    "with the code %s is an AlterError",
    async (code, { app, broker }) => {
      broker.answer((_, response) => json(response, 418, { ...problem("internal_error"), code }));
      const error = await rejection(app.listGrants());
      expect((error as Error).constructor).toBe(sdk.AlterError);
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
    expect(error).toMatchObject({ name: "AlterError", code: "invalid_response", status });
    expect(api.received).toEqual([]);
  });

  it("is named by the place, never by the value", async ({ app, api, broker }) => {
    const reply = { access_token: "secret-token", token_type: "Bearer", expires_at: 1 };
    broker.answer((_, response) => json(response, 200, reply));
    const error = await rejection(app.request("GET", api.url, { provider }));
    expect(String(error)).toContain('"expires_at"');
    expect(String(error)).not.toContain("secret-token");
  });

  it.for([502, 503, 504])(
    "a gateway's %i is BrokerUnreachableError",
    async (status, { app, broker }) => {
      broker.answer((_, response) => void response.writeHead(status).end("<html>"));
      const error = await rejection(app.listProviders());
      expect(error).toBeInstanceOf(sdk.BrokerUnreachableError);
      expect(error).toMatchObject({ code: "broker_unreachable", status });
    },
  );
});

describe("silence", () => {
  it("of the broker is BrokerUnreachableError, and the provider hears nothing", async ({
    app,
    api,
    broker,
  }) => {
    await broker.stop();
    const error = await rejection(app.request("GET", api.url, { provider }));
    expect(error).toBeInstanceOf(sdk.BrokerUnreachableError);
    expect(error).toMatchObject({ code: "broker_unreachable", status: undefined });
    expect(String(error)).toContain("ECONNREFUSED");
    expect(api.received).toEqual([]);
  });

  it("of the provider is ProviderUnavailableError with a code of its own", async ({
    app,
    broker,
  }) => {
    const gone = await startProvider();
    await gone.stop();
    broker.reply("token", { allowed_hosts: [gone.host] });
    const error = await rejection(app.request("GET", `${gone.url}/?secret=query`, { provider }));
    expect(error).toBeInstanceOf(sdk.ProviderUnavailableError);
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

describe("every class", () => {
  const classes = Object.entries(sdk).filter(([name]) => name.endsWith("Error"));

  it.for(classes)("%s has its name, stack and JSON", ([name, ErrorClass]) => {
    const error = new (ErrorClass as typeof sdk.AlterError)({
      code: "some_code",
      message: "Some words",
      accountIdentifiers: ["ann@example.com"],
    });
    expect(error).toBeInstanceOf(sdk.AlterError);
    expect(error.name).toBe(name);
    expect(error.stack).toMatch(new RegExp(`^${name}: Some words`));
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name,
      code: "some_code",
      message: "Some words",
    });
  });
});
