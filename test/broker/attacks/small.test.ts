/** The small numbers of docs/attacks.md that no other file shows: what is refused by form, and what is not there at all. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accepted, away, land, refused } from "../steps.ts";
import { A, RETURN_URL, s256, secret, startWorld, type Json, type World } from "../world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

describe("L2: what a fragment may bring", () => {
  const claim = async (more: Json) => {
    const token = await world.mint({ return_url: RETURN_URL });
    const body = { shape: "redirect", token, claim_id: secret(), state: secret() };
    return { ...body, challenge: s256(secret()), ...more };
  };
  test.each<[string, Json]>([
    ["a state that is too short", { state: "x" }],
    ["a state that is too long", { state: "x".repeat(44) }],
    ["a state with other characters", { state: `${"x".repeat(42)}&` }],
    ["a challenge that is too long", { challenge: "x".repeat(4_000) }],
    ["a challenge with a line break", { challenge: `${"x".repeat(42)}\n` }],
    ["a challenge that is none", { challenge: 1 }],
    ["a claim_id that is too short", { claim_id: "x" }],
    ["a token without end", { token: `alter_cs_${"x".repeat(10_000)}` }],
  ])("%s is refused, and nothing is looked up", async (_, more) => {
    const body = await claim(more);
    await refused(world, () => world.browser().page("claim", body), "invalid_request");
    // The twin: the same claim as it should be.
    const whole = await claim({});
    await accepted(() => world.browser().page("claim", whole));
  });
});

test("L4: the hosted page is the same bytes, whatever its address says", async () => {
  const plain = await world.call("/connect");
  for (const query of [
    "?preview=1&name=Evil&logo_url=https://evil.example/x.svg",
    `?app=demo&theme=${encodeURIComponent("</style><script>1</script>")}`,
    "?session=alter_cs_x&error_description=Call+us",
  ]) {
    const reply = await world.call(`/connect${query}`);
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual(plain.body);
    expect(reply.headers.get("content-security-policy")).toBe(
      plain.headers.get("content-security-policy"),
    );
  }
  // The twin: what an address may choose is which session is asked for, and that is not in these bytes either.
  expect((await world.call(`/connect/s/${"x".repeat(22)}`)).body).toEqual(plain.body);
});

test("L9: the public listener has no metrics, and nothing else that describes the process", async () => {
  for (const path of ["/metrics", "/debug", "/debug/pprof", "/actuator", "/status", "/.env"])
    expect(await refused(world, () => world.call(path), "not_found")).toMatchObject({
      status: 404,
    });
});

test("L11: no answer with anything of a user in it may be kept by a cache", async () => {
  const user_token = await world.userToken("cached");
  const made = await world.backend().createSession({ user_token, allowed_origin: A });
  const browser = world.browser();
  const claimed = await browser.claim(String(made.body["session_token"]));
  const refusals = await world.backend("alter_rk_nobody").createSession({ user_token });
  const list = await world.backend().listGrants(user_token);
  for (const reply of [made, claimed, refusals, list])
    expect(reply.headers.get("cache-control")).toBe("no-store");
});

describe("L21: lengths on the way back", () => {
  test.each<[string, string]>([
    ["an endless code", `code=${"x".repeat(4_097)}`],
    ["an endless issuer", `iss=${"x".repeat(4_097)}`],
    ["an endless state", `state=${"x".repeat(4_097)}`],
    ["an endless value that nobody reads", `more=${"x".repeat(4_097)}`],
  ])("%s consumes nothing", async (_, parameter) => {
    const session = await away(world, { sub: "lengths" });
    const [name = ""] = parameter.split("=");
    const url = new URL(session.back);
    url.searchParams.delete(name);
    const { token } = world.calendar.counts;
    expect(await land(session.browser, `${url.href}&${parameter}`)).toBe("/connect/lost");
    expect(world.calendar.counts.token).toBe(token);
    // The twin: as it came.
    expect(await land(session.browser, session.back)).toBe(`/connect/s/${session.session_id}`);
    expect(world.calendar.counts.token).toBe(token + 1);
  });
});
