/** What is sent again, and what never is. */
import { describe, expect } from "vitest";
import type { Fetch } from "../../sdk/src/index.ts";
import { it, json, rejection } from "./doubles.ts";

const provider = "calendar";

/** A fetch that fails so many times before the provider hears of the request. */
const failing = (url: string, code: string | undefined, times: number) => {
  let left = times;
  const fetch: Fetch = async (to, init) => {
    if (!to.startsWith(url) || left-- <= 0) return globalThis.fetch(to, init);
    throw new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code }) });
  };
  return fetch;
};

/** The statuses, one after the other; then 200. */
const inTurn = (...answers: [number, Record<string, string>?][]) => {
  const left = [...answers];
  return (received: unknown, response: Parameters<typeof json>[0]) => {
    const next = left.shift();
    if (next) response.writeHead(next[0], next[1]).end("not now");
    else json(response, 200, received);
  };
};

describe("a connection that was never made", () => {
  it.for(["GET", "POST", "PATCH"] as const)(
    "is tried again for %s",
    async (method, { makeClient, api, clock }) => {
      const client = makeClient({ fetch: failing(api.url, "ECONNREFUSED", 2) });
      const response = await client.request(method, api.url, { provider });
      expect(response.status).toBe(200);
      expect(api.received).toHaveLength(1);
      expect(clock.slept).toEqual([100, 200]);
    },
  );

  it.for(["ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT", "EHOSTUNREACH", "ENETUNREACH"])(
    "with the code %s as well",
    async (code, { makeClient, api }) => {
      const client = makeClient({ fetch: failing(api.url, code, 1) });
      expect((await client.request("POST", api.url, { provider })).status).toBe(200);
    },
  );

  it("is given up after maxRetries, of the App or of the call", async ({
    makeClient,
    api,
    clock,
  }) => {
    const client = makeClient({ fetch: failing(api.url, "ECONNREFUSED", Infinity) });
    const error = await rejection(client.request("GET", api.url, { provider }));
    expect(error).toMatchObject({ name: "NetworkError", code: "provider_unreachable" });
    expect(clock.slept).toHaveLength(2);
    await rejection(client.request("GET", api.url, { provider, maxRetries: 3 }));
    expect(clock.slept).toHaveLength(5);
    await rejection(client.request("GET", api.url, { provider, maxRetries: 0 }));
    expect(clock.slept).toHaveLength(5);
    expect(api.received).toEqual([]);
  });

  it("does not make a stream be sent", async ({ makeClient, api, clock }) => {
    const client = makeClient({ fetch: failing(api.url, "ECONNREFUSED", 1) });
    const body = new Blob(["once"]).stream();
    expect(await rejection(client.request("PUT", api.url, { provider, body }))).toMatchObject({
      code: "provider_unreachable",
    });
    expect(clock.slept).toEqual([]);
  });

  it("is not what a bad certificate is, nor a header bomb", async ({ makeClient, api, clock }) => {
    for (const code of ["CERT_HAS_EXPIRED", "UND_ERR_HEADERS_OVERFLOW"]) {
      const client = makeClient({ fetch: failing(api.url, code, 1) });
      expect(await rejection(client.request("GET", api.url, { provider }))).toMatchObject({
        code: "provider_unreachable",
      });
    }
    expect(clock.slept).toEqual([]);
  });
});

describe("a connection that broke", () => {
  it.for(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"] as const)(
    "is tried again for %s",
    async (method, { client, api }) => {
      let first = true;
      api.answer((received, response) => {
        if (!first) return json(response, 200, received);
        first = false;
        response.destroy();
      });
      expect((await client.request(method, api.url, { provider })).status).toBe(200);
      expect(api.received).toHaveLength(2);
    },
  );

  it.for(["POST", "PATCH"] as const)(
    "is not for %s: the provider may have acted",
    async (method, { client, api, clock }) => {
      api.answer((_, response) => void response.destroy());
      const error = await rejection(client.request(method, api.url, { provider, json: {} }));
      expect(error).toMatchObject({ code: "provider_unreachable" });
      expect(api.received).toHaveLength(1);
      expect(clock.slept).toEqual([]);
    },
  );
});

describe("an answer that says when to come back", () => {
  it.for([
    ["GET", 429],
    ["POST", 429],
    ["PUT", 503],
  ] as const)("is heeded for %s %i", async ([method, status], { client, api, clock }) => {
    const date = new Date(clock.now() + 5_000).toUTCString();
    api.answer(inTurn([status, { "retry-after": "2" }], [status, { "retry-after": date }]));
    expect((await client.request(method, api.url, { provider })).status).toBe(200);
    expect(clock.slept).toEqual([2_000, 3_000]);
  });

  it.for([
    ["POST", 503, { "retry-after": "1" }],
    ["PATCH", 503, { "retry-after": "1" }],
    ["GET", 503, {}],
    ["GET", 429, {}],
    ["GET", 429, { "retry-after": "soon" }],
    ["GET", 500, { "retry-after": "1" }],
    ["GET", 429, { "retry-after": "3600" }],
  ] as const)(
    "is returned as it is: %s %i %j",
    async ([method, status, headers], { client, api, clock }) => {
      api.answer(inTurn([status, headers]));
      const response = await client.request(method, api.url, { provider });
      expect([response.status, await response.text()]).toEqual([status, "not now"]);
      expect(api.received).toHaveLength(1);
      expect(clock.slept).toEqual([]);
    },
  );

  it("is returned when the deadline comes first", async ({ client, api, clock }) => {
    api.answer(inTurn([429, { "retry-after": "4" }], [429, { "retry-after": "4" }]));
    const options = { provider, timeout: 7_000 };
    const response = await client.request("GET", api.url, options);
    expect(response.status).toBe(429);
    expect(clock.slept).toEqual([4_000]);
  });

  it("ends at once when the caller leaves meanwhile", async ({ makeApp, api }) => {
    const controller = new AbortController();
    const reason = new Error("user left");
    api.answer((_, response) => {
      response.writeHead(429, { "retry-after": "20" }).end();
      setImmediate(() => controller.abort(reason));
    });
    const app = makeApp({ maxRetries: 2 });
    const { signal } = controller;
    expect(await rejection(app.request("GET", api.url, { provider, signal }))).toBe(reason);
    expect(api.received).toHaveLength(1);
  });
});

describe("a fetch of the app's own", () => {
  it("may have a Response of its own, as undici's has", async ({ makeClient, api, clock }) => {
    class OtherResponse {
      readonly status = 429;
      readonly headers = new Headers({ "retry-after": "2" });
      readonly body = null;
    }
    let first = true;
    const fetch: Fetch = async (url, init) => {
      if (!first || !url.startsWith(api.url)) return globalThis.fetch(url, init);
      first = false;
      return new OtherResponse() as unknown as Response;
    };
    expect((await makeClient({ fetch }).request("POST", api.url, { provider })).status).toBe(200);
    expect(clock.slept).toEqual([2_000]);
  });
});

describe("the budget", () => {
  it("ends retries of a server that fails every call, and grows again with successes", async ({
    makeClient,
    api,
    clock,
  }) => {
    let down = true;
    const fetch: Fetch = async (url, init) => {
      if (!down || !url.startsWith(api.url)) return globalThis.fetch(url, init);
      throw new TypeError("x", { cause: Object.assign(new Error(), { code: "ECONNREFUSED" }) });
    };
    const client = makeClient({ fetch });
    const call = () => client.request("GET", api.url, { provider });
    for (let calls = 0; calls < 40; calls++) await rejection(call());
    // Two a call at first; in the long run only what the broker's own answers give back.
    expect(clock.slept.length).toBeGreaterThan(20);
    expect(clock.slept.length).toBeLessThan(40);
    const before = clock.slept.length;
    down = false;
    for (let calls = 0; calls < 10; calls++) await call();
    down = true;
    await rejection(call());
    expect(clock.slept.length - before).toBe(2);
  });
});

describe("calls to the broker", () => {
  const code = "c".repeat(43);

  it("are repeated when it is about to restart, is asked too often, or the connection broke", async ({
    client,
    broker,
    clock,
  }) => {
    clock.meanwhile(() => broker.accept());
    broker.refuse("shutting_down");
    await client.grants.list({});
    broker.refuse("rate_limited", {}, { "retry-after": "7" });
    await client.grants.revoke("g1", {});
    broker.answer((_, response) => void response.destroy());
    await client.grants.providers({});
    broker.answer((_, response) => void response.writeHead(503, { "retry-after": "3" }).end());
    await client.verifyUser(undefined, {});
    expect(clock.slept).toEqual([100, 7_000, 100, 3_000]);
    expect(broker.received).toHaveLength(8);
  });

  it("that must not happen twice are repeated only if the broker never heard of them", async ({
    client,
    makeClient,
    broker,
    clock,
  }) => {
    const both = [
      () => client.connect.create({ allowedOrigin: "https://a.example" }),
      () => client.connect.complete({ code }),
    ];
    for (const call of both) {
      broker.answer((_, response) => void response.destroy());
      expect(await rejection(call())).toMatchObject({ code: "broker_unreachable" });
      broker.refuse("shutting_down");
      expect(await rejection(call())).toMatchObject({ code: "shutting_down" });
    }
    expect(broker.received).toHaveLength(4);
    expect(clock.slept).toEqual([]);
    broker.accept();
    const unlucky = makeClient({ fetch: failing(broker.url, "ECONNREFUSED", 1) });
    await unlucky.connect.complete({ code });
    expect(clock.slept).toEqual([100]);
  });

  it("are not repeated after a refusal, nor after a gateway's error without a time", async ({
    client,
    broker,
    clock,
  }) => {
    for (const code of ["policy_violation", "provider_unavailable", "internal_error"] as const) {
      broker.refuse(code, {}, { "retry-after": "1" });
      expect(await rejection(client.grants.list({}))).toMatchObject({ code });
    }
    broker.answer((_, response) => void response.writeHead(502).end());
    expect(await rejection(client.grants.list({}))).toMatchObject({ status: 502 });
    expect(clock.slept).toEqual([]);
  });
});

describe("maxRetries", () => {
  it.for([-1, 1.5, NaN])("refuses %s", async (maxRetries, { client, makeClient, broker }) => {
    expect(await rejection(client.grants.list({ maxRetries }))).toMatchObject({
      code: "invalid_request",
    });
    expect(() => makeClient({ maxRetries })).toThrow(/maxRetries/);
    expect(broker.received).toEqual([]);
  });
});
