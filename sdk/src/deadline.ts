/** How long one call may take: our timeout and the caller's signal as one. Knows nothing of HTTP. */
import { invalidRequest, TimeoutError } from "./errors.ts";

export const DEFAULT_TIMEOUT = 30_000;

/** Past this, timers overflow and fire at once. */
const MAX_TIMEOUT = 2 ** 31 - 1;

export const isTimeout = (value: number): boolean =>
  value === Infinity || (Number.isInteger(value) && value > 0 && value <= MAX_TIMEOUT);

export type Deadline = {
  /** Aborts with a TimeoutError, with the caller's own reason or with that of `abort`, whichever comes first. */
  signal: AbortSignal;
  /** Milliseconds until the timeout. */
  remaining: () => number;
  /** Says whom a TimeoutError is to name. */
  awaiting: (whom: string) => void;
  abort: (reason: Error) => void;
  /** Stops the clock. Without it, it goes on counting: so for a body that the app has yet to read. */
  end: () => void;
};

export const startDeadline = (
  timeout: number,
  callers: AbortSignal | undefined,
  now: () => number,
): Deadline => {
  if (!isTimeout(timeout))
    throw invalidRequest("timeout must be a whole number of milliseconds, or Infinity");
  const began = now();
  let awaited = "The broker";
  const own = new AbortController();
  const expire = () => {
    const message = `${awaited} did not answer within ${timeout} ms`;
    own.abort(new TimeoutError({ code: "timeout", message }));
  };
  // Not a timer of our own, which would keep the process alive. The listener is what holds the clock: as a mere
  // source of AbortSignal.any, Node 20 collects it with the garbage before it strikes.
  const clock = timeout === Infinity ? undefined : AbortSignal.timeout(timeout);
  clock?.addEventListener("abort", expire);
  return {
    signal: callers ? AbortSignal.any([callers, own.signal]) : own.signal,
    remaining: () => timeout - (now() - began),
    awaiting: (whom) => {
      awaited = whom;
    },
    abort: (reason) => own.abort(reason),
    end: () => clock?.removeEventListener("abort", expire),
  };
};
