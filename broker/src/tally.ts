/**
 * Allowances by name, counted where it costs nothing: in memory, for the call that is being answered. Brokers that share
 * a database tell each other once a second, of those alone that have used up a part of theirs, in one statement: whoever
 * fails on purpose cannot make us write a row each. Knows names and times; what is counted is the caller's.
 */
import type { Allowance } from "./config/limits.ts";

export type Tally = {
  /** Counts one more. Milliseconds until there is room, where there is none: then nothing is counted. */
  take: (name: string) => number | undefined;
  /** Takes one back that was counted before anybody knew. */
  giveBack: (name: string) => void;
  /** Whether the next one would find no room. */
  isSpent: (name: string) => boolean;
  /** Tells the others what has been counted since, and learns what they have. */
  share: () => Promise<void>;
};

/** What a database keeps for all: `full_at` and how much later it gets. @returns as it then stands. */
export type ShareTally = (
  additions: { name: string; by: number }[],
  bounds: { now: number; most: number },
) => Promise<Map<string, number>>;

/** As policy.ts counts: the whole state is when the allowance is full again. `unshared` is what nobody else knows of. */
type Counted = { full_at: number; unshared: number };

/** Forgotten first is who was longest quiet. An address that is forgotten begins anew, and no more. */
const MOST_NAMES = 20_000;
/** In one statement, and so in one second. */
const MOST_SHARED = 200;
/** What each broker lets pass before the others need to know: most failures are nobody's attack. */
const UNSHARED_PART = 4;

export const createTally = (
  { limit, window }: Allowance,
  deps: { now: () => number; share: ShareTally },
): Tally => {
  const { now } = deps;
  // Whole milliseconds, rounded up, so that a limit is never more than it says.
  const each = Math.ceil(window / limit);
  const most = limit * each;
  const counted = new Map<string, Counted>();
  const dirty = new Set<string>();

  const put = (name: string, one: Counted): void => {
    counted.delete(name);
    counted.set(name, one);
    const [oldest] = counted.keys();
    if (oldest !== undefined && counted.size > MOST_NAMES) {
      counted.delete(oldest);
      dirty.delete(oldest);
    }
  };
  /** Milliseconds until there is room for one. */
  const missing = (name: string): number =>
    Math.max(counted.get(name)?.full_at ?? 0, now()) + each - most - now();

  return {
    take: (name) => {
      const wait = missing(name);
      if (wait > 0) return wait;
      const { full_at = 0, unshared = 0 } = counted.get(name) ?? {};
      const left = Math.max(0, full_at - now());
      // What has been made good since needs not be told any more.
      const one = { full_at: now() + left + each, unshared: Math.min(unshared, left) + each };
      put(name, one);
      if (one.full_at - now() >= most / UNSHARED_PART) dirty.add(name);
      return undefined;
    },

    giveBack: (name) => {
      const one = counted.get(name);
      if (!one) return;
      one.full_at -= each;
      // What the others have heard of already, time makes good.
      one.unshared = Math.max(0, one.unshared - each);
    },

    isSpent: (name) => missing(name) > 0,

    share: async () => {
      const names = [...dirty].slice(0, MOST_SHARED);
      if (!names.length) return;
      const additions = names.map((name) => {
        const { full_at = 0, unshared = 0 } = counted.get(name) ?? {};
        return { name, by: Math.max(0, Math.min(unshared, full_at - now())) };
      });
      for (const name of names) {
        const one = counted.get(name);
        if (one) one.unshared = 0;
        dirty.delete(name);
      }
      // What cannot be told stays counted here; the next one tries again with what is new.
      const standing = await deps.share(additions, { now: now(), most });
      for (const [name, full_at] of standing) {
        const one = counted.get(name);
        if (one) one.full_at = Math.max(one.full_at, full_at);
      }
    },
  };
};
