/** A managed secret that goes into the query: on the one request, and in nothing that comes back. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect } from "vitest";
import { it, json, rejection } from "./doubles.ts";

const provider = "weather";
const SECRET = "s3cr3t/+ä&x=1";
const ENCODED = encodeURIComponent(SECRET);
const injection = { in: "query", name: "api key", template: "{token}" } as const;
const inQuery = { access_token: SECRET, injection };

describe("a token in the query", () => {
  it.for([
    ["/now", `/now?api%20key=${ENCODED}`],
    ["/now?q=a%2Cb,c&empty", `/now?q=a%2Cb,c&empty&api%20key=${ENCODED}`],
    ["/now?#top", `/now?api%20key=${ENCODED}`],
  ])("is appended to %s as text", async ([path, arrived], { app, api, broker }) => {
    broker.reply("token", inQuery);
    await app.request("GET", api.url + path, { provider });
    expect(api.received[0]?.url).toBe(arrived);
    expect(api.received[0]?.headers).not.toHaveProperty("authorization");
  });

  it("is not in the response, whose status, headers and body are the provider's", async ({
    app,
    api,
    broker,
  }) => {
    broker.reply("token", inQuery);
    api.answer((_, response) => {
      response.writeHead(418, "I'm a teapot", [
        ...["x-a", "1", "set-cookie", "a=1", "set-cookie", "b=2"],
        ...["link", `</now?page=2&api%20key=${ENCODED}>; rel=next`],
      ]);
      response.end("short and stout");
    });
    const response = await app.request("GET", api.url, { provider });
    expect([response.status, response.statusText, response.url]).toEqual([418, "I'm a teapot", ""]);
    expect(response.headers.get("x-a")).toBe("1");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(response.headers.get("link")).toBe("</now?page=2&api%20key=***>; rel=next");
    expect(await response.text()).toBe("short and stout");
  });

  it.for([204, 205, 304])(
    "copes with %i, which has no body",
    async (status, { app, api, broker }) => {
      broker.reply("token", inQuery);
      api.answer((_, response) => void response.writeHead(status).end());
      const response = await app.request("GET", api.url, { provider });
      expect([response.status, await response.text()]).toEqual([status, ""]);
    },
  );

  it("is not put in anew on a redirect, and not shown by one that is returned", async ({
    app,
    api,
    elsewhere,
    broker,
  }) => {
    broker.reply("token", inQuery);
    api.answer((received, response) => {
      if (received.url.startsWith("/from")) response.writeHead(302, { location: "/to?x=1" }).end();
      else json(response, 200, received);
    });
    await app.request("GET", `${api.url}/from`, { provider });
    expect(api.received[1]?.url).toBe("/to?x=1");
    const away = `${elsewhere.url}/?api%20key=${ENCODED}`;
    api.answer((_, response) => void response.writeHead(302, { location: away }).end());
    const response = await app.request("GET", `${api.url}/from`, { provider });
    expect(response.headers.get("location")).toBe(`${elsewhere.url}/?api%20key=***`);
    expect(elsewhere.received).toEqual([]);
  });

  it("refuses a query that has that name already", async ({ app, api, broker }) => {
    broker.reply("token", inQuery);
    for (const query of ["api%20key=mine", "api+key=mine", "a=1&api%20key"]) {
      const error = await rejection(app.request("GET", `${api.url}/?${query}`, { provider }));
      expect(error).toMatchObject({ code: "invalid_request" });
      expect(String(error)).not.toContain("mine");
    }
    expect(api.received).toEqual([]);
  });

  it("refuses a secret that cannot be in a URL", async ({ app, api, broker }) => {
    for (const reply of [{ access_token: "\ud800" }, { access_token: "" }]) {
      broker.reply("token", { ...inQuery, ...reply });
      const error = await rejection(app.request("GET", api.url, { provider }));
      expect(error).toMatchObject({ code: "invalid_response" });
    }
    expect(api.received).toEqual([]);
  });

  it("leaves a body to be read late: nothing takes it away", async ({ app, api, broker }) => {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    broker.reply("token", inQuery);
    api.answer((_, response) => void response.end("x".repeat(100_000)));
    const response = await app.request("GET", api.url, { provider });
    for (let turn = 0; turn < 5; turn++) {
      collectGarbage();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await response.text()).length).toBe(100_000);
  });
});
