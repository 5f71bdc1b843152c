/** Grants that end elsewhere than in the app: at the provider, by their age, by a credential that is lost. */
import { expect, test, vi } from "vitest";
import {
  CredentialRevokedError,
  GrantExpiredError,
  ProviderUnavailableError,
  reauthRequired,
} from "../../../sdk/src/index.ts";
import { changed, html } from "../../servers/faults.ts";
import { failure, type Stage } from "./stage.ts";

export const ended = (at: () => Stage): void => {
  /** Connected, with an access token that must be refreshed before its first use. */
  const connectStale = async (user: string): Promise<void> => {
    at().world.calendar.control.fail("token", changed({ expires_in: 1 }));
    await at().connect(user);
  };
  const statuses = async (user: string): Promise<string[]> =>
    (await at().grantsOf(user)).map(({ status }) => status);

  test("many calls on an expired token: one refresh, and an answer for each", async () => {
    const { request, world } = at();
    await connectStale("busy");
    const { refresh, api } = world.calendar.counts;
    const answers = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const response = await request("busy");
        await response.body?.cancel();
        return response.status;
      }),
    );
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(world.calendar.counts).toMatchObject({ refresh: refresh + 1, api: api + 200 });
  });

  test("an access token that the API refuses is replaced within the call", async () => {
    const { connect, request, world } = at();
    await connect("replaced");
    expect((await request("replaced")).status).toBe(200);
    const { refresh, api } = world.calendar.counts;
    world.calendar.control.expireAccessTokens();
    expect((await request("replaced")).status).toBe(200);
    expect(world.calendar.counts).toMatchObject({ refresh: refresh + 1, api: api + 2 });
  });

  test("revoked at the provider: noticed at its 401, and the list says so", async () => {
    const { connect, request, world } = at();
    await connect("gone-401");
    expect((await request("gone-401")).status).toBe(200);
    world.calendar.control.revoke("gone-401@work.test");
    const error = await failure(request("gone-401"));
    expect(error).toBeInstanceOf(CredentialRevokedError);
    expect(reauthRequired(error)).toBe(true);
    expect(await statuses("gone-401")).toEqual(["credential_revoked"]);
    const calls = world.calendar.counts.api;
    expect(await failure(request("gone-401"))).toBeInstanceOf(CredentialRevokedError);
    expect(world.calendar.counts.api).toBe(calls);
    await connect("gone-401");
    expect((await request("gone-401")).status).toBe(200);
  });

  test("revoked at the provider: noticed at the broker's 401, where that makes the call", async () => {
    const { app, as, calendar, connect, world } = at();
    await connect("gone-proxy");
    const call = () =>
      as("gone-proxy", () => app.proxyRequest("GET", calendar, { provider: "calendar" }));
    expect((await call()).status).toBe(200);
    world.calendar.control.revoke("gone-proxy@work.test");
    expect(await failure(call())).toBeInstanceOf(CredentialRevokedError);
    expect(await statuses("gone-proxy")).toEqual(["credential_revoked"]);
  });

  test("revoked at the provider: noticed at the refresh, before the API is called", async () => {
    const { request, world } = at();
    await connectStale("gone-refresh");
    world.calendar.control.revoke("gone-refresh@work.test");
    const calls = world.calendar.counts.api;
    expect(await failure(request("gone-refresh"))).toBeInstanceOf(CredentialRevokedError);
    expect(world.calendar.counts.api).toBe(calls);
    expect(await statuses("gone-refresh")).toEqual(["credential_revoked"]);
  });

  test("a provider that is down at the refresh: try later, and nothing has ended", async () => {
    const { request, world } = at();
    world.calendar.control.fail("token", changed({ expires_in: 0 }));
    await at().connect("down");
    world.calendar.control.fail("refresh", html(502));
    const error = await failure(request("down"));
    expect(error).toBeInstanceOf(ProviderUnavailableError);
    expect(reauthRequired(error)).toBe(false);
    expect(await statuses("down")).toEqual(["active"]);
    expect((await request("down")).status).toBe(200);
  });

  test("a grant with a lifetime: over, whatever its tokens are worth", async () => {
    const { connect, request, world } = at();
    await connect("brief", { provider: "brief" });
    await vi.waitFor(async () => expect(await statuses("brief")).toEqual(["expired"]), 10_000);
    const calls = world.calendar.counts.api;
    const error = await failure(request("brief", { provider: "brief" }));
    expect(error).toBeInstanceOf(GrantExpiredError);
    expect(reauthRequired(error)).toBe(true);
    expect(world.calendar.counts.api).toBe(calls);
  });
};
