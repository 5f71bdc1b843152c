/**
 * What is done after an answer and for nobody who waits: a few at a time, failures written to the log. What is left at
 * shutdown is not begun any more, so nothing that has to happen belongs here.
 */
import { describeBug } from "./error.ts";

export type Errands = {
  run: (errand: () => Promise<unknown>) => void;
  /** Resolves when none is under way and none waits. */
  settled: () => Promise<void>;
  close: () => void;
};

const AT_ONCE = 8;

export const createErrands = (deps: {
  log: (event: string, about: Record<string, unknown>) => void;
}): Errands => {
  const waiting: (() => Promise<unknown>)[] = [];
  const underWay = new Set<Promise<void>>();
  let closed = false;

  const next = (): void => {
    if (underWay.size >= AT_ONCE) return;
    const errand = waiting.shift();
    if (!errand) return;
    const done: Promise<void> = errand()
      .then(
        () => undefined,
        (error: unknown) => deps.log("errand_bug", describeBug(error)),
      )
      .finally(() => {
        underWay.delete(done);
        next();
      });
    underWay.add(done);
  };

  return {
    run: (errand) => {
      if (closed) return;
      waiting.push(errand);
      next();
    },
    settled: async () => {
      while (underWay.size) await Promise.all(underWay);
    },
    close: () => {
      closed = true;
      waiting.length = 0;
    },
  };
};
