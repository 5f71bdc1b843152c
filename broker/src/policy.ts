/**
 * Whether a call may have its credential: a pure function of rules and circumstances. Knows no clock, no database,
 * no configuration file. Times are epoch milliseconds.
 */
export type Attachment = { to: "app" | "provider" | "secret"; id: string };

export type Rule = {
  /** What the operator calls it; unique within its attachment. */
  name: string;
  attached: Attachment;
} & (TimeWindow | IpAllowList | RateLimit);

type TimeWindow = {
  kind: "time_window";
  /** 0 is Sunday. */
  days: number[];
  /** Minutes since midnight. Unless `to` is after `from`, it is of the next day. */
  from: number;
  to: number;
  /** IANA name. */
  time_zone: string;
};

type IpAllowList = {
  kind: "ip_allow_list";
  of: "caller" | "end_user";
  includes: (address: string) => boolean;
};

/** `limit` calls at once, and one more with each `limit`-th part of `window` (milliseconds) that goes by. */
type RateLimit = {
  kind: "rate_limit";
  per: "user" | "grant" | "app";
  limit: number;
  window: number;
};

/** Who calls for what, and from where. */
export type Call = {
  app_id: string;
  issuer: string;
  subject: string;
  grant_id: string;
  /** Of the app's own server. */
  caller_address: string | undefined;
  /** Of the person at the browser, if the app passed it on; whatever the app passed. */
  end_user_address: string | undefined;
};

/** `counters`: those of `countersOf` that exist. */
export type Circumstances = Call & { now: number; counters: ReadonlyMap<string, number> };

/** A counter as it was read, null for none, and as the call leaves it. */
export type Spend = { name: string; from: number | null; to: number };

export type Allowed = {
  allow: true;
  /** What the call costs: nothing unless the caller writes it. */
  spend: Spend[];
  /** Milliseconds for which the same call is sure to be allowed again, and need not be counted: for caches. */
  unchanged_for: number;
};

type Refused = {
  allow: false;
  /** When this rule would let the same call through; null where waiting does not help. */
  retry_at: number | null;
  /** For the log, in the operator's terms. */
  why: string;
};

export type Decision = Allowed | (Refused & { rule: Rule });

/** All rules must allow; the first that does not is told. */
export const decide = (rules: Rule[], circumstances: Circumstances): Decision => {
  const spend: Spend[] = [];
  let unchanged_for = Infinity;
  for (const rule of rules) {
    const verdict = judge(rule, circumstances);
    if (!verdict.allow) return { ...verdict, rule };
    spend.push(...verdict.spend);
    unchanged_for = Math.min(unchanged_for, verdict.unchanged_for);
  }
  return { allow: true, spend, unchanged_for };
};

/** Names of the counters that a decision needs to know. */
export const countersOf = (rules: Rule[], call: Call): string[] =>
  rules.flatMap((rule) => (rule.kind === "rate_limit" ? [counterOf(rule, call)] : []));

const judge = (rule: Rule, circumstances: Circumstances): Allowed | Refused => {
  switch (rule.kind) {
    case "time_window":
      return atThisTime(rule, circumstances.now);
    case "ip_allow_list":
      return fromThere(rule, circumstances);
    case "rate_limit":
      return thisSoon(rule, counterOf(rule, circumstances), circumstances);
  }
};

const fromThere = (rule: IpAllowList, call: Call): Allowed | Refused => {
  const address = rule.of === "caller" ? call.caller_address : call.end_user_address;
  if (address !== undefined && rule.includes(address))
    // A caller's next call comes from the same machine, but for whom that will be, only it can tell.
    return { allow: true, spend: [], unchanged_for: rule.of === "caller" ? Infinity : 0 };
  const shown = rule.of === "caller" ? `the caller's address ${address}` : "the end user's address";
  const why = address === undefined ? `no address of the ${rule.of}` : `${shown} is not listed`;
  return { allow: false, retry_at: null, why };
};

// ---- rate limits: the generic cell rate algorithm, whose whole state is when the allowance is full again ----

const thisSoon = (
  { limit, window }: RateLimit,
  name: string,
  { now, counters }: Circumstances,
): Allowed | Refused => {
  // Counters are whole milliseconds; rounded up, so that a limit is never more than it says.
  const each = Math.ceil(window / limit);
  const from = counters.get(name) ?? null;
  const to = Math.max(from ?? now, now) + each;
  const retry_at = to - limit * each;
  if (retry_at > now) return { allow: false, retry_at, why: `${limit} calls are spent` };
  return { allow: true, spend: [{ name, from, to }], unchanged_for: 0 };
};

/** JSON, so that no two lists of names read the same. A limit that is changed begins anew. */
const counterOf = (rule: Rule & RateLimit, call: Call): string => {
  const whom = {
    user: [call.issuer, call.subject],
    grant: [call.grant_id],
    app: [],
  }[rule.per];
  const { attached, name, per, limit, window } = rule;
  return JSON.stringify([call.app_id, attached.to, attached.id, name, limit, window, per, ...whom]);
};

// ---- time windows: what a clock on the wall of the zone shows decides, in minutes ----

const MINUTE = 60_000;
const DAY = 1440;
/** A window of one weekday falls out where the clock skips it, and is then two weeks away. */
const LOOK_AHEAD = 21 * DAY;

const atThisTime = (rule: TimeWindow, now: number): Allowed | Refused => {
  const minute = Math.floor(now / MINUTE);
  const open = isOpen(rule, minute);
  const change = nextChange(rule, minute, open);
  if (open)
    return {
      allow: true,
      spend: [],
      unchanged_for: change === null ? Infinity : change * MINUTE - now,
    };
  return {
    allow: false,
    retry_at: change === null ? null : change * MINUTE,
    why: `outside the window by the time of ${rule.time_zone}`,
  };
};

const isOpen = ({ days, from, to, time_zone }: TimeWindow, minute: number): boolean => {
  const wall = wallClock(time_zone, minute);
  const time = wall % DAY;
  // 1 January 1970 was a Thursday.
  const today = (Math.floor(wall / DAY) + 4) % 7;
  const yesterday = (today + 6) % 7;
  if (from < to) return days.includes(today) && from <= time && time < to;
  return (days.includes(today) && from <= time) || (days.includes(yesterday) && time < to);
};

/** The first minute after this one at which the window is no longer as it is now. */
const nextChange = (rule: TimeWindow, minute: number, open: boolean): number | null => {
  for (let at = minute; at - minute < LOOK_AHEAD;) {
    at = nextEdge(rule, at);
    if (isOpen(rule, at) !== open) return at;
  }
  return null;
};

/** The next minute at which the wall shows `from` or `to`, or at which somebody puts the clock forward or back. */
const nextEdge = ({ from, to, time_zone }: TimeWindow, minute: number): number => {
  const offset = (at: number) => wallClock(time_zone, at) - at;
  const wall = wallClock(time_zone, minute);
  const until = (time: number) => (time - (wall % DAY) + DAY) % DAY || DAY;
  const edge = minute + Math.min(until(from), until(to));
  if (offset(edge) === offset(minute)) return edge;
  let [before, after] = [minute, edge];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offset(middle) === offset(minute)) before = middle;
    else after = middle;
  }
  return after;
};

/** What the wall shows, as minutes since the beginning of 1970 there. */
const wallClock = (time_zone: string, minute: number): number => {
  const parts = formatterOf(time_zone).formatToParts(minute * MINUTE);
  const shown = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value);
  return (
    Date.UTC(shown("year"), shown("month") - 1, shown("day"), shown("hour"), shown("minute")) /
    MINUTE
  );
};

/** Kept: making one costs a hundred times what using it does. As many as the configuration names zones. */
const formatters = new Map<string, Intl.DateTimeFormat>();

const formatterOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = formatters.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  formatters.set(timeZone, made);
  return made;
};
