/**
 * How a call that was not answered is made again: by a click, by itself ever more rarely, and at once when the network
 * is back. Must not know which call it is.
 */

/** A restart of the broker takes seconds; whatever takes longer is no reason to hurry. */
const AGAIN_MS = [2_000, 4_000, 8_000, 16_000];
const RARELY_MS = 30_000;

export type Retry = {
  click: () => unknown;
  /** Without a click: nobody must find himself at a provider a minute later, so that a departure does less [H4]. */
  alone: () => unknown;
};

export const createRetries = (later: (ms: number, act: () => void) => void) => {
  let next: Retry = { click: () => undefined, alone: () => undefined };
  let waited = 0;
  const alone = (): void => void next.alone();
  return {
    set: (retry: Retry): void => {
      next = retry;
    },
    click: (): void => void next.click(),
    alone,
    /** For as long as nothing else happens. */
    wait: (): void => later(AGAIN_MS[waited++] ?? RARELY_MS, alone),
    /** The next time it is quick again. */
    answered: (): void => {
      waited = 0;
    },
  };
};
