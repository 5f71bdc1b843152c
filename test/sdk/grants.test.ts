import { describe, expect } from "vitest";
import { InvalidRequestError } from "../../sdk/src/index.ts";
import { API_KEY, it, json, rejection, USER_TOKEN, type Answer } from "./doubles.ts";

describe("listGrants", () => {
  it("gives a union that the guide's code can branch on", async ({ app, broker }) => {
    broker.reply("listGrants", {
      grants: [
        {
          grant_kind: "oauth",
          grant_id: "g1",
          provider_id: "calendar",
          provider_name: "Acme Calendar",
          account_identifier: "ann@example.com",
          scopes: ["calendar.read"],
          missing_scopes: ["calendar.write"],
          status: "credential_revoked",
          created_at: "2026-11-22T10:00:00Z",
          last_used_at: null,
          expires_at: "2026-12-22T10:00:00Z",
          credential_expires_at: "2026-12-01T10:00:00Z",
          expiring: true,
          metadata: { realm_id: "42" },
        },
        {
          grant_kind: "managed_secret",
          grant_id: "g2",
          secret_id: "weather",
          name: "Weather key",
          status: "active",
          created_at: "2026-11-22T10:00:00Z",
          last_used_at: "2026-11-22T11:00:00Z",
        },
      ],
      next_cursor: "c2",
    });
    const page = await app.listGrants();
    expect(page).toEqual({
      grants: [
        {
          grantKind: "oauth",
          grantId: "g1",
          providerId: "calendar",
          providerName: "Acme Calendar",
          accountIdentifier: "ann@example.com",
          scopes: ["calendar.read"],
          missingScopes: ["calendar.write"],
          status: "credential_revoked",
          createdAt: new Date("2026-11-22T10:00:00Z"),
          lastUsedAt: null,
          expiresAt: new Date("2026-12-22T10:00:00Z"),
          credentialExpiresAt: new Date("2026-12-01T10:00:00Z"),
          expiring: true,
          metadata: { realm_id: "42" },
        },
        {
          grantKind: "managed_secret",
          grantId: "g2",
          secretId: "weather",
          name: "Weather key",
          status: "active",
          createdAt: new Date("2026-11-22T10:00:00Z"),
          lastUsedAt: new Date("2026-11-22T11:00:00Z"),
        },
      ],
      nextCursor: "c2",
    });
    // The guide's own lines: they must compile as they stand.
    const rows = page.grants
      .filter((g) => g.grantKind === "oauth")
      .map((g) => ({
        provider: g.providerId,
        account: g.accountIdentifier,
        grantId: g.grantId,
      }));
    expect(rows).toEqual([{ provider: "calendar", account: "ann@example.com", grantId: "g1" }]);
  });

  it("sends filters as a query and the user token as a header", async ({ app, broker }) => {
    await app.listGrants({
      ...{ provider: "a&b", kind: "oauth", status: "active", limit: 2, cursor: "c1" },
    });
    expect(broker.received[0]).toMatchObject({
      method: "GET",
      url: "/v1/grants?provider=a%26b&kind=oauth&status=active&limit=2&cursor=c1",
      headers: { authorization: `Bearer ${API_KEY}`, "alter-user-token": USER_TOKEN },
      body: "",
    });
  });
});

describe("all of listGrants", () => {
  const grant = (grant_id: string) => ({
    ...{
      grant_kind: "managed_secret" as const,
      grant_id,
      secret_id: "key",
      name: "Key",
      status: "active" as const,
    },
    ...{ created_at: "2026-11-22T10:00:00Z", last_used_at: null },
  });
  const pages: Record<string, { grants: ReturnType<typeof grant>[]; next_cursor: string | null }> =
    {
      "": { grants: [grant("g1"), grant("g2")], next_cursor: "c2" },
      c2: { grants: [], next_cursor: "c3" },
      c3: { grants: [grant("g3")], next_cursor: null },
    };
  const paged: Answer = ({ url }, response) =>
    json(response, 200, pages[new URL(url, "http://b").searchParams.get("cursor") ?? ""]);

  it("comes page after page, with the filters and the user of the first", async ({
    makeApp,
    broker,
  }) => {
    broker.answer(paged);
    let calls = 0;
    const app = makeApp({ userTokenGetter: () => `user-${++calls}` });
    const found: string[] = [];
    for await (const each of app.listGrants({ kind: "managed_secret", limit: 2 }))
      found.push(each.grantId);
    expect(found).toEqual(["g1", "g2", "g3"]);
    expect(broker.received.map(({ url }) => url)).toEqual([
      "/v1/grants?kind=managed_secret&limit=2",
      "/v1/grants?kind=managed_secret&limit=2&cursor=c2",
      "/v1/grants?kind=managed_secret&limit=2&cursor=c3",
    ]);
    for (const { headers } of broker.received) expect(headers["alter-user-token"]).toBe("user-1");
  });

  it("asks for no page that nobody wants", async ({ app, broker }) => {
    broker.answer(paged);
    for await (const each of app.listGrants()) if (each.grantId === "g2") break;
    expect(broker.received).toHaveLength(1);
  });

  it("can be looped over twice, and awaited", async ({ app, broker }) => {
    broker.answer(paged);
    const list = app.listGrants({ cursor: "c2" });
    expect((await list).nextCursor).toBe("c3");
    for (let times = 0; times < 2; times++) {
      const found: string[] = [];
      for await (const each of list) found.push(each.grantId);
      expect(found).toEqual(["g3"]);
    }
  });

  it("fails where a page fails", async ({ app, broker }) => {
    broker.answer(paged);
    const loop = async () => {
      for await (const each of app.listGrants())
        if (each.grantId === "g2") broker.refuse("rate_limited");
    };
    expect(await rejection(loop())).toMatchObject({ code: "rate_limited" });
  });
});

describe("revokeGrant", () => {
  it("tells the audit log a reason", async ({ app, broker }) => {
    await app.revokeGrant("g1", { reason: "left the team" });
    expect(broker.received[0]?.url).toBe("/v1/grants/g1?reason=left+the+team");
  });

  it("acts as the user in scope", async ({ app, broker }) => {
    expect(await app.revokeGrant("g1")).toEqual({
      grantId: "g1",
      status: "revoked",
      providerRevocation: "done",
    });
    expect(broker.received[0]).toMatchObject({
      method: "DELETE",
      url: "/v1/grants/g1",
      headers: { "alter-user-token": USER_TOKEN },
    });
  });

  it("acts as the app only when told so [M12]", async ({ app, broker }) => {
    await app.revokeGrant("g1", { asApp: true });
    expect(broker.received[0]?.headers).not.toHaveProperty("alter-user-token");
  });

  const climbing = ["", ".", "..", "../providers", "\ud800"];
  it.for(climbing)("refuses the grant id %j", async (id, { app, broker }) => {
    const error = await rejection(app.revokeGrant(id));
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error).toMatchObject({ code: "invalid_request" });
    expect(broker.received).toEqual([]);
  });

  it("keeps an odd id in its place", async ({ app, broker }) => {
    await app.revokeGrant("a/b?c#d$&");
    expect(broker.received[0]?.url).toBe("/v1/grants/a%2Fb%3Fc%23d%24%26");
  });
});

describe("listProviders", () => {
  it("asks with the key alone", async ({ makeApp, broker }) => {
    const app = makeApp({ userTokenGetter: undefined });
    expect(await app.listProviders()).toEqual([
      { id: "calendar", name: "Calendar", scopes: ["read"], optionalScopes: ["write"] },
    ]);
    expect(broker.received[0]).toMatchObject({ method: "GET", url: "/v1/providers" });
  });
});

describe("the API key", () => {
  it.for([API_KEY, "alter_key_of-the-older-kind"])(
    "%s is sent",
    async (apiKey, { makeApp, broker }) => {
      await makeApp({ apiKey }).listProviders();
      expect(broker.received[0]?.headers.authorization).toBe(`Bearer ${apiKey}`);
    },
  );
});

describe("verifyUserToken", () => {
  it("says for whom the broker takes a token: the one given, or the one in scope", async ({
    app,
    broker,
  }) => {
    expect(await app.verifyUserToken()).toEqual({
      issuer: "https://idp.example.com",
      subject: "ann",
      label: "ann@example.com",
      labelKind: "verified_email",
      expiresAt: new Date("2026-11-22T11:00:00Z"),
    });
    await app.verifyUserToken("given.user.token");
    expect(broker.received.map(({ body }) => JSON.parse(body))).toEqual([
      { user_token: USER_TOKEN },
      { user_token: "given.user.token" },
    ]);
  });

  it("says which check refused it", async ({ app, broker }) => {
    broker.refuse("invalid_user_token", { reason: "expired" });
    expect(await rejection(app.verifyUserToken())).toMatchObject({
      name: "UserTokenError",
      reason: "expired",
    });
  });
});
