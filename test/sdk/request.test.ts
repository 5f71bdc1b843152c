import { describe, expect } from "vitest";
import { HttpMethod, type RequestOptions } from "../../sdk/src/index.ts";
import { ACCESS_TOKEN, it, rejection, USER_TOKEN, type Received } from "./doubles.ts";

const provider = "calendar";

describe("request", () => {
  it("asks the broker for this host and sends with the token", async ({ app, api, broker }) => {
    const response = await app.request(HttpMethod.GET, `${api.url}/events?day=1`, { provider });
    expect(response).toBeInstanceOf(Response);
    expect(response.status).toBe(200);
    expect(JSON.parse(broker.received[0]?.body ?? "")).toEqual({
      user_token: USER_TOKEN,
      provider,
      request: { method: "GET", host: api.host },
    });
    expect(api.received).toMatchObject([
      { method: "GET", url: "/events?day=1", headers: { authorization: `Bearer ${ACCESS_TOKEN}` } },
    ]);
  });

  it("names an account, or a grant", async ({ app, api, broker }) => {
    await app.request("GET", api.url, { provider, account: "ann@example.com" });
    await app.request("GET", api.url, { grantId: "g1" });
    expect(broker.received.map(({ body }) => JSON.parse(body))).toMatchObject([
      { provider, account: "ann@example.com" },
      { grant_id: "g1" },
    ]);
  });

  it("asks anew for each call", async ({ app, api, broker }) => {
    await app.request("GET", api.url, { provider });
    broker.reply("token", { access_token: "second-token" });
    await app.request("GET", api.url, { provider });
    expect(api.received.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${ACCESS_TOKEN}`,
      "Bearer second-token",
    ]);
  });

  it("returns the provider's refusals as they are", async ({ app, api }) => {
    api.answer((_, response) => void response.writeHead(401, { "x-why": "no" }).end("denied"));
    const response = await app.request("GET", api.url, { provider });
    expect([response.status, response.headers.get("x-why")]).toEqual([401, "no"]);
    expect(await response.text()).toBe("denied");
    expect(api.received).toHaveLength(1);
  });

  it("puts the token where the broker says, without reading patterns in it", async ({
    app,
    api,
    broker,
  }) => {
    broker.reply("token", {
      access_token: "a$&b$1{token}",
      injection: { in: "header", name: "X-Acme-Key", template: "key={token};v=1" },
    });
    await app.request("GET", api.url, { provider });
    expect(api.received[0]?.headers).toMatchObject({ "x-acme-key": "key=a$&b$1{token};v=1" });
    expect(api.received[0]?.headers).not.toHaveProperty("authorization");
  });

  it.for([
    [{ access_token: "secret\r\nx-evil: 1" }],
    [{ access_token: "secrét" }],
    [{ injection: { in: "header", name: "X Y", template: "{token}" } }],
    [{ injection: { in: "header", name: "X-Y", template: "{token}\r\nx-evil: 1" } }],
  ] as const)(
    "refuses a token reply that cannot be a header: %j",
    async ([reply], { app, api, broker }) => {
      broker.reply("token", reply);
      const error = await rejection(app.request("GET", api.url, { provider }));
      expect(error).toMatchObject({ name: "AlterSDKError", code: "invalid_response" });
      expect(String(error)).not.toMatch(/secr/);
      expect(api.received).toEqual([]);
    },
  );
});

describe("json and body", () => {
  it("sends JSON, null included", async ({ app, api }) => {
    await app.request("POST", api.url, { provider, json: { title: "Tea" } });
    await app.request("POST", api.url, { provider, json: null });
    expect(api.received).toMatchObject([
      { headers: { "content-type": "application/json" }, body: '{"title":"Tea"}' },
      { headers: { "content-type": "application/json" }, body: "null" },
    ]);
  });

  it("lets the caller name another JSON type", async ({ app, api }) => {
    const headers = { "Content-Type": "application/merge-patch+json" };
    await app.request("PATCH", api.url, { provider, json: {}, headers });
    expect(api.received[0]?.headers["content-type"]).toBe("application/merge-patch+json");
  });

  it("sends what fetch can send", async ({ app, api }) => {
    const stream = new Blob(["streamed"]).stream();
    for (const body of ["text", new URLSearchParams({ a: "b" }), new Uint8Array([65]), stream])
      await app.request("PUT", api.url, { provider, body });
    expect(api.received.map(({ body }) => body)).toEqual(["text", "a=b", "A", "streamed"]);
  });

  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const refused: [string, string, Partial<RequestOptions>][] = [
    ["json and body together", "POST", { json: {}, body: "x" }],
    ["a body with GET", "GET", { json: {} }],
    ["a body with HEAD", "HEAD", { body: "x" }],
    ["a cycle", "POST", { json: cycle }],
    ["what JSON does not have", "POST", { json: () => 1 }],
    ["a method in lower case", "get", {}],
    ["a method that fetch forbids", "TRACE", {}],
    ["a method every object has", "constructor", {}],
    ["neither provider nor grantId", "GET", { provider: undefined } as never],
    ["provider and grantId", "GET", { grantId: "g1" } as never],
    ["a timeout of nothing", "GET", { timeout: 0 }],
  ];
  it.for(refused)("refuses %s", async ([, method, options], { app, api, broker }) => {
    const call = app.request(method as HttpMethod, api.url, { provider, ...options } as never);
    expect(await rejection(call)).toMatchObject({
      name: "InvalidRequestError",
      code: "invalid_request",
      status: undefined,
    });
    expect([...broker.received, ...api.received]).toEqual([]);
  });
});

describe("headers", () => {
  it("go along, in every form", async ({ app, api }) => {
    for (const headers of [
      { "X-A": "1" },
      [["X-A", "1"]] as [string, string][],
      new Headers({ "x-a": "1" }),
    ])
      await app.request("GET", api.url, { provider, headers });
    expect(api.received.map(({ headers }) => headers["x-a"])).toEqual(["1", "1", "1"]);
  });

  it("of the caller are not written to", async ({ app, api }) => {
    const headers = new Headers();
    await app.request("POST", api.url, { provider, headers, json: {} });
    expect([...headers]).toEqual([]);
  });

  it.for([
    "Authorization",
    "AUTHORIZATION",
    "Proxy-Authorization",
    "Host",
    "Content-Length",
    "Transfer-Encoding",
    "Connection",
    "Upgrade",
  ])("must not set %s", async (name, { app, api, broker }) => {
    for (const headers of [{ [name]: "secret" }, new Headers({ [name]: "secret" })]) {
      const error = await rejection(app.request("GET", api.url, { provider, headers }));
      expect(error).toMatchObject({ code: "invalid_request" });
      expect(String(error)).not.toContain("secret");
    }
    expect([...broker.received, ...api.received]).toEqual([]);
  });

  it("must not set the one that carries the token", async ({ app, api, broker }) => {
    broker.reply("token", { injection: { in: "header", name: "X-Key", template: "{token}" } });
    const call = app.request("GET", api.url, { provider, headers: { "x-key": "mine" } });
    expect(await rejection(call)).toMatchObject({ code: "invalid_request" });
    expect(api.received).toEqual([]);
  });

  it.for([{ "x y": "secret" }, { "x-y": "secret\r\nx-evil: 1" }])(
    "that HTTP does not allow are refused, and not quoted: %j",
    async (headers, { app, api, broker }) => {
      const error = await rejection(app.request("GET", api.url, { provider, headers }));
      expect(error).toMatchObject({ code: "invalid_request" });
      expect(String(error)).not.toContain("secret");
      expect([...broker.received, ...api.received]).toEqual([]);
    },
  );

  it("twin: the runtime's own error quotes the value", () => {
    expect(() => new Headers({ "x-y": "secret\r\nx-evil: 1" })).toThrow(/secret/);
  });
});

describe("pathParams", () => {
  const urlOf = (received: Received[]) => received.map(({ url }) => url);

  it("fill the path, encoded as one segment each", async ({ app, api }) => {
    const at = `${api.url}/calendars/{id}/events/{event_id}`;
    for (const id of [
      "primary",
      "a/b",
      "ann@example.com",
      "a?b#c",
      "100%",
      "ü",
      "..hidden",
      "a\\b",
    ])
      await app.request("GET", at, { provider, pathParams: { id, event_id: 7 } });
    expect(urlOf(api.received)).toEqual([
      "/calendars/primary/events/7",
      "/calendars/a%2Fb/events/7",
      "/calendars/ann%40example.com/events/7",
      "/calendars/a%3Fb%23c/events/7",
      "/calendars/100%25/events/7",
      "/calendars/%C3%BC/events/7",
      "/calendars/..hidden/events/7",
      "/calendars/a%5Cb/events/7",
    ]);
  });

  it("leave braces in the query alone", async ({ app, api }) => {
    await app.request("GET", `${api.url}/{id}?fields=posts{id}`, {
      provider,
      pathParams: { id: "me" },
    });
    expect(urlOf(api.received)).toEqual(["/me?fields=posts{id}"]);
  });

  const refused: [string, string, Record<string, unknown>][] = [
    ["a missing one", "/a/{id}", {}],
    ["one that only the prototype has", "/a/{toString}", {}],
    ["an unused one", "/a", { id: "x" }],
    ["one that is only in the query", "/a?id={id}", { id: "x" }],
    ["an empty one", "/a/{id}", { id: "" }],
    ["undefined", "/a/{id}", { id: undefined }],
    ["an object", "/a/{id}", { id: {} }],
    ["NaN", "/a/{id}", { id: NaN }],
    ["a dot", "/a/{id}", { id: "." }],
    ["two dots", "/a/{id}/b", { id: ".." }],
    ["dots behind a slash", "/a/{id}", { id: "x/../../admin" }],
    ["dots behind a backslash", "/a/{id}", { id: "..\\admin" }],
    ["dots from two halves", "/a/{x}{y}/b", { x: ".", y: "." }],
    ["a dot beside a dot", "/a/.{id}/b", { id: "." }],
    ["a dot beside an encoded dot", "/a/%2e{id}/b", { id: "." }],
    ["half a character", "/a/{id}", { id: "\ud800" }],
  ];
  it.for(refused)("refuse %s", async ([, path, pathParams], { app, api, broker }) => {
    const call = app.request("GET", api.url + path, { provider, pathParams } as RequestOptions);
    expect(await rejection(call)).toMatchObject({ code: "invalid_request" });
    expect([...broker.received, ...api.received]).toEqual([]);
  });

  it("twin: plain interpolation climbs to another resource", async ({ app, api }) => {
    for (const id of ["..", "../admin", "x/../../admin"])
      await app.request("GET", `${api.url}/calendars/${id}`, { provider });
    expect(urlOf(api.received)).toEqual(["/", "/admin", "/admin"]);
  });
});

describe("queryParams", () => {
  it("are appended, repeat for arrays and skip undefined", async ({ app, api }) => {
    await app.request("GET", `${api.url}/events?fields=a,b`, {
      provider,
      queryParams: { q: "a&b=c #d", n: 2, deep: false, tag: ["x", undefined, "y"], no: undefined },
    });
    expect(api.received[0]?.url).toBe(
      "/events?fields=a,b&q=a%26b%3Dc+%23d&n=2&deep=false&tag=x&tag=y",
    );
  });

  it("come before a fragment, which is not sent", async ({ app, api }) => {
    await app.request("GET", `${api.url}/events#top`, { provider, queryParams: { a: "1" } });
    expect(api.received[0]?.url).toBe("/events?a=1");
  });
});
