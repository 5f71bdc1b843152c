import { describe, expect } from "vitest";
import { AlterSDKError, type App } from "../../sdk/src/index.ts";
import { it, rejection } from "./doubles.ts";

const provider = "calendar";

describe("close", () => {
  it("ends the calls that wait, at the broker and at the provider", async ({
    app,
    api,
    broker,
  }) => {
    const heard = new Promise<void>((resolve) => api.answer(() => resolve()));
    const atProvider = rejection(app.request("GET", api.url, { provider }));
    await heard;
    const asked = new Promise<void>((resolve) => broker.answer(() => resolve()));
    const atBroker = rejection(app.listProviders());
    await asked;
    app.close();
    for (const error of [await atProvider, await atBroker]) {
      expect(error).toBeInstanceOf(AlterSDKError);
      expect(error).toMatchObject({ code: "app_closed" });
    }
  });

  it("refuses every later call: nobody hears anything", async ({ app, api, broker }) => {
    app.close();
    app.close();
    const calls: ((app: App) => Promise<unknown>)[] = [
      () => app.request("GET", api.url, { provider }),
      () => app.proxyRequest("GET", api.url, { provider }),
      () => app.fetchFor({ provider })(api.url),
      () => app.listGrants(),
      () => app.revokeGrant("g1"),
      () => app.listProviders(),
      () => app.createConnectSession({ allowedOrigin: "https://a.example" }),
      () => app.completeConnectSession({ code: "c".repeat(43) }),
      () => app.verifyUserToken(),
    ];
    for (const call of calls)
      expect(await rejection(call(app))).toMatchObject({ code: "app_closed" });
    expect([...broker.received, ...api.received]).toEqual([]);
  });

  it("leaves the body of a response to be read", async ({ app, api }) => {
    let finish: () => void = () => undefined;
    api.answer((_, response) => {
      response.writeHead(200).write("half and ");
      finish = () => response.end("half");
    });
    const response = await app.request("GET", api.url, { provider });
    app.close();
    finish();
    expect(await response.text()).toBe("half and half");
  });

  it("of one App is of no other", async ({ app, makeApp }) => {
    app.close();
    expect(await makeApp().listProviders()).toHaveLength(1);
  });
});
