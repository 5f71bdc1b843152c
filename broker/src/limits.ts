/**
 * Who has failed too often, and who calls too often. A call is judged first and counted when it has failed, so that a
 * right key or a live session passes whatever others do behind the same address; what is over its limit is answered
 * `rate_limited`, whatever was wrong with it, and leaves no row. Knows codes, addresses and keys; sees no request.
 */
import type { ErrorCode } from "@alter-ai/protocol/http";
import type { Limits } from "./config/limits.ts";
import { Refusal } from "./error.ts";
import type { Metrics } from "./metrics.ts";
import type { Store } from "./store/store.ts";
import { createTally, type ShareTally, type Tally } from "./tally.ts";
import type { Vault } from "./vault.ts";

/** Whose failure it is: of a key that was right, or of an address. Both unknown: nobody's, and not counted. */
export type Whose = { key?: string | undefined; address?: string | undefined };
/** `user`: where it is known who guesses, as a name of its own, and in which app. */
export type Guesser = Whose & { user?: { name: string; app: string } };

export type Watchman = {
  /** What a refusal becomes: itself, or `rate_limited` where its author has had too many. */
  judge: (refusal: Refusal, whose: Whose) => Refusal;
  /** Callbacks are answered with a page, so that they are counted here. @returns whether one may leave a row. */
  callback: (reason: string, whose: Whose) => boolean;
  /** Of a refusal of this kind: for what would be written beside it. */
  isSpent: (code: ErrorCode, whose: Whose) => boolean;
  /**
   * Where being right is what a guesser wants to hear: counted before it is tried, so that over the limit nothing is.
   * @returns to be told whether it was wrong: what was not is taken back. @throws Refusal `rate_limited`
   */
  guess: (code: Guessed, whose: Guesser) => (wrong: boolean) => void;
  /** @throws Refusal `rate_limited` */
  call: (key: string) => void;
  share: () => Promise<void>;
};

/**
 * What is counted, and in which account: guesses at one thing leave the others alone. The ends of sessions are none
 * (`session_ended`, `session_expired`), since nobody meets them without a real token.
 */
const ACCOUNTS: Partial<Record<ErrorCode, string>> = {
  invalid_api_key: "key",
  unknown_session: "session",
  session_claimed: "session",
  session_claimed_elsewhere: "session",
  claim_shape_refused: "session",
  origin_not_allowed: "origin",
  invalid_code: "code",
  invalid_user_token: "user",
  invalid_signature: "signature",
};

/**
 * Counted beforehand, by `guess`, and by user as well where there is one: an address may be nobody's that is sure, or one
 * of very many. Nobody finds out here which of many stolen keys still work: judged afterwards, a right one would pass, and
 * tell itself from those that are over the limit. And nobody has us ask an identity provider about codes that they make up.
 */
const GUESSES = {
  credential_refused: "credential",
  signed_out: "wallet",
} as const satisfies typeof ACCOUNTS;
type Guessed = keyof typeof GUESSES;

type Account = { in: Tally; name: string; per: "key" | "address" | "user" };

export const createWatchman = (deps: {
  limits: Limits;
  store: Store;
  vault: Vault;
  metrics: Metrics;
  now: () => number;
}): Watchman => {
  const { limits, metrics } = deps;
  /** Addresses are people: the database gets to see a keyed hash. */
  const sharing =
    (what: string): ShareTally =>
    async (additions, bounds) => {
      const hashes = new Map(
        additions.map(({ name }) => [deps.vault.mac("tally", what, name), name]),
      );
      const rows = [...hashes].map(([hash, name]) => ({
        name: `tally ${hash}`,
        by: additions.find((one) => one.name === name)?.by ?? 0,
      }));
      const standing = await deps.store.counters.postpone(rows, bounds);
      return new Map(
        [...standing].map(([name, at]) => [hashes.get(name.slice("tally ".length)) ?? "", at]),
      );
    };
  const tally = (what: keyof Limits): Tally | undefined => {
    const allowance = limits[what];
    return typeof allowance === "object"
      ? createTally(allowance, { now: deps.now, share: sharing(what) })
      : undefined;
  };
  const byAddress = tally("failures_per_address");
  const byKey = tally("failures_per_key");
  const calls = tally("calls_per_key");

  const accountOf = (account: string | undefined, { key, address }: Whose): Account | undefined => {
    if (account === undefined) return undefined;
    if (key !== undefined && byKey) return { in: byKey, name: `${account} ${key}`, per: "key" };
    if (address === undefined || !byAddress) return undefined;
    return { in: byAddress, name: `${account} ${networkOf(address)}`, per: "address" };
  };

  const accountOfUser = (account: string, { user }: Guesser): Account | undefined =>
    byAddress && user && { in: byAddress, name: `${account} user ${user.name}`, per: "user" };

  const tell = (per: string, code: string, limited: boolean): void =>
    metrics.count("alter_failures_total", { per, code, limited: String(limited) });

  const count = (account: string | undefined, code: string, whose: Whose): number | undefined => {
    const found = accountOf(account, whose);
    if (!found) return undefined;
    const wait = found.in.take(found.name);
    tell(found.per, code, wait !== undefined);
    return wait;
  };

  return {
    judge: (refusal, whose) => {
      const wait = count(ACCOUNTS[refusal.code], refusal.code, whose);
      return wait === undefined ? refusal : tooManyFailures(refusal.code, whose, wait);
    },
    guess: (code, whose) => {
      const account = GUESSES[code];
      const taken: Account[] = [];
      for (const one of [accountOf(account, whose), accountOfUser(account, whose)]) {
        if (!one) continue;
        const wait = one.in.take(one.name);
        if (wait === undefined) {
          taken.push(one);
          continue;
        }
        for (const { in: tally, name } of taken) tally.giveBack(name);
        tell(one.per, code, true);
        throw overLimit(one, code, whose, wait);
      }
      return (wrong) => {
        for (const { in: tally, name, per } of taken)
          if (wrong) tell(per, code, false);
          else tally.giveBack(name);
      };
    },
    callback: (reason, whose) => count("callback", reason, whose) === undefined,
    isSpent: (code, whose) => {
      const found = accountOf(ACCOUNTS[code], whose);
      return found !== undefined && found.in.isSpent(found.name);
    },
    call: (key) => {
      const wait = calls?.take(key);
      if (wait !== undefined)
        throw tooMany("This API key makes too many calls.", wait, `calls, too often: key ${key}`);
    },
    share: async () => {
      for (const one of [byAddress, byKey, calls]) await one?.share();
    },
  };
};

/** Which user it is, the audit log has, of the tries before this one. */
const overLimit = ({ per }: Account, code: string, whose: Guesser, wait: number): Refusal =>
  per === "user"
    ? tooMany(
        "Too many of this user's tries have failed.",
        wait,
        `${code}, too often: a user of ${whose.user?.app}`,
      )
    : tooManyFailures(code, whose, wait);

const tooManyFailures = (code: string, whose: Whose, wait: number): Refusal => {
  const [from, who] =
    whose.key === undefined
      ? ["this address", networkOf(whose.address ?? "")]
      : ["this API key", `key ${whose.key}`];
  // Whom to keep out, if it has to be: the one place where a log has a caller's address.
  const why = `${code}, too often: ${who}`;
  return tooMany(`Too many calls from ${from} have failed.`, wait, why);
};

const tooMany = (detail: string, wait: number, why: string): Refusal =>
  new Refusal("rate_limited", { detail }, why, Math.max(1, Math.ceil(wait / 1000)));

/** Who has one IPv6 address has the 2^64 of its network. */
export const networkOf = (address: string): string => {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  const rest = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : 8 - groups.length - rest.length;
  const all = [...groups, ...Array.from({ length: zeros }, () => "0"), ...rest];
  return `${all.slice(0, 4).join(":")}::/64`;
};
