/**
 * Each recipe of docs/frameworks on a real socket, with a real broker behind it: the same visits to all of them. Knows
 * what a browser sees of such a backend, and what broker and provider see of it.
 */
import { createServer, type Server } from "node:http";
import { serve, type ServerType } from "@hono/node-server";
import { App, HttpMethod } from "@alter-ai/alter-sdk";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startConnected, type Connected } from "../servers/connected.ts";
import type { Visitor } from "../servers/headless.ts";
import { sessionIn, walk } from "./walk.ts";

const ORIGIN = "https://planner.example";
/** Calls that the operator allows a user in an hour. */
const LIMIT = 12;

let world: Connected;

beforeAll(async () => {
  const hourly = { name: "hourly", kind: "rate_limit", per: "user", limit: LIMIT };
  world = await startConnected({
    app: { origins: ["http://localhost:4998", ORIGIN], return_urls: [`${ORIGIN}/`] },
    client: { policies: [{ ...hourly, window_seconds: 3600 }] },
  });
  // Recipes read their settings as they are loaded, which is later.
  vi.stubEnv("ALTER_API_KEY", world.apiKey);
  vi.stubEnv("ALTER_BASE_URL", world.broker.url);
  vi.stubEnv("APP_ORIGIN", ORIGIN);
  vi.stubEnv("EVENTS_URL", `${world.provider.url}/api/me`);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await world.stop();
});

type Running = { url: string; stop: () => Promise<void> };

const running = async (server: Server | ServerType): Promise<Running> => {
  if (!server.listening) await new Promise((done) => server.once("listening", done));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () => new Promise((done) => server.close(() => done())),
  };
};

const RECIPES: Record<string, () => Promise<Running>> = {
  express: async () => running((await import("./express.ts")).app.listen(0, "127.0.0.1")),
  fastify: async () => {
    const { app } = await import("./fastify.ts");
    return { url: await app.listen({ port: 0, host: "127.0.0.1" }), stop: () => app.close() };
  },
  hono: async () => {
    const { app } = await import("./hono.ts");
    return running(serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }));
  },
  "next.js": async () => {
    const [session, events, connections, revoke, connect, connected] = await Promise.all([
      import("./next/app/api/connect-session/route.ts"),
      import("./next/app/api/calendar/events/route.ts"),
      import("./next/app/api/connections/route.ts"),
      import("./next/app/api/connections/[id]/revoke/route.ts"),
      import("./next/app/connect/route.ts"),
      import("./next/app/connected/route.ts"),
    ]);
    // Next's part: which file answers which path, and how it gets a Request.
    const none = undefined;
    const app = new Hono()
      .post("/api/connect-session", (c) => session.POST(c.req.raw, none))
      .get("/api/calendar/events", (c) => events.GET(c.req.raw, none))
      .get("/api/connections", (c) => connections.GET(c.req.raw, none))
      .post("/api/connections/:id/revoke", (c) =>
        revoke.POST(c.req.raw, { params: Promise.resolve({ id: c.req.param("id") }) }),
      )
      .post("/connect", (c) => connect.POST(c.req.raw, none))
      .get("/connected", (c) => connected.GET(c.req.raw, none));
    return running(serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }));
  },
  http: async () => running((await import("./http.ts")).server.listen(0, "127.0.0.1")),
};

type Visit = { status: number; headers: Headers; body: Record<string, unknown> };

/** A browser in which `user` is logged in; without one, nobody is. */
const visitor =
  (at: () => Running, jwt: string | undefined) =>
  async (method: string, path: string, init: RequestInit = {}): Promise<Visit> => {
    const headers = new Headers(init.headers);
    if (jwt !== undefined) headers.set("cookie", `theme=dark; session=${jwt}`);
    const response = await fetch(at().url + path, { ...init, method, headers, redirect: "manual" });
    const text = await response.text();
    const json = response.headers.get("content-type")?.includes("json") && text !== "";
    return {
      status: response.status,
      headers: response.headers,
      body: json ? (JSON.parse(text) as Record<string, unknown>) : {},
    };
  };

/** What the person does at the provider. */
const agreeAs =
  (person: Visitor) =>
  async (url: string): Promise<string> =>
    (await world.provider.control.authorize(url, person)).url;

/** What the broker and the provider's API have been asked so far. */
const traffic = async () => {
  // The log comes by a pipe: what was asked before this is in it once this is.
  const marked = await fetch(`${world.broker.url}/healthz`);
  const id = marked.headers.get("x-request-id");
  const { logs } = world.broker;
  await vi.waitUntil(() => logs.some(({ request_id }) => request_id === id));
  const asked = logs.filter(({ path }) => String(path).startsWith("/v1/"));
  return { broker: asked.length, api: world.provider.counts.api };
};

describe.each(Object.entries(RECIPES))("%s", (name, start) => {
  let recipe: Running;
  beforeAll(async () => {
    recipe = await start();
  });
  afterAll(() => recipe.stop());

  const user = (who: string) => `${who}-${name}`;
  const as = async (who: string) => visitor(() => recipe, await world.userToken(user(who)));
  const EVENTS = ["GET", "/api/calendar/events"] as const;
  /** As a page's form sends it. */
  const FORM = { headers: { "content-type": "application/x-www-form-urlencoded" } };

  it.each([
    ["POST", "/api/connect-session"],
    [...EVENTS],
    ["GET", "/api/connections"],
    ["POST", "/api/connections/grant_1/revoke"],
    ["POST", "/connect"],
    ["GET", "/connected?alter_connect_code=x"],
  ])("does nothing for somebody who is not logged in: %s %s", async (method, path) => {
    const earlier = await traffic();
    const { status, body } = await visitor(() => recipe, undefined)(method, path);
    expect({ status, body }).toEqual({ status: 401, body: { code: "login_required" } });
    expect(await traffic()).toEqual(earlier);
  });

  it("tells the page to show Connect where nothing is connected", async () => {
    const earlier = await traffic();
    const { status, body } = await (await as("nobody"))(...EVENTS);
    expect(status).toBe(404);
    expect(body).toEqual({ code: "grant_not_found", reauthRequired: true });
    expect(await traffic()).toEqual({ ...earlier, broker: earlier.broker + 1 });
  });

  it("mints a session for its own origin, whatever the request says, and lets nobody keep it", async () => {
    const evil = "https://evil.example";
    const { status, headers, body } = await (
      await as("ann")
    )("POST", "/api/connect-session", {
      headers: { "content-type": "application/json", origin: evil, "x-forwarded-host": evil },
      body: JSON.stringify({ allowedOrigin: evil, returnUrl: `${evil}/`, userToken: "x" }),
    });
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(Object.keys(body)).toEqual(["sessionToken"]);
    const outcomeFor = async (origin: string) => {
      const headers = { origin, authorization: `Bearer ${String(body["sessionToken"])}` };
      return (await fetch(`${world.broker.url}/v1/connect/outcome?wait=0`, { headers })).status;
    };
    expect(await outcomeFor(evil)).toBe(403);
    expect(await outcomeFor(ORIGIN)).toBe(200);
  });

  it("calls the provider as the user, and lists what they have connected", async () => {
    await world.connect(user("ann"));
    const ann = await as("ann");
    const events = await ann(...EVENTS);
    expect(events.status).toBe(200);
    expect(events.headers.get("cache-control")).toBe("no-store");
    expect(events.body).toMatchObject({ email: "ann@calendar.test" });
    const { body } = await ann("GET", "/api/connections");
    expect(body).toMatchObject([
      { providerId: "calendar", accountIdentifier: "ann@calendar.test" },
    ]);
  });

  it("does not mix up users whose requests it serves at once", async () => {
    await world.connect(user("bea"), { account: "bea@calendar.test" });
    await world.connect(user("bob"), { account: "bob@calendar.test" });
    const both = await Promise.all([as("bea"), as("bob")]);
    const answers = await Promise.all([...both, ...both, ...both].map((one) => one(...EVENTS)));
    expect(answers.map(({ body }) => body["email"])).toEqual(
      [1, 2, 3].flatMap(() => ["bea@calendar.test", "bob@calendar.test"]),
    );
  });

  it("lets the user pick where there are several accounts", async () => {
    await world.connect(user("cas"), { account: "cas@work.test" });
    await world.connect(user("cas"), { account: "cas@home.test" });
    const cas = await as("cas");
    const { status, body } = await cas(...EVENTS);
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: "ambiguous_grant", reauthRequired: false });
    expect([...(body["accounts"] as string[])].sort()).toEqual(["cas@home.test", "cas@work.test"]);
    const picked = await cas("GET", "/api/calendar/events?account=cas%40home.test");
    expect(picked.body).toMatchObject({ email: "cas@home.test" });
  });

  it("ends a connection of the user's own, and nobody else's", async () => {
    await world.connect(user("dan"));
    await world.connect(user("eve"));
    const [dan, eve] = await Promise.all([as("dan"), as("eve")]);
    const [grant] = (await dan("GET", "/api/connections")).body as unknown as { grantId: string }[];
    const path = `/api/connections/${grant?.grantId}/revoke`;

    const foreign = await eve("POST", path);
    expect([foreign.status, foreign.body["code"]]).toEqual([404, "grant_not_found"]);
    expect((await dan(...EVENTS)).status).toBe(200);

    expect((await dan("POST", path)).status).toBeLessThan(300);
    const earlier = world.provider.counts.api;
    const { status, body } = await dan(...EVENTS);
    expect([status, body["reauthRequired"]]).toEqual([410, true]);
    expect(world.provider.counts.api).toBe(earlier);
    expect((await dan("GET", "/api/connections")).body).toEqual([]);
  });

  it("sends a user whose JWT has expired to the login", async () => {
    await world.connect(user("fay"));
    const exp = world.idp.now() - 600;
    const earlier = world.provider.counts.api;
    const { status, body } = await visitor(
      () => recipe,
      await world.idp.sign({ sub: user("fay"), exp }),
    )(...EVENTS);
    expect({ status, body }).toEqual({
      status: 401,
      body: { code: "invalid_user_token", reauthRequired: false },
    });
    expect(world.provider.counts.api).toBe(earlier);
  });

  it("passes on what a policy refuses, and when to come again", async () => {
    await world.connect(user("gus"));
    const gus = await as("gus");
    for (let calls = 0; calls < LIMIT; calls += 1) expect((await gus(...EVENTS)).status).toBe(200);
    const earlier = world.provider.counts.api;
    const { status, headers, body } = await gus(...EVENTS);
    expect(status).toBe(429);
    expect(body).toMatchObject({ code: "policy_violation", reauthRequired: false });
    expect(Date.parse(String(body["retryAt"]))).toBeGreaterThan(Date.now());
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect(world.provider.counts.api).toBe(earlier);
  });

  it("connects without the widget, and leaves no code in an address", async () => {
    const hal = await as("hal");
    const started = await hal("POST", "/connect", FORM);
    expect(started.status).toBe(303);
    const account = "hal@calendar.test";
    const session = sessionIn(started.headers.get("location"));
    const { at: back } = await walk(session, agreeAs({ account }));
    expect(back.origin + back.pathname).toBe(`${ORIGIN}/connected`);
    const done = await hal("GET", back.pathname + back.search);
    expect(done.status).toBe(303);
    const { pathname, search } = new URL(done.headers.get("location") ?? "", ORIGIN);
    expect(pathname + search).toBe("/?connected=calendar");
    expect((await hal(...EVENTS)).body).toMatchObject({ email: account });
  });

  it("says how else Connect may end, and connects nothing then", async () => {
    const [ida, jon] = await Promise.all([as("ida"), as("jon")]);
    const ending = async (visit: typeof ida, back: URL) => {
      const { headers } = await visit("GET", back.pathname + back.search);
      return new URL(headers.get("location") ?? "", ORIGIN).search;
    };
    const start = async () =>
      sessionIn((await ida("POST", "/connect", FORM)).headers.get("location"));

    const denied = await walk(await start(), agreeAs({ deny: true }));
    expect(await ending(ida, await denied.giveUp())).toBe("?connect=access_denied");
    // Whoever is logged in when the browser comes back is not whoever started.
    const someoneElses = await walk(await start(), agreeAs({}));
    expect(await ending(jon, someoneElses.at)).toBe("?connect=invalid_code");

    for (const visit of [ida, jon])
      expect((await visit("GET", "/api/connections")).body).toEqual([]);
  });
});

describe("a user kept in a variable instead of AsyncLocalStorage", () => {
  it("is mixed up with the next one: what the recipes' test would see", async () => {
    let current = "";
    const arrived: (() => void)[] = [];
    const alter = new App({ apiKey: world.apiKey, userTokenGetter: () => current });
    const careless = await running(
      createServer(async (req, res) => {
        current = /session=([^;]+)/.exec(req.headers.cookie ?? "")?.[1] ?? "";
        // Anything that waits between the login and the call, until both are here.
        await new Promise<void>((go) => {
          arrived.push(go);
          if (arrived.length === 2) for (const each of arrived) each();
        });
        const url = `${world.provider.url}/api/me`;
        const response = await alter.request(HttpMethod.GET, url, { provider: "calendar" });
        res.setHeader("content-type", "application/json").end(await response.text());
      }).listen(0, "127.0.0.1"),
    );
    for (const who of ["kim", "lou"]) await world.connect(who, { account: `${who}@calendar.test` });
    const answers = await Promise.all(
      ["kim", "lou"].map(async (who) =>
        visitor(() => careless, await world.userToken(who))("GET", "/"),
      ),
    );
    await careless.stop();
    expect(new Set(answers.map(({ body }) => body["email"])).size).toBe(1);
  });
});
