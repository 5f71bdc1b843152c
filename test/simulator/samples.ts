/**
 * Values that a provider could have made up: ids, hosts, what a pattern asks for. The one file that may know providers by
 * name, and only for what no record says; without a line here a record is played by what it says itself.
 */
import { createHash } from "node:crypto";
import { accepts, matchesWhole, type Provider } from "../../broker/src/providers/schema.ts";
import { fitting } from "./fitting.ts";

export type Facts = Record<string, string>;

const DAY = 86_400;

/** Ids that JavaScript rounds, sent as JSON numbers. */
const BIG_IDS = ["facebook", "instagram", "kakao", "meta-ads", "threads"];
/** Access that ends by a time of its own, with nothing to renew it: seconds. */
const ENDING: Record<string, number> = { facebook: 60 * DAY, "meta-ads": 60 * DAY };
/** Tokens that can be renewed, in replies that never say when they have to be. */
const SILENT = ["notion"];
/** What stands behind the callback's URL, for no reason that anybody remembers. */
const FRAGMENTS: Record<string, string> = {
  facebook: "#_=_",
  instagram: "#_",
  "meta-ads": "#_=_",
  threads: "#_",
};

export const fragmentOf = ({ id }: Provider): string => FRAGMENTS[id] ?? "";
export const saysNothingOfTime = ({ id }: Provider): boolean => SILENT.includes(id);

const HOUR = 3_600;

/** Seconds that an access token lives; nothing where it lives for as long as nobody ends it. */
export const lifetimeOf = ({ id, refresh, long_lived, token_response }: Provider) => {
  const known = ENDING[id];
  if (known !== undefined) return known;
  if (token_response.default_expires_in !== undefined) return token_response.default_expires_in;
  const ends = refresh.with !== "nothing" || long_lived || token_response.expires_at;
  return ends ? HOUR : undefined;
};

/** Of a token that another one was swapped for, or that was renewed by itself. */
export const LONG_LIFE = 60 * DAY;

/** The provider's own name for somebody, the `index`-th part of it. */
export const idOf = (
  { id, identity }: Provider,
  account: string,
  index: number,
): string | number | bigint => {
  const hash = createHash("sha256").update(`${id} ${account} ${index}`).digest();
  if (BIG_IDS.includes(id)) return 2n ** 53n + hash.readBigUInt64BE() / 2n ** 12n + 1n;
  // A subject is a text by OpenID Connect, whoever writes it.
  const isText = identity.source === "id_token" || identity.source === "userinfo";
  return isText || hash.readUInt8(8) % 2 === 0
    ? `u${hash.toString("hex", 0, 12)}`
    : hash.readUInt32BE();
};

/** Etsy's tokens begin with it. */
export const numberOf = (account: string): number =>
  createHash("sha256").update(account).digest().readUInt32BE();

/** For every variable of the record: what is given, else its default, its example, or something of its form. */
export const variablesOf = ({ variables }: Provider, given: Facts = {}): Facts =>
  Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => {
      const { allowed, example, pattern } = variable;
      const value =
        given[name] ??
        variable.default ??
        (example !== undefined && accepts(variable, example) ? example : undefined) ??
        (pattern === undefined ? allowed[0] : fitting(pattern)) ??
        "";
      if (!accepts(variable, value)) throw new Error(`samples: ${name} is not ${value}`);
      return [name, value];
    }),
  );

/** Values that will be captured. Two names for one place have one value. */
export const capturesOf = ({ id, captures }: Provider): Facts => {
  const facts: Facts = {};
  const places = new Map<string, string>();
  for (const [name, { from, at, pattern, default: fallback }] of Object.entries(captures)) {
    const place = `${from} ${at}`;
    const value =
      places.get(place) ?? (fallback?.startsWith("https://") ? fallback : fitting(pattern));
    if (!matchesWhole(pattern, value))
      throw new Error(`samples: a line for ${name} of ${id} is needed: ${value} is not ${pattern}`);
    places.set(place, value);
    facts[name] = value;
  }
  return facts;
};

/** What is known filled in; what is only known later stays as it is. */
export const fillKnown = (template: string, facts: Facts): string =>
  template.replace(/\{([a-z][a-z0-9_]*)\}/g, (whole, name: string) => facts[name] ?? whole);
