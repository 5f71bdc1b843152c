/**
 * Limits on failures [M23]: who fails too often is told so, whatever was wrong, and leaves no row; who does not fail
 * passes, whatever others do behind the same address. The twin of each is the same act one failure earlier.
 */
import type { ERRORS } from "@alter-ai/protocol/http";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createWatchman, networkOf } from "../../broker/src/limits.ts";
import { NO_METRICS } from "../../broker/src/metrics.ts";
import { startKeyApi, type KeyApi } from "../servers/key-api.ts";
import { createTally, type ShareTally } from "../../broker/src/tally.ts";
import { accepted, away, begin, claimBody, issue, land, refused } from "./steps.ts";
import {
  A,
  OTHER,
  connect,
  newKey,
  secret,
  startWorld,
  type Json,
  type Reply,
  type World,
} from "./world.ts";

const LIMIT = 3;

/** Everybody behind one address. */
let world: World;
let keys: KeyApi;
beforeAll(async () => {
  keys = await startKeyApi();
  world = await startWorld({
    address: "203.0.113.7",
    configure: (file) => limited(file),
  });
});
afterAll(async () => {
  await world.stop();
  await keys.stop();
});

/** A provider that takes keys. */
const ledger = ({ url, host }: KeyApi): Json => ({
  ...{ name: "Ledger", api_hosts: [host] },
  credential: {
    ...{ kind: "api_key", fields: { api_key: { label: "API key" } } },
    inject: { header: "X-Api-Key" },
  },
  identity: { source: "check", request: { url: `${url}/me` } },
});

const limited = (file: Json): void => {
  Object.assign(file["providers"] as Json, { ledger: ledger(keys) });
  for (const app of file["apps"] as Json[]) Object.assign(app["providers"] as Json, { ledger: {} });
  file["limits"] = {
    failures_per_address: { limit: LIMIT, window_seconds: 60 },
    failures_per_key: { limit: LIMIT, window_seconds: 60 },
  };
};

/** Fails as often as one may, and once more. */
const exhaust = async (
  code: keyof typeof ERRORS,
  call: () => Promise<Reply>,
  rows = 0,
): Promise<Reply> => {
  for (let i = 0; i < LIMIT; i += 1) await refused(world, call, code);
  const audited = (await world.audit()).length;
  const reply = await refused(world, call, "rate_limited");
  expect(Number(reply.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await world.audit()).length).toBe(audited + rows);
  const lines = world.logs.filter(({ event }) => event === "refused");
  const who = rows === 0 ? "203.0.113.7" : 'key ["demo","first"]';
  expect(lines.at(-1)).toMatchObject({
    code: "rate_limited",
    why: `${code}, too often: ${who}`,
  });
  return reply;
};

/** The allowance is full again. */
const calm = () => world.pass(61_000);

describe("by address [M23]", () => {
  test("API keys: a right one passes all the same, and guesses at something else are told what is wrong", async () => {
    const user_token = await world.userToken();
    const guess = () => world.backend(newKey().key).token({ user_token, provider: "calendar" });
    await exhaust("invalid_api_key", guess);
    await accepted(() => world.backend().listGrants(user_token));
    await refused(world, () => world.widget(secret(), "").outcome(), "unknown_session");
    calm();
    await refused(world, guess, "invalid_api_key");
    calm();
  });

  test("claims: a live session is claimed all the same", async () => {
    const guess = () => world.browser().page("claim", claimBody(secret()));
    const mine = await world.mint();
    await exhaust("unknown_session", guess);
    await accepted(() => world.browser().claim(mine));
    calm();
  });

  test("claims of one's own session, again and again, fill no audit log", async () => {
    const { token } = await begin(world, { session: { return_url: `${A}/connected` } });
    // Of another shape: a refusal that is audited, and ends nothing.
    const again = () =>
      world.browser().page("claim", { shape: "backend", token, claim_id: secret() });
    await exhaust("claim_shape_refused", again);
    const rows = (await world.audit()).filter(({ event }) => event === "session.claim_refused");
    expect(rows).toHaveLength(LIMIT);
    calm();
  });

  test("the widget's calls: its CORS lets it read the code, also from another app's origin [M7]", async () => {
    const ask = () => world.widget(secret(), "", OTHER).outcome();
    const reply = await exhaust("unknown_session", ask);
    expect(reply.headers.get("access-control-allow-origin")).toBe(OTHER);
    const { token, verifier } = await connect(world);
    const foreign = () => world.widget(token, verifier, OTHER).outcome();
    for (let i = 0; i < LIMIT; i += 1) {
      const told = await refused(world, foreign, "origin_not_allowed");
      expect(told.headers.get("access-control-allow-origin")).toBeNull();
    }
    const told = await refused(world, foreign, "rate_limited");
    expect(told.headers.get("access-control-allow-origin")).toBe(OTHER);
    await accepted(() => world.widget(token, verifier).outcome());
    calm();
  });

  test("codes of a redirect", async () => {
    const body = () => ({ code: secret(), verifier: secret() });
    const guess = () => world.post("/v1/connect/redeem", body(), { origin: A });
    await exhaust("invalid_code", guess);
    calm();
  });

  test("callbacks: the same page, no row, and an honest one lands", async () => {
    const { browser, back, session_id } = await away(world);
    const rows = async () =>
      (await world.audit()).filter(({ event }) => event === "callback.refused").length;
    const before = await rows();
    for (let i = 0; i < LIMIT + 2; i += 1)
      expect(await land(world.browser(), back)).toBe("/connect/lost");
    expect((await rows()) - before).toBe(LIMIT);
    expect(await land(browser, back)).toBe(`/connect/s/${session_id}`);
    calm();
  });

  test("L27: keys at a provider, each in a session of its own: past the limit none is tried, not even a right one", async () => {
    const give = async (value: string): Promise<Reply> => {
      const { browser, session_id } = await begin(world, {
        session: { allowed_providers: ["ledger"] },
      });
      const values = [{ name: "api_key", value }];
      return browser.page("credential", { session_id, provider: "ledger", values });
    };
    const rows = async () =>
      (await world.audit()).filter(({ event }) => event === "credential.refused").length;
    for (let i = 0; i < LIMIT; i += 1)
      expect((await give("stolen")).body["code"]).toBe("credential_refused");
    expect(await rows()).toBe(LIMIT);
    const asked = keys.received.length;
    const one = await give("stolen");
    const right = keys.makeKey("ann@work.test");
    const other = await give(right);
    for (const { status, body, headers } of [one, other]) {
      expect([status, body["code"]]).toEqual([429, "rate_limited"]);
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    }
    // Nothing tells one from the other: not what is said, nor a grant, nor a look at the provider.
    expect({ ...one.body, request_id: "" }).toEqual({ ...other.body, request_id: "" });
    expect(keys.received.length).toBe(asked);
    expect(await rows()).toBe(LIMIT);
    expect(await world.database.rows("select id from grants where provider = 'ledger'")).toEqual(
      [],
    );
    calm();
    await accepted(() => give(right));
    calm();
  });

  test("keys that are right are no failures, however many, nor are those that a provider has not judged", async () => {
    const give = async (value: string): Promise<Reply> => {
      const { browser, session_id } = await begin(world, {
        session: { allowed_providers: ["ledger"] },
      });
      const values = [{ name: "api_key", value }];
      return browser.page("credential", { session_id, provider: "ledger", values });
    };
    for (let i = 0; i <= LIMIT; i += 1) await accepted(() => give(keys.makeKey(`${i}@work.test`)));
    keys.control.answer = (_, response) => void response.writeHead(500).end();
    for (let i = 0; i <= LIMIT; i += 1)
      expect((await give("down")).body["code"]).toBe("provider_unavailable");
    keys.control.answer = undefined;
    expect((await give("stolen")).body["code"]).toBe("credential_refused");
    calm();
  });

  test("L27: all at once, while the provider thinks: no more of them are tried than may fail", async () => {
    const asking = await Promise.all(
      Array.from({ length: LIMIT + 3 }, () =>
        begin(world, { session: { allowed_providers: ["ledger"] } }),
      ),
    );
    const before = keys.received.length;
    const values = [{ name: "api_key", value: "stolen" }];
    const replies = await Promise.all(
      asking.map(({ browser, session_id }) =>
        browser.page("credential", { session_id, provider: "ledger", values }),
      ),
    );
    const codes = replies.map(({ body }) => body["code"]).sort();
    expect(codes).toEqual([
      ...Array.from({ length: LIMIT }, () => "credential_refused"),
      ...Array.from({ length: 3 }, () => "rate_limited"),
    ]);
    expect(keys.received.length - before).toBe(LIMIT);
    calm();
  });

  test("a page that is left open is nobody's guess", async () => {
    const here = () => world.browser().page("page", { session_id: "gone-long-ago", event: "here" });
    for (let i = 0; i < LIMIT * 2; i += 1) await refused(world, here, "unknown_session");
  });
});

describe("where no address is sure [L27]", () => {
  let nowhere: World;
  beforeAll(async () => {
    nowhere = await startWorld({ configure: limited });
  });
  afterAll(() => nowhere.stop());

  const give = async (sub: string, value: string): Promise<Reply> => {
    const { browser, session_id } = await begin(nowhere, {
      sub,
      session: { allowed_providers: ["ledger"] },
    });
    const values = [{ name: "api_key", value }];
    return browser.page("credential", { session_id, provider: "ledger", values });
  };

  test("keys of one user, each in a session of its own: past the limit none is tried", async () => {
    for (let i = 0; i < LIMIT; i += 1)
      expect((await give("mallory", "stolen")).body["code"]).toBe("credential_refused");
    const asked = keys.received.length;
    const audited = async () =>
      (await nowhere.audit()).filter(({ event }) => event === "credential.refused").length;
    expect(await audited()).toBe(LIMIT);
    const { browser, session_id } = await begin(nowhere, {
      ...{ sub: "mallory", session: { allowed_providers: ["ledger"] } },
    });
    const right = keys.makeKey("mallory@work.test");
    const values = [{ name: "api_key", value: right }];
    const again = () => browser.page("credential", { session_id, provider: "ledger", values });
    const { headers } = await refused(nowhere, again, "rate_limited");
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect(nowhere.logs.findLast(({ event }) => event === "refused")).toMatchObject({
      why: "credential_refused, too often: a user of demo",
    });
    expect(keys.received.length).toBe(asked);
    expect(await audited()).toBe(LIMIT);
    // Nobody else is in it, and in a minute neither is she.
    await accepted(() => give("ann", keys.makeKey("ann@work.test")));
    nowhere.pass(61_000);
    await accepted(again);
  });

  test("one user from many addresses, one address of many users: what either has refused is not counted in the other", () => {
    const { guess } = createWatchman({
      ...{ store: world.store, vault: world.vault, limits: world.config.limits },
      ...{ metrics: NO_METRICS, now: () => 0 },
    });
    const wrong = (user: string, address?: string) =>
      guess("credential_refused", { user: { name: user, app: "demo" }, address })(true);
    for (let i = 0; i < LIMIT; i += 1) wrong("mallory", `198.51.100.${i}`);
    for (let i = 0; i < LIMIT; i += 1)
      expect(() => wrong("mallory", "203.0.113.9")).toThrow("user's tries");
    for (let i = 0; i < LIMIT; i += 1) wrong(`user ${i}`, "203.0.113.9");
    for (let i = 0; i < LIMIT; i += 1)
      expect(() => wrong("ann", "203.0.113.9")).toThrow("from this address");
    for (let i = 0; i < LIMIT; i += 1) wrong("ann");
    expect(() => wrong("ann")).toThrow("user's tries");
  });
});

describe("by key [M23]", () => {
  test("user tokens: those that are right pass, and another key is another's", async () => {
    await connect(world, { sub: "ann" });
    const bad = () => world.backend().token({ user_token: "no.jwt.at-all", provider: "calendar" });
    // Whose key is right is an app of ours: what it was refused stays in the audit log.
    await exhaust("invalid_user_token", bad, 1);
    await accepted(() => issue(world, "ann"));
    const other = () =>
      world.backend(world.keys.other.key).token({ user_token: "no.jwt", provider: "calendar" });
    await refused(world, other, "invalid_user_token");
    calm();
  });

  test("calls, where the operator has said how many", async () => {
    const busy = await startWorld({
      configure: (file) => {
        file["limits"] = { calls_per_key: { limit: 2, window_seconds: 10 } };
      },
    });
    onTestFinished(() => busy.stop());
    const user_token = await busy.userToken();
    const list = (key = busy.keys.demo.key) => busy.backend(key).listGrants(user_token);
    for (let i = 0; i < 2; i += 1) await accepted(() => list());
    const reply = await refused(busy, list, "rate_limited");
    expect(reply.headers.get("retry-after")).toBe("5");
    busy.pass(5_000);
    await accepted(() => list());
    await refused(busy, () => list(), "rate_limited");
    await accepted(() => list(busy.keys.other.key));
  });
});

describe("a broker that is busy [M23]", () => {
  test("takes on as much as it may and says so to the next; probes and those that wait are not counted", async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const small = await startWorld({
      configure: (file) => {
        file["limits"] = { in_flight: 1 };
      },
    });
    onTestFinished(() => small.stop());
    const { token, verifier } = await begin(small);
    // The database takes as long as this takes.
    const { sessions } = small.store;
    const { byToken } = sessions;
    sessions.byToken = async (hash) => {
      await held;
      return byToken(hash);
    };
    const ask = () => small.widget(token, verifier).outcome();
    const first = ask();
    const second = await ask();
    expect([second.status, second.body["code"]]).toEqual([503, "overloaded"]);
    expect(second.headers.get("retry-after")).toBe("1");
    expect(second.headers.get("access-control-allow-origin")).toBe(A);
    // Probes, pages, and who comes back from a provider are served: there is no second code.
    for (const path of ["/healthz", "/connect"]) expect((await small.call(path)).status).toBe(200);
    expect((await small.call("/oauth/callback/nobody")).headers.get("location")).toBe(
      "/connect/lost",
    );
    release();
    await accepted(() => first);
    const waiting = [ask(), small.widget(token, verifier).outcome(25)];
    await accepted(async () => (await waiting[0]) as Reply);
    await accepted(ask);
    small.broker.close();
    await waiting[1];
  });
});

describe("many brokers", () => {
  const brokers = (share: ShareTally, count: number) =>
    Array.from({ length: count }, () =>
      createTally({ limit: 8, window: 8_000 }, { now: () => 1_000_000, share }),
    );
  /** Tries until it is refused everywhere, sharing after each round. */
  const tries = async (share: ShareTally, count: number): Promise<number> => {
    const all = brokers(share, count);
    let passed = 0;
    for (let round = 0; round < 20; round += 1) {
      for (const one of all) if (one.take("mallory") === undefined) passed += 1;
      for (const one of all) await one.share();
    }
    return passed;
  };

  test("add up what they have counted; without it each would allow as much", async () => {
    const { postpone } = world.store.counters;
    const together = await tries((rows, bounds) => postpone(rows, bounds), 4);
    const alone = await tries(async () => new Map(), 4);
    expect(alone).toBe(32);
    // A quarter of the allowance each before the others need to know, and one round of overlap.
    expect(together).toBeLessThanOrEqual(8 + 4);
  });

  test("a failure or two are nobody's business, and a flood is one row", async () => {
    const written: number[] = [];
    const [one] = brokers(async (rows) => {
      written.push(rows.length);
      return new Map();
    }, 1);
    one?.take("clumsy");
    await one?.share();
    expect(written).toEqual([]);
    for (let i = 0; i < 1_000; i += 1) one?.take("mallory");
    await one?.share();
    await one?.share();
    expect(written).toEqual([1]);
  });

  test("what has been made good is not told, however long nobody asked", async () => {
    let now = 1_000_000;
    const told: number[] = [];
    const share: ShareTally = async (rows) => {
      told.push(...rows.map(({ by }) => by));
      return new Map();
    };
    const one = createTally({ limit: 8, window: 8_000 }, { now: () => now, share });
    for (let i = 0; i < 50; i += 1) {
      one.take("clumsy");
      now += 1_000;
    }
    one.take("clumsy");
    one.take("clumsy");
    await one.share();
    expect(told).toEqual([2_000]);
  });

  test("no address is in the database", async () => {
    const { counters } = world.store;
    const { postpone } = counters;
    const names: string[] = [];
    counters.postpone = (rows, bounds) => {
      names.push(...rows.map(({ name }) => name));
      return postpone(rows, bounds);
    };
    onTestFinished(() => void Object.assign(counters, { postpone }));
    await world.broker.share();
    names.length = 0;
    const user_token = await world.userToken();
    for (let i = 0; i < LIMIT; i += 1)
      await world.backend(newKey().key).token({ user_token, provider: "calendar" });
    await world.broker.share();
    await world.broker.share();
    expect(names).toEqual([expect.stringMatching(/^tally [\w-]{43}$/)]);
    expect((await counters.read(names)).size).toBe(1);
    calm();
    await world.broker.purge();
    expect((await counters.read(names)).size).toBe(0);
  });
});

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["::1", "0:0:0:0::/64"],
  ["fe80::", "fe80:0:0:0::/64"],
])("%s is of %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
