/** Who gets into the customer's app: login, what remembers it, how it ends, and what is refused. */
import { decodeJwt } from "jose";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import {
  COOKIE_KEY,
  createPerson,
  OTHER_COOKIE_KEY,
  startWorld,
  type Person,
  type World,
} from "./day-planner.ts";

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

it("as Ann: the ID token has her verified e-mail, and the page learns name and e-mail only", async () => {
  expect(await ann.me()).toBeNull();
  const home = await ann.logIn();
  expect(home.url).toBe(`${world.origin}/`);
  expect(await ann.me()).toEqual({ name: "Ann Arden", email: "ann@example.com" });

  world.broker.answer(201, { session_token: "alter_cs_x", expires_at: "2030-01-01T00:00:00Z" });
  await ann.post("/api/connect-session", { providers: ["calendar"] });
  const { user_token } = world.broker.asked[0]?.body as { user_token: string };
  expect(decodeJwt(user_token)).toMatchObject({
    iss: world.issuer,
    aud: "day-planner",
    sub: "ann",
    email: "ann@example.com",
    email_verified: true,
    preferred_username: "ann",
  });
});

it("asks again each time, so that Ben can follow Ann", async () => {
  await ann.logIn("ann");
  const login = await ann.open(`${world.origin}/login`);
  expect(login.text).toContain("Log in as Ben");
  await ann.submit(login, "/login", { login: "ben" });
  expect(await ann.me()).toMatchObject({ email: "ben@example.com" });
});

it("leaves a cookie that scripts cannot read and other sites do not send; logout removes it", async () => {
  const login = await ann.open(`${world.origin}/login`);
  const back = await ann.submit(login, "/login", { login: "ann" }, `${world.origin}/login/`);
  const answer = await ann.fetch(back.url);
  const cookie = answer.headers.getSetCookie().find((c) => c.startsWith("day_planner_session="));
  expect(cookie).toContain("HttpOnly");
  expect(cookie).toContain("SameSite=Lax");
  expect(await ann.me()).not.toBeNull();
  expect((await ann.post("/logout")).status).toBe(204);
  expect(await ann.me()).toBeNull();
});

it("survives a restart of the app, but not a change of its key", async () => {
  await ann.logIn();
  await world.restart(COOKIE_KEY);
  expect(await ann.me()).toMatchObject({ email: "ann@example.com" });
  await world.restart(OTHER_COOKIE_KEY);
  expect(await ann.me()).toBeNull();
});

it("ends with the JWT: after an hour the page asks for a login, and the broker is not asked", async () => {
  await ann.logIn();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_601_000 });
  const answer = await ann.get("/api/connections");
  expect(answer.status).toBe(401);
  expect(await answer.json()).toEqual({ code: "login_required" });
  expect(world.broker.asked).toEqual([]);
});

it("cancelled at the identity provider: back, and nobody is logged in", async () => {
  const login = await ann.open(`${world.origin}/login`);
  const home = await ann.submit(login, "/abort");
  expect(home.url).toBe(`${world.origin}/?login=cancelled`);
  expect(await ann.me()).toBeNull();
});

it("another's login in this browser is refused: the state is not this browser's", async () => {
  const mallory = createPerson(world.origin);
  const login = await mallory.open(`${world.origin}/login`);
  const theirs = await mallory.submit(login, "/login", { login: "ben" }, `${world.origin}/login/`);
  await ann.open(`${world.origin}/login`);
  const home = await ann.open(theirs.url);
  expect(home.url).toBe(`${world.origin}/?login=failed`);
  expect(await ann.me()).toBeNull();
});

it("leads back only to pages of the app", async () => {
  const login = await ann.open(`${world.origin}/login?back=//evil.example`);
  const home = await ann.submit(login, "/login", { login: "ann" });
  expect(home.url).toBe(`${world.origin}/`);
  const page = await ann.open(`${world.origin}/login?back=/patterns/revoke`);
  const back = await ann.submit(page, "/login", { login: "ann" });
  expect(back.url).toBe(`${world.origin}/patterns/revoke`);
});

it("anybody can come with an e-mail address, and is the same person each time", async () => {
  await ann.logIn("Zoe.Walker@acme.test");
  const first = await ann.me();
  expect(first).toEqual({ name: "Zoe Walker", email: "zoe.walker@acme.test" });
  await ann.logIn("ann@example.com");
  expect(await ann.me()).toMatchObject({ name: "Ann Arden" });
  const refused = await ann.logIn("nobody");
  expect(refused.status).toBe(422);
});
