/** What an app can see of its calls: events and spans, and no secret in either. */
import { afterEach, describe, expect, expectTypeOf } from "vitest";
import type { SdkEvent, Span, TracerProvider } from "../../sdk/src/index.ts";
import { ACCESS_TOKEN, API_KEY, it, problem, json, rejection, USER_TOKEN } from "./doubles.ts";

const provider = "calendar";

/** As OpenTelemetry's own types have it, version 1. */
type OpenTelemetry = {
  getTracer(
    name: string,
    version?: string,
    options?: { schemaUrl?: string },
  ): {
    startSpan(name: string): OpenTelemetrySpan;
    startActiveSpan<F extends (span: OpenTelemetrySpan) => unknown>(
      name: string,
      fn: F,
    ): ReturnType<F>;
    startActiveSpan<F extends (span: OpenTelemetrySpan) => unknown>(
      name: string,
      options: { kind?: 0 | 1 | 2 | 3 | 4; attributes?: Record<string, unknown> },
      fn: F,
    ): ReturnType<F>;
  };
};
type OpenTelemetrySpan = {
  setAttribute(key: string, value: string | number | boolean | string[]): OpenTelemetrySpan;
  setStatus(status: { code: 0 | 1 | 2; message?: string }): OpenTelemetrySpan;
  end(endTime?: number): void;
};

const recorder = () => {
  type Recorded = { name: string; kind: number; attributes: object; status: object; ends: number };
  const spans: Recorded[] = [];
  let active = 0;
  const tracerProvider: TracerProvider = {
    getTracer: () => ({
      startActiveSpan: (name, { kind, attributes }, work) => {
        const recorded: Recorded = { name, kind, attributes, status: {}, ends: 0 };
        spans.push(recorded);
        const span: Span = {
          setAttribute: (key, value) => Object.assign(attributes, { [key]: value }),
          setStatus: (status) => Object.assign(recorded.status, status),
          end: () => void (recorded.ends += 1),
        };
        active += 1;
        try {
          return work(span);
        } finally {
          active -= 1;
        }
      },
    }),
  };
  return { spans, tracerProvider, isActive: () => active > 0 };
};

const GLOBAL = Symbol.for("opentelemetry.js.api.1");
const global = globalThis as { [GLOBAL]?: { trace: TracerProvider } | undefined };
const logged = () => {
  const events: SdkEvent[] = [];
  return { events, logger: (event: SdkEvent) => void events.push(event) };
};

describe("the logger", () => {
  it("hears of each HTTP request and of the call", async ({ makeClient, clock, api, broker }) => {
    const { events, logger } = logged();
    broker.reply("token", { cache_seconds: 60 });
    let first = true;
    api.answer((received, response) => {
      clock.pass(7);
      if (!first) return json(response, 201, received);
      first = false;
      response.writeHead(429, { "retry-after": "1" }).end();
    });
    await makeClient({ logger }).request("POST", `${api.url}/path?q=1`, { provider });
    const { host } = new URL(broker.url);
    const rest = { provider, requestId: undefined, code: undefined, operation: "request" };
    expect(events).toEqual([
      {
        ...{ ...rest, name: "attempt", grantId: undefined, host, method: "POST", status: 200 },
        ...{ attempt: 1, durationMs: 0 },
      },
      {
        ...{ ...rest, name: "attempt", grantId: "g1", host: api.host, method: "POST", status: 429 },
        ...{ attempt: 1, durationMs: 7 },
      },
      {
        ...{ ...rest, name: "attempt", grantId: "g1", host: api.host, method: "POST", status: 201 },
        ...{ attempt: 2, durationMs: 7 },
      },
      {
        ...{ ...rest, name: "call", grantId: "g1", host: api.host, method: "POST", status: 201 },
        ...{ attempt: 3, durationMs: 1_014 },
      },
    ]);
  });

  it("hears why a call failed, and the broker's request id", async ({ makeApp, api, broker }) => {
    const { events, logger } = logged();
    const app = makeApp({ logger });
    broker.refuse("grant_not_found", {}, { "x-request-id": "req-header" });
    await rejection(app.request("GET", api.url, { provider }));
    expect(events).toMatchObject([
      { name: "attempt", status: 404, code: "grant_not_found", requestId: "req-header" },
      { name: "call", status: 404, code: "grant_not_found", requestId: "req-1" },
    ]);
    const signal = AbortSignal.abort();
    await rejection(app.listGrants({ signal }));
    expect(events.at(-1)).toMatchObject({ name: "call", operation: "listGrants", code: "aborted" });
    const broken = makeApp({
      logger,
      userTokenGetter: () => {
        throw new Error("no session");
      },
    });
    await rejection(broken.listGrants());
    expect(events.at(-1)).toMatchObject({ code: "app_error", attempt: 0 });
  });

  it("that throws, now or later, changes nothing", async ({ makeApp, api }) => {
    const loggers = [
      () => {
        throw new Error("disk full");
      },
      () => Promise.reject(new Error("disk full")),
    ];
    for (const logger of loggers) {
      const response = await makeApp({ logger }).request("GET", api.url, { provider });
      expect(response.status).toBe(200);
    }
  });
});

describe("OpenTelemetry", () => {
  afterEach(() => {
    global[GLOBAL] = undefined;
  });

  it("fits in as it is", () => {
    expectTypeOf<OpenTelemetry>().toExtend<TracerProvider>();
  });

  it("gets one span for each call to a provider, active while it runs", async ({
    makeApp,
    api,
    broker,
  }) => {
    const { spans, tracerProvider, isActive } = recorder();
    const seen: boolean[] = [];
    const app = makeApp({
      tracerProvider,
      userTokenGetter: () => (seen.push(isActive()), USER_TOKEN),
    });
    await app.request("GET", `${api.url}/path?q=1`, { provider });
    await app.proxyRequest("POST", `${api.url}/path?q=1`, { provider });
    await app.fetchFor({ grantId: "g1" })(api.url);
    await app.listGrants();
    expect(seen[0]).toBe(true);
    expect(spans.map(({ name, kind, status, ends }) => [name, kind, status, ends])).toEqual([
      ["alter.request GET", 2, {}, 1],
      ["alter.proxyRequest POST", 2, {}, 1],
      ["alter.request GET", 2, {}, 1],
    ]);
    expect(spans[0]?.attributes).toEqual({
      "http.request.method": "GET",
      "alter.provider": provider,
      "server.address": api.host,
      "http.response.status_code": 200,
      "alter.grant_id": "g1",
    });
    broker.refuse("policy_violation");
    await rejection(app.request("GET", api.url, { provider }));
    expect(spans[3]).toMatchObject({
      attributes: {
        "alter.request_id": "req-1",
        "error.type": "policy_violation",
        "http.response.status_code": 403,
      },
      status: { code: 2 },
      ends: 1,
    });
    broker.accept();
    api.answer((_, response) => void response.writeHead(500).end());
    await app.request("GET", api.url, { provider });
    expect(spans[4]).toMatchObject({ attributes: { "error.type": "500" }, status: { code: 2 } });
  });

  it("is found where the app has registered it, whenever that was", async ({ app, api }) => {
    const { spans, tracerProvider } = recorder();
    await app.request("GET", api.url, { provider });
    global[GLOBAL] = { trace: tracerProvider };
    await app.request("GET", api.url, { provider });
    expect(spans).toHaveLength(1);
  });

  it("that fails changes nothing", async ({ makeApp, api }) => {
    const fail = () => {
      throw new Error("no tracing today");
    };
    const half: TracerProvider = {
      getTracer: () => ({
        startActiveSpan: (_name, _options, work) => {
          work({ setAttribute: fail, setStatus: fail, end: fail });
          fail();
        },
      }),
    };
    for (const tracerProvider of [{ getTracer: fail }, half]) {
      const app = makeApp({ tracerProvider });
      expect((await app.request("GET", api.url, { provider })).status).toBe(200);
    }
    expect(api.received).toHaveLength(2);
  });
});

describe("events and spans", () => {
  it("hold no key, token, URL or account", async ({ makeApp, api, broker }) => {
    const { events, logger } = logged();
    const { spans, tracerProvider } = recorder();
    const app = makeApp({ logger, tracerProvider });
    const url = `${api.url}/secret-path?q=secret-query`;
    const options = { provider, account: "ann@example.com" };
    await app.request("GET", url, options);
    await app.proxyRequest("GET", url, options);
    broker.reply("token", { injection: { in: "query", name: "key", template: "{token}" } });
    await app.request("GET", url, options);
    await rejection(app.request(`GET ${ACCESS_TOKEN}` as "GET", url, options));
    await rejection(app.request("GET", `${url}\n`, options));
    broker.answer((_, response) =>
      json(response, 409, {
        ...problem("ambiguous_grant", { account_identifiers: ["ann@example.com"] }),
        detail: `secret-query of ann@example.com`,
      }),
    );
    await rejection(app.request("GET", url, options));
    await api.stop();
    broker.accept();
    await rejection(app.request("GET", url, options));
    const text = JSON.stringify([events, spans]);
    expect(events.length).toBeGreaterThan(10);
    expect(spans.map(({ ends }) => ends)).toEqual(Array(7).fill(1));
    for (const secret of [API_KEY, USER_TOKEN, ACCESS_TOKEN, "secret-", "ann@", "alter_"])
      expect(text).not.toContain(secret);
  });
});
