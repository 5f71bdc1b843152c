/** The guide's backend as it stands: its routes, with the calls that the guide promises. */
import express from "express";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { answerErrors } from "../../demo/app/errors.ts";
import { listen, type Listening } from "../../demo/listen.ts";
import { problem, startStandIn, type StandIn } from "./stand-in.ts";

let broker: StandIn;
let server: Listening;
let origin: string;

beforeAll(async () => {
  broker = await startStandIn();
  vi.stubEnv("ALTER_API_KEY", `alter_rk_${"k".repeat(43)}`);
  vi.stubEnv("ALTER_BASE_URL", broker.url);
  vi.stubEnv("APP_ORIGIN", "http://localhost:3000");
  vi.stubEnv("CALENDAR_API", "http://localhost:3003");
  // Reads the environment while it loads, as the guide's code does.
  const { router } = await import("../../demo/app/guide.ts");
  const app = express();
  app.use((req, _res, next) => {
    req.user = { name: "Ann", email: "ann@example.com", jwt: "the.users.jwt" };
    next();
  });
  app.use(router, answerErrors);
  server = await listen(0, () => app);
  origin = `http://localhost:${String(server.port)}`;
});

beforeEach(() => {
  broker.asked.length = 0;
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await server.stop();
  await broker.stop();
});

it.each(["POST", "GET"])(
  "%s /api/connect-session binds the session to the user",
  async (method) => {
    broker.answer(201, { session_token: "alter_cs_x", expires_at: "2030-01-01T00:00:00Z" });
    const answer = await fetch(`${origin}/api/connect-session`, { method });
    expect(await answer.json()).toEqual({ sessionToken: "alter_cs_x" });
    expect(broker.asked[0]?.body).toEqual({
      user_token: "the.users.jwt",
      allowed_origin: "http://localhost:3000",
      allowed_providers: ["calendar"],
    });
  },
);

it("lists connections by provider, account and grant id", async () => {
  broker.answer(200, {
    grants: [
      {
        grant_kind: "oauth",
        grant_id: "g1",
        provider_id: "calendar",
        provider_name: "Acme Calendar",
        account_identifier: "a@x.test",
        scopes: [],
        missing_scopes: [],
        ...{ expires_at: null, credential_expires_at: null, expiring: false, metadata: {} },
        status: "active",
        created_at: "2026-01-01T00:00:00Z",
        last_used_at: null,
      },
    ],
    next_cursor: null,
  });
  const answer = await fetch(`${origin}/api/connections`);
  expect(await answer.json()).toEqual([
    { provider: "calendar", account: "a@x.test", grantId: "g1" },
  ]);
  expect(broker.asked[0]?.headers["alter-user-token"]).toBe("the.users.jwt");
});

it("several accounts: the page is asked to pick, and the pick is used", async () => {
  const accounts = ["a@x.test", "b@x.test"];
  broker.answer(409, problem(409, "ambiguous_grant", { account_identifiers: accounts }));
  const path = `${origin}/api/calendar/picked-events`;
  const first = await fetch(path);
  expect(first.status).toBe(409);
  expect(await first.json()).toMatchObject({ code: "ambiguous_grant", accounts });
  expect(broker.asked).toHaveLength(1);

  // The stand-in goes on refusing; what counts is that the second question names the account.
  await fetch(`${path}?account=b%40x.test`);
  expect(broker.asked).toHaveLength(3);
  expect(broker.asked[2]?.body).toMatchObject({ provider: "calendar", account: "b@x.test" });

  await fetch(`${path}?account=stranger%40x.test`);
  expect(broker.asked).toHaveLength(4);
});
