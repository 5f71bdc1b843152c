/**
 * A user goes at the identity provider, and is gone here: what ends, what still stands, who may say so, and what happens
 * when it is said twice, late, or while something is under way. Deliveries are signed as their senders publish it.
 */
import { createHmac, randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createApp } from "../../broker/src/app.ts";
import { runUsers } from "../../broker/src/commands/users.ts";
import type { Store } from "../../broker/src/store/store.ts";
import { hang, reset } from "../servers/faults.ts";
import { expectNoLeak } from "../servers/leaks.mjs";
import {
  accepted,
  away,
  begin,
  issue,
  land,
  outcomeOf,
  refused,
  rowsOf,
  state,
  works,
} from "./steps.ts";
import { A, B, connect, newKey, startWorld, type Json, type Reply, type World } from "./world.ts";
import { NOTHING_BUILT } from "./built.ts";

const SECRET = randomBytes(32).toString("base64url");
const NEXT = randomBytes(32).toString("base64url");
const OTHERS = randomBytes(32).toString("base64url");
const TOKEN = randomBytes(32).toString("base64url");
const SVIX = `whsec_${randomBytes(24).toString("base64")}`;
const WEATHER = "api.weather.example";
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const keys = { sister: newKey(), alone: newKey(), clerk: newKey(), auth0: newKey() };

let world: World;
beforeAll(async () => {
  world = await startWorld({
    configure: (file) => {
      const apps = file["apps"] as Json[];
      const [demo] = apps as [Json];
      const idp = demo["identity_provider"] as Json;
      const saying = (kind: string, ...secrets: string[]) => ({
        identity_provider: { ...idp, deprovisioning: { kind, secrets } },
      });
      const app = (id: keyof typeof keys, more: Json) => ({
        ...demo,
        ...more,
        id,
        api_keys: [{ id: "first", hash: keys[id].hash }],
      });
      apps.push(
        app("sister", saying("hmac", SECRET)),
        app("alone", saying("hmac", OTHERS)),
        app("clerk", saying("clerk", SVIX)),
        app("auth0", saying("auth0", TOKEN)),
      );
      Object.assign(demo, saying("hmac", SECRET, NEXT));
      demo["secrets"] = {
        weather: { name: "Weather", api_hosts: [WEATHER], inject: { header: "X-Api-Key" } },
        tides: { name: "Tides", api_hosts: [WEATHER], inject: { header: "X-Api-Key" } },
      };
    },
  });
});
afterAll(() => world.stop());
afterEach(() => world.broker.settled());

const seconds = (ms = world.now()) => Math.floor(ms / 1000);

/** A generic delivery, as docs/deprovisioning.md makes one. */
const signed = (body: string, secret = SECRET, t = seconds()): Record<string, string> => ({
  "alter-webhook-signature": `t=${t},v1=${createHmac("sha256", secret).update(`${t}.${body}`).digest("hex")}`,
});
const send = (body: string, headers: Record<string, string>, app = "demo"): Promise<Reply> =>
  world.call(`/v1/deprovision/${app}`, { method: "POST", headers, body });
let deliveries = 0;
const gone = (subject: string, more: Json = {}): string =>
  JSON.stringify({ id: `d${(deliveries += 1)}`, type: "user.deprovisioned", subject, ...more });
const say = async (subject: string, more: Json = {}): Promise<Reply> => {
  const body = gone(subject, more);
  return accepted(() => send(body, signed(body)));
};

const svix = (body: string, secret = SVIX, names = "svix", t = seconds()) => {
  const id = `msg_${(deliveries += 1)}`;
  const mac = createHmac("sha256", Buffer.from(secret.slice("whsec_".length), "base64"));
  const signature = `v1,${mac.update(`${id}.${t}.${body}`).digest("base64")}`;
  return {
    [`${names}-id`]: id,
    [`${names}-timestamp`]: String(t),
    [`${names}-signature`]: signature,
  };
};

const rowsAbout = async (sub: string): Promise<Json[]> =>
  (await world.audit()).filter(({ app_id, subject }) => app_id === "demo" && subject === sub);
const eventsOf = async (sub: string) =>
  (await rowsAbout(sub))
    .filter(({ actor }) => actor === "idp")
    .map(({ event, reason }) => `${String(event)} ${String(reason)}`)
    .sort();

/** A token that the identity provider has just issued; those of `world.userToken` are of the test's own time. */
const freshToken = (sub: string) => world.userToken(sub, { iat: seconds() });

const wants = (user_token: string, more: Json = { provider: "calendar" }) =>
  world.backend().token({ user_token, ...more });

/** A finished connection of any app's user. */
const connectAs = async (key: string, sub: string): Promise<string> => {
  const reply = await world.backend(key).createSession({
    ...{ user_token: await freshToken(sub), allowed_origin: A, allowed_providers: ["calendar"] },
  });
  const browser = world.browser();
  const { body } = await browser.claim(String(reply.body["session_token"]));
  const session_id = String(body["session_id"]);
  const visitor = { account: `${sub}@work.test` };
  await land(browser, await browser.visit(session_id, "calendar", visitor));
  const { body: view } = await browser.page("view", { session_id });
  return ((view["outcome"] as Json)["connections"] as Json[])[0]?.["grant_id"] as string;
};
const tokenAs = async (key: string, sub: string) =>
  (await world.backend(key).token({ user_token: await world.userToken(sub), provider: "calendar" }))
    .body["code"];

const secretFor = async (secret: string, audience_id: string): Promise<string> => {
  const id = `secret_${audience_id}_${secret}`;
  const place = { table: "managed_secrets", row: id, column: "sealed" };
  await world.store.managedSecrets.insert({
    ...{ id, app_id: "demo", secret, sealed: world.vault.seal("v4lue", place) },
    ...(audience_id === ""
      ? { audience: "everyone", issuer: "", audience_id }
      : { audience: "user", issuer: world.idp.issuer, audience_id }),
    ...{ version: 1, expires_at: null, created_at: world.now(), updated_at: world.now() },
    ...{ last_used_at: null, revoked_at: null },
  });
  return id;
};
const SECRET_CALL = (provider: string) => ({
  provider,
  request: { method: "GET", host: WEATHER },
});

describe("a user who is gone [M10, L10]", () => {
  test("loses grants, open sessions and secrets; the token that is left opens nothing", async () => {
    const token = await world.userToken("ann");
    await connect(world, { sub: "ann" });
    await connect(world, { sub: "ann", provider: "files" });
    await connect(world, { sub: "ben", account: "ben@work.test" });
    const [mine] = [await secretFor("weather", "ann"), await secretFor("tides", "")];
    const open = await begin(world, { sub: "ann" });
    const waiting = world.widget(open.token, open.verifier).outcome(25);
    const unclaimed = await world.mint({}, "ann");
    const issued = (await accepted(() => issue(world, "ann"))).body;

    const { body, headers } = await say("ann");
    expect(body).toEqual({ deprovisioned: 1 });

    // At once, and not when its 25 seconds are over: the delivery's own commit wakes it.
    expect((await waiting).body).toMatchObject({
      status: "error",
      error: { code: "session_revoked" },
    });
    expect(await outcomeOf(world, { token: unclaimed, verifier: "" })).toMatchObject({
      error: { code: "session_revoked" },
    });
    expect((await wants(token)).body["code"]).toBe("grant_revoked");
    expect((await wants(token, { provider: "files" })).body["code"]).toBe("grant_revoked");
    const over = { code: "invalid_user_token", reason: "deprovisioned" };
    const session = { user_token: token, allowed_origin: A };
    expect((await world.backend().createSession(session)).body).toMatchObject(over);
    expect((await world.backend().listGrants(token)).body).toMatchObject(over);
    expect((await wants(token, SECRET_CALL("tides"))).body).toMatchObject(over);
    await world.broker.settled();
    expect(await works(world, issued)).toBe(false);

    const request_id = headers.get("x-request-id");
    expect((await rowsAbout("ann")).filter((row) => row["request_id"] === request_id)).toHaveLength(
      6,
    );
    expect(await eventsOf("ann")).toEqual([
      "grant.revoked deprovisioned",
      "grant.revoked deprovisioned",
      "secret.revoked deprovisioned",
      "session.ended deprovisioned",
      "session.ended deprovisioned",
      "user.deprovisioned user.deprovisioned",
    ]);
    expect(await world.store.managedSecrets.byId(mine)).toMatchObject({ sealed: null });
    expect((await rowsOf(world, "ann")).map(({ sealed, status }) => [sealed, status])).toEqual([
      [null, "revoked"],
      [null, "revoked"],
    ]);
    // What happened, and to how much; of whom it was, the audit log knows.
    expect(world.logs).toContainEqual({
      ...{ event: "user_deprovisioned", request_id, app: "demo", said: "user.deprovisioned" },
      ...{ sessions: 2, grants: 2, secrets: 1 },
    });
    expect((await issue(world, "ben")).status).toBe(200);
    expect((await wants(await world.userToken("ben"), SECRET_CALL("tides"))).status).toBe(200);
  });

  test("who comes back begins anew, and no token from before has a part in it", async () => {
    await connect(world, { sub: "cleo", account: "cleo@work.test" });
    const before = await world.userToken("cleo");
    await say("cleo");
    world.pass(6 * SECOND);
    const later = await freshToken("cleo");
    const undated = await world.userToken("cleo", { iat: undefined });
    expect((await wants(later)).body["code"]).toBe("grant_revoked");
    await connectAs(world.keys.demo.key, "cleo");
    expect((await wants(later)).status).toBe(200);
    for (const old of [before, undated])
      expect((await wants(old)).body).toMatchObject({
        code: "invalid_user_token",
        reason: "deprovisioned",
      });
    expect((await world.backend().listGrants(later)).status).toBe(200);
  });

  test("in hundreds of grants, each is ended", async () => {
    await connect(world, { sub: "dora", account: "dora@work.test" });
    const [row] = await world.store.grants.unrevoked(
      { app_id: "demo", issuer: world.idp.issuer, subject: "dora" },
      world.now(),
      1,
    );
    if (!row) throw new Error("no grant");
    await world.store.transaction(async (tx) => {
      for (let i = 0; i < 120; i++)
        await tx.grants.insert({
          ...row,
          id: `dora-${i}`,
          account_id: `a${i}`,
          sealed: null,
        });
    });
    await say("dora");
    expect((await rowsOf(world, "dora")).filter(({ status }) => status !== "revoked")).toEqual([]);
    expect(await rowsOf(world, "dora")).toHaveLength(121);
  });

  test("what a redirect has staged is purged", async () => {
    const session = { return_url: `${A}/connected` };
    const token = await world.mint(session, "egon");
    const browser = world.browser();
    const { body } = await browser.claimRedirect(token);
    await browser.callback(await browser.visit(String(body["session_id"])));
    expect(await rowsOf(world, "egon")).toMatchObject([{ status: "pending" }]);
    await say("egon");
    expect(await rowsOf(world, "egon")).toEqual([]);
    expect(await eventsOf("egon")).toContain("grant.purged deprovisioned");
  });

  test("nobody here knows: noted, so that a token that is still good begins nothing", async () => {
    const token = await world.userToken("stranger");
    expect((await say("stranger")).body).toEqual({ deprovisioned: 1 });
    expect(await eventsOf("stranger")).toEqual(["user.deprovisioned user.deprovisioned"]);
    const session = { user_token: token, allowed_origin: A };
    await refused(world, () => world.backend().createSession(session), "invalid_user_token");
    const fine = { ...session, user_token: await world.userToken("no stranger") };
    await accepted(() => world.backend().createSession(fine));
  });
});

describe("what is under way", () => {
  test("a callback after it exchanges nothing", async () => {
    const { browser, back, session_id } = await away(world, { sub: "fay" });
    await say("fay");
    const before = await state(world);
    expect(await land(browser, back)).toBe(`/connect/s/${session_id}`);
    expect(await state(world)).toBe(before);
    expect(await rowsOf(world, "fay")).toEqual([]);
  });

  test("an exchange that it meets makes no grant, and its tokens go back", async () => {
    const { browser, back } = await away(world, { sub: "gus" });
    const held = hang();
    world.calendar.control.fail("token", held);
    const landing = land(browser, back);
    await held.reached;
    const revocations = world.calendar.counts.revocation;
    await say("gus");
    held.release();
    await landing;
    expect(await rowsOf(world, "gus")).toEqual([]);
    expect(world.calendar.counts.revocation).toBe(revocations + 1);
  });

  test("a session that was minted at that very moment ends at its callback", async () => {
    const owner = (subject: string) => ({ app_id: "demo", issuer: world.idp.issuer, subject });
    // The mark, and no look at open sessions after it: as if the session had been written in between.
    const { browser, back, ...session } = await away(world, { sub: "hal" });
    await world.store.deprovisioned.mark(owner("hal"), world.now());
    const calls = world.calendar.counts.token;
    await land(browser, back);
    expect([await rowsOf(world, "hal"), world.calendar.counts.token]).toEqual([[], calls]);
    expect(await outcomeOf(world, session)).toMatchObject({ error: { code: "session_revoked" } });
    // Without the mark the same callback would have made a grant.
    const twin = await away(world, { sub: "hal2" });
    await land(twin.browser, twin.back);
    expect(await rowsOf(world, "hal2")).toHaveLength(1);
  });

  test("a provider that is down holds nobody up: the tokens are gone before it is told", async () => {
    await connect(world, { sub: "ivy", account: "ivy@work.test" });
    const held = hang();
    world.calendar.control.fail("revocation", held);
    await say("ivy");
    await held.reached;
    expect(await rowsOf(world, "ivy")).toMatchObject([{ status: "revoked", sealed: null }]);
    held.release();
    await connect(world, { sub: "ivo", account: "ivo@work.test" });
    world.calendar.control.fail("revocation", reset());
    await say("ivo");
    await world.broker.settled();
    expect(await rowsOf(world, "ivo")).toMatchObject([{ status: "revoked", sealed: null }]);
  });

  test("nor does what an open session has connected, which goes with it", async () => {
    const session = await begin(world, { sub: "ida", session: { multiple: true } });
    const { browser, session_id } = session;
    await land(browser, await browser.visit(session_id, "calendar", { account: "ida@work.test" }));
    const held = hang();
    world.calendar.control.fail("revocation", held);
    await say("ida");
    await held.reached;
    held.release();
    expect(await outcomeOf(world, session)).toMatchObject({ error: { code: "session_revoked" } });
    expect(await rowsOf(world, "ida")).toMatchObject([{ status: "revoked", sealed: null }]);
    expect(await eventsOf("ida")).toContain("grant.revoked deprovisioned");
  });

  test("broken off in the middle it is no success, and its repetition does the rest", async () => {
    await connect(world, { sub: "jan", account: "jan@work.test" });
    let transactions = 0;
    const failing: Store = {
      ...world.store,
      // The mark, then the grants.
      transaction: (work) => {
        if ((transactions += 1) === 2) throw new Error("power cut");
        return world.store.transaction(work);
      },
    };
    const broken = another(failing);
    const body = gone("jan");
    const post = { method: "POST", headers: signed(body), body };
    const reply = await broken.fetch(new Request(`${B}/v1/deprovision/demo`, post));
    expect([reply.status, transactions]).toEqual([500, 2]);
    expect(await rowsOf(world, "jan")).toMatchObject([{ status: "active" }]);
    const again = await accepted(() => send(body, signed(body)));
    expect(again.body).toEqual({ deprovisioned: 1 });
    expect(await rowsOf(world, "jan")).toMatchObject([{ status: "revoked" }]);
  });
});

/** A second broker of the same configuration. */
const another = (store: Store) =>
  createApp({
    ...{ config: world.config, store, vault: world.vault, now: world.now },
    log: () => undefined,
    built: NOTHING_BUILT,
  });

test("a call for a token asks nothing more of the database for all this", async () => {
  const key = world.keys.demo.key;
  await connect(world, { sub: "quinn", account: "quinn@work.test" });
  const asked: string[] = [];
  const { deprovisioned, apiKeys } = world.store;
  const counting = another({
    ...world.store,
    deprovisioned: {
      ...deprovisioned,
      at: async (...owner) => (asked.push("gone"), deprovisioned.at(...owner)),
    },
    apiKeys: { ...apiKeys, revoked: async () => (asked.push("revoked"), apiKeys.revoked()) },
  });
  const body = JSON.stringify({
    ...{ user_token: await world.userToken("quinn"), provider: "calendar" },
    request: { method: "GET", host: world.calendar.host },
  });
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const call = async () =>
    (await counting.fetch(new Request(`${B}/v1/tokens`, { method: "POST", headers, body }))).status;
  // All at once, so that they are of one second however slow the machine is.
  expect(new Set(await Promise.all(Array.from({ length: 20 }, call)))).toEqual(new Set([200]));
  expect(asked).toEqual(["revoked"]);
  await counting.settled();
});

describe("repeated, late, or of somebody else", () => {
  test("a replay does not end what its user has made since, whichever broker gets it", async () => {
    const body = gone("kim");
    const headers = signed(body);
    await accepted(() => send(body, headers));
    world.pass(6 * SECOND);
    await connectAs(world.keys.demo.key, "kim");
    const before = await state(world);
    const post = { method: "POST", headers, body };
    const reply = await another(world.store).fetch(new Request(`${B}/v1/deprovision/demo`, post));
    expect([reply.status, await reply.json()]).toEqual([200, { deprovisioned: 0 }]);
    expect(await state(world)).toBe(before);

    // Twin: where nobody remembers the delivery, the same bytes end the user's new grant.
    await world.store.deprovisioned.purgeDeliveries(world.now() + 1, 100);
    await accepted(() => send(body, headers));
    expect(await rowsOf(world, "kim")).toMatchObject([{ status: "revoked" }]);
    // And five minutes later nobody takes them any more.
    world.pass(5 * MINUTE + SECOND);
    await refused(world, () => send(body, headers), "invalid_signature");
  });

  test("what happened long ago ends only what is from before it", async () => {
    const time = new Date(world.now()).toISOString();
    await connect(world, { sub: "lea", account: "lea@work.test" });
    world.pass(20 * MINUTE);
    await connectAs(keys.sister.key, "lea");
    await say("lea", { time });
    expect(
      (await rowsOf(world, "lea")).map(({ app_id, status }) => [app_id, status]).sort(),
    ).toEqual([
      ["demo", "revoked"],
      ["sister", "active"],
    ]);
    // Of a clock that is ahead, no later than now.
    await say("lea", { time: new Date(world.now() + 30 * MINUTE).toISOString() });
    world.pass(6 * SECOND);
    await accepted(async () => world.backend().listGrants(await freshToken("lea")));
  });

  test("apps that share the secret share the delivery, at either address; others do not", async () => {
    const { demo } = world.keys;
    for (const { key } of [demo, keys.alone, keys.sister]) await connectAs(key, "mia");
    const body = gone("mia");
    const reply = await accepted(() => send(body, signed(body), "sister"));
    expect(reply.body).toEqual({ deprovisioned: 1 });
    const codes = [];
    for (const { key } of [demo, keys.sister, keys.alone]) codes.push(await tokenAs(key, "mia"));
    expect(codes).toEqual(["grant_revoked", "grant_revoked", undefined]);
    // The secret that only one of them has counts for that one alone.
    await connectAs(keys.sister.key, "mona");
    const only = gone("mona");
    await accepted(() => send(only, signed(only, NEXT)));
    expect(await tokenAs(keys.sister.key, "mona")).toBeUndefined();
  });

  test("another issuer's user, and another event, are nobody's business", async () => {
    await connect(world, { sub: "nora", account: "nora@work.test" });
    const before = [await state(world), (await world.audit()).length];
    for (const more of [{ issuer: "https://elsewhere.example" }, { type: "user.updated" }])
      expect((await say("nora", more)).body).toEqual({ deprovisioned: 0 });
    expect([await state(world), (await world.audit()).length]).toEqual(before);
    expect((await say("nora", { issuer: world.idp.issuer })).body).toEqual({ deprovisioned: 1 });
  });
});

describe("who may say so", () => {
  const body = gone("olga");
  const good = () => signed(body);
  const [, mac = ""] =
    /v1=(.*)/.exec(signed(body, SECRET, 1)["alter-webhook-signature"] ?? "") ?? [];
  const header = (value: string) => ({ "alter-webhook-signature": value });
  const cases: [string, () => [string, Record<string, string>, string?]][] = [
    ["nobody's signature", () => [body, {}]],
    ["an API key", () => [body, { authorization: `Bearer ${world.keys.demo.key}` }]],
    ["the secret itself", () => [body, { authorization: `Bearer ${SECRET}` }]],
    ["another secret", () => [body, signed(body, randomBytes(32).toString("base64url"))]],
    ["another app's secret", () => [body, signed(body, OTHERS)]],
    ["one for another app", () => [body, signed(body, NEXT), "sister"]],
    ["another body", () => [gone("olga"), good()]],
    ["a space more", () => [`${body} `, good()]],
    ["too old", () => [body, signed(body, SECRET, seconds() - 301)]],
    ["from the future", () => [body, signed(body, SECRET, seconds() + 302)]],
    ["another time than the signed one", () => [body, header(`t=${seconds()},v1=${mac}`)]],
    ["no time", () => [body, header(`v1=${mac}`)]],
    ["two times", () => [body, header(`t=1,${good()["alter-webhook-signature"]}`)]],
    ["a time that is none", () => [body, header(`t=1e9,v1=${mac}`)]],
    [
      "half a signature",
      () => [body, header((good()["alter-webhook-signature"] ?? "").slice(0, -32))],
    ],
    ["an empty one", () => [body, header(`t=${seconds()},v1=`)]],
    ["another kind's", () => [body, svix(body, `whsec_${Buffer.from(SECRET).toString("base64")}`)]],
    ["this kind's, at another's", () => [body, good(), "clerk"]],
    ["no app", () => [body, good(), "nowhere"]],
    ["an app without it", () => [body, good(), "__proto__"]],
  ];
  let refusal: unknown;
  test.each(cases)(
    "%s does not: nothing is written, and all are told the same",
    async (_, make) => {
      const rows = (await world.audit()).length;
      const reply = await refused(world, () => send(...make()), "invalid_signature");
      expect(await world.audit()).toHaveLength(rows);
      const said = { ...reply.body, request_id: undefined };
      expect(said).toEqual((refusal ??= said));
    },
  );

  test("twin: rightly signed, the same body is taken; by either secret while one is replaced", async () => {
    await connect(world, { sub: "olga", account: "olga@work.test" });
    const both = `${signed(body, NEXT)["alter-webhook-signature"]},v1=${"0".repeat(64)}`;
    expect((await accepted(() => send(body, header(both)))).body).toEqual({ deprovisioned: 1 });
    expect(await rowsOf(world, "olga")).toMatchObject([{ status: "revoked" }]);
  });

  test.each<[string, string, string]>([
    ["no JSON", "{", "JSON"],
    ["a list", "[]", "id, type"],
    ["no id", JSON.stringify({ type: "user.deprovisioned", subject: "pia" }), "(see id)"],
    ["nobody", JSON.stringify({ id: "x", type: "user.deprovisioned" }), "subject or claims"],
    ["a time that is none", gone("pia", { time: "soon" }), "RFC 3339"],
  ])("%s is refused by name, and does nothing", async (_, text, words) => {
    const reply = await refused(world, () => send(text, signed(text)), "invalid_request");
    expect(reply.body["detail"]).toContain(words);
  });

  test("a subject that no database takes is the sender's mistake", async () => {
    const text = gone("pia\0");
    await refused(world, () => send(text, signed(text)), "invalid_request");
  });

  test("more than a mebibyte is not read", async () => {
    const text = gone("pia", { padding: "x".repeat(1 << 20) });
    await refused(world, () => send(text, signed(text)), "payload_too_large");
  });
});

describe("as they come", () => {
  test.each(["svix", "webhook"])("Clerk's, with the headers of %s", async (names) => {
    const sub = `user_${names}`;
    await connectAs(keys.clerk.key, sub);
    const ignored = JSON.stringify({ type: "user.updated", data: { id: sub, locked: true } });
    await accepted(() => send(ignored, svix(ignored, SVIX, names), "clerk"));
    expect(await tokenAs(keys.clerk.key, sub)).toBeUndefined();
    const data = { id: sub, object: "user", deleted: true };
    const body = JSON.stringify({ type: "user.deleted", object: "event", data });
    const reply = await accepted(() => send(body, svix(body, SVIX, names), "clerk"));
    expect(reply.body).toEqual({ deprovisioned: 1 });
    expect(await tokenAs(keys.clerk.key, sub)).toBe("grant_revoked");
    await refused(
      world,
      () => send(body, svix(body, SVIX, names, seconds() - 301), "clerk"),
      "invalid_signature",
    );
  });

  test.each(["", "Bearer "])("Auth0's, with %j in front of the token", async (prefix) => {
    const sub = `auth0|${prefix.length}`;
    await connectAs(keys.auth0.key, sub);
    const date = new Date(world.now()).toISOString();
    const entry = (n: number, data: Json) => ({ log_id: `${prefix}${n}`, data: { date, ...data } });
    const body = [
      entry(1, { type: "s", user_id: "auth0|else" }),
      entry(2, { type: "limit_wc", user_id: "auth0|else" }),
      entry(3, { type: "sdu", user_id: sub }),
    ];
    const batch = JSON.stringify(body);
    await refused(world, () => send(batch, {}, "auth0"), "invalid_signature");
    const wrong = { authorization: `${prefix}${TOKEN.slice(1)}x` };
    await refused(world, () => send(batch, wrong, "auth0"), "invalid_signature");
    const right = { authorization: `${prefix}${TOKEN}` };
    expect((await accepted(() => send(batch, right, "auth0"))).body).toEqual({ deprovisioned: 1 });
    expect(await tokenAs(keys.auth0.key, sub)).toBe("grant_revoked");
    expect((await world.audit()).filter(({ subject }) => subject === "auth0|else")).toEqual([]);
    // Auth0 repeats what it thinks was lost.
    const before = await state(world);
    expect((await accepted(() => send(batch, right, "auth0"))).body).toEqual({ deprovisioned: 0 });
    expect(await state(world)).toBe(before);
  });
});

describe("alter-broker users", () => {
  const run = async (words: string[], options: Json): Promise<string> => {
    const lines: string[] = [];
    const { config, now } = world;
    await runUsers({ config, now, say: (line) => lines.push(line) }, words, options);
    expectNoLeak("what a command wrote", lines.join("\n"));
    return lines.join("\n");
  };

  test("deprovision does what the webhook does; restore takes back what can be", async () => {
    const before = await world.userToken("rosa");
    await connect(world, { sub: "rosa", account: "rosa@work.test" });
    const session = await begin(world, { sub: "rosa" });
    const revocations = world.calendar.counts.revocation;
    const options = { app: "demo", subject: "rosa" };
    expect(await run(["deprovision"], options)).toBe(
      "deprovisioned: 1 grant, 1 open session, 0 managed secrets",
    );
    expect(world.calendar.counts.revocation).toBe(revocations + 1);
    expect(await outcomeOf(world, session)).toMatchObject({ error: { code: "session_revoked" } });
    expect((await wants(before)).body["code"]).toBe("grant_revoked");
    expect((await world.backend().listGrants(before)).status).toBe(401);
    expect(await rowsAbout("rosa")).toContainEqual(
      expect.objectContaining({ event: "user.deprovisioned", actor: "operator" }),
    );
    await run(["restore"], options);
    expect((await world.backend().listGrants(before)).status).toBe(200);
    expect(await rowsOf(world, "rosa")).toMatchObject([{ status: "revoked" }]);
    await expect(run(["restore"], options)).rejects.toThrow(/^unknown_user/);
  });

  test.each<[string[], Json, RegExp]>([
    [["remove"], {}, /expected deprovision or restore/],
    [["deprovision", "ann"], {}, /expected deprovision or restore/],
    [["deprovision"], { subject: "x" }, /^--app: is required/],
    [["deprovision"], { app: "demo" }, /^--subject: is required/],
    [["deprovision"], { app: "nowhere", subject: "x" }, /^--app: expected one of demo/],
    [["deprovision"], { app: "demo", subject: "a\nb" }, /^--subject: expected one line/],
    [["deprovision"], { app: "demo", subject: "x", key: "y" }, /^--key: not an option/],
  ])("%j %j is refused, and writes nothing", async (words, options, message) => {
    const before = [await state(world), (await world.audit()).length];
    await expect(run(words, options)).rejects.toThrow(message);
    expect([await state(world), (await world.audit()).length]).toEqual(before);
  });
});

test("marks go after 90 days, deliveries after three", async () => {
  await say("zoe");
  const kept = async () =>
    (JSON.parse(await world.snapshot()) as Json[][]).slice(3, 5).map((rows) => rows.length > 0);
  await world.broker.purge();
  expect(await kept()).toEqual([true, true]);
  onTestFinished(() => world.pass(-91 * 86_400_000));
  world.pass(4 * 86_400_000);
  await world.broker.purge();
  expect(await kept()).toEqual([true, false]);
  world.pass(87 * 86_400_000);
  await world.broker.purge();
  expect(await kept()).toEqual([false, false]);
});
