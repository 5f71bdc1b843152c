/** The broker makes the call: what it is told, what comes back, and that the token never comes here. */
import { describe, expect } from "vitest";
import { listen } from "../servers/http.ts";
import {
  ACCESS_TOKEN,
  API_KEY,
  it,
  json,
  problem,
  proxied,
  proxyReply,
  rejection,
  USER_TOKEN,
} from "./doubles.ts";

const provider = "calendar";

describe("proxyRequest", () => {
  it("tells the broker all of the call, where no access log looks", async ({
    app,
    api,
    broker,
  }) => {
    const response = await app.proxyRequest("POST", `${api.url}/{id}#top`, {
      ...{ provider, account: "änn@example.com", pathParams: { id: "a/b" } },
      ...{ queryParams: { q: 1 }, headers: { "X-A": "1" }, json: { title: "Tea" } },
      ...{ requiredScopes: ["calendar.write"], endUserIp: "192.0.2.1" },
    });
    const [asked] = broker.received;
    if (!asked) throw new Error("the broker heard nothing");
    expect([asked.method, asked.url, asked.body]).toEqual(["POST", "/v1/proxy", '{"title":"Tea"}']);
    expect(asked.headers).toMatchObject({
      authorization: `Bearer ${API_KEY}`,
      "alter-user-token": USER_TOKEN,
    });
    expect(asked.headers["alter-proxy-request"]).toMatch(/^[\w-]+$/);
    expect(proxied(asked)).toEqual({
      ...{ provider, account: "änn@example.com", method: "POST", url: `${api.url}/a%2Fb?q=1` },
      headers: [
        ["content-type", "application/json"],
        ["x-a", "1"],
      ],
      required_scopes: ["calendar.write"],
      end_user_ip: "192.0.2.1",
    });
    expect(response).toBeInstanceOf(Response);
    expect(await response.json()).toMatchObject({
      method: "POST",
      body: '{"title":"Tea"}',
      headers: { authorization: `Bearer ${ACCESS_TOKEN}`, "x-a": "1" },
    });
    expect(response.headers.has("alter-proxy-reply")).toBe(false);
  });

  it("names a body's type as fetch would", async ({ app, api, broker }) => {
    const form = new FormData();
    form.set("a", "ä");
    const bodies = [
      "text",
      new URLSearchParams({ a: "b" }),
      new Blob(["x"], { type: "a/b" }),
      form,
    ];
    for (const body of [...bodies, new Uint8Array([65])])
      await app.proxyRequest("PUT", api.url, { provider, body });
    const types = broker.received.map((each) => {
      const { headers } = proxied(each) as { headers: [string, string][] };
      return new Map(headers).get("content-type");
    });
    expect(types.slice(0, 3)).toEqual([
      "text/plain;charset=UTF-8",
      "application/x-www-form-urlencoded;charset=UTF-8",
      "a/b",
    ]);
    const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(types[3] ?? "")?.[1] ?? "none";
    expect(api.received[3]?.body).toContain(boundary);
    expect(types[4]).toBeUndefined();
    expect(api.received.map(({ body }) => body).slice(0, 3)).toEqual(["text", "a=b", "x"]);
  });

  it("streams both ways", async ({ makeApp }) => {
    // Answers each chunk before the next one comes.
    const echo = await listen((request, response) => {
      response.writeHead(200, proxyReply({ grant_id: "g1", token_id: "t1" }));
      response.flushHeaders();
      request.on("data", (chunk) => response.write(chunk)).on("end", () => response.end());
    });
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const answer = makeApp({ baseUrl: echo.url }).proxyRequest("POST", "https://api.example.com/", {
      provider,
      body: readable,
    });
    await writer.write(new TextEncoder().encode("one"));
    const reader = (await answer).body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe("one");
    await writer.write(new TextEncoder().encode("two"));
    expect((await reader?.read())?.value).toBe("two");
    await writer.close();
    expect((await reader?.read())?.done).toBe(true);
    await echo.stop();
  });

  it("hands on the provider's refusals, and follows redirects within the origin", async ({
    app,
    api,
    elsewhere,
  }) => {
    api.answer((received, response) => {
      if (received.url === "/from") response.writeHead(302, { location: "/to" }).end();
      else if (received.url === "/to") response.writeHead(404, { "x-why": "gone" }).end("none");
      else response.writeHead(302, { location: elsewhere.url }).end();
    });
    const response = await app.proxyRequest("GET", `${api.url}/from`, { provider });
    expect([response.status, await response.text()]).toEqual([404, "none"]);
    expect((await app.proxyRequest("GET", `${api.url}/away`, { provider })).status).toBe(302);
    expect(elsewhere.received).toEqual([]);
    const strict = app.proxyRequest("GET", `${api.url}/to`, { provider, throwOnError: true });
    expect(await rejection(strict)).toMatchObject({ name: "ProviderAPIError", host: api.host });
  });

  it("rejects with the broker's own refusals", async ({ app, api, broker }) => {
    for (const code of ["grant_not_found", "policy_violation", "host_not_allowed"] as const) {
      broker.refuse(code);
      const error = await rejection(app.proxyRequest("GET", api.url, { provider }));
      expect(error).toMatchObject({ code, requestId: "req-1" });
    }
    expect(api.received).toEqual([]);
  });

  it("does not take for the provider's what does not say so, or not well", async ({
    app,
    api,
    broker,
  }) => {
    for (const header of [undefined, "", "!", Buffer.from("{}").toString("base64url")]) {
      broker.answer((_, response) => {
        response.writeHead(200, header === undefined ? {} : { "alter-proxy-reply": header });
        response.end("ok");
      });
      const error = await rejection(app.proxyRequest("GET", api.url, { provider }));
      expect(error).toMatchObject({ code: "invalid_response" });
    }
  });

  it("asks for another token after a 401, by the old one's name", async ({ app, api, broker }) => {
    api.answer((received, response) => {
      broker.reply("token", { access_token: "renewed", token_id: "t2" });
      if (received.headers.authorization === "Bearer renewed") json(response, 200, received);
      else response.writeHead(401).end();
    });
    const response = await app.proxyRequest("POST", api.url, { provider, body: "again" });
    expect(response.status).toBe(200);
    expect(broker.received.map((each) => proxied(each)["refused_token_id"])).toEqual([
      undefined,
      "t1",
    ]);
    expect(api.received.map(({ body }) => body)).toEqual(["again", "again"]);
    broker.reply("token", { access_token: "other" });
    api.answer((_, refusal) => void refusal.writeHead(401).end());
    const body = new Blob(["once"]).stream();
    expect((await app.proxyRequest("POST", api.url, { provider, body })).status).toBe(401);
    expect(broker.received).toHaveLength(3);
  });

  it("takes a 403 for want of a scope for what it is", async ({ app, api }) => {
    const challenge = 'Bearer error="insufficient_scope", scope="a b"';
    api.answer(
      (_, response) => void response.writeHead(403, { "www-authenticate": challenge }).end(),
    );
    const error = await rejection(app.proxyRequest("GET", api.url, { provider }));
    expect(error).toMatchObject({ code: "scope_reauth_required", missingScopes: ["a", "b"] });
  });

  it("is sent again when the broker says that it did nothing, whatever the method", async ({
    client,
    clock,
    api,
    broker,
  }) => {
    clock.meanwhile(() => broker.accept());
    broker.refuse("shutting_down");
    expect((await client.proxyRequest("POST", api.url, { provider, json: {} })).status).toBe(200);
    broker.answer((_, response) => void response.destroy());
    const lost = client.proxyRequest("POST", api.url, { provider, json: {} });
    expect(await rejection(lost)).toMatchObject({ code: "broker_unreachable" });
    broker.answer((_, response) => void response.destroy());
    expect((await client.proxyRequest("PUT", api.url, { provider, json: {} })).status).toBe(200);
    expect(api.received).toHaveLength(2);
    broker.answer((_, response) => {
      response.writeHead(429, {
        ...proxyReply({ grant_id: "g1", token_id: "t1" }),
        "retry-after": "1",
      });
      response.end();
    });
    expect((await client.proxyRequest("POST", api.url, { provider })).status).toBe(200);
    expect(clock.slept).toEqual([100, 100, 1_000]);
  });

  it("ends with the caller's signal", async ({ app, api, broker }) => {
    const controller = new AbortController();
    const reason = new Error("user left");
    broker.answer(() => controller.abort(reason));
    const { signal } = controller;
    expect(await rejection(app.proxyRequest("GET", api.url, { provider, signal }))).toBe(reason);
  });

  it("refuses what is too large for a header, before it is sent", async ({ app, api, broker }) => {
    const many = Array.from({ length: 101 }, (_, n): [string, string] => [`x-${n}`, "1"]);
    const calls = [
      app.proxyRequest("GET", `${api.url}/${"a".repeat(8193)}`, { provider }),
      app.proxyRequest("GET", api.url, { provider, headers: many }),
      app.proxyRequest("GET", api.url, { provider, headers: { "x-a": "a".repeat(9_000) } }),
      app.proxyRequest("GET", api.url, { provider, userToken: "j".repeat(11_900) }),
      app.proxyRequest("GET", api.url, { provider, account: "a".repeat(513) }),
    ];
    for (const call of calls)
      expect(await rejection(call)).toMatchObject({
        name: "InvalidRequestError",
        code: "invalid_request",
        status: undefined,
      });
    expect(broker.received).toEqual([]);
  });

  it("is not fooled by a problem that a provider sends", async ({ app, api }) => {
    api.answer((_, response) => json(response, 404, problem("grant_not_found")));
    expect((await app.proxyRequest("GET", api.url, { provider })).status).toBe(404);
  });
});
