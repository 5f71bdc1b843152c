/** Time and chance, as far as the SDK needs them. Tests bring their own. */
export type Clock = {
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Rejects with the signal's reason as soon as that is aborted. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** At least 0, below 1. */
  random: () => number;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", leave);
        resolve();
      }, ms);
      signal.addEventListener("abort", leave, { once: true });
      if (signal.aborted) leave();
    }),
};
