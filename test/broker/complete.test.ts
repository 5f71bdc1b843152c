/** Completion by the app's server: pending until it redeems the code for the user who began [M20]. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { accepted, grantsOf, issue, refused } from "./steps.ts";
import {
  A,
  RETURN_URL,
  secret,
  startWorld,
  type Browser,
  type Reply,
  type World,
} from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const complete = (code: string, user_token: string, key = world.keys.demo.key): Promise<Reply> =>
  world.backend(key).complete({ code, user_token });

/** The session is begun with its connect_url alone. */
const begun = async (sub: string) => {
  const minted = await world.backend().createSession({
    user_token: await world.userToken(sub),
    allowed_origin: A,
    allowed_providers: ["calendar"],
    return_url: RETURN_URL,
    completion: "backend",
  });
  const token = String(minted.body["session_token"]);
  expect(minted.body["connect_url"]).toBe(`http://127.0.0.1:4999/connect#session=${token}`);
  const browser = world.browser();
  const claim = await browser.page("claim", { shape: "backend", token, claim_id: secret() });
  return { browser, session_id: String(claim.body["session_id"]) };
};

/** It has come home with its code. */
const completing = async (sub: string) => {
  const { browser, session_id } = await begun(sub);
  const landed = await browser.callback(await browser.visit(session_id));
  const url = new URL(landed.headers.get("location") ?? "");
  return { url, code: url.searchParams.get("alter_connect_code") ?? "" };
};

test("the same user's server gets the connections, and again on a repeat", async () => {
  const sub = "server";
  const { url, code } = await completing(sub);
  expect([...url.searchParams.keys()]).toEqual(["alter_connect_code"]);
  expect(await grantsOf(world, sub)).toEqual([]);
  const { body } = await accepted(async () => complete(code, await world.userToken(sub)));
  expect(body).toMatchObject({ connections: [{ operation: "creation", provider: "calendar" }] });
  expect((await complete(code, await world.userToken(sub))).body).toEqual(body);
  await accepted(() => issue(world, sub));
  // Somebody else's token afterwards learns nothing and takes nothing.
  await refused(
    world,
    async () => complete(code, await world.userToken("mallory")),
    "invalid_code",
  );
  await accepted(() => issue(world, sub));
});

test("anyone else's token purges what was staged, for good [M20]", async () => {
  const { code } = await completing("mallory");
  const revoked = world.calendar.counts.revocation;
  const stolen = await complete(code, await world.userToken("victim"));
  expect(stolen.body["code"]).toBe("invalid_code");
  expect(world.calendar.counts.revocation).toBe(revoked + 1);
  expect(await grantsOf(world, "victim")).toEqual([]);
  await refused(
    world,
    async () => complete(code, await world.userToken("mallory")),
    "invalid_code",
  );
  expect(await grantsOf(world, "mallory")).toEqual([]);
});

test("another app's key, no user, and a browser get nothing and spoil nothing", async () => {
  const sub = "kept";
  const { code } = await completing(sub);
  const user_token = await world.userToken(sub);
  const other = world.keys.other.key;
  await refused(world, () => complete(code, user_token, other), "invalid_code");
  await refused(world, () => complete(code, user_token, "alter_rk_x"), "invalid_api_key");
  await refused(world, () => complete(code, "no.jwt.here"), "invalid_user_token");
  const browser = { code, verifier: secret() };
  await refused(
    world,
    () => world.post("/v1/connect/redeem", browser, { origin: A }),
    "invalid_code",
  );
  await accepted(() => complete(code, user_token));
});

test("its other ends come home by name alone: no browser of the app's began it, so there is no state", async () => {
  const ends: [string, (browser: Browser, session_id: string) => Promise<unknown>][] = [
    ["exit=1", (browser, session_id) => browser.page("finish", { session_id, reason: "cancel" })],
    [
      "error=access_denied",
      async (browser, session_id) => {
        await browser.callback(await browser.visit(session_id, "calendar", { deny: true }));
        return browser.page("finish", { session_id, reason: "denied" });
      },
    ],
    [
      "error=wrong_user",
      (browser, session_id) => browser.page("finish", { session_id, reason: "not_you" }),
    ],
    ["error=session_expired", async () => world.pass(15 * 60_000)],
  ];
  for (const [answer, end] of ends) {
    const { browser, session_id } = await begun("ends");
    await end(browser, session_id);
    const { body } = await browser.page("view", { session_id });
    expect(body["redirect_to"]).toBe(`${RETURN_URL}?alter_connect_${answer}`);
    expect(body).not.toHaveProperty("outcome");
  }
  expect(await grantsOf(world, "ends")).toEqual([]);
});
