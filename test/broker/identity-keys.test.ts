/**
 * An identity provider's keys over time: rolled, withdrawn, moved, out of reach for minutes and for days. Each test
 * starts with a broker that knows none of them.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createIdentity, type Verified } from "../../broker/src/identity.ts";
import { changed, hang, html, json, reset, type Fault } from "../servers/faults.ts";
import { redirectReply } from "../servers/http.ts";
import { startIdp, type TestIdp } from "../servers/idp.ts";
import { A, startWorld, type World } from "./world.ts";

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let world: World;
/** Of somebody else; `world.idp` is the app's own. */
let evil: TestIdp;
beforeAll(async () => {
  world = await startWorld();
  evil = await startIdp({ audience: world.idp.audience });
});
afterAll(() => Promise.all([world.stop(), evil.stop()]));

beforeEach(async () => {
  world.pass(25 * HOUR);
  await world.idp.roll();
});

const session = (user_token: string) =>
  world.backend().createSession({ user_token, allowed_origin: A });

const taken = async (user_token: string): Promise<void> => {
  const reply = await session(user_token);
  expect([reply.status, reply.body]).toEqual([201, expect.anything()]);
};
const refused = async (user_token: string, expected: object): Promise<void> => {
  const before = await world.snapshot();
  expect((await session(user_token)).body).toMatchObject(expected);
  expect(await world.snapshot()).toBe(before);
};
const BY_SIGNATURE = { status: 401, code: "invalid_user_token", reason: "signature" };
const UNAVAILABLE = { status: 503, code: "identity_provider_unavailable" };

const forever = { times: Infinity };
const later = (ms: number) => Math.floor((world.now() + ms) / 1000);
/** Of the key of today, good for two days of the broker's clock. */
const lasting = (claims = {}) => world.userToken("ann", { exp: later(48 * HOUR), ...claims });
const outages = () =>
  world.logs.filter(({ event }) => event === "identity_provider_unavailable").length;

describe("keys that are rolled", () => {
  test("in the middle: the new one is good at once, the old one while it is published", async () => {
    const old = await lasting();
    await taken(old);
    world.pass(MINUTE);
    await world.idp.roll({ publishOld: true });
    const both = [await lasting(), old];
    // Together: the one that finds the key missing waits for the same read as the others.
    await Promise.all([...both, ...both].map(taken));
    world.pass(11 * MINUTE);
    for (const token of both) await taken(token);
  });

  test("at once: what the old one signed is over with the first token of the new one", async () => {
    const old = await lasting();
    await taken(old);
    world.pass(MINUTE);
    await world.idp.roll();
    await taken(await lasting());
    await refused(old, BY_SIGNATURE);
  });

  test("without a word: a withdrawn key is over after ten minutes, were its token the only one", async () => {
    const stolen = await lasting();
    await taken(stolen);
    await world.idp.roll();
    // The twin: until then nobody has asked, and it is as good as ever.
    world.pass(9 * MINUTE);
    await taken(stolen);
    world.pass(MINUTE);
    await refused(stolen, BY_SIGNATURE);
  });

  test("or made up: its sender does not get the identity provider asked again and again", async () => {
    await taken(await lasting());
    world.pass(MINUTE);
    const forged = await world.idp.sign({ sub: "ann" }, { header: { kid: "nobody" } });
    await refused(forged, BY_SIGNATURE);
    const { jwks } = world.idp.counts;
    await Promise.all([session(forged), session(forged), session(forged)]);
    await refused(forged, BY_SIGNATURE);
    expect(world.idp.counts.jwks).toBe(jwks);
  });
});

describe("keys that cannot be read", () => {
  test.each<[string, Fault]>([
    ["reset", reset()],
    ["500", json({}, 500)],
    ["a web page", html()],
    ["no set of keys", json({})],
  ])("for ten minutes and a day: %s refuses nobody whose key is known", async (_name, fault) => {
    const token = await lasting();
    await taken(token);
    const before = outages();
    const heal = world.idp.fail("jwks", fault, forever);
    for (const ms of [10 * MINUTE, MINUTE, HOUR, 22 * HOUR]) {
      world.pass(ms);
      await taken(token);
    }
    expect(outages()).toBeGreaterThan(before);
    // But not for ever: whoever can keep the broker from reading could keep a stolen key alive.
    world.pass(HOUR);
    await refused(token, UNAVAILABLE);
    heal();
    world.pass(SECOND);
    await taken(token);
  });

  test("a token of a key that nobody knows waits, and is not called forged", async () => {
    await taken(await lasting());
    world.pass(MINUTE);
    await world.idp.roll();
    const heal = world.idp.fail("jwks", reset(), forever);
    const fresh = await lasting();
    await refused(fresh, UNAVAILABLE);
    // This one does not ask again: it knows of the failure.
    await refused(fresh, UNAVAILABLE);
    heal();
    world.pass(MINUTE);
    await taken(fresh);
  });

  test("are asked for once, however many users come", async () => {
    const crowd = Array<string>(4).fill(await lasting());
    await Promise.all(crowd.map(taken));
    const { jwks } = world.idp.counts;
    world.pass(11 * MINUTE);
    await Promise.all(crowd.map(taken));
    expect(world.idp.counts.jwks).toBe(jwks + 1);
    world.pass(11 * MINUTE);
    const heal = world.idp.fail("jwks", reset(), forever);
    const before = outages();
    await Promise.all(crowd.map(taken));
    for (const token of crowd) await taken(token);
    expect(outages()).toBe(before + 1);
    heal();
  });

  test("keep nobody waiting once that is known", async () => {
    const token = await lasting();
    await taken(token);
    world.pass(11 * MINUTE);
    const heal = world.idp.fail("jwks", reset(), forever);
    await taken(token);
    heal();
    world.pass(MINUTE);
    const before = outages();
    const hanging = hang();
    world.idp.fail("jwks", hanging);
    await taken(token);
    await hanging.reached;
    // Nobody has given up on it yet, and the user is through.
    expect(outages()).toBe(before);
    hanging.release();
  });

  test("are read where they were, though discovery be down", async () => {
    await taken(await lasting());
    const heal = world.idp.fail("discovery", reset(), forever);
    await world.idp.roll();
    world.pass(11 * MINUTE);
    await taken(await lasting());
    heal();
  });

  test("are looked for where they have moved to", async () => {
    await taken(await lasting());
    const heal = [
      world.idp.fail("jwks", json({}, 404), forever),
      world.idp.fail("discovery", changed({ jwks_uri: evil.jwksUri }), forever),
    ];
    world.pass(11 * MINUTE);
    const { issuer, now } = world.idp;
    await taken(await evil.sign({ sub: "ann", iss: issuer, exp: now() + 1000 * 86_400 }));
    for (const end of heal) end();
  });
});

test("a token whose signature is remembered ends when it ends", async () => {
  const token = await world.userToken("ann", { exp: later(MINUTE) });
  await taken(token);
  const { jwks } = world.idp.counts;
  world.pass(MINUTE - SECOND);
  await taken(token);
  expect(world.idp.counts.jwks).toBe(jwks);
  world.pass(10 * SECOND);
  await refused(token, { status: 401, code: "invalid_user_token", reason: "expired" });
});

describe("what is not read as keys", () => {
  const moved: Fault = () => Promise.resolve(redirectReply(evil.jwksUri, 302));
  const forged = () => evil.sign({ sub: "ann", iss: world.idp.issuer, exp: later(HOUR) });
  /** By a broker that has just started. */
  const verify = async (fetcher: typeof fetch, token: string): Promise<Verified> => {
    const app = world.config.apps.get("demo");
    if (!app) throw new Error("no app");
    const identity = createIdentity({ fetch: fetcher, now: world.now, log: () => undefined });
    return identity(app, token);
  };

  test("what a redirect leads to, which whoever follows it would trust", async () => {
    world.idp.fail("jwks", moved, { times: 2 });
    const token = await forged();
    expect(await verify(fetch, token)).toMatchObject({ ok: false, unavailable: true });
    const follow: typeof fetch = (url, init) => fetch(url, { ...init, redirect: "follow" });
    expect(await verify(follow, token)).toMatchObject({ ok: true });
  });

  test.each(["discovery", "jwks"] as const)("a %s reply without end", async (endpoint) => {
    const padded = (bytes: number) => changed({ padding: "x".repeat(bytes) });
    const token = await lasting();
    world.idp.fail(endpoint, padded(1 << 20));
    expect(await verify(fetch, token)).toMatchObject({ ok: false, unavailable: true });
    world.idp.fail(endpoint, padded(1 << 19));
    expect(await verify(fetch, token)).toMatchObject({ ok: true });
  });
});

test("the log says what is wrong, and nothing of the token", async () => {
  const token = await lasting();
  world.idp.fail("jwks", json({}, 500));
  await refused(token, {
    ...UNAVAILABLE,
    detail: `The keys of ${world.idp.issuer} cannot be read.`,
  });
  const line = world.logs.findLast(({ event }) => event === "identity_provider_unavailable");
  expect(line).toEqual({
    event: "identity_provider_unavailable",
    issuer: world.idp.issuer,
    why: "answered 500",
    keys_age_seconds: null,
  });
});
