/** The guide, step by step and pattern by pattern, as an app's backend reads it. */
import { expect, test } from "vitest";
import {
  AmbiguousGrantError,
  GrantNotFoundError,
  GrantRevokedError,
} from "../../../sdk/src/index.ts";
import { A } from "../world.ts";
import { READ, VARIANTS, WRITE } from "./offers.ts";
import { collect, failure, type Stage } from "./stage.ts";

export const guide = (at: () => Stage): void => {
  test("1 and 2: a session for the widget, bound to the user", async () => {
    const { app, connect, userToken, world } = at();
    const session = await app.createConnectSession({
      allowedProviders: ["calendar"],
      allowedOrigin: A,
      userToken: await userToken("guide"),
    });
    expect(session.sessionToken).toMatch(/^alter_cs_[\w-]+\.[\w-]{43}$/);
    expect(Math.abs(session.expiresAt.getTime() - world.now() - 600_000)).toBeLessThan(20_000);
    expect(session.connectUrl).toBeUndefined();
    expect(await connect("guide")).toMatchObject({
      status: "success",
      connections: [{ provider: "calendar", account_identifier: "guide@work.test" }],
    });
  });

  test("3: a call as that user, with nothing but the provider's name", async () => {
    const response = await at().request("guide");
    // By its tag: a server in this worker may have put a Response of its own in the global one's place.
    expect(Object.prototype.toString.call(response)).toBe("[object Response]");
    expect(await response.json()).toMatchObject({ email: "guide@work.test" });
  });

  test("several accounts: the error names them, the chosen one is called", async () => {
    const { world, connect, request } = at();
    await connect("guide", { account: "second@work.test" });
    const calls = world.calendar.counts.api;
    // Where the first account's token is still at hand, it is used until the broker's time for that is up.
    const error = await failure(request("guide", { cache: false }));
    expect(error).toBeInstanceOf(AmbiguousGrantError);
    const { accountIdentifiers } = error as AmbiguousGrantError;
    expect([...accountIdentifiers].sort()).toEqual(["guide@work.test", "second@work.test"]);
    expect(world.calendar.counts.api).toBe(calls);
    for (const account of accountIdentifiers)
      expect(await (await request("guide", { account })).json()).toMatchObject({ email: account });
  });

  test("listing: what the calling user has, page by page, and nobody else's", async () => {
    const { app, as } = at();
    const kind = "oauth";
    const page = await as("guide", () => app.listGrants({ kind }));
    expect(page.nextCursor).toBeNull();
    expect(
      page.grants.flatMap((grant) =>
        grant.grantKind === "oauth"
          ? [[grant.providerId, grant.accountIdentifier, grant.status]]
          : [],
      ),
    ).toEqual([
      ["calendar", "guide@work.test", "active"],
      ["calendar", "second@work.test", "active"],
    ]);
    const one = await as("guide", () => app.listGrants({ kind, limit: 1 }));
    expect(one.grants).toEqual(page.grants.slice(0, 1));
    expect(one.nextCursor).not.toBeNull();
    const looped = await as("guide", () => collect(app.listGrants({ kind, limit: 1 })));
    expect(looped).toEqual(page.grants);
    expect((await as("guide", () => app.listGrants({ provider: "files" }))).grants).toEqual([]);
    expect((await as("stranger", () => app.listGrants({ kind }))).grants).toEqual([]);
  });

  test("a user who never connected", async () => {
    const { world, request } = at();
    const calls = world.calendar.counts.api;
    expect(await failure(request("stranger"))).toBeInstanceOf(GrantNotFoundError);
    expect(world.calendar.counts.api).toBe(calls);
  });

  test("connecting the same account again keeps its grant id", async () => {
    const { connect, grantsOf, request } = at();
    await connect("again");
    const [before] = await grantsOf("again");
    const session = before && { grantId: before.grantId };
    expect(await connect("again", session)).toMatchObject({
      connections: [{ grant_id: before?.grantId, operation: "reauth" }],
    });
    expect(await grantsOf("again")).toMatchObject([{ grantId: before?.grantId }]);
    expect((await request("again")).status).toBe(200);
  });

  test("revoking: only one's own, and then the app is told to show Connect", async () => {
    const { app, as, connect, grantsOf, request, world } = at();
    await connect("leaver");
    const [grant] = await grantsOf("leaver");
    const id = grant?.grantId ?? "";
    const stolen = await failure(as("stranger", () => app.revokeGrant(id)));
    expect(stolen).toBeInstanceOf(GrantNotFoundError);
    expect((await request("leaver")).status).toBe(200);
    expect(await as("leaver", () => app.revokeGrant(id, { reason: "no longer needed" }))).toEqual({
      grantId: id,
      status: "revoked",
      providerRevocation: "done",
    });
    expect(await world.audit()).toContainEqual(
      expect.objectContaining({ event: "grant.revoked", grant_id: id, subject: "leaver" }),
    );
    const calls = world.calendar.counts.api;
    expect(await failure(request("leaver"))).toBeInstanceOf(GrantRevokedError);
    expect(world.calendar.counts.api).toBe(calls);
  });

  test("two users at once never meet", async () => {
    const { connect, request } = at();
    await connect("ann");
    await connect("ben");
    const users = Array.from({ length: 20 }, (_, i) => (i % 2 ? "ann" : "ben"));
    const emails = await Promise.all(
      users.map(async (user) => ((await (await request(user)).json()) as { email: string }).email),
    );
    expect(emails).toEqual(users.map((user) => `${user}@work.test`));
  });

  test("what the app offers", async () => {
    const providers = await at().app.listProviders();
    expect(providers.map(({ id }) => id)).toEqual(["calendar", "files", ...Object.keys(VARIANTS)]);
    expect(providers[0]).toEqual({
      ...{ id: "calendar", name: "Acme Calendar" },
      ...{ scopes: ["openid", "email", "offline_access", READ], optionalScopes: [WRITE] },
    });
  });

  test("a key with the older prefix is as good as any", async () => {
    const { legacyKey, makeApp, request } = at();
    expect(legacyKey).toMatch(/^alter_key_/);
    expect((await request("ann", {}, makeApp({ apiKey: legacyKey }))).status).toBe(200);
    const unknown = makeApp({ apiKey: `${legacyKey.slice(0, -1)}!` });
    expect(await failure(request("ann", {}, unknown))).toMatchObject({ code: "invalid_api_key" });
  });
};
