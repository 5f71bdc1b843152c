/** A claimed session from its page: whose it is, what it shows, and how it ends [H1, H4, H8]. */
import { page } from "@alter-ai/protocol/http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accepted, begin, cookieOf, pageCalls, refused, state, view } from "./steps.ts";
import { A, connect, OTHER, startWorld, type Browser, type Json, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

describe("H1: a session is known by its own cookie", () => {
  const NEIGHBOURS: [string, () => Promise<{ browser: Browser; session_id: string }>][] = [
    ["the same user's other tab", () => begin(world, { sub: "ann" })],
    ["another user's", () => begin(world, { sub: "ben" })],
    [
      "another app's",
      async () => {
        const minted = await world.backend(world.keys.other.key).createSession({
          user_token: await world.userToken("ann"),
          allowed_origin: OTHER,
        });
        const browser = world.browser();
        const token = String(minted.body["session_token"]);
        const { body } = await browser.claim(token, { opener_origin: OTHER });
        return { browser, session_id: String(body["session_id"]) };
      },
    ],
  ];

  test.each(NEIGHBOURS)("%s cookie opens nothing", async (_, neighbour) => {
    const mine = await begin(world, { sub: "ann" });
    const other = await neighbour();
    const secretOfOther = cookieOf(other.browser, other.session_id);
    const names = [`ac_${other.session_id}`, `ac_${mine.session_id}`, "ac_", "acc"];
    for (const [name, body] of pageCalls(mine.session_id)) {
      const intruder = world.browser();
      for (const cookie of names) intruder.jar.set(cookie, secretOfOther);
      await refused(world, () => intruder.page(name, body), "unknown_session");
    }
    for (const [name, body] of pageCalls(mine.session_id))
      await accepted(() => mine.browser.page(name, body));
    expect((await view(other.browser, other.session_id)).body["phase"]).toBe("choosing");
  });

  test("without any cookie there is no session, and no telling it from one that never was", async () => {
    const { session_id, browser } = await begin(world);
    const blocked = await refused(
      world,
      () => view(world.browser(), session_id),
      "unknown_session",
    );
    const never = await refused(world, () => view(world.browser(), "never"), "unknown_session");
    expect({ ...blocked.body, request_id: "" }).toEqual({ ...never.body, request_id: "" });
    await accepted(() => view(browser, session_id));
  });
});

describe("view", () => {
  test("says for which app, user and accounts, in a user's words, and nothing more", async () => {
    const sub = "viewer";
    const { session_id } = await connect(world, { sub, account: "viewer@work.test" });
    const later = await begin(world, {
      sub,
      session: { allowed_providers: ["files", "calendar"] },
    });
    const { body } = await accepted(() => view(later.browser, later.session_id));
    expect(page.view.reply.parse(body)).toEqual(body);
    expect(body).toEqual({
      view: {
        app: { name: "Day Planner", origin: A, theme: "system" },
        user: {
          label: "viewer@example.com",
          label_kind: "verified_email",
          identity_provider: "Test IdP",
        },
        providers: [
          {
            id: "files",
            name: "Acme Files",
            scopes: [
              "See your email address",
              "Keep access when you are not here",
              "See your files",
            ],
            accounts: [],
          },
          {
            id: "calendar",
            name: "Acme Calendar",
            scopes: [
              "See your email address",
              "Keep access when you are not here",
              "See your events",
            ],
            accounts: [
              {
                grant_id: expect.stringMatching(/^gr/) as string,
                label: "viewer@work.test",
                status: "active",
              },
            ],
          },
        ],
        connections: [],
        multiple: false,
        expires_in: expect.any(Number) as number,
        locale: "en",
      },
      phase: "choosing",
      allowed_origin: A,
      close_at_once: false,
    });
    expect(session_id).not.toBe(later.session_id);
  });

  const NAMES: [string, Json, Json][] = [
    [
      "a name of the user's own choosing is never the label",
      { email_verified: false, name: "victim@corp.com", preferred_username: "mallory" },
      { label: "mallory", label_kind: "username", name: "victim@corp.com" },
    ],
    [
      "an unverified e-mail is not shown at all",
      { email_verified: undefined, email: "victim@corp.com" },
      { label: "mallory-sub", label_kind: "subject" },
    ],
    [
      "bidi and control characters are out",
      { name: "a\u202Emoc.proc\u0000@b\n" },
      { label: "mallory-sub@example.com", label_kind: "verified_email", name: "amoc.proc@b" },
    ],
  ];
  test.each(NAMES)("H4: %s", async (_, claims, shown) => {
    const user_token = await world.userToken("mallory-sub", claims);
    const minted = await world.backend().createSession({ user_token, allowed_origin: A });
    const { body } = await world.browser().claim(String(minted.body["session_token"]));
    expect((body["view"] as Json)["user"]).toEqual({ ...shown, identity_provider: "Test IdP" });
  });
});

describe("finish", () => {
  const DENIED = { deny: true };
  /** [reason, what happened before, outcome] */
  const ENDS: [string, "nothing" | "denial" | "connection", Json][] = [
    ["done", "nothing", { status: "exit" }],
    ["cancel", "nothing", { status: "exit" }],
    ["denied", "nothing", { status: "exit" }],
    ["not_you", "nothing", { status: "error", error: { code: "wrong_user" } }],
    ["done", "denial", { status: "exit" }],
    ["cancel", "denial", { status: "exit" }],
    ["denied", "denial", { status: "error", error: { code: "access_denied" } }],
    ["not_you", "denial", { status: "error", error: { code: "wrong_user" } }],
    ["done", "connection", { status: "success", connections: [{ provider: "calendar" }] }],
    ["cancel", "connection", { status: "success", connections: [{ provider: "calendar" }] }],
    ["denied", "connection", { status: "success", connections: [{ provider: "calendar" }] }],
    ["not_you", "connection", { status: "error", error: { code: "wrong_user" } }],
  ];
  test.each(ENDS)("%s after %s", async (reason, before, outcome) => {
    const sub = `finish-${reason}-${before}`;
    const { browser, session_id, token, verifier } = await begin(world, {
      sub,
      session: { multiple: true },
    });
    if (before !== "nothing") {
      const visitor = before === "denial" ? DENIED : {};
      await browser.callback(await browser.visit(session_id, "calendar", visitor));
    }
    const reply = await accepted(() => browser.page("finish", { session_id, reason }));
    expect(reply.body).toMatchObject({ outcome });
    expect(page.finish.reply.parse(reply.body)).toEqual(reply.body);
    // The first writer's outcome stands, for the page and for the widget [H8].
    const standing = await state(world);
    const again = await browser.page("finish", { session_id, reason: "not_you" });
    expect(again.body).toEqual(reply.body);
    const asked = await world.widget(token, verifier).outcome();
    expect(asked.body).toEqual(reply.body["outcome"]);
    expect(await state(world)).toBe(standing);
    const { body } = await world.backend().listGrants(await world.userToken(sub));
    expect(body["grants"]).toHaveLength(outcome["status"] === "success" ? 1 : 0);
  });

  test("not_you spares the account that was connected before", async () => {
    const sub = "not-you-reauth";
    await connect(world, { sub, account: "old@work.test" });
    const { browser, session_id } = await begin(world, { sub, session: { multiple: true } });
    for (const account of ["old@work.test", "new@work.test"])
      await browser.callback(await browser.visit(session_id, "calendar", { account }));
    const finished = await browser.page("finish", { session_id, reason: "not_you" });
    expect(finished.body).toMatchObject({ outcome: { error: { code: "wrong_user" } } });
    const { body } = await world.backend().listGrants(await world.userToken(sub));
    expect(body["grants"]).toMatchObject([{ account_identifier: "old@work.test" }]);
    const user_token = await world.userToken(sub);
    await accepted(() => world.backend().token({ user_token, provider: "calendar" }));
  });

  test("`here` after a departure offers the choice again and leaves the departure alive", async () => {
    const { browser, session_id } = await begin(world, { sub: "here" });
    const back = await browser.visit(session_id);
    expect((await view(browser, session_id)).body["phase"]).toBe("at_provider");
    await accepted(() => browser.page("page", { session_id, event: "here" }));
    expect((await view(browser, session_id)).body["phase"]).toBe("choosing");
    await browser.callback(back);
    expect((await view(browser, session_id)).body["outcome"]).toMatchObject({ status: "success" });
  });
});
