/** `proxyRequest`: the broker makes the call, and the token is nowhere in what the app's process gets to see. */
import { expect, test } from "vitest";
import type { Fetch } from "../../../sdk/src/index.ts";
import { collect, type Stage } from "./stage.ts";

export const proxied = (at: () => Stage): void => {
  /** A fetch that writes down all that goes through it, both ways. */
  const recording = () => {
    const seen: unknown[] = [];
    const record: Fetch = async (url, init) => {
      const response = await at().fetch(url, init);
      const copy = response.clone();
      seen.push(
        ...[url, [...new Headers(init.headers)], init.body],
        ...[copy.url, copy.statusText, [...copy.headers], await copy.text()],
      );
      return response;
    };
    return { fetch: record, all: () => JSON.stringify(seen) };
  };
  /** As itself, and as a header, an URL or a blob would carry it. */
  const spellings = (token: string): string[] => {
    const bytes = Buffer.from(token);
    const shifted = [0, 1, 2].map((by) => Buffer.concat([Buffer.alloc(by), bytes]));
    return [
      ...[token, encodeURIComponent(token), bytes.toString("hex")],
      ...shifted.flatMap((each) => [
        each.toString("base64").slice(4, -4),
        each.toString("base64url").slice(4, -4),
      ]),
    ];
  };
  const tokenSeenBy = (api: Stage["api"]): string =>
    api.received.at(-1)?.headers.authorization?.replace("Bearer ", "") ?? "";

  test("the API gets the token, the app's process never", async () => {
    const { api, as, connect, makeApp } = at();
    await connect("proxied");
    api.answer(({ headers }, response) => {
      // An API that is tactless enough to repeat it.
      const location = `/next?token=${headers.authorization}`;
      response.writeHead(201, { "x-token": headers.authorization, location }).end("made");
    });
    const { fetch, all } = recording();
    const options = { provider: "calendar", json: { title: "Lunch" }, headers: { "x-mine": "1" } };
    const response = await as("proxied", () =>
      makeApp({ fetch }).proxyRequest("POST", `${api.url}/events?of=mine`, options),
    );
    expect([response.status, await response.text()]).toEqual([201, "made"]);
    expect(api.received.at(-1)).toMatchObject({
      ...{ method: "POST", url: "/events?of=mine", body: '{"title":"Lunch"}' },
      headers: { "x-mine": "1", "content-type": "application/json" },
    });
    const token = tokenSeenBy(api);
    expect(token.length).toBeGreaterThan(20);
    for (const spelling of spellings(token)) expect(all()).not.toContain(spelling);
    // The twin: by `request` the very same token is there to be found.
    await as("proxied", () => makeApp({ fetch }).request("GET", api.url, { provider: "calendar" }));
    expect(tokenSeenBy(api)).toBe(token);
    expect(all()).toContain(token);
  });

  test("both bodies are streams", async () => {
    const { api, app, as, connect } = at();
    await connect("streams");
    api.answer(({ body }, response) => void response.end(body.toUpperCase()));
    const body = new Blob(["one, ", "two"]).stream();
    const response = await as("streams", () =>
      app.proxyRequest("PUT", api.url, { provider: "calendar", body }),
    );
    const parts = response.body ? await collect(response.body) : [];
    expect(Buffer.concat(parts).toString()).toBe("ONE, TWO");
  });

  test("what the provider answers is a Response, whatever its status", async () => {
    const { api, app, as, connect } = at();
    await connect("statuses");
    for (const status of [204, 304, 404, 409, 500]) {
      api.answer((_, response) => void response.writeHead(status, { "x-say": "so" }).end());
      const response = await as("statuses", () =>
        app.proxyRequest("GET", api.url, { provider: "calendar" }),
      );
      expect([response.status, response.headers.get("x-say")]).toEqual([status, "so"]);
      expect([...response.headers.keys()].filter((name) => name.startsWith("alter-"))).toEqual([]);
    }
  });

  test("a body past the broker's limit is refused, said beforehand or not", async () => {
    const { api, app, as, connect } = at();
    await connect("large");
    api.received.length = 0;
    const large = new Uint8Array(100_001);
    for (const body of [large, new Blob([large]).stream()]) {
      const call = app.proxyRequest("POST", api.url, {
        ...{ provider: "calendar", body, userToken: await at().userToken("large") },
      });
      await expect(call).rejects.toMatchObject({ code: "payload_too_large", status: 413 });
    }
    expect(api.received).toEqual([]);
    api.answer((_, response) => void response.end("taken"));
    const twin = await as("large", () =>
      app.proxyRequest("POST", api.url, { provider: "calendar", body: large.slice(1) }),
    );
    expect(await twin.text()).toBe("taken");
  });

  test("an App that is closed refuses, and its running calls end", async () => {
    const { api, as, connect, makeApp } = at();
    await connect("closing");
    const app = makeApp();
    let reach = (): void => undefined;
    const reached = new Promise<void>((resolve) => (reach = resolve));
    api.answer(() => reach());
    const running = as("closing", () =>
      app.proxyRequest("GET", api.url, { provider: "calendar" }),
    ).catch((reason: unknown) => reason);
    await reached;
    app.close();
    expect(await running).toMatchObject({ code: "app_closed" });
    await expect(app.listProviders()).rejects.toMatchObject({ code: "app_closed" });
    app.close();
  });
};
