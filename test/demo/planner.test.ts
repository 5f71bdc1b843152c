/** The main page's API: who may call it, what the broker is asked in whose name, and what the page is told. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { API_KEY, createPerson, startWorld, type Person, type World } from "./day-planner.ts";
import { problem, token } from "./stand-in.ts";

// Real servers and keys, on machines that may be busy.
vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

let world: World;
let ann: Person;

beforeAll(async () => {
  world = await startWorld();
});

beforeEach(() => {
  ann = createPerson(world.origin);
  world.broker.asked.length = 0;
  world.api.asked.length = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

afterAll(() => world.stop());

describe("who may call the app", () => {
  it.each(["/api/connections", "/api/calendar/events", "/api/files"])(
    "GET %s without a login: 401, and the broker is not asked",
    async (path) => {
      const answer = await ann.get(path);
      expect(answer.status).toBe(401);
      expect(await answer.json()).toEqual({ code: "login_required" });
      expect(world.broker.asked).toEqual([]);
    },
  );

  it.each(["http://localhost:9", "https://evil.example", "null"])(
    "a POST from %s: 403, and neither session nor disconnect reaches the broker",
    async (from) => {
      await ann.logIn();
      for (const path of ["/api/connect-session", "/api/connections/g1/disconnect", "/logout"]) {
        const answer = await ann.post(path, { providers: ["calendar"] }, from);
        expect(answer.status).toBe(403);
        expect(await answer.json()).toEqual({ code: "cross_origin_refused" });
      }
      expect(world.broker.asked).toEqual([]);
      expect(await ann.me()).not.toBeNull();
    },
  );

  it("a GET by a page of another origin: 403", async () => {
    await ann.logIn();
    const answer = await ann.fetch(`${world.origin}/api/connect-session`, {
      headers: { "sec-fetch-site": "same-site" },
    });
    expect(answer.status).toBe(403);
    expect(world.broker.asked).toEqual([]);
  });

  it("another name for this machine leads to the one address", async () => {
    const answer = await ann.fetch(`http://127.0.0.1:${new URL(world.origin).port}/api/me`);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe(`${world.origin}/`);
  });
});

describe("Connect and the APIs", () => {
  beforeEach(() => ann.logIn());

  it("mints a session for this user, this origin and the providers that exist", async () => {
    world.broker.answer(201, { session_token: "alter_cs_x", expires_at: "2030-01-01T00:00:00Z" });
    const answer = await ann.post("/api/connect-session", {
      providers: ["calendar", "files", "bank"],
      multiple: true,
    });
    expect(await answer.json()).toEqual({ sessionToken: "alter_cs_x" });
    expect(world.broker.asked).toHaveLength(1);
    expect(world.broker.asked[0]).toMatchObject({
      method: "POST",
      path: "/v1/connect/sessions",
      headers: { authorization: `Bearer ${API_KEY}` },
      body: {
        allowed_origin: world.origin,
        allowed_providers: ["calendar", "files"],
        multiple: true,
      },
    });
  });

  it.each([
    [409, "ambiguous_grant", { account_identifiers: ["a@x.test", "b@x.test"] }],
    [404, "grant_not_found", {}],
    [410, "grant_revoked", {}],
    [410, "credential_revoked", {}],
  ])(
    "the broker's %i %s reaches the page, and the API is not called",
    async (status, code, more) => {
      world.broker.answer(status, problem(status, code, more));
      const answer = await ann.get("/api/calendar/events");
      expect(answer.status).toBe(status);
      expect(await answer.json()).toMatchObject(
        code === "ambiguous_grant"
          ? { code, reauthRequired: false, accounts: ["a@x.test", "b@x.test"] }
          : { code, reauthRequired: true },
      );
      expect(world.api.asked).toEqual([]);
    },
  );

  it("passes the picked account on, and sends the token to the API only", async () => {
    world.broker.answer(200, token(world.api.url));
    world.api.answer(200, { account: "b@x.test", events: [] });
    const answer = await ann.get("/api/calendar/events?account=b%40x.test");
    expect(await answer.json()).toEqual({ account: "b@x.test", events: [] });
    expect(world.broker.asked[0]?.body).toMatchObject({
      provider: "calendar",
      account: "b@x.test",
    });
    expect(world.api.asked[0]?.headers.authorization).toBe("Bearer the-access-token");
  });

  it("a body that is no JSON: 400, and the broker is not asked", async () => {
    const answer = await ann.fetch(`${world.origin}/api/connect-session`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: world.origin },
      body: "{",
    });
    expect(answer.status).toBe(400);
    expect(world.broker.asked).toEqual([]);
  });
});
