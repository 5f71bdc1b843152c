/** Policies in a whole broker: what a refused call leaves untouched, who may pass for whom, and what is counted. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compileRules, policiesSchema } from "../../broker/src/config/policies.ts";
import { Refusal } from "../../broker/src/error.ts";
import { createPermission } from "../../broker/src/permission.ts";
import {
  countersOf,
  decide,
  type Attachment,
  type Call,
  type Rule,
} from "../../broker/src/policy.ts";
import { openStore, type Store } from "../../broker/src/store/store.ts";
import { makeDatabase, type TestDatabase } from "./database.ts";
import { accepted, refused } from "./steps.ts";
import { B, connect, startWorld, type Json, type Reply, type World } from "./world.ts";

const HOUR = 3_600_000;
const PROXY = "10.0.0.1";
const LISTED = "192.0.2.1";
const STRANGER = "203.0.113.9";

const NET: Json = { name: "office network", kind: "ip_allow_list", addresses: [LISTED] };
/** One an hour after the first ten: no test takes that long. */
const SLOW: Json = {
  ...{ name: "not too fast", kind: "rate_limit", per: "user", limit: 10 },
  window_seconds: 36_000,
};
const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAYTIME: Json = {
  ...{ name: "daytime", kind: "time_window", days: WEEK, from: "08:00", to: "18:00" },
  time_zone: "UTC",
};

type App = { providers: Record<string, Json>; policies?: Json[] };

/** A world whose first app has these policies, on itself or at its providers. */
const worldWith = (policies: {
  app?: Json[];
  calendar?: Json[];
  files?: Json[];
  trusted_proxies?: string[];
}): Promise<World> =>
  startWorld({
    configure: (file) => {
      const [demo] = file["apps"] as App[];
      if (!demo) return;
      const { app = [], calendar = [], files = [], trusted_proxies = [] } = policies;
      demo.policies = app;
      Object.assign(demo.providers["calendar"] ?? {}, { policies: calendar });
      Object.assign(demo.providers["files"] ?? {}, { policies: files });
      file["trusted_proxies"] = trusted_proxies;
    },
  });

type From = { remote?: string; forwarded?: string; end_user_ip?: string; provider?: string };

/** A token for the user's calendar, asked for from somewhere. */
const ask = async (world: World, sub: string, from: From = {}): Promise<Reply> => {
  const { remote, forwarded, end_user_ip, provider = "calendar" } = from;
  const host = provider === "files" ? world.files.host : world.calendar.host;
  const request = new Request(`${B}/v1/tokens`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${world.keys.demo.key}`,
      ...(forwarded === undefined ? {} : { "x-forwarded-for": forwarded }),
    },
    body: JSON.stringify({
      user_token: await world.userToken(sub),
      provider,
      request: { method: "GET", host, ...(end_user_ip === undefined ? {} : { end_user_ip }) },
    }),
  });
  const response = await world.broker.fetch(request, { remote_address: remote });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Json,
  };
};

const countersIn = (database: TestDatabase): Promise<Json[]> =>
  database.rows("select * from counters order by name");
const counters = (world: World): Promise<Json[]> => countersIn(world.database);

describe("an address list", () => {
  let world: World;
  beforeAll(async () => {
    world = await worldWith({ calendar: [NET], trusted_proxies: [PROXY] });
  });
  afterAll(() => world.stop());

  test("refuses before anything is opened, and tells why", async () => {
    // The token is over: opening it would ask the provider for another.
    await connect(world, { sub: "ann" });
    world.pass(121_000);
    const sent = world.calendar.counts.refresh;
    const reply = await refused(
      world,
      () => ask(world, "ann", { remote: STRANGER }),
      "policy_violation",
    );
    expect(reply.body["policy_error"]).toEqual({
      ...{ rule: "office network", kind: "ip_allow_list", attached_to: "provider" },
      retry_at: null,
    });
    expect(reply.body).not.toHaveProperty("access_token");
    expect(reply.headers.get("retry-after")).toBe(null);
    expect(world.calendar.counts.refresh).toBe(sent);
    expect((await world.audit()).at(-1)).toMatchObject({
      event: "token.refused",
      reason: "policy_violation: office network",
      subject: "ann",
    });
    expect(world.logs).toContainEqual(
      expect.objectContaining({
        event: "refused",
        code: "policy_violation",
        why: `ip_allow_list "office network" of provider calendar: the caller's address ${STRANGER} is not listed`,
      }),
    );
    // The twin: the same call from the listed address, which opens, refreshes and is noted.
    await accepted(() => ask(world, "ann", { remote: LISTED }));
    expect(world.calendar.counts.refresh).toBe(sent + 1);
  });

  test("refuses even what could not be opened", async () => {
    await connect(world, { sub: "otto" });
    await world.database.exec("update grants set sealed = 'v1.k1.broken' where subject = 'otto'");
    await refused(world, () => ask(world, "otto", { remote: STRANGER }), "policy_violation");
    expect(world.logs.filter(({ event }) => event === "bug")).toEqual([]);
    const twin = await ask(world, "otto", { remote: LISTED });
    expect(twin.body["code"]).toBe("internal_error");
  });

  test("does not ask who has no grant", async () => {
    await refused(world, () => ask(world, "nobody", { remote: STRANGER }), "grant_not_found");
  });

  test("is the provider's own: others do not know of it", async () => {
    await connect(world, { sub: "ann", provider: "files" });
    await accepted(() => ask(world, "ann", { remote: STRANGER, provider: "files" }));
  });

  test("lets the answer be kept as long as any", async () => {
    const { body } = await accepted(() => ask(world, "ann", { remote: LISTED }));
    expect(body["cache_seconds"]).toBe(30);
  });

  test.each<[string, From]>([
    ["of which nobody knows where it comes from", {}],
    ["that names itself in the header", { remote: STRANGER, forwarded: LISTED }],
    ["whose proxy names another", { remote: PROXY, forwarded: `${LISTED}, ${STRANGER}` }],
    ["whose proxy names nobody", { remote: PROXY }],
    ["whose proxy names nonsense", { remote: PROXY, forwarded: `${LISTED}, unknown` }],
    ["for a user with the address", { remote: STRANGER, end_user_ip: LISTED }],
  ])("refuses a call %s", async (_, from) => {
    await connect(world, { sub: "eve" });
    await refused(world, () => ask(world, "eve", from), "policy_violation");
  });

  test.each<[string, From]>([
    ["directly", { remote: LISTED }],
    ["as an IPv6 socket names it", { remote: `::ffff:${LISTED}` }],
    ["through the proxy", { remote: PROXY, forwarded: LISTED }],
    [
      "through the proxy, whatever it claims",
      { remote: PROXY, forwarded: `${STRANGER}, ${LISTED}` },
    ],
  ])("lets a listed caller in %s", async (_, from) => {
    await connect(world, { sub: "eve" });
    await accepted(() => ask(world, "eve", from));
  });
});

test("whoever is trusted for a proxy passes for anybody", async () => {
  const careless = await worldWith({ calendar: [NET], trusted_proxies: ["203.0.113.0/24"] });
  try {
    await connect(careless, { sub: "eve" });
    await accepted(() => ask(careless, "eve", { remote: STRANGER, forwarded: LISTED }));
  } finally {
    await careless.stop();
  }
});

describe("a list of end users' addresses", () => {
  let world: World;
  beforeAll(async () => {
    world = await worldWith({ app: [{ ...NET, of: "end_user" }] });
    await connect(world);
  });
  afterAll(() => world.stop());

  test("asks for what the app passes on, each time anew", async () => {
    const { body } = await accepted(() => ask(world, "ann", { end_user_ip: LISTED }));
    expect(body["cache_seconds"]).toBe(0);
  });

  test.each<[string, From]>([
    ["another", { end_user_ip: STRANGER }],
    ["none", {}],
    ["nonsense", { end_user_ip: `${LISTED}/0` }],
    ["none, though the caller's is listed", { remote: LISTED }],
  ])("refuses %s", async (_, from) => {
    const reply = await refused(world, () => ask(world, "ann", from), "policy_violation");
    expect(reply.body["policy_error"]).toMatchObject({ attached_to: "app", retry_at: null });
  });
});

describe("a time window", () => {
  let world: World;
  beforeAll(async () => {
    world = await worldWith({ app: [DAYTIME] });
  });
  afterAll(() => world.stop());

  /** Forward to the next such time of day. */
  const passTo = (hour: number, less = 0): void => {
    const day = 24 * HOUR;
    world.pass((((hour * HOUR - less - (world.now() % day)) % day) + day) % day);
  };

  test("refuses outside, says when to come back, and then lets the call in", async () => {
    passTo(12);
    await connect(world, { sub: "ann" });
    passTo(19);
    const reply = await refused(world, () => ask(world, "ann"), "policy_violation");
    const { retry_at, ...rest } = reply.body["policy_error"] as { retry_at: string };
    expect(rest).toEqual({ rule: "daytime", kind: "time_window", attached_to: "app" });
    expect(retry_at).toMatch(/T08:00:00.000Z$/);
    // 13 hours, less what the test has taken since seven.
    const seconds = Number(reply.headers.get("retry-after"));
    expect(world.now() + seconds * 1000).toBeGreaterThanOrEqual(Date.parse(retry_at));
    expect(seconds).toBeLessThanOrEqual((13 * HOUR) / 1000);
    world.pass(seconds * 1000);
    await accepted(() => ask(world, "ann"));
  });

  test("lets nobody keep an answer past its end", async () => {
    passTo(12);
    await connect(world, { sub: "ben" });
    passTo(18, 25_000);
    const { body } = await accepted(() => ask(world, "ben"));
    expect(body["cache_seconds"]).toBeLessThanOrEqual(25);
    world.pass(25_000);
    await refused(world, () => ask(world, "ben"), "policy_violation");
  });

  test("does not hide what a user has, nor keep it from being revoked", async () => {
    passTo(19);
    const token = await world.userToken("ben");
    const { body } = await accepted(() => world.backend().listGrants(token));
    const [grant] = body["grants"] as Json[];
    await accepted(() => world.backend().revoke(String(grant?.["grant_id"]), token));
  });
});

describe("a rate limit", () => {
  let world: World;
  beforeAll(async () => {
    world = await worldWith({ calendar: [SLOW] });
  });
  afterAll(() => world.stop());

  test("lets exactly so many of a hundred calls at once in", async () => {
    await connect(world, { sub: "ann" });
    const replies = await Promise.all(Array.from({ length: 100 }, () => ask(world, "ann")));
    const passed = replies.filter(({ status }) => status === 200);
    expect(passed).toHaveLength(10);
    for (const { body } of passed) expect(body["cache_seconds"]).toBe(0);
    for (const { body, headers } of replies.filter(({ status }) => status !== 200)) {
      expect(body["code"]).toBe("policy_violation");
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect((await world.audit()).filter(({ event }) => event === "token.issued")).toHaveLength(10);
  });

  test("refuses the next, counts no refusal, and lets one more in when it said", async () => {
    const before = await counters(world);
    const reply = await refused(world, () => ask(world, "ann"), "policy_violation");
    expect(await counters(world)).toEqual(before);
    expect(reply.body["policy_error"]).toMatchObject({
      ...{ rule: "not too fast", kind: "rate_limit", attached_to: "provider" },
    });
    world.pass(Number(reply.headers.get("retry-after")) * 1000);
    await accepted(() => ask(world, "ann"));
    await refused(world, () => ask(world, "ann"), "policy_violation");
  });

  test("counts for each user alone", async () => {
    await connect(world, { sub: "ben" });
    await accepted(() => ask(world, "ben"));
    expect(await counters(world)).toHaveLength(2);
  });

  test("counts no call that is refused for another reason", async () => {
    const before = await counters(world);
    await refused(world, () => ask(world, "nobody"), "grant_not_found");
    const ben = { user_token: await world.userToken("ben"), provider: "calendar" };
    const elsewhere = { ...ben, request: { method: "GET", host: "evil.example" } };
    await refused(world, () => world.backend().token(elsewhere), "host_not_allowed");
    expect(await counters(world)).toEqual(before);
  });

  test("is forgotten when it is full again, and not before", async () => {
    await world.broker.purge();
    expect(await counters(world)).toHaveLength(2);
    world.pass(10 * HOUR + 60_000);
    await world.broker.purge();
    expect(await counters(world)).toEqual([]);
    await accepted(() => ask(world, "ann"));
  });
});

describe("a configuration with policies that cannot be meant", () => {
  test.each<[string, Parameters<typeof worldWith>[0]]>([
    ["apps[0].policies[0].time_zone", { app: [{ ...DAYTIME, time_zone: "Europe/Springfield" }] }],
    [
      "apps[0].providers.calendar.policies[1].name",
      { calendar: [NET, { ...SLOW, name: NET["name"] }] },
    ],
    [
      "apps[0].providers.files.policies[0].addresses[1]",
      { files: [{ ...NET, addresses: ["::1", "10.0.0.5/8"] }] },
    ],
    ["trusted_proxies[0]", { trusted_proxies: ["loopback"] }],
  ])("is refused by its key: %s", async (key, policies) => {
    await expect(worldWith(policies)).rejects.toMatchObject({ issues: [{ key }] });
  });
});

describe("permission, on a store of its own", () => {
  const ANN: Call = {
    ...{ app_id: "demo", issuer: "https://idp.example.com", subject: "ann", grant_id: "grant_1" },
    ...{ caller_address: LISTED, end_user_address: undefined },
  };
  const NOW = 1_700_000_000_000;
  const rulesOf = (policies: Json[], attached: Attachment = { to: "app", id: "demo" }): Rule[] =>
    compileRules(policiesSchema.parse(policies), attached);

  let database: TestDatabase;
  let store: Store;
  beforeEach(async () => {
    database = await makeDatabase();
    store = await openStore(database.storage);
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  const now = () => NOW;
  const outcomes = async (calls: Promise<unknown>[]): Promise<Record<string, number>> => {
    const counts: Record<string, number> = {};
    for (const call of await Promise.allSettled(calls)) {
      const reason: unknown = call.status === "rejected" ? call.reason : undefined;
      const outcome = reason instanceof Refusal ? reason.code : (reason ?? "permitted");
      counts[String(outcome)] = (counts[String(outcome)] ?? 0) + 1;
    }
    return counts;
  };
  const times = <T>(n: number, make: () => T): T[] => Array.from({ length: n }, make);

  test("a hundred at once: as many as the limit says", async () => {
    const permit = createPermission({ store, now });
    const calls = times(100, () => permit(rulesOf([SLOW]), ANN));
    expect(await outcomes(calls)).toEqual({ permitted: 10, policy_violation: 90 });
  });

  // In turns: within one process, SQLite's wait for the other's lock would keep the other from letting go.
  test("two brokers on one file count together", async () => {
    const other = await openStore(database.storage);
    const brokers = [store, other].map((one) => createPermission({ store: one, now }));
    const passed: boolean[] = [];
    for (let i = 0; i < 8; i++)
      for (const permit of brokers)
        passed.push(await permit(rulesOf([SLOW]), ANN).then(Boolean, () => false));
    await other.close();
    expect(passed.filter(Boolean)).toHaveLength(10);
    expect(passed.slice(10)).not.toContain(true);
  });

  test("of two brokers that have read the same, one writes", async () => {
    const other = await openStore(database.storage);
    const rules = rulesOf([{ ...SLOW, limit: 1 }]);
    const names = countersOf(rules, ANN);
    const decisions = await Promise.all(
      [store, other].map(async (one) => {
        const read = await one.counters.read(names);
        return decide(rules, { ...ANN, now: NOW, counters: read });
      }),
    );
    const [mine = [], theirs = []] = decisions.map((one) => (one.allow ? one.spend : []));
    expect([mine, theirs]).toEqual([mine, mine]);
    await other.counters.spend(theirs);
    const before = await countersIn(database);
    await expect(store.counters.spend(mine)).rejects.toMatchObject({ code: "counter_moved" });
    expect(await countersIn(database)).toEqual(before);
    await other.close();
  });

  test("reading first and writing later, all of them would have passed", async () => {
    const rules = rulesOf([SLOW]);
    const names = countersOf(rules, ANN);
    const read = await Promise.all(times(100, () => store.counters.read(names)));
    const decisions = read.map((counters) => decide(rules, { ...ANN, now: NOW, counters }));
    expect(decisions.filter(({ allow }) => allow)).toHaveLength(100);
    // And the counter takes one of them only.
    const spends = decisions.map((decision) =>
      store.counters.spend(decision.allow ? decision.spend : []),
    );
    expect(await outcomes(spends)).toEqual({
      permitted: 1,
      "DatabaseError: The database refused: counter_moved": 99,
    });
  });

  test("a counter that has moved takes the others back with it", async () => {
    await store.counters.spend([{ name: "b", from: null, to: 5 }]);
    const before = await countersIn(database);
    for (const from of [null, 4])
      await expect(
        store.transaction((tx) =>
          tx.counters.spend([
            { name: "a", from: null, to: 9 },
            { name: "b", from, to: 9 },
          ]),
        ),
      ).rejects.toMatchObject({ code: "counter_moved" });
    expect(await countersIn(database)).toEqual(before);
    await store.counters.spend([{ name: "b", from: 5, to: 9 }]);
    expect(await countersIn(database)).toEqual([{ name: "b", full_at: 9 }]);
  });

  test("what was spent is spent after a restart", async () => {
    const rules = rulesOf([{ ...SLOW, limit: 1 }]);
    await createPermission({ store, now })(rules, ANN);
    await store.close();
    store = await openStore(database.storage);
    await expect(createPermission({ store, now })(rules, ANN)).rejects.toMatchObject({
      code: "policy_violation",
    });
  });

  test("of two limits both are spent, or neither", async () => {
    const permit = createPermission({ store, now });
    const rules = [
      ...rulesOf([SLOW]),
      ...rulesOf([{ ...SLOW, limit: 1 }], { to: "secret", id: "weather" }),
    ];
    await permit(rules, ANN);
    const spent = await countersIn(database);
    expect(spent).toHaveLength(2);
    await expect(permit(rules, ANN)).rejects.toMatchObject({
      extras: { policy_error: { attached_to: "secret" } },
    });
    expect(await countersIn(database)).toEqual(spent);
  });

  test("without a limit no database is asked; with one that cannot be read, nobody passes", async () => {
    await store.close();
    const permit = createPermission({ store, now });
    await expect(permit(rulesOf([NET]), ANN)).resolves.toMatchObject({ unchanged_for: Infinity });
    await expect(permit(rulesOf([NET, SLOW]), ANN)).rejects.not.toBeInstanceOf(Refusal);
    store = await openStore(database.storage);
    await expect(permit(rulesOf([NET, SLOW]), ANN)).rejects.toBeDefined();
  });

  test("a rule that fails lets nobody pass", async () => {
    const broken = rulesOf([NET]).map((rule) => ({
      ...rule,
      includes: () => {
        throw new Error("bug");
      },
    }));
    await expect(createPermission({ store, now })(broken, ANN)).rejects.toThrow("bug");
  });
});
