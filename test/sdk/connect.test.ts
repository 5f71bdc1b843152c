import { describe, expect } from "vitest";
import { ConnectFlowError, UserTokenError, type App } from "../../sdk/src/index.ts";
import { API_KEY, it, rejection, USER_TOKEN } from "./doubles.ts";

const CODE = "c".repeat(43);

describe("createConnectSession", () => {
  it("sends the guide's options in the wire's names, with the key", async ({ app, broker }) => {
    const session = await app.createConnectSession({
      allowedProviders: ["google"],
      allowedOrigin: "https://app.example.com",
      userToken: "given.user.token",
    });
    expect(session).toEqual({
      sessionToken: "alter_cs_abc.def",
      expiresAt: new Date("2026-11-22T10:10:00Z"),
      connectUrl: undefined,
    });
    const [asked] = broker.received;
    expect(asked?.headers.authorization).toBe(`Bearer ${API_KEY}`);
    expect(JSON.parse(asked?.body ?? "")).toEqual({
      user_token: "given.user.token",
      allowed_origin: "https://app.example.com",
      allowed_providers: ["google"],
    });
  });

  it("sends every other option, and hands on the URL of a backend session", async ({
    app,
    broker,
  }) => {
    broker.reply("createSession", { connect_url: "https://b.example/connect#session=x" });
    const session = await app.createConnectSession({
      allowedOrigin: "https://app.example.com",
      returnUrl: "https://app.example.com/back",
      multiple: true,
      completion: "backend",
      requiredScopes: ["calendar.write"],
      grantId: "g1",
      providerVariables: { shopify: { shop: "acme" } },
      expiresIn: 60,
    });
    expect(session.connectUrl).toBe("https://b.example/connect#session=x");
    expect(JSON.parse(broker.received[0]?.body ?? "")).toEqual({
      user_token: USER_TOKEN,
      allowed_origin: "https://app.example.com",
      return_url: "https://app.example.com/back",
      multiple: true,
      completion: "backend",
      required_scopes: ["calendar.write"],
      grant_id: "g1",
      provider_variables: { shopify: { shop: "acme" } },
      expires_in: 60,
    });
  });

  it("refuses a time that is none", async ({ app, broker }) => {
    broker.reply("createSession", { expires_at: "soon" });
    const error = await rejection(app.createConnectSession({ allowedOrigin: "https://a.example" }));
    expect(error).toMatchObject({ name: "AlterSDKError", code: "invalid_response" });
  });
});

describe("completeConnectSession", () => {
  it("redeems with key and user token, and gives connections in camelCase", async ({
    app,
    broker,
  }) => {
    broker.reply("complete", {
      connections: [
        {
          grant_id: "g1",
          provider: "calendar",
          provider_name: "Acme Calendar",
          account_identifier: "ann@example.com",
          timestamp: "2026-11-22T10:00:00Z",
          operation: "creation",
          scopes: ["calendar.read"],
          status: "active",
        },
      ],
    });
    expect(await app.completeConnectSession({ code: CODE })).toEqual({
      connections: [
        {
          grantId: "g1",
          provider: "calendar",
          providerName: "Acme Calendar",
          accountIdentifier: "ann@example.com",
          timestamp: new Date("2026-11-22T10:00:00Z"),
          operation: "creation",
          scopes: ["calendar.read"],
          status: "active",
        },
      ],
    });
    expect(JSON.parse(broker.received[0]?.body ?? "")).toEqual({
      code: CODE,
      user_token: USER_TOKEN,
    });
  });

  it("passes on a refused code as a ConnectFlowError", async ({ app, broker }) => {
    broker.refuse("invalid_code");
    const error = await rejection(app.completeConnectSession({ code: CODE }));
    expect(error).toBeInstanceOf(ConnectFlowError);
    expect(error).toMatchObject({ code: "invalid_code", status: 400, requestId: "req-1" });
  });
});

describe("completeConnectSession with the return URL", () => {
  it.for([
    `https://app.example.com/back?x=1&alter_connect_code=${CODE}`,
    `/back?alter_connect_code=${CODE}&alter_connect_state=s#top`,
    new URL(`https://app.example.com/back?alter_connect_code=${CODE}`),
  ])("redeems the code of %s", async (url, { app, broker }) => {
    await app.completeConnectSession({ url });
    expect(JSON.parse(broker.received[0]?.body ?? "")).toMatchObject({ code: CODE });
  });

  it.for([
    ["/back?alter_connect_error=access_denied", "access_denied"],
    ["/back?alter_connect_error=session_expired&alter_connect_state=s", "session_expired"],
    ["/back?alter_connect_error=%3Cscript%3E", "connect_failed"],
    [`/back?alter_connect_error=&alter_connect_code=${CODE}`, "connect_failed"],
    ["/back?alter_connect_exit=1", "connect_exit"],
    ["/back", "connect_code_missing"],
    [`/back?alter_connect_code=${CODE}&alter_connect_code=${CODE}`, "connect_code_missing"],
    ["/back?alter_connect_code=short", "invalid_code"],
    [`/back?alter_connect_code=${CODE}%0A`, "invalid_code"],
  ] as const)("takes %s for %s, and redeems nothing", async ([url, code], { app, broker }) => {
    const error = await rejection(app.completeConnectSession({ url }));
    expect(error).toBeInstanceOf(ConnectFlowError);
    expect(error).toMatchObject({ code, status: undefined });
    expect(String(error)).not.toContain("script");
    expect(broker.received).toEqual([]);
  });

  it("refuses what is no URL", async ({ app, broker }) => {
    const error = await rejection(app.completeConnectSession({ url: "https://[" }));
    expect(error).toMatchObject({ name: "InvalidRequestError", code: "invalid_request" });
    expect(broker.received).toEqual([]);
  });
});

describe("the user token", () => {
  const calls = {
    createConnectSession: (app) => app.createConnectSession({ allowedOrigin: "https://a.example" }),
    completeConnectSession: (app) => app.completeConnectSession({ code: CODE }),
    request: (app) => app.request("GET", "https://api.example.com/", { provider: "calendar" }),
    listGrants: (app) => app.listGrants(),
    revokeGrant: (app) => app.revokeGrant("g1"),
    proxyRequest: (app) => app.proxyRequest("GET", "https://api.example.com/", { provider: "a" }),
    fetchFor: (app) => app.fetchFor({ provider: "calendar" })("https://api.example.com/"),
    verifyUserToken: (app) => app.verifyUserToken(),
  } satisfies Record<string, (app: App) => Promise<unknown>>;

  for (const [name, call] of Object.entries(calls)) {
    it(`must be there for ${name}`, async ({ makeApp, broker }) => {
      for (const userTokenGetter of [undefined, () => undefined, async () => null]) {
        const error = await rejection(call(makeApp({ userTokenGetter })));
        expect(error).toBeInstanceOf(UserTokenError);
        expect(error).toMatchObject({ code: "user_token_missing", status: undefined });
      }
      expect(broker.received).toEqual([]);
    });

    it(`is refused for ${name} when it cannot be one, and not quoted`, async ({
      makeApp,
      broker,
    }) => {
      for (const token of ["", "Bearer secret-jwt", "secret-jwt\n", "sécret-jwt"]) {
        const error = await rejection(call(makeApp({ userTokenGetter: () => token })));
        expect(error).toMatchObject({ name: "UserTokenError", code: "invalid_user_token" });
        expect(String(error)).not.toContain("cret-jwt");
      }
      expect(broker.received).toEqual([]);
    });
  }

  it("of one call goes before the getter's, which is then not called", async ({
    makeApp,
    broker,
  }) => {
    const app = makeApp({
      userTokenGetter: () => {
        throw new Error("not needed");
      },
    });
    await app.listGrants({ userToken: "of.this.call" });
    expect(broker.received[0]?.headers["alter-user-token"]).toBe("of.this.call");
  });

  it("may come from an async getter", async ({ makeApp, broker }) => {
    await makeApp({ userTokenGetter: async () => "async.user.token" }).listGrants();
    expect(broker.received[0]?.headers["alter-user-token"]).toBe("async.user.token");
  });

  it("leaves the getter's own error to the app", async ({ makeApp, broker }) => {
    const own = new Error("session cookie expired");
    const app = makeApp({ userTokenGetter: () => Promise.reject(own) });
    expect(await rejection(app.listGrants())).toBe(own);
    expect(broker.received).toEqual([]);
  });
});
