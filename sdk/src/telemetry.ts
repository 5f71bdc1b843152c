/**
 * What an app may log: one event for each HTTP request and one for each call. Never a token, a URL's path or query,
 * or an account's name. Whatever the app's logger does, the call goes on.
 */
import { AlterSDKError } from "./alter-sdk-error.ts";
import type { Tracing } from "./tracing.ts";

/** The method of App that the app has called. */
export type Operation =
  | "request"
  | "proxyRequest"
  | "listGrants"
  | "revokeGrant"
  | "listProviders"
  | "walletUrl"
  | "createConnectSession"
  | "completeConnectSession"
  | "verifyUserToken";

/** What is known of a call so far. */
export type About = {
  operation: Operation;
  method?: string | undefined;
  provider?: string | undefined;
  host?: string | undefined;
  grantId?: string | undefined;
  status?: number | undefined;
  requestId?: string | undefined;
  /** HTTP requests made by now. */
  requests: number;
};

export type SdkEvent = {
  /** `attempt`: one HTTP request has ended, to broker or provider. `call`: a call of App has ended. */
  name: "attempt" | "call";
  operation: Operation;
  /** The provider's id, or the managed secret's name, as the app passed it. */
  provider: string | undefined;
  grantId: string | undefined;
  /** Whom the request went to; of a call, whom the app meant to reach. */
  host: string | undefined;
  /** The HTTP method. */
  method: string | undefined;
  /** The HTTP status, where there was an answer. */
  status: number | undefined;
  /** `attempt`: which of its kind, from 1. `call`: how many HTTP requests it took in all. */
  attempt: number;
  durationMs: number;
  /** Names the line in the broker's log. */
  requestId: string | undefined;
  /** Why it failed: an error's `code`, `aborted` (the app's own signal) or `app_error` (its own code threw). */
  code: string | undefined;
};

export type Logger = (event: SdkEvent) => void;

/** What one HTTP request is told by, as it goes on. */
export type Sighting = { status?: number | undefined; requestId?: string | undefined };

type Observed = { about: About; signal: AbortSignal };

export const createTelemetry = (
  logger: Logger | undefined,
  tracing: Tracing,
  now: () => number,
) => {
  const tell = (event: SdkEvent): void => {
    try {
      // An async logger may fail later, and nobody else would hear of it: the process would end.
      Promise.resolve(logger?.(event)).catch(() => undefined);
    } catch {
      // The app's call is worth more than its log.
    }
  };

  const attempt = async <T>(
    { about, signal }: Observed,
    sent: { host: string; method: string; attempt: number },
    work: (sighted: (seen: Sighting) => void) => Promise<T>,
  ): Promise<T> => {
    const began = now();
    let seen: Sighting = {};
    let code: string | undefined;
    about.requests += 1;
    try {
      return await work((sighting) => {
        seen = sighting;
        about.requestId = sighting.requestId ?? about.requestId;
      });
    } catch (error) {
      code = codeOf(error, signal);
      throw error;
    } finally {
      const { operation, provider, grantId } = about;
      const { status, requestId } = seen;
      tell({
        ...{ name: "attempt", operation, provider, grantId, ...sent, status },
        ...{ durationMs: now() - began, requestId, code },
      });
    }
  };

  const call = <T>({ about, signal }: Observed, work: () => Promise<T>): Promise<T> =>
    tracing(about, async (ended) => {
      const began = now();
      let code: string | undefined;
      try {
        return await work();
      } catch (error) {
        code = codeOf(error, signal);
        if (error instanceof AlterSDKError) {
          about.requestId = error.requestId ?? about.requestId;
          about.status = error.status ?? about.status;
        }
        throw error;
      } finally {
        const { operation, provider, grantId, host, method, status, requestId, requests } = about;
        tell({
          ...{ name: "call", operation, provider, grantId, host, method, status },
          ...{ attempt: requests, durationMs: now() - began, requestId, code },
        });
        ended(code);
      }
    });

  return { attempt, call };
};

export type Telemetry = ReturnType<typeof createTelemetry>;

const codeOf = (error: unknown, signal: AbortSignal): string => {
  if (error instanceof AlterSDKError) return error.code;
  return signal.aborted ? "aborted" : "app_error";
};
