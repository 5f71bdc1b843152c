/** The backend of the page with a tag: who gets a session, for what, and where phones come back to. */
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { createPerson, startWorld, type Person, type World } from "./day-planner.ts";

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
});
afterAll(() => world.stop());

it("makes a session for the tag's provider, which comes back to the tag's page", async () => {
  await ann.logIn();
  world.broker.answer(201, { session_token: "alter_cs_x", expires_at: "2030-01-01T00:00:00Z" });
  const answer = await ann.post("/api/tag/connect-session", { provider: "calendar" });
  expect(await answer.json()).toEqual({ session_token: "alter_cs_x" });
  expect(world.broker.asked.map(({ body }) => body)).toMatchObject([
    {
      allowed_providers: ["calendar"],
      allowed_origin: world.origin,
      return_url: `${world.origin}/tag`,
    },
  ]);
});

it("refuses whoever is not logged in, and asks the broker for nothing", async () => {
  const answer = await ann.post("/api/tag/connect-session", { provider: "calendar" });
  expect(answer.status).toBe(401);
  expect(await answer.json()).toEqual({ code: "login_required" });
  expect(world.broker.asked).toEqual([]);
});

it("lets the page load the broker's script, and no other page", async () => {
  const policyOf = async (path: string) =>
    (await ann.get(path)).headers.get("content-security-policy");
  expect(await policyOf("/tag")).toContain(`script-src 'self' ${world.broker.url};`);
  expect(await policyOf("/guide")).toContain("script-src 'self';");
});
