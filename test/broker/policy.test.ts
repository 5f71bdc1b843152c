/** The rules of policies as tables: windows over the year's odd nights, blocks of addresses, limits, who calls. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { callerAddress, plainAddress } from "../../broker/src/caller-address.ts";
import {
  cidr,
  compileAddresses,
  compileRules,
  policiesSchema,
} from "../../broker/src/config/policies.ts";
import {
  countersOf,
  decide,
  type Attachment,
  type Call,
  type Circumstances,
  type Decision,
  type Rule,
} from "../../broker/src/policy.ts";

type Json = Record<string, unknown>;

const APP: Attachment = { to: "app", id: "demo" };
const rulesOf = (policies: Json[], attached = APP): Rule[] =>
  compileRules(policiesSchema.parse(policies), attached);

const ANN: Call = {
  app_id: "demo",
  issuer: "https://idp.example.com",
  subject: "ann",
  grant_id: "grant_1",
  caller_address: "10.1.2.3",
  end_user_address: "203.0.113.7",
};
const at = (now: number, over: Partial<Circumstances> = {}): Circumstances => ({
  ...ANN,
  now,
  counters: new Map(),
  ...over,
});
const when = (instant: string): number => Date.parse(instant);

const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const windowOf = (days: string, hours: string, time_zone = "Europe/Berlin"): Rule[] => {
  const [from, to] = hours.split("-");
  const named = days === "all" ? WEEK : days.split(" ");
  return rulesOf([{ name: "hours", kind: "time_window", days: named, from, to, time_zone }]);
};

/** `open until …` or `closed until …`: what is decided at an instant, and when the next thing is. */
const standing = (rules: Rule[], instant: string): string => {
  const decision = decide(rules, at(when(instant)));
  const until = decision.allow ? when(instant) + decision.unchanged_for : decision.retry_at;
  const shown = until === null || until === Infinity ? "ever" : new Date(until).toISOString();
  return `${decision.allow ? "open" : "closed"} until ${shown.replace(":00.000Z", "Z")}`;
};

describe("a time window", () => {
  const OFFICE = windowOf("mon tue wed thu fri", "09:00-17:30");
  test.each([
    [
      "the last moment before it opens",
      "2024-06-12T06:59:59.999Z",
      "closed until 2024-06-12T07:00Z",
    ],
    ["the minute it opens", "2024-06-12T07:00:00.000Z", "open until 2024-06-12T15:30Z"],
    ["the last moment", "2024-06-12T15:29:59.999Z", "open until 2024-06-12T15:30Z"],
    ["the minute it closes", "2024-06-12T15:30:00.000Z", "closed until 2024-06-13T07:00Z"],
    ["over a weekend", "2024-06-14T15:30:00.000Z", "closed until 2024-06-17T07:00Z"],
    ["in winter", "2024-01-10T08:00:00.000Z", "open until 2024-01-10T16:30Z"],
    ["over a weekend into summer time", "2024-03-29T16:30:00Z", "closed until 2024-04-01T07:00Z"],
    ["over a weekend out of it", "2024-10-25T15:30:00Z", "closed until 2024-10-28T08:00Z"],
    ["over the new year", "2023-12-29T16:30:00Z", "closed until 2024-01-01T08:00Z"],
  ])("office hours: %s", (_, instant, expected) => {
    expect(standing(OFFICE, instant)).toBe(expected);
  });

  test.each([
    [
      "belongs to the day it begins",
      "fri",
      "22:00-06:00",
      "2024-06-14T20:00Z",
      "open until 2024-06-15T04:00Z",
    ],
    [
      "and so runs into the next",
      "fri",
      "22:00-06:00",
      "2024-06-15T03:59Z",
      "open until 2024-06-15T04:00Z",
    ],
    [
      "but does not begin on it",
      "fri",
      "22:00-06:00",
      "2024-06-15T20:00Z",
      "closed until 2024-06-21T20:00Z",
    ],
    [
      "nor run in from a day unlisted",
      "fri",
      "22:00-06:00",
      "2024-06-14T03:59Z",
      "closed until 2024-06-14T20:00Z",
    ],
    [
      "from Saturday into Sunday",
      "sat",
      "22:00-06:00",
      "2024-06-16T03:59Z",
      "open until 2024-06-16T04:00Z",
    ],
    [
      "over a short night",
      "sat",
      "22:00-06:00",
      "2024-03-30T21:00Z",
      "open until 2024-03-31T04:00Z",
    ],
    ["over a long one", "sat", "22:00-06:00", "2024-10-26T20:00Z", "open until 2024-10-27T05:00Z"],
    ["until midnight", "sat", "22:00-00:00", "2024-06-15T20:00Z", "open until 2024-06-15T22:00Z"],
    [
      "equal times are a day",
      "sat",
      "00:00-00:00",
      "2024-06-15T12:00Z",
      "open until 2024-06-15T22:00Z",
    ],
    [
      "from whenever it begins",
      "sat",
      "09:00-09:00",
      "2024-06-16T06:59Z",
      "open until 2024-06-16T07:00Z",
    ],
    [
      "a day of 23 hours",
      "sun",
      "00:00-00:00",
      "2024-03-30T23:00Z",
      "open until 2024-03-31T22:00Z",
    ],
    [
      "two days running are one window",
      "sat sun",
      "00:00-00:00",
      "2024-06-14T22:00Z",
      "open until 2024-06-16T22:00Z",
    ],
    ["all days running never close", "all", "09:00-09:00", "2024-06-16T06:59Z", "open until ever"],
  ])("overnight: %s", (_, days, hours, instant, expected) => {
    expect(standing(windowOf(days, hours), instant)).toBe(expected);
  });

  // Berlin: 2024-03-31 from 02:00 to 03:00 (01:00Z), 2024-10-27 from 03:00 to 02:00 (01:00Z).
  test.each([
    [
      "an hour skipped has no window",
      "02:15-02:45",
      "2024-03-31T00:59Z",
      "closed until 2024-04-07T00:15Z",
    ],
    [
      "one that begins in it begins after it",
      "02:30-04:00",
      "2024-03-31T00:59Z",
      "closed until 2024-03-31T01:00Z",
    ],
    [
      "one that ends in it ends before it",
      "01:00-02:30",
      "2024-03-31T00:59Z",
      "open until 2024-03-31T01:00Z",
    ],
    [
      "an hour shown twice has its window twice: once",
      "02:15-02:45",
      "2024-10-27T00:15Z",
      "open until 2024-10-27T00:45Z",
    ],
    ["and again", "02:15-02:45", "2024-10-27T00:45Z", "closed until 2024-10-27T01:15Z"],
    [
      "one that begins in it is interrupted",
      "02:30-04:00",
      "2024-10-27T00:30Z",
      "open until 2024-10-27T01:00Z",
    ],
    ["and goes on", "02:30-04:00", "2024-10-27T01:00Z", "closed until 2024-10-27T01:30Z"],
    [
      "one that ends in it opens again",
      "01:00-02:30",
      "2024-10-27T00:30Z",
      "closed until 2024-10-27T01:00Z",
    ],
    [
      "and one around it is long",
      "01:00-04:00",
      "2024-10-26T23:00Z",
      "open until 2024-10-27T03:00Z",
    ],
  ])("clocks put forward and back: %s", (_, hours, instant, expected) => {
    expect(standing(windowOf("sun", hours), instant)).toBe(expected);
  });

  test.each([
    ["Asia/Kathmandu", "wed", "09:00-10:00", "2024-06-12T03:14Z", "closed until 2024-06-12T03:15Z"],
    [
      "Pacific/Kiritimati",
      "wed",
      "00:00-01:00",
      "2024-06-11T09:59Z",
      "closed until 2024-06-11T10:00Z",
    ],
    [
      "America/St_Johns",
      "wed",
      "09:00-10:00",
      "2024-06-12T11:29Z",
      "closed until 2024-06-12T11:30Z",
    ],
    ["UTC", "wed", "09:00-10:00", "2024-06-12T09:00Z", "open until 2024-06-12T10:00Z"],
    // Half an hour back, 2:00 to 1:30 (15:00Z).
    [
      "Australia/Lord_Howe",
      "sun",
      "01:30-01:45",
      "2024-04-06T14:45Z",
      "closed until 2024-04-06T15:00Z",
    ],
    // Midnight comes twice: Saturday 24:00 is Saturday 23:00 (03:00Z).
    [
      "America/Santiago",
      "sat",
      "23:30-00:00",
      "2024-04-07T03:00Z",
      "closed until 2024-04-07T03:30Z",
    ],
    // Midnight does not come at all: Friday 00:00 is 01:00.
    ["Africa/Cairo", "fri", "00:00-00:30", "2024-04-25T21:59Z", "closed until 2024-05-02T21:00Z"],
    // There was no Friday 30 December 2011.
    ["Pacific/Apia", "fri", "00:00-00:00", "2011-12-30T09:59Z", "closed until 2012-01-05T10:00Z"],
  ])("%s keeps its own time", (zone, days, hours, instant, expected) => {
    expect(standing(windowOf(days, hours, zone), instant)).toBe(expected);
  });

  /** Read off a formatted clock, minute by minute: slow, and too simple to be wrong. */
  const lookedAt = (days: string, hours: string, shown: string): boolean => {
    const [day = "", time = ""] = shown.toLowerCase().split(" ");
    const [from = "", to = ""] = hours.split("-");
    const listed = days === "all" ? WEEK : days.split(" ");
    const dayBefore = WEEK[(WEEK.indexOf(day) + 6) % 7] ?? "";
    if (from < to) return listed.includes(day) && from <= time && time < to;
    return (listed.includes(day) && from <= time) || (listed.includes(dayBefore) && time < to);
  };

  test.each([
    ["Europe/Berlin", "2024-03-30T00:00Z"],
    ["Europe/Berlin", "2024-10-26T00:00Z"],
    ["Australia/Lord_Howe", "2024-04-06T00:00Z"],
    ["America/Havana", "2024-11-02T00:00Z"],
    ["Pacific/Apia", "2011-12-29T00:00Z"],
  ])("%s from %s on: agrees with a look at the clock each minute", (timeZone, start) => {
    const clock = new Intl.DateTimeFormat("en-GB", {
      ...{ timeZone, weekday: "short", hour: "2-digit", minute: "2-digit" },
    });
    const minutes = Array.from({ length: 2 * 1440 }, (_, i) => when(start) + i * 60_000);
    const shown = minutes.map((minute) => clock.format(minute));
    for (const [days, hours] of [
      ["sat", "22:00-02:30"],
      ["sun", "01:45-02:15"],
      ["sat sun", "00:00-00:30"],
      ["all", "00:30-00:00"],
    ] as const) {
      const rules = windowOf(days, hours, timeZone);
      const seen = shown.map((one) => lookedAt(days, hours, one));
      for (let i = 0; i < minutes.length; i += 13) {
        const now = minutes[i] ?? 0;
        const decision = decide(rules, at(now));
        const where = `${days} ${hours} ${new Date(now).toISOString()}`;
        expect(decision.allow, where).toBe(seen[i]);
        const flip = seen.findIndex((open, j) => j > i && open !== seen[i]);
        if (flip === -1) continue;
        const change = decision.allow ? now + decision.unchanged_for : decision.retry_at;
        expect(change, where).toBe(minutes[flip]);
      }
    }
  });

  test("a time that is none is no answer", () => {
    expect(() => decide(windowOf("all", "00:00-00:00"), at(NaN))).toThrow(RangeError);
  });
});

describe("an address list", () => {
  test.each([
    ["10.0.0.0/8", "10.255.255.255", "11.0.0.0"],
    ["10.0.0.0/8", "10.0.0.0", "9.255.255.255"],
    ["192.0.2.128/25", "192.0.2.128", "192.0.2.127"],
    ["192.0.2.7", "192.0.2.7", "192.0.2.6"],
    ["192.0.2.7/32", "192.0.2.7", "192.0.2.8"],
    ["10.0.0.0/8", "::ffff:10.1.2.3", "::ffff:11.1.2.3"],
    ["10.0.0.0/8", "::FFFF:0a01:0203", "::10.1.2.3"],
    ["10.0.0.0/8", "0:0:0:0:0:ffff:a01:203", "64:ff9b::10.1.2.3"],
    ["0.0.0.0/0", "203.0.113.7", "2001:db8::1"],
    ["::/0", "2001:db8::1", "203.0.113.7"],
    ["::/0", "::1", "::ffff:203.0.113.7"],
    ["2001:db8::/32", "2001:DB8:ffff::", "2001:db9::"],
    ["2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::"],
    ["2001:db8::1", "2001:db8:0:0:0:0:0:1", "2001:db8::2"],
    ["fe80::/10", "fe80::1%eth0", "fec0::1%eth0"],
    ["::1/128", "::1", "::"],
    ["0102:0304::/32", "102:304::", "1.2.3.4"],
  ])("%s has %s and not %s", (block, inside, outside) => {
    const includes = compileAddresses([block]);
    expect([includes(inside), includes(outside)]).toEqual([true, false]);
  });

  test("what is no address is in no list", () => {
    const includes = compileAddresses(["0.0.0.0/0", "::/0"]);
    for (const text of [
      ...["", " ", "unknown", "localhost", "10.0.0.1 ", "10.0.0.1/32", "10.0.0.0/8", "010.0.0.1"],
      ...["10.1", "167772161", "0x0a000001", "10.0.0.256", "10.0.0.1:80", "[::1]", "::1::", ":"],
      ...["1:2:3:4:5:6:7:8:9", "::ffff:10.0.0.256", "10.0.0.1\0", "%eth0", "１０.0.0.1"],
    ])
      expect(includes(text), JSON.stringify(text)).toBe(false);
    expect(compileAddresses([])("10.0.0.1")).toBe(false);
  });

  test.each<[string, RegExp]>([
    ["10.0.0.5/8", /bits set behind the prefix/],
    ["2001:db8::1/64", /bits set behind the prefix/],
    ["0.0.0.1/0", /bits set behind the prefix/],
    ["10.0.0.0/33", /address or a block/],
    ["::/129", /address or a block/],
    ["10.0.0.0/08", /address or a block/],
    ["10.0.0.0/-1", /address or a block/],
    ["10.0.0.0/", /address or a block/],
    ["10.0.0.0/8/8", /address or a block/],
    ["10.0.0.0/255.0.0.0", /address or a block/],
    ["10.0.0/8", /address or a block/],
    ["10.*", /address or a block/],
    ["10.0.0.1-10.0.0.9", /address or a block/],
    ["::ffff:10.0.0.0/104", /address or a block/],
    ["fe80::1%eth0", /address or a block/],
    ["office.example.com", /address or a block/],
    ["", /address or a block/],
  ])("%j is refused as a block", (text, message) => {
    expect(cidr.safeParse(text).error?.issues[0]?.message).toMatch(message);
  });

  const listed = (of: string): Rule[] =>
    rulesOf([{ name: "net", kind: "ip_allow_list", of, addresses: ["10.0.0.0/8"] }]);
  const NEVER = { allow: false, retry_at: null };
  test.each<[string, Rule[], Partial<Call>, Json]>([
    ["the caller's", listed("caller"), {}, { allow: true, unchanged_for: Infinity }],
    ["another caller's", listed("caller"), { caller_address: "192.0.2.1" }, NEVER],
    ["no caller's", listed("caller"), { caller_address: undefined }, NEVER],
    [
      "an end user's, instead",
      listed("caller"),
      { caller_address: undefined, end_user_address: "10.0.0.1" },
      NEVER,
    ],
    [
      "the end user's",
      listed("end_user"),
      { end_user_address: "10.0.0.1" },
      { allow: true, unchanged_for: 0 },
    ],
    ["another end user's", listed("end_user"), {}, NEVER],
    ["no end user's", listed("end_user"), { end_user_address: undefined }, NEVER],
    [
      "nonsense of an end user",
      listed("end_user"),
      { end_user_address: "10.0.0.1, 10.0.0.1" },
      NEVER,
    ],
  ])("is asked about the right address: %s", (_, rules, over, expected) => {
    expect(decide(rules, at(0, over))).toMatchObject(expected);
  });

  test("an end user's address is not written into the log", () => {
    expect(JSON.stringify(decide(listed("end_user"), at(0)))).not.toContain("203.0.113.7");
  });
});

describe("a rate limit", () => {
  const limited = (limit: number, window_seconds: number, over: Json = {}, attached = APP) =>
    rulesOf(
      [{ name: "slow", kind: "rate_limit", per: "user", limit, window_seconds, ...over }],
      attached,
    );

  /** Makes calls at these times, one after the other, and keeps what they spend. */
  const play = (rules: Rule[], times: number[]): (number | null | "ok")[] => {
    const counters = new Map<string, number>();
    return times.map((now) => {
      const decision = decide(rules, at(now, { counters }));
      if (!decision.allow) return decision.retry_at;
      for (const { name, to } of decision.spend) counters.set(name, to);
      return "ok";
    });
  };

  test("takes the limit at once, and then one for each part of the window", () => {
    const start = 1_000_000;
    expect(play(limited(3, 60), Array(5).fill(start))).toEqual([
      ...["ok", "ok", "ok"],
      ...[start + 20_000, start + 20_000],
    ]);
    const times = [0, 0, 0, 19_999, 20_000, 20_000, 40_000, 100_000, 100_000, 100_000, 100_000];
    expect(play(limited(3, 60), times)).toEqual([
      ...["ok", "ok", "ok", 20_000, "ok", 40_000, "ok"],
      ...["ok", "ok", "ok", 120_000],
    ]);
  });

  test.each([1, 3, 7, 60, 100])("%i a second: exactly so many at once", (limit) => {
    const outcome = play(limited(limit, 1), Array(limit + 5).fill(5));
    expect(outcome.filter((one) => one === "ok")).toHaveLength(limit);
  });

  test.each([
    [7, 60],
    [100, 1],
    [99, 1],
    [1, 86_400],
    [10_000, 3600],
  ])(
    "%i in %i seconds: whoever waits as told gets in, and not a moment sooner",
    (limit, seconds) => {
      const rules = limited(limit, seconds);
      const [told] = play(rules, Array(limit + 1).fill(0)).slice(-1);
      if (typeof told !== "number") throw new Error("not refused");
      expect(
        play(rules, [...Array<number>(limit).fill(0), told - 1, told, told]).slice(-3),
      ).toEqual([told, "ok", 2 * told]);
    },
  );

  test("over a long time never passes more than the limit in each window, and a burst", () => {
    const every100 = Array.from({ length: 6000 }, (_, i) => i * 100);
    const passed = play(limited(7, 60), every100).filter((one) => one === "ok").length;
    expect(passed).toBeGreaterThan(7 * 9);
    expect(passed).toBeLessThanOrEqual(7 * 10 + 7);
  });

  test("asks for its counter, by a name that no other has", () => {
    const [name] = countersOf(limited(3, 60), ANN);
    const others: [Rule[], Partial<Call>][] = [
      [limited(3, 60), { app_id: "other" }],
      [limited(3, 60), { issuer: "https://other.example.com" }],
      [limited(3, 60), { subject: "ben" }],
      [limited(3, 60), { issuer: `${ANN.issuer}","ann`, subject: "" }],
      [limited(3, 60, { per: "grant" }), {}],
      [limited(3, 60, { per: "app" }), {}],
      [limited(3, 60, { name: "slower" }), {}],
      [limited(3, 60, { name: 'slow",3,60000,"user' }), {}],
      [limited(4, 60), {}],
      [limited(3, 61), {}],
      [limited(3, 60, {}, { to: "provider", id: "demo" }), {}],
      [limited(3, 60, {}, { to: "secret", id: "demo" }), {}],
      [limited(3, 60, {}, { to: "provider", id: "files" }), {}],
    ];
    const names = others.flatMap(([rules, over]) => countersOf(rules, { ...ANN, ...over }));
    expect(new Set([name, ...names]).size).toBe(others.length + 1);
    expect(countersOf(limited(3, 60), { ...ANN, grant_id: "grant_2" })).toEqual([name]);
    expect(countersOf(windowOf("all", "00:00-00:00"), ANN)).toEqual([]);
  });

  test.each<[string, Partial<Call>, boolean]>([
    ["user", { grant_id: "grant_2" }, true],
    ["user", { subject: "ben" }, false],
    ["grant", { grant_id: "grant_2" }, false],
    ["app", { subject: "ben", grant_id: "grant_2" }, true],
    ["app", { app_id: "other" }, false],
  ])("per %s: %o counts as well: %s", (per, over, shared) => {
    const rules = limited(1, 60, { per });
    const [same] = countersOf(rules, ANN);
    expect(countersOf(rules, { ...ANN, ...over })[0] === same).toBe(shared);
  });
});

describe("several rules", () => {
  const slow = { kind: "rate_limit", per: "user", limit: 1, window_seconds: 60 };
  const net = { kind: "ip_allow_list", addresses: ["10.0.0.0/8"] };
  const hours = { kind: "time_window", days: WEEK, from: "09:00", to: "17:00", time_zone: "UTC" };
  const noon = when("2024-06-12T12:00Z");
  const told = (decision: Decision) => (decision.allow ? "allowed" : decision.rule.name);

  test("none allow everything, for ever", () => {
    expect(decide([], at(0))).toEqual({ allow: true, spend: [], unchanged_for: Infinity });
  });

  test("all have to allow, and the first that does not is told", () => {
    const rules = rulesOf([
      { name: "hours", ...hours },
      { name: "net", ...net },
      { name: "slow", ...slow },
    ]);
    const [counter = ""] = countersOf(rules, ANN);
    const spent = { counters: new Map([[counter, noon + 60_000]]) };
    const away = { caller_address: "192.0.2.1" };
    expect(told(decide(rules, at(noon)))).toBe("allowed");
    expect(told(decide(rules, at(noon, spent)))).toBe("slow");
    expect(told(decide(rules, at(noon, { ...spent, ...away })))).toBe("net");
    expect(told(decide(rules, at(noon + 5 * 3_600_000, { ...spent, ...away })))).toBe("hours");
  });

  test("a refusal spends nothing, wherever the limit stands", () => {
    const away = { caller_address: "192.0.2.1" };
    for (const policies of [
      [
        { name: "slow", ...slow },
        { name: "net", ...net },
      ],
      [
        { name: "net", ...net },
        { name: "slow", ...slow },
      ],
    ])
      expect(decide(rulesOf(policies), at(noon, away))).not.toHaveProperty("spend");
  });

  test("every limit is spent", () => {
    const rules = [
      ...rulesOf([{ name: "slow", ...slow }]),
      ...rulesOf([{ name: "slow", ...slow, limit: 2 }], { to: "provider", id: "calendar" }),
    ];
    const [first, second] = countersOf(rules, ANN);
    expect(decide(rules, at(noon))).toEqual({
      allow: true,
      spend: [
        { name: first, from: null, to: noon + 60_000 },
        { name: second, from: null, to: noon + 30_000 },
      ],
      unchanged_for: 0,
    });
  });

  test("the answer holds as long as each of theirs", () => {
    const open = rulesOf([
      { name: "net", ...net },
      { name: "hours", ...hours },
      { name: "shorter", ...hours, to: "13:00" },
    ]);
    expect(decide(open, at(noon))).toMatchObject({ unchanged_for: 3_600_000 });
    expect(decide([...open, ...rulesOf([{ name: "slow", ...slow }])], at(noon))).toMatchObject({
      unchanged_for: 0,
    });
  });
});

describe("who calls", () => {
  const proxies = compileAddresses(["10.0.0.0/24", "fd00::/8"]);
  const STRANGER = "203.0.113.9";

  test.each<[string, string | undefined, string | undefined, string | undefined]>([
    ["the socket's other end", STRANGER, undefined, STRANGER],
    ["who stands behind a proxy", "10.0.0.1", "192.0.2.1", "192.0.2.1"],
    ["behind a proxy as IPv6 sockets name it", "::ffff:10.0.0.1", "192.0.2.1", "192.0.2.1"],
    ["behind several", "10.0.0.1", "192.0.2.1, 10.0.0.3,fd00::2", "192.0.2.1"],
    ["an IPv6 caller", "fd00::1", "2001:DB8:0::1", "2001:db8::1"],
    ["an IPv4 caller in IPv6", "::ffff:203.0.113.9", undefined, STRANGER],
    ["with a port", "10.0.0.1", "192.0.2.1:4711", "192.0.2.1"],
    ["in brackets, with a port", "10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"],
    ["in brackets", "10.0.0.1", "[2001:db8::1]", "2001:db8::1"],
    ["with a zone", "fe80::1%eth0", undefined, "fe80::1"],
    ["nobody: no socket", undefined, "192.0.2.1", undefined],
    ["nobody: no address", "unknown", "192.0.2.1", undefined],
    ["nobody: a proxy that names none", "10.0.0.1", undefined, undefined],
    ["nobody: a proxy that names an empty one", "10.0.0.1", "192.0.2.1, ", undefined],
    ["nobody: a proxy that names nonsense", "10.0.0.1", "192.0.2.1, unknown", undefined],
    ["nobody: a name as nonsense in brackets", "10.0.0.1", "[192.0.2.1", undefined],
    ["nobody: proxies only", "10.0.0.1", "10.0.0.2, 10.0.0.3", undefined],
  ])("%s", (_, remote, forwarded, expected) => {
    expect(callerAddress(remote, forwarded, proxies)).toBe(expected);
  });

  const LISTED = "192.0.2.1";
  test.each<[string, string, string]>([
    ["by the header alone", STRANGER, LISTED],
    ["through a proxy that adds to it", "10.0.0.1", `${LISTED}, ${STRANGER}`],
    ["with a proxy's name in front", "10.0.0.1", `${LISTED}, 10.0.0.2, ${STRANGER}`],
    ["with a proxy's name behind", "10.0.0.1", `${LISTED}, ${STRANGER}, 10.0.0.2`],
  ])("nobody passes for another %s, unless trusted for a proxy", (_, remote, forwarded) => {
    expect(callerAddress(remote, forwarded, proxies)).toBe(STRANGER);
    const careless = compileAddresses(["10.0.0.0/24", "203.0.113.0/24"]);
    expect(callerAddress(remote, forwarded, careless)).toBe(LISTED);
  });

  test.each([
    ["2001:DB8:0:0::1", "2001:db8::1"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["::ffff:0:0", "0.0.0.0"],
    ["::ffff:ffff:ffff", "255.255.255.255"],
    ["::", "::"],
    ["::10.0.0.1", "::a00:1"],
  ])("%s is spelt %s", (text, plain) => {
    expect(plainAddress(text)).toBe(plain);
  });
});

describe("the configuration", () => {
  const window: Json = {
    ...{ name: "hours", kind: "time_window", days: ["mon"], from: "09:00", to: "17:30" },
    time_zone: "Europe/Berlin",
  };
  const net: Json = { name: "net", kind: "ip_allow_list", addresses: ["10.0.0.0/8"] };
  const slow: Json = {
    ...{ name: "slow", kind: "rate_limit", per: "user", limit: 60, window_seconds: 60 },
  };
  const without = (policy: Json, key: string): Json =>
    Object.fromEntries(Object.entries(policy).filter(([name]) => name !== key));
  const keysOf = (policies: unknown): string[] => {
    const { error } = policiesSchema.safeParse(policies);
    return (error?.issues ?? []).map(({ path }) => path.join("."));
  };

  test("that all others deviate from is accepted", () => {
    expect(keysOf([window, net, slow])).toEqual([]);
    expect(policiesSchema.parse(undefined)).toEqual([]);
  });

  test("as docs/policies.md shows it is accepted", () => {
    const docs = readFileSync(new URL("../../docs/policies.md", import.meta.url), "utf8");
    const sample = /^```yaml\n(.*?)^```/ms.exec(docs)?.[1] ?? "";
    type With = { policies: unknown };
    const { trusted_proxies, apps } = parse(sample) as {
      trusted_proxies: string[];
      apps: (With & Record<"providers" | "secrets", Record<string, With>>)[];
    };
    for (const one of trusted_proxies) expect(cidr.safeParse(one).error).toBeUndefined();
    const [app] = apps;
    for (const { policies } of [app, app?.providers["calendar"], app?.secrets["weather"]].flatMap(
      (one) => one ?? [],
    )) {
      expect(policies).toHaveLength(1);
      expect(keysOf(policies)).toEqual([]);
    }
  });

  test.each<[string, unknown, string[]]>([
    ["no name", without(net, "name"), ["0.name"]],
    ["an empty name", { ...net, name: "" }, ["0.name"]],
    ["an unknown kind", { ...net, kind: "weather" }, ["0.kind"]],
    ["a misspelt key", { ...net, adresses: [] }, ["0"]],
    ["another kind's key", { ...slow, addresses: ["10.0.0.0/8"] }, ["0"]],
    ["no days", { ...window, days: [] }, ["0.days"]],
    ["no days at all", without(window, "days"), ["0.days"]],
    ["an unknown day", { ...window, days: ["mon", "monday"] }, ["0.days.1"]],
    ["an hour that is none", { ...window, from: "24:00" }, ["0.from"]],
    ["a minute that is none", { ...window, to: "09:60" }, ["0.to"]],
    ["a time in short", { ...window, to: "9:00" }, ["0.to"]],
    ["a number for a time", { ...window, from: 540 }, ["0.from"]],
    ["an unknown zone", { ...window, time_zone: "Europe/Springfield" }, ["0.time_zone"]],
    ["an offset for a zone", { ...window, time_zone: "+02:00" }, ["0.time_zone"]],
    ["an empty zone", { ...window, time_zone: "" }, ["0.time_zone"]],
    ["no zone", without(window, "time_zone"), ["0.time_zone"]],
    ["no addresses", { ...net, addresses: [] }, ["0.addresses"]],
    ["an address that is none", { ...net, addresses: ["10.0.0.1", "here"] }, ["0.addresses.1"]],
    ["an address of nobody known", { ...net, of: "proxy" }, ["0.of"]],
    ["a limit of none", { ...slow, limit: 0 }, ["0.limit"]],
    ["half a call", { ...slow, limit: 1.5 }, ["0.limit"]],
    ["more than can be counted", { ...slow, limit: 6001 }, ["0.limit"]],
    ["a window of no time", { ...slow, window_seconds: 0 }, ["0.window_seconds", "0.limit"]],
    ["a window of years", { ...slow, window_seconds: 1e8 }, ["0.window_seconds"]],
    ["a limit per nobody known", { ...slow, per: "address" }, ["0.per"]],
  ])("with %s is refused", (_, policy, keys) => {
    expect(keysOf([policy])).toEqual(keys);
  });

  test("two rules of one list have two names", () => {
    expect(keysOf([net, { ...slow, name: "net" }, { ...net, name: "x" }])).toEqual(["1.name"]);
  });
});
