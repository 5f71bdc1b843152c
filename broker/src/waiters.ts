/**
 * Long polls: one waiter a session, woken by whoever changed it in this process [M23]. Knows ids and time;
 * what the change was, the woken caller reads for itself.
 */
export type Waiters = {
  /** Resolves on a wake, when `ms` have passed, when a newer waiter of the same session comes, or at close. */
  wait: (id: string, ms: number) => Promise<"woken" | "timeout" | "replaced" | "closed">;
  wake: (id: string) => void;
  /** False past the cap: answer at once and ask the caller to come back later. */
  hasRoom: () => boolean;
  close: () => void;
};

const MOST_WAITERS = 5_000;

export const createWaiters = (most = MOST_WAITERS): Waiters => {
  const waiting = new Map<string, (why: "woken" | "replaced" | "closed") => void>();
  let closed = false;

  return {
    wait: (id, ms) =>
      new Promise((resolve) => {
        if (closed) return resolve("closed");
        waiting.get(id)?.("replaced");
        const done = (why: "woken" | "timeout" | "replaced" | "closed") => {
          clearTimeout(timer);
          if (waiting.get(id) === done) waiting.delete(id);
          resolve(why);
        };
        const timer = setTimeout(() => done("timeout"), ms);
        waiting.set(id, done);
      }),
    wake: (id) => waiting.get(id)?.("woken"),
    hasRoom: () => waiting.size < most,
    close: () => {
      closed = true;
      for (const release of [...waiting.values()]) release("closed");
    },
  };
};
