/**
 * One call of the app, from its start to its end: its deadline, its retries, what is told of it, and the end that
 * `close` makes of all that are running. Knows nothing of what a call does.
 */
import { AlterSDKError } from "./alter-sdk-error.ts";
import type { Clock } from "./clock.ts";
import { startDeadline, type Deadline } from "./deadline.ts";
import { invalidRequest } from "./errors.ts";
import type { About, Telemetry } from "./telemetry.ts";

/** What every method takes. */
export type CallOptions = {
  /** Ends the call: it rejects with the signal's own reason. Goes on to count for the body of a `Response`. */
  signal?: AbortSignal | undefined;
  /** Milliseconds for this call, instead of the App's. */
  timeout?: number | undefined;
  /** How often at most a request of this call is sent again, instead of the App's. */
  maxRetries?: number | undefined;
};

export type Call = Pick<Deadline, "signal" | "remaining" | "awaiting"> & {
  /** Counted down by each retry, whichever request of the call it is. */
  retriesLeft: number;
  /** What is known by now, for events and spans. */
  about: About;
};

type Limits = { timeout: number; maxRetries: number };

export const isRetryCount = (value: number): boolean => Number.isInteger(value) && value >= 0;

export const createCalls = (limits: Limits, clock: Clock, telemetry: Telemetry) => {
  const running = new Set<Deadline>();
  let closed = false;

  /** `bodyFollows`: the clock goes on for the body of the Response that comes of this call. */
  const run = async <T>(
    about: Omit<About, "requests">,
    options: CallOptions,
    work: (call: Call) => Promise<T>,
    bodyFollows = false,
  ): Promise<T> => {
    if (closed) throw appClosed();
    const { signal, timeout = limits.timeout, maxRetries = limits.maxRetries } = options;
    if (!isRetryCount(maxRetries)) throw invalidRequest("maxRetries must be a whole number from 0");
    const deadline = startDeadline(timeout, signal, clock.now);
    const call: Call = { ...deadline, retriesLeft: maxRetries, about: { ...about, requests: 0 } };
    running.add(deadline);
    try {
      return await telemetry.call(call, () => untilAborted(work, call));
    } finally {
      running.delete(deadline);
      if (!bodyFollows) deadline.end();
    }
  };

  const close = (): void => {
    closed = true;
    for (const deadline of running) deadline.abort(appClosed());
  };

  return { run, close };
};

export type Calls = ReturnType<typeof createCalls>;

/** Also ends a wait that knows no signals, such as that for the app's `userTokenGetter`. */
const untilAborted = <T>(work: (call: Call) => Promise<T>, call: Call): Promise<T> =>
  new Promise((resolve, reject) => {
    const { signal } = call;
    const leave = () => reject(signal.reason);
    if (signal.aborted) return leave();
    signal.addEventListener("abort", leave, { once: true });
    work(call)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", leave));
  });

const appClosed = () =>
  new AlterSDKError({ code: "app_closed", message: "This App has been closed" });
