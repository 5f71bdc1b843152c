/** A fetch for a provider's own client library: what such libraries do to a fetch. */
import { describe, expect, expectTypeOf } from "vitest";
import type { App } from "../../sdk/src/index.ts";
import { ACCESS_TOKEN, it, rejection } from "./doubles.ts";

const provider = "calendar";

describe("fetchFor", () => {
  it("has the signature of fetch", () => {
    expectTypeOf<ReturnType<App["fetchFor"]>>().toExtend<typeof fetch>();
  });

  it("takes a string, a URL or a Request, and sends as the user", async ({ app, api, broker }) => {
    const scoped = app.fetchFor({ provider, account: "ann@example.com" });
    for (const input of [api.url, new URL(api.url), new Request(api.url)]) {
      const response = await scoped(input);
      expect(response.status).toBe(200);
    }
    expect(api.received.map(({ method, headers }) => [method, headers.authorization])).toEqual(
      Array(3).fill(["GET", `Bearer ${ACCESS_TOKEN}`]),
    );
    expect(JSON.parse(broker.received[0]?.body ?? "")).toMatchObject({
      provider,
      account: "ann@example.com",
    });
  });

  it("takes what init says before what the Request says", async ({ app, api }) => {
    const scoped = app.fetchFor({ provider });
    const request = () =>
      new Request(api.url, { method: "PUT", headers: { "x-a": "1", "x-b": "1" }, body: "one" });
    await scoped(request());
    await scoped(request(), { method: "post", headers: { "x-a": "2" }, body: "two" });
    expect(api.received).toMatchObject([
      { method: "PUT", headers: { "x-a": "1", "x-b": "1" }, body: "one" },
      { method: "POST", headers: { "x-a": "2" }, body: "two" },
    ]);
    expect(api.received[1]?.headers).not.toHaveProperty("x-b");
  });

  it("streams a body", async ({ app, api }) => {
    const body = new Blob(["streamed"]).stream();
    const init = { method: "POST", body, duplex: "half" } as RequestInit;
    await app.fetchFor({ provider })(api.url, init);
    expect(api.received[0]?.body).toBe("streamed");
  });

  it("drops the stand-in for a token, wherever the real one goes", async ({ app, api, broker }) => {
    const scoped = app.fetchFor({ provider });
    await scoped(api.url, { headers: { Authorization: "Bearer none", Connection: "close" } });
    expect(api.received[0]?.headers.authorization).toBe(`Bearer ${ACCESS_TOKEN}`);
    broker.reply("token", { injection: { in: "header", name: "X-Key", template: "{token}" } });
    await scoped(api.url, { headers: { "x-key": "none", authorization: "Bearer none" } });
    expect(api.received[1]?.headers["x-key"]).toBe(ACCESS_TOKEN);
    expect(api.received[1]?.headers).not.toHaveProperty("authorization");
    broker.reply("token", { injection: { in: "query", name: "key", template: "{token}" } });
    await scoped(`${api.url}/?a=1&key=none&b=2`);
    expect(api.received[2]?.url).toBe(`/?a=1&b=2&key=${ACCESS_TOKEN}`);
  });

  it("leaves braces in a URL alone", async ({ app, api }) => {
    await app.fetchFor({ provider })(`${api.url}/{id}?fields={a}`);
    expect(api.received[0]?.url).toBe("/%7Bid%7D?fields={a}");
  });

  it("resolves whatever the status, also where the App throws", async ({ makeApp, api }) => {
    api.answer((_, response) => void response.writeHead(500).end("oops"));
    const response = await makeApp({ throwOnError: true }).fetchFor({ provider })(api.url);
    expect([response.status, await response.text()]).toEqual([500, "oops"]);
  });

  it("ends with the signal of init, else of the Request", async ({ app, api }) => {
    const scoped = app.fetchFor({ provider });
    const reason = new Error("user left");
    const signal = AbortSignal.abort(reason);
    expect(await rejection(scoped(api.url, { signal }))).toBe(reason);
    expect(await rejection(scoped(new Request(api.url, { signal })))).toBe(reason);
    expect((await scoped(new Request(api.url, { signal }), { signal: null })).status).toBe(200);
    expect(api.received).toHaveLength(1);
  });

  it.for([
    ["a path", "/events", {}],
    ["another scheme", "ftp://api.example.com/", {}],
    ["a method that fetch forbids", "https://api.example.com/", { method: "TRACE" }],
    [
      "a header that HTTP does not allow",
      "https://api.example.com/",
      { headers: { "x y": "secret" } },
    ],
    ["a body with GET", "https://api.example.com/", { body: "x" }],
  ] as [string, string, RequestInit][])("refuses %s", async ([, url, init], { app, broker }) => {
    const error = await rejection(app.fetchFor({ provider })(url, init));
    expect(error).toMatchObject({ name: "InvalidRequestError", code: "invalid_request" });
    expect(String(error)).not.toContain("secret");
    expect(broker.received).toEqual([]);
  });
});
