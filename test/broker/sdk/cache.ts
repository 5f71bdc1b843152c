/** Tokens at hand: how long one is used again, and what ends it at once. */
import { expect, test } from "vitest";
import { createClient } from "../../../sdk/src/client.ts";
import { systemClock } from "../../../sdk/src/clock.ts";
import { readConfiguration } from "../../../sdk/src/configuration.ts";
import { GrantRevokedError, type Fetch } from "../../../sdk/src/index.ts";
import { html } from "../../servers/faults.ts";
import { failure, type Stage } from "./stage.ts";

export const cache = (at: () => Stage): void => {
  /** Another process of the app's, and how often it has asked for a token. */
  const counting = () => {
    let asked = 0;
    const fetch: Fetch = (url, init) => {
      if (url.endsWith("/v1/tokens")) asked += 1;
      return at().fetch(url, init);
    };
    return { app: at().makeApp({ fetch }), asked: () => asked };
  };
  const grantIdOf = async (user: string): Promise<string> =>
    (await at().grantsOf(user))[0]?.grantId ?? "";

  test("one question for many calls, but for each user another", async () => {
    const { connect, request } = at();
    await connect("keeper");
    await connect("another-keeper");
    const { app, asked } = counting();
    await request("keeper", {}, app);
    const answers = await Promise.all([1, 2, 3].map(() => request("keeper", {}, app)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(asked()).toBe(1);
    const other = await request("another-keeper", {}, app);
    expect(await other.json()).toMatchObject({ email: "another-keeper@work.test" });
    expect(asked()).toBe(2);
    await request("keeper", { cache: false }, app);
    expect(asked()).toBe(3);
  });

  test("a revocation by this process is over for it at once", async () => {
    const { as, connect, request, world } = at();
    await connect("revoker");
    const { app } = counting();
    await request("revoker", {}, app);
    const id = await grantIdOf("revoker");
    // Else the API itself would refuse the token, and so hide one that was kept.
    world.calendar.control.fail("revocation", html(500));
    const { providerRevocation } = await as("revoker", () => app.revokeGrant(id));
    expect(providerRevocation).toBe("failed");
    const calls = world.calendar.counts.api;
    expect(await failure(request("revoker", {}, app))).toBeInstanceOf(GrantRevokedError);
    expect(world.calendar.counts.api).toBe(calls);
  });

  test("a revocation elsewhere: over at the API's first no, or once the broker's time is up", async () => {
    const { as, connect, fetch, options, request, userToken, world } = at();
    let offset = 0;
    const now = () => Date.now() + offset;
    const client = createClient(readConfiguration({ ...options(), fetch }), {
      ...systemClock,
      now,
    });
    const call = async (user: string) =>
      client.request("GET", at().calendar, {
        ...{ provider: "calendar", userToken: await userToken(user) },
      });
    await connect("told");
    await call("told");
    await as("told", async () => at().app.revokeGrant(await grantIdOf("told")));
    expect(await failure(call("told"))).toBeInstanceOf(GrantRevokedError);

    await connect("untold");
    await call("untold");
    world.calendar.control.fail("revocation", html(500));
    await as("untold", async () => at().app.revokeGrant(await grantIdOf("untold")));
    expect((await call("untold")).status).toBe(200);
    // The twin: whoever has kept nothing hears of it now.
    expect(await failure(request("untold", { cache: false }))).toBeInstanceOf(GrantRevokedError);
    offset += 30_000;
    const calls = world.calendar.counts.api;
    expect(await failure(call("untold"))).toBeInstanceOf(GrantRevokedError);
    expect(world.calendar.counts.api).toBe(calls);
    client.close();
  });

  test("connecting again is seen at once, whatever is at hand", async () => {
    const { connect, request } = at();
    await connect("wider");
    await request("wider");
    const { app, asked } = counting();
    await request("wider", {}, app);
    await connect("wider", { requiredScopes: ["calendar.write"] });
    const needy = { requiredScopes: ["calendar.write"] };
    expect((await request("wider", needy, app)).status).toBe(200);
    expect(asked()).toBe(2);
  });

  test("an App that is closed keeps nothing and asks nobody", async () => {
    const { connect, request } = at();
    await connect("closer");
    const { app, asked } = counting();
    await request("closer", {}, app);
    app.close();
    expect(await failure(request("closer", {}, app))).toMatchObject({ code: "app_closed" });
    expect(asked()).toBe(1);
  });
};
