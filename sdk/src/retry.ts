/**
 * Sends again what may be sent again: never past the call's deadline or its count of retries, and never so much that
 * a server in trouble is kept there. Knows outcomes of HTTP requests; what is in them, not.
 */
import { AlterSDKError } from "./alter-sdk-error.ts";
import type { Call } from "./calls.ts";
import type { Clock } from "./clock.ts";
import { broke, wasNeverMade } from "./connection.ts";
import { NetworkError } from "./errors.ts";
import type { Sighting, Telemetry } from "./telemetry.ts";

/**
 * What a request bears. `always`: it is idempotent (RFC 9110, 9.2.2). `if_refused`: only if the server has said that
 * it did not act, or never heard of it. `if_unsent`: only the latter. `never`: its body is gone.
 */
export type Repeat = "always" | "if_refused" | "if_unsent" | "never";

type Sent = {
  host: string;
  method: string;
  repeat: Repeat;
  /** For the sentence of a timeout. */
  whom: string;
};

/** Full jitter: a random part of this, doubled with each attempt. */
const BACKOFF = 200;
const MOST_BACKOFF = 5_000;
/** Past this, "later" is the app's to decide. */
const MOST_PATIENCE = 60_000;

/** A server that fails every call gets a fifth of a retry per call in the long run, not `maxRetries` of them. */
const BUDGET = 20;
const REFUND = 0.2;

export const createRetry = ({ now, sleep, random }: Clock, telemetry: Telemetry) => {
  let budget = BUDGET;

  return async <T>(
    call: Call,
    { host, method, repeat, whom }: Sent,
    send: (sighted: (seen: Sighting) => void) => Promise<T>,
  ): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      call.signal.throwIfAborted();
      call.awaiting(whom);
      const outcome = await settled(telemetry.attempt(call, { host, method, attempt }, send));
      const wait = call.signal.aborted ? undefined : waitAfter(outcome, repeat, now);
      if (wait === undefined && "value" in outcome) budget = Math.min(BUDGET, budget + REFUND);
      const ms = wait === "backoff" ? random() * backoff(attempt) : wait;
      const patient = ms !== undefined && ms < Math.min(call.remaining(), MOST_PATIENCE);
      if (!patient || call.retriesLeft < 1 || budget < 1) {
        if ("value" in outcome) return outcome.value;
        throw outcome.error;
      }
      call.retriesLeft -= 1;
      budget -= 1;
      const answer = answerOf(outcome);
      if (answer) await discard(answer);
      await sleep(ms, call.signal);
    }
  };
};

export type Retry = ReturnType<typeof createRetry>;

/** Lets go of the connection. That a body cannot even be thrown away is no reason to fail. */
export const discard = async (response: Response): Promise<void> => {
  await response.body?.cancel().catch(() => undefined);
};

/** Seconds. Retry-After has two forms (RFC 9110, 10.2.3): a number of them, or a date. */
export const retryAfterOf = (headers: Headers, now: () => number): number | undefined => {
  const text = headers.get("retry-after") ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const date = / GMT$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now()) / 1000));
};

type Outcome<T> = { value: T } | { error: unknown };

const settled = <T>(work: Promise<T>): Promise<Outcome<T>> =>
  work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

/** Not by `instanceof`: a `fetch` of the app's own, such as undici's, has a Response of its own. */
const answerOf = (outcome: Outcome<unknown>): Response | undefined => {
  if (!("value" in outcome)) return undefined;
  const { headers } = Object(outcome.value) as Partial<Response>;
  return typeof headers?.get === "function" ? (outcome.value as Response) : undefined;
};

/** Refused at the door: the broker had done nothing. */
const UNTOUCHED: ReadonlySet<string> = new Set(["rate_limited", "overloaded", "shutting_down"]);

const backoff = (attempt: number): number => Math.min(MOST_BACKOFF, BACKOFF * 2 ** (attempt - 1));

/** Milliseconds, or `undefined` for an outcome that stands. */
const waitAfter = (
  outcome: Outcome<unknown>,
  repeat: Repeat,
  now: () => number,
): number | "backoff" | undefined => {
  if (repeat === "never") return undefined;
  if ("value" in outcome) {
    const answer = answerOf(outcome);
    if (!answer || repeat === "if_unsent") return undefined;
    const { status, headers } = answer;
    // 429 says that the server did not act. 503 may come from something on the way, after it did.
    if (status !== 429 && !(status === 503 && repeat === "always")) return undefined;
    const seconds = retryAfterOf(headers, now);
    return seconds === undefined ? undefined : seconds * 1000;
  }
  const { error } = outcome;
  if (!(error instanceof AlterSDKError)) return undefined;
  if (error instanceof NetworkError && wasNeverMade(error)) return "backoff";
  if (repeat === "if_unsent") return undefined;
  const told = error.retryAfter === undefined ? undefined : error.retryAfter * 1000;
  if (UNTOUCHED.has(error.code)) return told ?? "backoff";
  if (repeat !== "always") return undefined;
  if (error.status === 503) return told;
  return error instanceof NetworkError && broke(error) ? "backoff" : undefined;
};
