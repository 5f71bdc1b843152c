/**
 * What can go wrong with a provider, as the page may say it and as the log may. Knows the library's errors; nothing of
 * what a provider said leaves here but its own error code.
 */
import * as oauth from "oauth4webapi";
import type { Failure } from "../session.ts";

/** For the log: which step, what kind of failure, and the provider's own error code. No token, no body. */
export type Cause = { step: string; kind: string; provider_error?: string; status?: number };

/** The provider answered, and not with anything we could use; `kind` is for the log. */
export class UnusableReply extends Error {
  readonly kind: string;

  constructor(kind: string) {
    super(kind);
    this.kind = kind;
  }
}

/**
 * One table from what can go wrong to what the page may say. The library keeps rejected replies, tokens
 * included, in `error.cause`: nothing of that leaves this function.
 */
export const explain = (step: string, error: unknown): { failure: Failure; cause: Cause } => {
  if (error instanceof oauth.ResponseBodyError)
    return {
      failure: "provider_refused",
      cause: {
        step,
        kind: "error_reply",
        provider_error: safeCode(error.error),
        status: error.status,
      },
    };
  if (error instanceof oauth.AuthorizationResponseError)
    return {
      failure: error.error === "access_denied" ? "access_denied" : "provider_refused",
      cause: { step, kind: "error_reply", provider_error: safeCode(error.error) },
    };
  if (error instanceof UnusableReply)
    return { failure: "provider_reply_invalid", cause: { step, kind: error.kind } };
  if (error instanceof DOMException && error.name === "TimeoutError")
    return { failure: "provider_timeout", cause: { step, kind: "timeout" } };
  if (
    error instanceof oauth.OperationProcessingError ||
    error instanceof oauth.WWWAuthenticateChallengeError
  ) {
    const status = error.cause instanceof Response ? error.cause.status : undefined;
    return {
      failure:
        status !== undefined && status >= 500 ? "provider_unavailable" : "provider_reply_invalid",
      cause: { step, kind: error.code ?? error.name, ...(status === undefined ? {} : { status }) },
    };
  }
  // fetch reports a refused or reset connection as a TypeError whose cause has the system's code.
  const system =
    error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  return {
    failure: "provider_unavailable",
    cause: {
      step,
      kind:
        typeof system?.code === "string"
          ? system.code
          : error instanceof Error
            ? error.name
            : "unknown",
    },
  };
};

/** The provider's own error code for the log, if it is one at all. */
const safeCode = (code: string): string =>
  /^[\x20-\x7e]{1,64}$/.test(code) ? code : "(unprintable)";
