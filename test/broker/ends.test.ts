/**
 * What is left behind when things go wrong half-way: renewals that bring less than they replace, ends that a
 * fault interrupts, grants whose key is gone, and an operator who takes something out of the configuration.
 */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Grant } from "../../broker/src/store/grants.ts";
import { changed, html } from "../servers/faults.ts";
import {
  away,
  begin,
  grantsOf,
  issue,
  land,
  outcomeOf,
  rowsOf,
  state,
  viewOf,
  works,
  type Claimed,
} from "./steps.ts";
import { A, B, connect, s256, secret, startWorld, type Json, type World } from "./world.ts";

let world: World;
/** Reads the account from userinfo. */
let strict: World;
beforeAll(async () => {
  world = await startWorld();
  strict = await startWorld({
    configure: (file) => {
      const { calendar } = file["providers"] as { calendar: Json };
      calendar["identity"] = { source: "userinfo" };
    },
  });
});
afterAll(() => Promise.all([world.stop(), strict.stop()]));

const account = (sub: string) => `${sub}@work.test`;

describe("a renewal that brings less", () => {
  test("without a refresh token it keeps the one we have", async () => {
    await connect(world, { sub: "uma", account: account("uma") });
    world.calendar.control.fail("token", changed({ refresh_token: undefined }));
    await connect(world, { sub: "uma", account: account("uma") });
    world.pass(121_000);
    const issued = await issue(world, "uma");
    expect(issued.status, JSON.stringify(issued.body)).toBe(200);
    expect(await works(world, issued.body)).toBe(true);
  });

  test("narrower tokens do replace a credential that is dead", async () => {
    world.calendar.control.fail("token", changed({ refresh_token: undefined, expires_in: 60 }));
    await connect(world, { sub: "vera", account: account("vera") });
    world.pass(61_000);
    world.calendar.control.fail("token", changed({ scope: "openid email" }));
    await connect(world, { sub: "vera", account: account("vera") });
    const issued = await issue(world, "vera");
    expect(issued.body).toMatchObject({ scopes: ["openid", "email"] });
  });
});

test.each([9e12, 9.2e15])(
  "a lifetime of %d seconds is a long time and no error",
  async (expires_in) => {
    world.calendar.control.fail("token", changed({ expires_in }));
    await connect(world, { sub: `ever${String(expires_in).length}` });
    const issued = await issue(world, `ever${String(expires_in).length}`);
    expect(issued.status).toBe(200);
    expect(Date.parse(String(issued.body["expires_at"]))).toBeGreaterThan(world.now());
  },
);

test("an identity that cannot be read gives the tokens back to the provider", async () => {
  const { browser, session_id } = await begin(strict, { sub: "ida" });
  strict.calendar.control.fail("userinfo", html(), { times: 1 });
  await land(browser, await browser.visit(session_id));
  expect((await viewOf({ browser, session_id } as Claimed))["failure"]).toBe(
    "identity_unavailable",
  );
  expect(strict.calendar.counts.revocation).toBe(1);
  expect(await rowsOf(strict, "ida")).toEqual([]);
  // The twin: the same session, with an identity.
  await land(browser, await browser.visit(session_id));
  expect(await rowsOf(strict, "ida")).toHaveLength(1);
  expect(strict.calendar.counts.revocation).toBe(1);
});

describe("taking back", () => {
  const claimedTwice = async (session: Claimed) =>
    world.browser().page("claim", {
      shape: "popup",
      token: session.token,
      opener_origin: A,
      challenge: s256(secret()),
      claim_id: secret(),
    });

  test.each(["not_you", "claimed_elsewhere"])(
    "%s leaves no grant active, even if the provider cannot be told",
    async (reason) => {
      const sub = `back-${reason}`;
      const session = await begin(world, {
        sub,
        session: { multiple: true, allowed_providers: ["calendar", "files"] },
      });
      for (const provider of ["calendar", "files"] as const) {
        const back = await session.browser.visit(session.session_id, provider);
        await land(session.browser, back);
      }
      expect(await grantsOf(world, sub)).toHaveLength(2);
      world.calendar.control.fail("revocation", async () => undefined, { times: 5 });
      if (reason === "not_you")
        await session.browser.page("finish", { session_id: session.session_id, reason });
      else await claimedTwice(session);
      world.calendar.control.calm();
      expect(await grantsOf(world, sub)).toEqual([]);
      expect((await rowsOf(world, sub)).map(({ status, sealed }) => [status, sealed])).toEqual([
        ["revoked", null],
        ["revoked", null],
      ]);
    },
  );
});

test("H9: back from a long stay at the provider, the page is there", async () => {
  const session = await begin(world, { sub: "slow" });
  await session.browser.page("page", { session_id: session.session_id, event: "here" });
  const back = await session.browser.visit(session.session_id, "calendar", { deny: true });
  world.pass(100_000);
  await land(session.browser, back);
  expect(await outcomeOf(world, session)).toMatchObject({ phase: "failed", page_gone: false });
  // The twin: silence after that is silence.
  world.pass(91_000);
  expect(await outcomeOf(world, session)).toMatchObject({ phase: "failed", page_gone: true });
});

test("a HEAD spends nothing", async () => {
  const session = await away(world, { sub: "head" });
  const before = await state(world);
  const cookie = [...session.browser.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const reply = await world.call(session.back.slice(B.length), {
    method: "HEAD",
    headers: { cookie },
  });
  expect(reply.status).toBe(204);
  expect(await state(world)).toBe(before);
  expect(await land(session.browser, session.back)).toBe(`/connect/s/${session.session_id}`);
});

test("strangers cannot fill the audit log", async () => {
  const before = (await world.audit()).length;
  for (const query of ["", "?state=x&code=y", "?a=1&a=2"])
    await world.call(`/oauth/callback/calendar${query}`);
  expect(await world.audit()).toHaveLength(before);
  // The twin: a state of ours in the wrong browser is worth a row.
  const session = await away(world, { sub: "noted" });
  await world.call(session.back.slice(B.length));
  expect((await world.audit()).at(-1)).toMatchObject({
    event: "callback.refused",
    reason: "other_browser",
  });
});

test("M5: a question asked before the claim is not told how the claimed session ended", async () => {
  const token = await world.mint({}, "early");
  const thief = world.widget(token, secret()).outcome(5);
  const browser = world.browser();
  const claimed = await browser.claim(token);
  const session_id = String(claimed.body["session_id"]);
  expect((await thief).body).toMatchObject({ status: "pending" });
  await land(browser, await browser.visit(session_id));
  expect((await world.widget(token, secret()).outcome()).body).toMatchObject({
    code: "session_ended",
  });
  expect(await outcomeOf(world, { token, verifier: claimed.verifier })).toMatchObject({
    status: "success",
  });
});

test("a grant whose vault key is gone can still be revoked", async () => {
  const { store } = world;
  await connect(world, { sub: "lost" });
  const [grant] = await grantsOf(world, "lost");
  const id = String(grant?.["grant_id"]);
  const row = await store.grants.byId("demo", id);
  if (!row) throw new Error("no grant");
  const foreign = `v1.gone.${randomBytes(60).toString("base64url")}`;
  await store.grants.refreshed(row, { ...tokensOf(row), sealed: foreign }, world.now());
  expect((await issue(world, "lost")).status).toBe(500);
  const revoked = await world.backend().revoke(id, await world.userToken("lost"));
  expect(revoked.body).toMatchObject({ status: "revoked", provider_revocation: "unsupported" });
  expect((await issue(world, "lost")).body["code"]).toBe("grant_revoked");
});

test("what the operator takes out of the configuration goes at once [L10]", async () => {
  await connect(world, { sub: "cut" });
  const [grant] = await grantsOf(world, "cut");
  const ask = async () =>
    world.backend().token({
      user_token: await world.userToken("cut"),
      grant_id: String(grant?.["grant_id"]),
    });
  expect((await ask()).status).toBe(200);
  const app = world.config.apps.get("demo");
  const client = app?.providers.get("calendar");
  if (!app || !client) throw new Error("no client");
  const hosts = client.provider.api_hosts;
  client.provider.api_hosts = ["elsewhere.example"];
  expect((await ask()).body).toMatchObject({ code: "host_not_allowed", allowed_hosts: [] });
  client.provider.api_hosts = hosts;
  app.providers.delete("calendar");
  expect((await ask()).body).toMatchObject({ code: "provider_not_allowed" });
  // The twin: back in it, the same call is good.
  app.providers.set("calendar", client);
  expect((await ask()).status).toBe(200);
});

/** What a refresh writes. */
const tokensOf = (row: Grant) => {
  const { scopes, access_expires_at, allowed_hosts, metadata } = row;
  const { ends_at, warn_at, warned_at, check_at } = row;
  return {
    ...{ scopes, access_expires_at, allowed_hosts, metadata },
    ...{ ends_at, warn_at, warned_at, check_at },
  };
};
