/** Connect that the app's server finishes itself, and who a user token speaks for. */
import { expect, test } from "vitest";
import { ConnectFlowError, UserTokenError } from "../../../sdk/src/index.ts";
import { A, B, RETURN_URL, secret } from "../world.ts";
import { failure, type Stage } from "./stage.ts";

/** A session for completion by the server, up to where the browser leaves for the provider. */
export const beginAtServer = async ({ app, userToken, world }: Stage, user: string) => {
  const { sessionToken, connectUrl } = await app.createConnectSession({
    ...{ allowedOrigin: A, allowedProviders: ["calendar"], returnUrl: RETURN_URL },
    ...{ completion: "backend", userToken: await userToken(user) },
  });
  expect(connectUrl).toBe(`${B}/connect#session=${sessionToken}`);
  const browser = world.browser();
  const claim = { shape: "backend", token: sessionToken, claim_id: secret() };
  const { body } = await browser.page("claim", claim);
  return { browser, session_id: String(body["session_id"]) };
};

export const sessions = (at: () => Stage): void => {
  const begin = (user: string) => beginAtServer(at(), user);
  /** The URL that the browser brings back. */
  const returned = async (user: string): Promise<string> => {
    const { browser, session_id } = await begin(user);
    const account = `${user}@work.test`;
    const landed = await browser.callback(
      await at().visit(browser, session_id, "calendar", { account }),
    );
    return landed.headers.get("location") ?? "";
  };
  const complete = async (user: string, given: { url: string } | { code: string }) =>
    at().app.completeConnectSession({ ...given, userToken: await at().userToken(user) });

  test("the code and the same user make the connection", async () => {
    const { grantsOf, request } = at();
    const url = await returned("server");
    expect(await grantsOf("server")).toEqual([]);
    const path = url.slice(new URL(url).origin.length);
    expect((await complete("server", { url: path })).connections).toMatchObject([
      { provider: "calendar", operation: "creation", accountIdentifier: "server@work.test" },
    ]);
    expect((await request("server")).status).toBe(200);
  });

  test("another user's code connects nobody", async () => {
    const code = new URL(await returned("victim")).searchParams.get("alter_connect_code") ?? "";
    const error = await failure(complete("thief", { code }));
    expect(error).toBeInstanceOf(ConnectFlowError);
    expect(error).toMatchObject({ code: "invalid_code", status: 400 });
    for (const user of ["thief", "victim"]) expect(await at().grantsOf(user)).toEqual([]);
    expect(await failure(complete("victim", { code }))).toMatchObject({ code: "invalid_code" });
  });

  test.each([
    ["cancel", "connect_exit"],
    ["denied", "access_denied"],
    ["not_you", "wrong_user"],
  ])("a user who ends it by %s: the URL says so", async (reason, code) => {
    const { browser, session_id } = await begin(`quitter-${reason}`);
    if (reason === "denied") {
      const deny = { account: "quitter@work.test", deny: true };
      await browser.callback(await at().visit(browser, session_id, "calendar", deny));
    }
    const { body } = await browser.page("finish", { session_id, reason });
    const error = await failure(
      complete(`quitter-${reason}`, { url: String(body["redirect_to"]) }),
    );
    expect(error).toBeInstanceOf(ConnectFlowError);
    expect(error).toMatchObject({ code, status: undefined });
  });

  test("a user token that the broker takes, and for whom", async () => {
    const { app, as } = at();
    const user = await as("verified", () => app.verifyUserToken());
    expect(user).toEqual({
      ...{ issuer: at().world.idp.issuer, subject: "verified" },
      ...{ label: "verified@example.com", labelKind: "verified_email" },
      expiresAt: expect.any(Date),
    });
  });

  test("a user token that it does not take: the reason is named, and no call is made", async () => {
    const { app, calendar, connect, request, world } = at();
    await connect("strict");
    const calls = world.calendar.counts.api;
    const tokens = {
      expired: await world.userToken("strict", { exp: 1 }),
      audience: await world.userToken("strict", { aud: "another-app" }),
      signature: await world.idp.sign({ sub: "strict" }, { key: "foreign" }),
    };
    for (const [reason, userToken] of Object.entries(tokens)) {
      for (const work of [
        () => app.verifyUserToken(userToken),
        () => app.proxyRequest("GET", calendar, { provider: "calendar", userToken }),
        () => request("strict", { userToken }),
      ]) {
        const error = await failure(work());
        expect(error).toBeInstanceOf(UserTokenError);
        expect(error).toMatchObject({ code: "invalid_user_token", reason, status: 401 });
      }
    }
    const without = await failure(app.request("GET", calendar, { provider: "calendar" }));
    expect(without).toMatchObject({ name: "UserTokenError", code: "user_token_missing" });
    expect(world.calendar.counts.api).toBe(calls);
    expect((await request("strict")).status).toBe(200);
  });
};
