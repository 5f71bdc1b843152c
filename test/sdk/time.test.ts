/** Timeouts and the caller's signal. The clock is a stub of AbortSignal.timeout, which fake timers do not reach. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, vi } from "vitest";
import { TimeoutError, type App, type CallOptions } from "../../sdk/src/index.ts";
import { it, rejection } from "./doubles.ts";

const provider = "calendar";

/** The timers in the order in which they were set. */
const stopClock = () => {
  const timers: { ms: number; fire: () => void }[] = [];
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    const controller = new AbortController();
    timers.push({ ms, fire: () => controller.abort() });
    return controller.signal;
  });
  return timers;
};

describe("timeout", () => {
  afterEach(() => vi.restoreAllMocks());

  it("of the broker: the provider hears nothing", async ({ app, api, broker }) => {
    const timers = stopClock();
    broker.answer(() => timers[0]?.fire());
    const error = await rejection(app.request("GET", api.url, { provider }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({
      code: "timeout",
      message: expect.stringMatching(/^The broker did not answer within 30000 ms\./),
    });
    expect(api.received).toEqual([]);
  });

  it("of the broker in the middle of its reply", async ({ makeApp, broker }) => {
    broker.answer((_, response) => void response.writeHead(200).write("{"));
    const error = await rejection(makeApp({ timeout: 50 }).listGrants()); // By the real clock.
    expect(error).toBeInstanceOf(TimeoutError);
  });

  it("of the provider, over all redirects", async ({ makeApp, api }) => {
    const timers = stopClock();
    api.answer(({ url }, response) => {
      if (url === "/") response.writeHead(302, { location: "/hang" }).end();
      else timers[0]?.fire();
    });
    const app = makeApp({ timeout: 1000 });
    const error = await rejection(app.request("GET", api.url, { provider }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({
      message: expect.stringContaining(`${api.host} did not answer within 1000 ms`),
    });
    expect(api.received.map(({ url }) => url)).toEqual(["/", "/hang"]);
    expect(timers).toHaveLength(1);
  });

  it("of the provider's body", async ({ app, api }) => {
    const timers = stopClock();
    api.answer((_, response) => void response.writeHead(200).write("half"));
    const response = await app.request("GET", api.url, { provider });
    const reader = response.body?.getReader();
    await reader?.read();
    const rest = reader?.read() ?? Promise.resolve();
    timers[0]?.fire();
    expect(await rejection(rest)).toBeInstanceOf(TimeoutError);
  });

  it("of the body strikes though nothing but the runtime holds the clock", async ({ app, api }) => {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    api.answer((_, response) => void response.writeHead(200).write("half"));
    const response = await app.request("GET", api.url, { provider, timeout: 200 }); // The real clock.
    const reader = response.body?.getReader();
    await reader?.read();
    collectGarbage();
    expect(await rejection(reader?.read() ?? Promise.resolve())).toBeInstanceOf(TimeoutError);
  });

  it("is one for broker and provider together", async ({ app, api }) => {
    const timers = stopClock();
    api.answer((_, response) => void response.end("ok"));
    const response = await app.request("GET", api.url, { provider, timeout: 700 });
    expect(await response.text()).toBe("ok");
    expect(timers.map(({ ms }) => ms)).toEqual([700]);
  });

  it("also ends a wait for the app's own userTokenGetter: nobody hears anything", async ({
    makeApp,
    api,
    broker,
  }) => {
    const timers = stopClock();
    const app = makeApp({
      userTokenGetter: () => {
        queueMicrotask(() => timers[0]?.fire());
        return new Promise(() => undefined);
      },
    });
    const error = await rejection(app.request("GET", api.url, { provider }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect([...broker.received, ...api.received]).toEqual([]);
  });

  it("Infinity sets none", async ({ app, api }) => {
    const timers = stopClock();
    await app.request("GET", api.url, { provider, timeout: Infinity });
    expect(timers).toEqual([]);
  });
});

describe("signal", () => {
  const reason = new Error("user left");

  it("that is aborted already: nobody hears anything", async ({ app, api, broker }) => {
    const signal = AbortSignal.abort(reason);
    expect(await rejection(app.request("GET", api.url, { provider, signal }))).toBe(reason);
    expect([...broker.received, ...api.received]).toEqual([]);
  });

  it("ends a call that waits for the broker", async ({ app, api, broker }) => {
    const controller = new AbortController();
    broker.answer(() => controller.abort(reason));
    const { signal } = controller;
    expect(await rejection(app.request("GET", api.url, { provider, signal }))).toBe(reason);
    expect(api.received).toEqual([]);
  });

  it("ends a call that waits for the provider", async ({ app, api }) => {
    const controller = new AbortController();
    api.answer(() => controller.abort(reason));
    const { signal } = controller;
    expect(await rejection(app.request("GET", api.url, { provider, signal }))).toBe(reason);
  });

  it("ends the reading of a body", async ({ app, api }) => {
    const controller = new AbortController();
    api.answer((_, response) => void response.writeHead(200).write("half"));
    const { signal } = controller;
    const response = await app.request("GET", api.url, { provider, signal });
    const reader = response.body?.getReader();
    await reader?.read();
    const rest = reader?.read() ?? Promise.resolve();
    controller.abort(reason);
    expect(await rejection(rest)).toBe(reason);
  });
});

describe("every method", () => {
  const calls: Record<string, (app: App, options: CallOptions) => Promise<unknown>> = {
    request: (app, o) => app.request("GET", "https://api.example.com", { provider, ...o }),
    proxyRequest: (app, o) =>
      app.proxyRequest("GET", "https://api.example.com", { provider, ...o }),
    fetchFor: (app, { signal = null, timeout }) =>
      app.fetchFor({ provider, timeout })("https://api.example.com", { signal }),
    listGrants: (app, o) => app.listGrants(o),
    revokeGrant: (app, o) => app.revokeGrant("g1", o),
    listProviders: (app, o) => app.listProviders(o),
    createConnectSession: (app, o) =>
      app.createConnectSession({ allowedOrigin: "https://a", ...o }),
    completeConnectSession: (app, o) => app.completeConnectSession({ code: "c".repeat(43), ...o }),
    verifyUserToken: (app, o) => app.verifyUserToken(undefined, o),
  };

  it.for(Object.entries(calls))(
    "%s takes signal and timeout",
    async ([, call], { app, broker }) => {
      const reason = new Error("user left");
      expect(await rejection(call(app, { signal: AbortSignal.abort(reason) }))).toBe(reason);
      expect(await rejection(call(app, { timeout: 0 }))).toMatchObject({ code: "invalid_request" });
      expect(broker.received).toEqual([]);
      const controller = new AbortController();
      broker.answer(() => controller.abort(reason));
      expect(await rejection(call(app, { signal: controller.signal }))).toBe(reason);
      broker.answer(() => undefined);
      const error = await rejection(call(app, { timeout: 50 })); // The real clock.
      expect(error).toBeInstanceOf(TimeoutError);
    },
  );
});
