/** The token goes to an allowed host or nowhere. Each rule has its twin: what a simpler check would have let through. */
import { describe, expect } from "vitest";
import type { App, Fetch } from "../../sdk/src/index.ts";
import { ACCESS_TOKEN, it, json, rejection, startProvider } from "./doubles.ts";

const provider = "calendar";
const ok: Fetch = async () => new Response("ok");

/** Hosts that do not exist here: a fetch that lets calls to the broker through and keeps the others. */
const recording = (brokerUrl: string, answer: Fetch = ok) => {
  const sent: { url: string; authorization: string | null }[] = [];
  const fetch: Fetch = async (url, init) => {
    if (url.startsWith(`${brokerUrl}/`)) return globalThis.fetch(url, init);
    sent.push({ url, authorization: new Headers(init.headers).get("authorization") });
    return answer(url, init);
  };
  return { fetch, sent };
};

describe("allowed", () => {
  it.for([
    ["https://api.example.com/x", "https://api.example.com/x"],
    ["https://api.example.com:443/x", "https://api.example.com/x"],
    ["HTTPS://API.EXAMPLE.COM/x", "https://api.example.com/x"],
    ["https://api%2Eexample.com/x", "https://api.example.com/x"],
    ["https://ａｐｉ.example.com/x", "https://api.example.com/x"],
    ["https://bücher.example/x", "https://xn--bcher-kva.example/x"],
    ["https://BÜCHER.example/x", "https://xn--bcher-kva.example/x"],
    ["https://api.example.com", "https://api.example.com/"],
    ["https://api.example.com?x", "https://api.example.com/?x"],
    ["https://api.example.com/@evil.example", "https://api.example.com/@evil.example"],
    ["https://api.example.com/a%2F..%2Fb", "https://api.example.com/a%2F..%2Fb"],
    ["https://api.example.com/a%5Cb", "https://api.example.com/a%5Cb"],
  ] as const)("%s", async ([url, fetched], { makeApp, broker }) => {
    const { fetch, sent } = recording(broker.url);
    await makeApp({ fetch }).request("GET", url, { provider });
    expect(sent).toEqual([{ url: fetched, authorization: `Bearer ${ACCESS_TOKEN}` }]);
    // What the broker was asked for is what was fetched.
    expect(JSON.parse(broker.received[0]?.body ?? "").request.host).toBe(new URL(fetched).host);
  });

  it("a URL object", async ({ makeApp, broker }) => {
    const { fetch, sent } = recording(broker.url);
    await makeApp({ fetch }).request("GET", new URL("https://api.example.com/x"), { provider });
    expect(sent).toHaveLength(1);
  });
});

/** The three ways to send as a user. */
const WAYS = {
  request: (app, url) => app.request("GET", url, { provider }),
  proxyRequest: (app, url) => app.proxyRequest("GET", url, { provider }),
  fetchFor: (app, url) => app.fetchFor({ provider })(url),
} satisfies Record<string, (app: App, url: string) => Promise<Response>>;

describe("not a URL for a token", () => {
  it.for([
    ["userinfo that looks like the host", "https://api.example.com@evil.example/"],
    ["userinfo with a port", "https://api.example.com:443@evil.example/"],
    ["userinfo on the right host", "https://user:pass@api.example.com/"],
    ["an encoded @ before a real one", "https://api.example.com%40x@evil.example/"],
    ["a backslash for a slash", "https://api.example.com\\@evil.example/"],
    ["a backslash before the host", "https:\\\\evil.example\\@api.example.com/"],
    ["plain http", "http://api.example.com/"],
    ["another port", "https://api.example.com:8443/"],
    ["http on the https port", "http://api.example.com:443/"],
    ["plain http on loopback without a port", "http://localhost/"],
    ["another scheme", "ftp://api.example.com/"],
    ["a script", "javascript:alert(1)//api.example.com"],
    ["a data URL", "data:text/plain,api.example.com"],
    ["no scheme", "//api.example.com/"],
    ["a path", "/events"],
    ["nothing", ""],
    ["no host", "https:///api.example.com/"],
    ["one slash", "https:/api.example.com/"],
    ["no slash", "https:api.example.com/"],
    ["a tab in the host", "https://api.exam\tple.com/"],
    ["a line break in the path", "https://api.example.com/a\nb"],
    ["a NUL", "https://api.example.com\0.evil.example/"],
    ["a space in front", " https://api.example.com/"],
    ["an encoded slash in the host", "https://api.example.com%2f.evil.example/"],
    ["a space in the host", "https://api.example.com .evil.example/"],
    ["a port that is none", "https://api.example.com:99999/"],
    ["a trailing dot and another port", "https://api.example.com.:8443/"],
    ["an IPv4 literal over plain http", "http://93.184.216.34/"],
    ["an IPv6 literal over plain http", "http://[2001:db8::1]/"],
    ["an IPv6 literal that is none", "https://[api.example.com]/"],
    ["an IPv4 number that is none", "https://256.256.256.256/"],
    ["a line separator's look-alike: a vertical tab", "https://api.example.com\v/"],
    ["a delete character", "https://api.example.com/\x7f"],
  ])("%s", async ([, url], { makeApp, broker }) => {
    const { fetch, sent } = recording(broker.url);
    for (const send of Object.values(WAYS))
      expect(await rejection(send(makeApp({ fetch }), url ?? ""))).toMatchObject({
        name: "InvalidRequestError",
        code: "invalid_request",
      });
    expect([...sent, ...broker.received]).toEqual([]);
  });
});

describe("not a host of the grant, whatever the broker let through", () => {
  it.for([
    ["another host", "https://evil.example/"],
    ["a subdomain", "https://x.api.example.com/"],
    ["the parent", "https://example.com/"],
    ["the host as a prefix", "https://api.example.com.evil.example/"],
    ["the host as a suffix", "https://evilapi.example.com/"],
    ["the host in the path", "https://evil.example/api.example.com"],
    ["the host in the query", "https://evil.example/?api.example.com"],
    ["the host in the fragment", "https://evil.example/#api.example.com"],
    ["a trailing dot", "https://api.example.com./"],
    ["a look-alike", "https://аpi.example.com/"],
    ["an encoded dot that makes another host", "https://api.example.com%2eevil.example/"],
    ["an IP address", "https://127.0.0.1/"],
    ["an IP address in disguise", "https://0x7f.1/"],
    ["a loopback port that is not listed", "http://localhost:1/"],
    ["a placeholder in the host", "https://{id}.example.com/"],
    ["an IPv6 address", "https://[::1]/"],
    ["an IPv4 address as an IPv6 one", "https://[::ffff:127.0.0.1]/"],
    ["an IPv4 address as a number", "https://2130706433/"],
    ["an ideographic full stop that makes another host", "https://api.example.com。evil.example/"],
    ["a soft hyphen's host is the plain one, elsewhere", "https://e\u00advil.example/"],
  ])("%s", async ([, url], { makeApp, broker }) => {
    const { fetch, sent } = recording(broker.url);
    for (const send of [WAYS.request, WAYS.fetchFor]) {
      const error = await rejection(send(makeApp({ fetch }), url ?? ""));
      expect(error).toMatchObject({ name: "HostNotAllowedError", code: "host_not_allowed" });
      expect(error).toMatchObject({ allowedHosts: expect.arrayContaining(["api.example.com"]) });
    }
    expect(sent).toEqual([]);
  });

  it("twin: checks on text let these through", () => {
    const evil = "https://api.example.com@evil.example/";
    expect(evil.startsWith("https://api.example.com")).toBe(true);
    expect("https://evil.example/?api.example.com".includes("api.example.com")).toBe(true);
    expect(new URL("https://evilapi.example.com/").host.endsWith("api.example.com")).toBe(true);
    expect(new URL(evil).host).toBe("evil.example");
  });

  it("a parameter cannot make one: it is encoded, and the host has no placeholders", async ({
    makeApp,
    broker,
  }) => {
    const { fetch, sent } = recording(broker.url);
    const app = makeApp({ fetch });
    const inHost = app.request("GET", "https://{t}.example.com/", {
      provider,
      pathParams: { t: "api" },
    });
    expect(await rejection(inHost)).toMatchObject({ code: "invalid_request" });
    expect([...sent, ...broker.received]).toEqual([]);
    await app.request("GET", "https://api.example.com/{t}", {
      provider,
      pathParams: { t: "@evil.example/" },
    });
    expect(sent.map(({ url }) => url)).toEqual(["https://api.example.com/%40evil.example%2F"]);
  });

  it("hosts are compared exactly: the broker's list has no wildcards and no patterns", async ({
    makeApp,
    broker,
  }) => {
    const { fetch, sent } = recording(broker.url);
    broker.reply("token", {
      allowed_hosts: ["*", "*.example.com", ".example.com", "API.example.com"],
    });
    const call = makeApp({ fetch }).request("GET", "https://api.example.com/", { provider });
    expect(await rejection(call)).toMatchObject({ code: "host_not_allowed" });
    expect(sent).toEqual([]);
  });

  it("a port on a host that is not loopback is refused even when it is listed", async ({
    makeApp,
    broker,
  }) => {
    const { fetch, sent } = recording(broker.url);
    broker.reply("token", { allowed_hosts: ["api.example.com:8443"] });
    const call = makeApp({ fetch }).request("GET", "https://api.example.com:8443/", { provider });
    expect(await rejection(call)).toMatchObject({ code: "invalid_request" });
    expect(sent).toEqual([]);
  });
});

describe("redirects", () => {
  const redirectTo = (location: string, status = 302) => ({
    once: (received: { url: string }, response: Parameters<typeof json>[0]) => {
      if (received.url.startsWith("/from")) response.writeHead(status, { location }).end("moved");
      else json(response, 200, received);
    },
  });

  it("within the origin are followed with the token", async ({ app, api }) => {
    api.answer(redirectTo("/to?x=1").once);
    const response = await app.request("GET", `${api.url}/from`, { provider });
    expect(response.status).toBe(200);
    expect(api.received.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ["/from", `Bearer ${ACCESS_TOKEN}`],
      ["/to?x=1", `Bearer ${ACCESS_TOKEN}`],
    ]);
  });

  it("are followed five times, then returned", async ({ app, api }) => {
    api.answer((_, response) => void response.writeHead(302, { location: "/again" }).end());
    const response = await app.request("GET", api.url, { provider });
    expect(response.status).toBe(302);
    expect(api.received).toHaveLength(6);
  });

  it("to another port are returned, and nothing is sent there", async ({ app, api, elsewhere }) => {
    api.answer(redirectTo(`${elsewhere.url}/steal`).once);
    const response = await app.request("GET", `${api.url}/from`, { provider });
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe(`${elsewhere.url}/steal`);
    expect(elsewhere.received).toEqual([]);
  });

  it("to another host, scheme or user are returned", async ({ app, api }) => {
    const { port } = api;
    for (const location of [
      `http://127.0.0.1:${port}/`,
      `https://localhost:${port}/`,
      `//127.0.0.1:${port}/`,
      `\\\\127.0.0.1:${port}/`,
      `http://user@localhost:${port}/`,
      `http://localhost.:${port}/`,
      "https://api.example.com/",
      "javascript:alert(1)",
      "http://",
    ]) {
      api.received.length = 0;
      api.answer(redirectTo(location).once);
      const response = await app.request("GET", `${api.url}/from`, { provider });
      expect([location, response.status, api.received.length]).toEqual([location, 302, 1]);
    }
  });

  it("from https to http on the same host are returned", async ({ makeApp, broker }) => {
    const { fetch, sent } = recording(broker.url, async () =>
      Response.redirect("http://api.example.com/x", 307),
    );
    const app = makeApp({ fetch });
    const response = await app.request("GET", "https://api.example.com/", { provider });
    expect(response.status).toBe(307);
    expect(sent).toHaveLength(1);
  });

  it("twin: a fetch that follows by itself hands a token header to the other host", async ({
    api,
    elsewhere,
  }) => {
    api.answer(redirectTo(`${elsewhere.url}/steal`).once);
    await fetch(`${api.url}/from`, { headers: { "x-acme-key": ACCESS_TOKEN } });
    expect(elsewhere.received[0]?.headers["x-acme-key"]).toBe(ACCESS_TOKEN);
  });

  it.for([
    [301, "POST", "GET"],
    [302, "POST", "GET"],
    [303, "POST", "GET"],
    [303, "PUT", "GET"],
    [303, "HEAD", "HEAD"],
    [301, "PUT", "PUT"],
    [302, "DELETE", "DELETE"],
    [307, "POST", "POST"],
    [308, "PATCH", "PATCH"],
  ] as const)("%i on %s goes on as %s", async ([status, method, then], { app, api }) => {
    api.answer(redirectTo("/to", status).once);
    const withBody = method !== "HEAD" && method !== "DELETE";
    await app.request(method, `${api.url}/from`, { provider, ...(withBody && { json: { a: 1 } }) });
    const kept = withBody && then !== "GET";
    expect(api.received[1]).toMatchObject({
      method: then,
      url: "/to",
      body: kept ? '{"a":1}' : "",
    });
    expect(api.received[1]?.headers["content-type"]).toBe(kept ? "application/json" : undefined);
  });

  it("that need a stream again are returned", async ({ app, api }) => {
    api.answer(redirectTo("/to", 307).once);
    const body = new Blob(["once"]).stream();
    const response = await app.request("POST", `${api.url}/from`, { provider, body });
    expect(response.status).toBe(307);
    expect(api.received).toHaveLength(1);
  });

  it("that no longer need a stream are followed", async ({ app, api }) => {
    api.answer(redirectTo("/to", 303).once);
    const body = new Blob(["once"]).stream();
    await app.request("POST", `${api.url}/from`, { provider, body });
    expect(api.received[1]).toMatchObject({ method: "GET", url: "/to", body: "" });
  });

  it("without a Location, and 304, are answers", async ({ app, api }) => {
    for (const status of [302, 304, 300]) {
      api.answer((_, response) => void response.writeHead(status).end());
      expect((await app.request("GET", api.url, { provider })).status).toBe(status);
    }
  });

  it("of the broker are never followed: the key stays", async ({ app, broker, elsewhere }) => {
    broker.answer((_, response) => void response.writeHead(307, { location: elsewhere.url }).end());
    const error = await rejection(app.listProviders());
    expect(error).toMatchObject({ code: "invalid_response", status: 307 });
    expect(elsewhere.received).toEqual([]);
  });
});

describe("a broker in another place", () => {
  it("hears of a host exactly what the URL says", async ({ app, broker, api }) => {
    broker.refuse("host_not_allowed", { allowed_hosts: ["other.example.com"] });
    const error = await rejection(app.request("GET", api.url, { provider }));
    expect(error).toMatchObject({
      name: "HostNotAllowedError",
      status: 403,
      allowedHosts: ["other.example.com"],
    });
    expect(api.received).toEqual([]);
  });

  it("is not confused by a provider on the same machine", async ({ app, broker, api }) => {
    const second = await startProvider();
    broker.reply("token", { allowed_hosts: [second.host] });
    expect(await rejection(app.request("GET", api.url, { provider }))).toMatchObject({
      code: "host_not_allowed",
    });
    await app.request("GET", second.url, { provider });
    await second.stop();
    expect([api.received.length, second.received.length]).toEqual([0, 1]);
  });
});
