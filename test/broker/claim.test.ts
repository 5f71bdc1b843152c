/** The claim: its three shapes, who may repeat it, and the alarm when somebody else makes it [M5, M6, M20, M22]. */
import type { ErrorCode } from "@alter-ai/protocol/http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accepted, claimBody, cookieOf, refused, view } from "./steps.ts";
import {
  A2,
  connect,
  OTHER,
  RETURN_URL,
  s256,
  secret,
  startWorld,
  type Browser,
  type Json,
  type World,
} from "./world.ts";

const MINUTE = 60_000;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

describe("claim", () => {
  const redirect = (token: string, more: Json = {}): Json => ({
    shape: "redirect",
    token,
    claim_id: secret(),
    challenge: s256(secret()),
    state: secret(),
    ...more,
  });
  const backend = (token: string): Json => ({ shape: "backend", token, claim_id: secret() });
  const RETURNING = { return_url: RETURN_URL };
  const BACKEND = { ...RETURNING, completion: "backend" };
  const without = (body: Json, name: string): Json =>
    Object.fromEntries(Object.entries(body).filter(([key]) => key !== name));

  /** [what, session, refused claim, code, the claim that the same session takes] */
  const SHAPES: [string, Json, (t: string) => Json, ErrorCode, (t: string) => Json][] = [
    [
      "popup, challenge stripped",
      {},
      (t) => without(claimBody(t), "challenge"),
      "invalid_request",
      claimBody,
    ],
    [
      "popup, opener stripped",
      {},
      (t) => without(claimBody(t), "opener_origin"),
      "invalid_request",
      claimBody,
    ],
    [
      "redirect, state stripped",
      RETURNING,
      (t) => without(redirect(t), "state"),
      "invalid_request",
      redirect,
    ],
    [
      "redirect, challenge stripped",
      RETURNING,
      (t) => without(redirect(t), "challenge"),
      "invalid_request",
      redirect,
    ],
    ["redirect without a return_url", {}, redirect, "claim_shape_refused", claimBody],
    [
      "backend on a browser's session",
      RETURNING,
      backend,
      "claim_shape_refused",
      (t) => redirect(t),
    ],
    ["popup on a backend's session", BACKEND, claimBody, "claim_shape_refused", backend],
    ["redirect on a backend's session", BACKEND, redirect, "claim_shape_refused", backend],
    [
      "popup with a member too many",
      {},
      (t) => claimBody(t, { state: secret() }),
      "invalid_request",
      claimBody,
    ],
    [
      "a shape of no name",
      {},
      (t) => claimBody(t, { shape: "frame" }),
      "invalid_request",
      claimBody,
    ],
    [
      "popup from a foreign opener",
      {},
      (t) => claimBody(t, { opener_origin: "https://evil.example" }),
      "origin_not_allowed",
      claimBody,
    ],
    [
      "popup from another origin of the app",
      {},
      (t) => claimBody(t, { opener_origin: A2 }),
      "origin_not_allowed",
      claimBody,
    ],
    [
      "popup from another app",
      {},
      (t) => claimBody(t, { opener_origin: OTHER }),
      "origin_not_allowed",
      claimBody,
    ],
    [
      "popup from an opaque opener",
      {},
      (t) => claimBody(t, { opener_origin: "null" }),
      "origin_not_allowed",
      claimBody,
    ],
  ];

  test.each(SHAPES)("M20: %s", async (_, session, attack, code, honest) => {
    const token = await world.mint(session);
    const browser = world.browser();
    const reply = await refused(world, () => browser.page("claim", attack(token)), code);
    // What a stranger with the token must not learn: app, user, and where the token belongs [M22].
    expect(JSON.stringify(reply.body)).not.toMatch(/Day Planner|example\.com|localhost/);
    await accepted(() => browser.page("claim", honest(token)));
  });

  test("unknown and spoilt tokens are one answer [M22]", async () => {
    const token = await world.mint();
    for (const spoilt of [`${token}x`, token.slice(0, -1), "alter_cs_x.y", "x"])
      await refused(
        world,
        () => world.browser().page("claim", claimBody(spoilt)),
        "unknown_session",
      );
    await accepted(() => world.browser().page("claim", claimBody(token)));
  });

  test("M6: a repeat of the claim rotates the cookie, and the old one is dead", async () => {
    const token = await world.mint();
    const browser = world.browser();
    const body = claimBody(token);
    const first = await browser.page("claim", body);
    const session_id = String(first.body["session_id"]);
    const old = cookieOf(browser, session_id);
    world.pass(MINUTE - 1_000);
    const again = await accepted(() => browser.page("claim", body));
    expect(again.body["session_id"]).toBe(session_id);
    expect(cookieOf(browser, session_id)).not.toBe(old);
    await accepted(() => view(browser, session_id));

    const thief = world.browser();
    thief.jar.set(`ac_${session_id}`, old);
    await refused(world, () => view(thief, session_id), "unknown_session");
  });

  const LATE: [string, (body: Json, browser: Browser, id: string) => Promise<Json>][] = [
    ["after a minute", async (body) => (world.pass(MINUTE), body)],
    ["with another claim_id", async (body) => ({ ...body, claim_id: secret() })],
    [
      "after the first authorize",
      async (body, browser, session_id) => {
        await browser.page("authorize", { session_id, provider: "calendar" });
        return body;
      },
    ],
  ];
  test.each(LATE)("M6: no repeat %s, and no alarm", async (_, spoil) => {
    const token = await world.mint();
    const browser = world.browser();
    const body = claimBody(token);
    const session_id = String((await browser.page("claim", body)).body["session_id"]);
    const late = await spoil(body, browser, session_id);
    await refused(world, () => browser.page("claim", late), "session_claimed");
    expect((await view(browser, session_id)).body["phase"]).not.toBe("ended");
  });

  test("M5: a second claim with another challenge ends the session and takes back what it made", async () => {
    const sub = "m5-open";
    const one = await connect(world, { sub, session: { multiple: true } });
    const before = world.calendar.counts.revocation;
    const thief = world.browser();
    const reply = await thief.claim(one.token);
    expect(reply.body["code"]).toBe("session_claimed_elsewhere");
    expect(thief.jar.size).toBe(0);

    expect((await world.widget(one.token, one.verifier).outcome()).body).toMatchObject({
      status: "error",
      error: { code: "session_claimed_elsewhere" },
    });
    // Page and widget of the second both find out, in either order, and are told the same; no alarm is raised twice.
    const { outcome } = world.widget(one.token, reply.verifier);
    await refused(world, () => outcome(), "session_claimed_elsewhere");
    await refused(world, () => world.browser().claim(one.token), "session_claimed_elsewhere");
    const alarms = (await eventsOf(one.session_id)).filter((event) => event.endsWith("elsewhere"));
    expect(alarms).toHaveLength(1);
    const user_token = await world.userToken(sub);
    expect((await world.backend().listGrants(user_token)).body["grants"]).toEqual([]);
    await refused(
      world,
      () => world.backend().token({ user_token, provider: "calendar" }),
      "grant_revoked",
    );
    expect(world.calendar.counts.revocation).toBe(before + 1);
    expect(await eventsOf(one.session_id)).toContain("session.claimed_elsewhere");
  });

  test("M5: on a finished session there is no alarm and nothing is taken back", async () => {
    const sub = "m5-finished";
    const one = await connect(world, { sub });
    await refused(world, () => world.browser().claim(one.token), "session_ended");
    expect(await eventsOf(one.session_id)).not.toContain("session.claimed_elsewhere");
    const user_token = await world.userToken(sub);
    await accepted(() => world.backend().token({ user_token, provider: "calendar" }));
  });
});

const eventsOf = async (session_id: string) =>
  (await world.audit())
    .filter((row) => row["session_id"] === session_id)
    .map((row) => String(row["event"]));
