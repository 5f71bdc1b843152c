/** Redirect sessions: pending until the browser that began redeems the code that the finishing one brought [H2, M3]. */
import { widget } from "@alter-ai/protocol/http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accepted, begin, grantsOf, issue, refused, rowsOf, view } from "./steps.ts";
import {
  A,
  A2,
  connect,
  RETURN_URL,
  secret,
  startWorld,
  type Json,
  type Reply,
  type World,
} from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const MINUTE = 60_000;

/** A claimed redirect session, as the page at /connect makes it after the widget has left for it. */
const leave = async (sub: string, session: Json = {}) => {
  const token = await world.mint({ return_url: RETURN_URL, ...session }, sub);
  const browser = world.browser();
  const { verifier, state, body } = await browser.claimRedirect(token);
  return { token, browser, verifier, state, session_id: String(body["session_id"]) };
};
type Left = Awaited<ReturnType<typeof leave>>;

const goBack = async (
  { browser, session_id }: Pick<Left, "browser" | "session_id">,
  account = "",
) =>
  browser.callback(await browser.visit(session_id, "calendar", account === "" ? {} : { account }));
const urlOf = (reply: Reply) => new URL(reply.headers.get("location") ?? "", "http://relative");
const codeOf = (url: URL) => url.searchParams.get("alter_connect_code") ?? "";

/** A redirect session that has come home with its code. */
const staged = async (sub: string, account = "one@work.test", session: Json = {}) => {
  const left = await leave(sub, session);
  const url = urlOf(await goBack(left, account));
  return { ...left, url, code: codeOf(url) };
};

const redeem = (code: string, verifier: string, origin: string | undefined = A): Promise<Reply> =>
  world.post("/v1/connect/redeem", { code, verifier }, origin === "" ? {} : { origin });
describe("the way back", () => {
  test("carries code and state, nothing of the account, and keeps the app's own parameters", async () => {
    const { state, url, code } = await staged("clean", "one@work.test", {
      return_url: `${A}/app/day?tab=2`,
    });
    expect(url.origin + url.pathname).toBe(`${A}/app/day`);
    expect([...url.searchParams.keys()]).toEqual([
      "tab",
      "alter_connect_code",
      "alter_connect_state",
    ]);
    expect(code).toMatch(/^[\w-]{43}$/);
    expect(url.searchParams.get("alter_connect_state")).toBe(state);
  });

  test("is empty once the code was redeemed: Back from there must not look like a lost attempt", async () => {
    const { browser, session_id, code, verifier } = await staged("back-again");
    const before = await browser.page("view", { session_id });
    expect(codeOf(new URL(String(before.body["redirect_to"])))).toBe(code);
    expect((await redeem(code, verifier)).status).toBe(200);
    const after = await browser.page("view", { session_id });
    expect(after.body["redirect_to"]).toBe(RETURN_URL);
  });

  test("of an error and an exit carries its name and the state", async () => {
    const ends = [
      ["cancel", {}, "alter_connect_exit", "1"],
      ["denied", { deny: true }, "alter_connect_error", "access_denied"],
      ["not_you", {}, "alter_connect_error", "wrong_user"],
    ] as const;
    for (const [reason, visitor, name, value] of ends) {
      const { browser, session_id, state } = await leave("ends");
      if ("deny" in visitor)
        await browser.callback(await browser.visit(session_id, "calendar", visitor));
      const { body } = await browser.page("finish", { session_id, reason });
      const url = new URL(String(body["redirect_to"]));
      expect(Object.fromEntries(url.searchParams)).toEqual({
        [name]: value,
        alter_connect_state: state,
      });
      expect(body).toEqual({ redirect_to: url.href });
      expect((await view(browser, session_id)).body).toMatchObject({ redirect_to: url.href });
    }
  });

  test("carries no answer but ours, whatever got into the return URL [L3]", async () => {
    const { browser, session_id, state } = await leave("planted");
    const planted = `${RETURN_URL}?alter_connect_code=${secret()}&alter_connect_code=x&tab=2&alter_connect_x=1`;
    const sql = "update sessions set return_url = ? where id = ?";
    await world.database.rows(sql, planted, session_id);
    const { body } = await browser.page("finish", { session_id, reason: "cancel" });
    expect([...new URL(String(body["redirect_to"])).searchParams]).toEqual([
      ["tab", "2"],
      ["alter_connect_exit", "1"],
      ["alter_connect_state", state],
    ]);
  });

  test("after a cancel from the app's own page: a late callback exchanges nothing and goes home empty", async () => {
    const { browser, session_id, token, verifier, state } = await leave("cancelled");
    const back = await browser.visit(session_id);
    await accepted(() => world.widget(token, verifier).cancel());
    const exchanges = world.calendar.counts.token;
    expect((await browser.callback(back)).headers.get("location")).toBe(`/connect/s/${session_id}`);
    expect(world.calendar.counts.token).toBe(exchanges);
    const { body } = await view(browser, session_id);
    expect(Object.fromEntries(new URL(String(body["redirect_to"])).searchParams)).toEqual({
      alter_connect_exit: "1",
      alter_connect_state: state,
    });
    expect(await rowsOf(world, "cancelled")).toEqual([]);
  });

  test("of a multiple session begins at finish, with one code for all", async () => {
    const left = await leave("many", { multiple: true });
    for (const account of ["one@work.test", "two@work.test"])
      expect((await goBack(left, account)).headers.get("location")).toBe(
        `/connect/s/${left.session_id}`,
      );
    const { session_id } = left;
    const { body } = await left.browser.page("finish", { session_id, reason: "done" });
    const redeemed = await redeem(codeOf(new URL(String(body["redirect_to"]))), left.verifier);
    expect(redeemed.body["connections"]).toHaveLength(2);
    expect(await grantsOf(world, "many")).toHaveLength(2);
  });

  test("after the deadline says so: what was staged cannot be redeemed any more", async () => {
    const left = await leave("too-late", { multiple: true });
    await goBack(left);
    world.pass(15 * MINUTE);
    const { body } = await view(left.browser, left.session_id);
    const url = new URL(String(body["redirect_to"]));
    expect(Object.fromEntries(url.searchParams)).toEqual({
      alter_connect_error: "session_expired",
      alter_connect_state: left.state,
    });
    expect(await grantsOf(world, "too-late")).toEqual([]);
  });
});

describe("H2: pending is invisible", () => {
  test("to the token, the list, the token call, the picker, DELETE and the revocation of others", async () => {
    const sub = "invisible";
    const { code, verifier, token, session_id, browser } = await staged(sub);
    const asked = await world.widget(token, verifier).outcome();
    expect(asked.body).toMatchObject({ status: "pending", phase: "finishing" });
    expect(JSON.stringify(asked.body)).not.toContain("work.test");
    expect((await view(browser, session_id)).body).not.toHaveProperty("outcome");
    expect(await grantsOf(world, sub)).toEqual([]);
    await refused(world, () => issue(world, sub), "grant_not_found");
    const later = await begin(world, { sub });
    const { body } = await view(later.browser, later.session_id);
    expect((body["view"] as Json)["providers"]).toMatchObject([{ accounts: [] }]);
    const grant_id = String((await rowsOf(world, sub))[0]?.["id"]);
    const user_token = await world.userToken(sub);
    await refused(world, () => world.backend().revoke(grant_id, user_token), "grant_not_found");
    await refused(world, () => world.backend().revoke(grant_id), "grant_not_found");
    await refused(world, () => world.backend().token({ user_token, grant_id }), "grant_not_found");

    // The twin: redeemed, all of them see it.
    await accepted(() => redeem(code, verifier));
    expect((await world.widget(token, verifier).outcome()).body).toMatchObject({
      status: "success",
      connections: [{ account_identifier: "one@work.test", grant_id }],
    });
    expect(await grantsOf(world, sub)).toMatchObject([{ grant_id }]);
    await accepted(() => issue(world, sub));
  });
});

describe("H2: a mailed link, with Mallory's session and challenge in it, opened and followed by her victim", () => {
  /** His browser has her session's cookie and the code; she has token, verifier, state and the session's id. */
  const trap = async (sub: string) => {
    const { browser: victim, ...mallory } = await staged(sub, "victim@work.test");
    return { victim, mallory };
  };

  test("leaves her with nothing, and learning nothing", async () => {
    const sub = "mallory";
    const { mallory } = await trap(sub);
    const { token, verifier, state, session_id } = mallory;
    const asker = world.widget(token, verifier);
    const learned = [
      await asker.outcome(),
      await refused(world, () => asker.cancel(), "session_ended"),
      await refused(world, () => world.browser().claim(token), "session_ended"),
      await refused(world, () => view(world.browser(), session_id), "unknown_session"),
    ];
    expect(learned[0]?.body).toMatchObject({ status: "pending" });
    expect(JSON.stringify(learned)).not.toMatch(/victim@|grant_/);
    for (const guess of [secret(), state, verifier])
      await refused(world, () => redeem(guess, verifier), "invalid_code");
    const user_token = await world.userToken(sub);
    await refused(
      world,
      () => world.backend().complete({ code: state, user_token }),
      "invalid_code",
    );
    expect(await grantsOf(world, sub)).toEqual([]);
    await refused(world, () => issue(world, sub), "grant_not_found");
  });

  test("the twin: with the code from his address bar his account would be hers", async () => {
    const sub = "mallory-with-code";
    const { mallory } = await trap(sub);
    await accepted(() => redeem(mallory.code, mallory.verifier));
    expect(await grantsOf(world, sub)).toMatchObject([{ account_identifier: "victim@work.test" }]);
  });

  test("nor does she get it by ending the session while he is at the provider, or after", async () => {
    for (const when of ["before", "after"]) {
      const sub = `mallory-ends-${when}`;
      const left = await leave(sub, { multiple: true });
      const back = await left.browser.visit(left.session_id);
      const asker = world.widget(left.token, left.verifier);
      if (when === "after") await left.browser.callback(back);
      const { body } = await asker.cancel();
      if (when === "before") await left.browser.callback(back);
      expect(body).toMatchObject(when === "after" ? { code: "session_ended" } : { status: "exit" });
      expect((await asker.outcome()).body).not.toHaveProperty("connections");
      expect(await grantsOf(world, sub)).toEqual([]);
    }
  });
});

describe("redeem", () => {
  test("needs the verifier of the browser that began, from the session's origin", async () => {
    const { code, verifier } = await staged("proof");
    const refusals = [
      [() => redeem(code, secret()), "invalid_code"],
      [() => redeem(secret(), verifier), "invalid_code"],
      [() => redeem(code, verifier, A2), "origin_not_allowed"],
      [() => redeem(code, verifier, "https://evil.example"), "origin_not_allowed"],
      [() => redeem(code, verifier, ""), "origin_not_allowed"],
      [() => redeem(code, ""), "invalid_request"],
      [
        async () => world.backend().complete({ code, user_token: await world.userToken("proof") }),
        "invalid_code",
      ],
    ] as const;
    for (const [attempt, refusal] of refusals) await refused(world, attempt, refusal);
    const reply = await accepted(() => redeem(code, verifier));
    expect(widget.redeem.reply.parse(reply.body)).toEqual(reply.body);
    expect(reply.headers.get("access-control-allow-origin")).toBe(A);
    expect(reply.body).toMatchObject({
      connections: [{ operation: "creation", account_identifier: "one@work.test" }],
    });
  });

  test("is one activation: a reload repeats the reply, two at once make one grant", async () => {
    const { code, verifier, token } = await staged("reload");
    const [first, second] = await Promise.all([redeem(code, verifier), redeem(code, verifier)]);
    expect(first.status).toBe(200);
    expect(second.body).toEqual(first.body);
    const before = await world.snapshot();
    world.pass(5 * MINUTE);
    expect((await redeem(code, verifier)).body).toEqual(first.body);
    expect((await world.widget(token, verifier).outcome()).body).toMatchObject(first.body);
    expect(await world.snapshot()).toBe(before);
    expect(await grantsOf(world, "reload")).toHaveLength(1);
  });

  test("within two minutes [M1]", async () => {
    const { code, verifier } = await staged("slow");
    const quick = await staged("quick");
    world.pass(2 * MINUTE - 1_000);
    await accepted(() => redeem(quick.code, quick.verifier));
    world.pass(1_000);
    await refused(world, () => redeem(code, verifier), "invalid_code");
    expect(await grantsOf(world, "slow")).toEqual([]);
    // What nobody can redeem any more is purged with its session, tokens at the provider included.
    const revoked = world.calendar.counts.revocation;
    world.pass(10 * MINUTE);
    await world.broker.purge();
    expect(world.calendar.counts.revocation).toBeGreaterThan(revoked);
    expect(await world.snapshot()).not.toContain('"pending"');
  });

  test("M3: a staged re-authorisation leaves the standing grant alone until it is redeemed", async () => {
    const sub = "staged";
    await connect(world, { sub, account: "one@work.test" });
    const [standing] = await grantsOf(world, sub);
    const { body: before } = await issue(world, sub);
    const { code, verifier } = await staged(sub);
    expect((await issue(world, sub)).body).toEqual(before);
    expect(await grantsOf(world, sub)).toHaveLength(1);

    const { body } = await accepted(() => redeem(code, verifier));
    expect(body).toMatchObject({
      connections: [{ operation: "reauth", grant_id: standing?.["grant_id"] }],
    });
    const { body: after } = await accepted(() => issue(world, sub));
    expect(after["grant_id"]).toBe(before["grant_id"]);
    expect(after["access_token"]).not.toBe(before["access_token"]);
    expect(await grantsOf(world, sub)).toHaveLength(1);
  });

  test("Not you takes the staged grants with it, and the provider is told", async () => {
    const left = await leave("staged-not-you", { multiple: true });
    await goBack(left);
    const revoked = world.calendar.counts.revocation;
    const { session_id } = left;
    const { body } = await left.browser.page("finish", { session_id, reason: "not_you" });
    expect(String(body["redirect_to"])).toContain("alter_connect_error=wrong_user");
    expect(world.calendar.counts.revocation).toBe(revoked + 1);
    expect(await rowsOf(world, "staged-not-you")).toEqual([]);
  });
});
