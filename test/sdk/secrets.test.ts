/** What a caller can print never holds the API key, a user's JWT or a provider's token. */
import { inspect } from "node:util";
import { describe, expect } from "vitest";
import type { Fetch } from "../../sdk/src/index.ts";
import { ACCESS_TOKEN, API_KEY, it, rejection, startProvider, USER_TOKEN } from "./doubles.ts";

const provider = "calendar";

/** Everything that a logger, a debugger's console or a crash report may make of a value. */
const printed = (value: unknown): string =>
  [
    inspect(value, { depth: 9 }),
    inspect(value, { depth: 9, showHidden: true, getters: true }),
    String(value),
    JSON.stringify(value),
    JSON.stringify(Object.getOwnPropertyDescriptors(Object(value))),
    value instanceof Error ? (value.stack ?? "") + inspect(value.cause, { depth: 9 }) : "",
  ].join("\n");

const SECRETS = [API_KEY, USER_TOKEN, ACCESS_TOKEN];

const expectNoSecret = (value: unknown): void => {
  const text = printed(value);
  for (const secret of SECRETS) expect(text).not.toContain(secret);
};

describe("printing", () => {
  it("an App shows its broker and no key", ({ app, broker }) => {
    expectNoSecret(app);
    expect(inspect(app)).toBe(`App { baseUrl: '${broker.url}' }`);
    expect(JSON.stringify({ app })).toBe(JSON.stringify({ app: { baseUrl: broker.url } }));
  });

  it("twin: an object with the key in a field shows it in each way", () => {
    const naive = { config: { apiKey: API_KEY } };
    expect(inspect(naive, { depth: 9 })).toContain(API_KEY);
    expect(JSON.stringify(naive)).toContain(API_KEY);
  });

  it("a response shows no request header, followed redirects included", async ({ app, api }) => {
    api.answer(({ url }, response) => {
      if (url === "/from") response.writeHead(302, { location: "/to" }).end();
      else response.end("ok");
    });
    const response = await app.request("GET", `${api.url}/from`, { provider });
    expect(api.received[1]?.headers.authorization).toContain(ACCESS_TOKEN);
    expectNoSecret(response);
    expectNoSecret(response.clone());
  });

  it("twin: a response that carries its request shows the token", () => {
    const naive = {
      response: new Response(),
      config: { headers: { authorization: ACCESS_TOKEN } },
    };
    expect(printed(naive)).toContain(ACCESS_TOKEN);
  });

  it("an error of each kind shows none", async ({ app, makeApp, api, broker }) => {
    const gone = await startProvider();
    await gone.stop();
    const hanging = await startProvider();
    hanging.answer(() => undefined);
    const hosts = [api.host, gone.host, hanging.host];
    broker.reply("token", { allowed_hosts: hosts });
    const errors = [
      await rejection(app.request("GET", "https://other.example/", { provider })),
      await rejection(app.request("GET", gone.url, { provider })),
      await rejection(app.request("GET", hanging.url, { provider, timeout: 100 })),
      await rejection(makeApp({ baseUrl: gone.url }).listGrants()),
    ];
    broker.refuse("invalid_user_token");
    errors.push(await rejection(app.listGrants()));
    broker.answer((received, response) => void response.end(JSON.stringify(received)));
    errors.push(await rejection(app.request("GET", api.url, { provider })));
    await hanging.stop();
    expect(errors.map((error) => (error as { code: string }).code)).toEqual([
      "host_not_allowed",
      "provider_unreachable",
      "timeout",
      "broker_unreachable",
      "invalid_user_token",
      "invalid_response",
    ]);
    for (const error of errors) {
      expectNoSecret(error);
    }
  });

  it("nor does one of a provider's answer, of another way to it, or of Connect", async ({
    app,
    api,
    broker,
  }) => {
    const url = `${api.url}/?q=secret-query`;
    api.answer((_, response) => void response.writeHead(500).end());
    const throwOnError = true;
    const errors = [
      await rejection(app.request("GET", url, { provider, throwOnError })),
      await rejection(app.proxyRequest("GET", url, { provider, throwOnError })),
      await rejection(app.proxyRequest("GET", url, { provider, userToken: "j".repeat(13_000) })),
      await rejection(app.completeConnectSession({ url: "/?alter_connect_error=wrong_user" })),
    ];
    const challenge = 'Bearer error="insufficient_scope"';
    api.answer((_, response) => {
      response.writeHead(403, { "www-authenticate": challenge }).end(ACCESS_TOKEN);
    });
    errors.push(await rejection(app.request("GET", url, { provider })));
    broker.answer((_, response) => void response.end(ACCESS_TOKEN));
    errors.push(await rejection(app.proxyRequest("GET", url, { provider })));
    broker.refuse("ambiguous_grant", { account_identifiers: ["ann@example.com"] });
    const ambiguous = await rejection(app.request("GET", url, { provider }));
    expect(JSON.stringify(ambiguous)).not.toContain("ann@");
    expect([...errors, ambiguous].map((error) => (error as { code: string }).code)).toEqual([
      ...["provider_api_error", "provider_api_error", "invalid_request", "wrong_user"],
      ...["scope_reauth_required", "invalid_response", "ambiguous_grant"],
    ]);
    for (const error of [...errors, ambiguous]) {
      expectNoSecret({ ...(error as object) });
      expect(String(error) + JSON.stringify(error)).not.toMatch(/secret-query|jjjj/);
      expectNoSecret(JSON.stringify(error) + String(error) + inspect(error, { depth: 9 }));
    }
  });

  it("an App shows none of the tokens that it keeps", async ({ app, api, broker }) => {
    broker.reply("token", { cache_seconds: 60 });
    await app.request("GET", api.url, { provider });
    await app.request("GET", api.url, { provider });
    expect(broker.received).toHaveLength(1);
    expectNoSecret(app);
    expectNoSecret(app.fetchFor({ provider, userToken: USER_TOKEN }));
  });

  it("a response shows no token that went into the query", async ({ app, api, broker }) => {
    const injection = { in: "query", name: "key", template: "{token}" } as const;
    broker.reply("token", { injection });
    api.answer(({ url }, response) => {
      response.writeHead(300, { location: url, link: `<${url}>; rel=self` }).end("choose");
    });
    const response = await app.request("GET", `${api.url}/now`, { provider });
    expect(api.received[0]?.url).toContain(ACCESS_TOKEN);
    expectNoSecret(response);
    expectNoSecret([...response.headers]);
    api.answer((_, refusal) => void refusal.writeHead(404).end());
    const refused = await rejection(app.request("GET", api.url, { provider, throwOnError: true }));
    await api.stop();
    const unreachable = await rejection(app.request("GET", api.url, { provider }));
    expect([refused, unreachable]).toMatchObject([
      { code: "provider_api_error" },
      { code: "provider_unreachable" },
    ]);
    for (const error of [refused, unreachable]) expectNoSecret(error);
  });

  it("twin: the runtime's own response does show it", async ({ api }) => {
    const response = await fetch(`${api.url}/?key=${ACCESS_TOKEN}`);
    expect(inspect(response)).toContain(ACCESS_TOKEN);
  });

  it("an error of a fetch that quotes its request is not passed on", async ({
    makeApp,
    api,
    broker,
  }) => {
    const talkative: Fetch = async (url, init) => {
      if (url.includes("/v1/tokens")) return fetch(url, init);
      const quote = JSON.stringify([...new Headers(init.headers)]);
      throw Object.assign(new Error(`failed: ${quote}`), { config: init, code: "ECONNRESET" });
    };
    const app = makeApp({ fetch: talkative });
    const calls = [() => app.request("GET", api.url, { provider }), () => app.listGrants()];
    for (const call of calls) {
      const error = await rejection(call());
      expectNoSecret(error);
      expect(String(error)).toContain("(ECONNRESET)");
    }
    expect(broker.received).toHaveLength(1);
  });

  it("twin: that error itself does quote it", async () => {
    const init = { headers: { authorization: `Bearer ${ACCESS_TOKEN}` } };
    const naive = new Error("failed", {
      cause: Object.assign(new Error("reset"), { config: init }),
    });
    expect(printed(naive)).toContain(ACCESS_TOKEN);
  });
});
