import { describe, expect } from "vitest";
import { InvalidRequestError } from "../../sdk/src/index.ts";
import { API_KEY, it, rejection, USER_TOKEN } from "./doubles.ts";

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
          status: "credential_revoked",
          created_at: "2026-11-22T10:00:00Z",
          last_used_at: null,
        },
        {
          grant_kind: "managed_secret",
          grant_id: "g2",
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
          status: "credential_revoked",
          createdAt: new Date("2026-11-22T10:00:00Z"),
          lastUsedAt: null,
        },
        {
          grantKind: "managed_secret",
          grantId: "g2",
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
    await app.listGrants({ provider: "a&b", limit: 2, cursor: "c1" });
    expect(broker.received[0]).toMatchObject({
      method: "GET",
      url: "/v1/grants?provider=a%26b&limit=2&cursor=c1",
      headers: { authorization: `Bearer ${API_KEY}`, "alter-user-token": USER_TOKEN },
      body: "",
    });
  });
});

describe("revokeGrant", () => {
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
    await app.revokeGrant("g1", { userToken: null });
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
      { id: "calendar", name: "Calendar", scopes: ["read"] },
    ]);
    expect(broker.received[0]).toMatchObject({ method: "GET", url: "/v1/providers" });
  });
});
