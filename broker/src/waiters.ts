/**
 * Long polls: one waiter a session, woken at once by whoever changed it in this process, and within a second by
 * whoever did so in another: one look at the database asks for all that wait [M23]. Knows ids, marks and time; what
 * the change was, the woken caller reads for itself.
 */
export type Waiters = {
  /**
   * Resolves on a wake, when the session's mark is no longer `seen` (without one nobody looks), when `ms` have passed, when a newer waiter of the
   * same session comes, or at close.
   */
  wait: (id: string, ms: number, seen?: string) => Promise<Why>;
  wake: (id: string) => void;
  /** False past the cap: answer at once and ask the caller to come back later. */
  hasRoom: () => boolean;
  /** How many wait now. */
  size: () => number;
  close: () => void;
};

type Why = "woken" | "timeout" | "replaced" | "closed";

const MOST_WAITERS = 5_000;
const LOOK_EVERY = 1_000;

export const createWaiters = (deps: {
  /** Marks of these sessions as stored now; one that is gone has none. */
  look: (ids: string[]) => Promise<Map<string, string>>;
  most?: number;
}): Waiters => {
  const { look, most = MOST_WAITERS } = deps;
  const waiting = new Map<string, { seen: string | undefined; done: (why: Why) => void }>();
  let closed = false;
  let looking: NodeJS.Timeout | undefined;

  /** Only while somebody waits, and the next look only when this one is over: a slow database gets no queue of them. */
  const lookSoon = (): void => {
    looking ??= setTimeout(() => {
      const asked = new Map([...waiting].filter(([, { seen }]) => seen !== undefined));
      void look([...asked.keys()])
        .then((marks) => {
          for (const [id, one] of asked) if (marks.get(id) !== one.seen) one.done("woken");
        })
        // Without an answer they wait on: each has its own end, and reads for itself then.
        .catch(() => undefined)
        .finally(() => {
          looking = undefined;
          if (waiting.size && !closed) lookSoon();
        });
    }, LOOK_EVERY).unref();
  };

  return {
    wait: (id, ms, seen) =>
      new Promise((resolve) => {
        if (closed) return resolve("closed");
        waiting.get(id)?.done("replaced");
        const mine = {
          seen,
          done: (why: Why) => {
            clearTimeout(timer);
            if (waiting.get(id) === mine) waiting.delete(id);
            resolve(why);
          },
        };
        const timer = setTimeout(() => mine.done("timeout"), ms);
        waiting.set(id, mine);
        lookSoon();
      }),
    wake: (id) => waiting.get(id)?.done("woken"),
    hasRoom: () => waiting.size < most,
    size: () => waiting.size,
    close: () => {
      closed = true;
      clearTimeout(looking);
      for (const { done } of [...waiting.values()]) done("closed");
    },
  };
};
