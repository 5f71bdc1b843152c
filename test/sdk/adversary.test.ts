/** A provider that means harm: the token stays where it belongs, and the call comes to an end. */
import { describe, expect } from "vitest";
import { TimeoutError } from "../../sdk/src/index.ts";
import { headerBomb, slowHeaders, startRaw } from "../servers/raw.ts";
import { it, rejection } from "./doubles.ts";

const provider = "calendar";

describe("a provider that means harm", () => {
  it("redirects to another host: nothing is sent there, by any way", async ({
    app,
    api,
    elsewhere,
  }) => {
    for (const status of [301, 302, 303, 307, 308]) {
      api.answer((_, response) => {
        response.writeHead(status, { location: `${elsewhere.url}/steal` }).end();
      });
      const options = { provider, json: {} };
      expect((await app.request("POST", api.url, options)).status).toBe(status);
      expect((await app.proxyRequest("POST", api.url, options)).status).toBe(status);
      expect((await app.fetchFor({ provider })(api.url)).status).toBe(status);
    }
    expect(elsewhere.received).toEqual([]);
  });

  it("sends headers without end: an error, and no second try", async ({ makeApp, broker }) => {
    const bomb = await startRaw(headerBomb);
    broker.reply("token", { allowed_hosts: [bomb.host] });
    const app = makeApp({ maxRetries: 2 });
    const error = await rejection(app.request("GET", bomb.url, { provider }));
    expect(error).toMatchObject({ name: "NetworkError", code: "provider_unreachable" });
    expect(bomb.connections).toBe(1);
    await bomb.stop();
  });

  it("sends a body without end: it stays a stream, and abort ends it", async ({ app, api }) => {
    let written = 0;
    api.answer((_, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write("a".repeat(65_536))) written += 65_536;
      };
      response.on("drain", more);
      more();
    });
    const controller = new AbortController();
    const response = await app.request("GET", api.url, { provider, signal: controller.signal });
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
    controller.abort(new Error("enough"));
    const rest = async () => {
      while (!(await reader?.read())?.done);
    };
    expect(await rejection(rest())).toMatchObject({ message: "enough" });
    expect(written).toBeLessThan(64 * 1024 * 1024);
  });

  it("sends a body drop by drop: the timeout ends it", async ({ app, api }) => {
    api.answer((_, response) => {
      response.writeHead(200);
      const drops = setInterval(() => response.write("."), 5);
      response.on("close", () => clearInterval(drops));
    });
    const response = await app.request("GET", api.url, { provider, timeout: 300 });
    expect(await rejection(response.text())).toBeInstanceOf(TimeoutError);
  });

  it("sends headers drop by drop: the timeout ends that too", async ({ app, broker }) => {
    const drip = await startRaw(slowHeaders);
    broker.reply("token", { allowed_hosts: [drip.host] });
    const error = await rejection(app.request("GET", drip.url, { provider, timeout: 300 }));
    expect(error).toBeInstanceOf(TimeoutError);
    await drip.stop();
  });

  it("asks to wait for ever: its answer is handed over instead", async ({ makeClient, api }) => {
    api.answer((_, response) => {
      response.writeHead(429, { "retry-after": "999999999" }).end();
    });
    const client = makeClient({ timeout: Infinity });
    expect((await client.request("GET", api.url, { provider })).status).toBe(429);
    expect(api.received).toHaveLength(1);
  });

  it("refuses every token: two are the most it sees", async ({ client, api, broker }) => {
    let count = 1;
    api.answer((_, response) => {
      broker.reply("token", { access_token: `token-${++count}`, token_id: `t${count}` });
      response.writeHead(401).end();
    });
    expect((await client.request("GET", api.url, { provider })).status).toBe(401);
    expect(api.received).toHaveLength(2);
  });
});
