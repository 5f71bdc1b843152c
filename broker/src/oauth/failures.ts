/**
 * What can go wrong with a provider, as the page may say it and as the log may. Knows the library's errors. Of what a
 * provider said its own error code and text leave here, for the log: cleaned, and without anything that could be a
 * secret or a person.
 */
import * as oauth from "oauth4webapi";
import { clean } from "../identity.ts";
import { MissingFact } from "../providers/template.ts";
import type { Failure } from "../session.ts";

/** For the log: which step, what kind of failure, and the provider's own error code and text. No token, no body. */
export type Cause = {
  step: string;
  kind: string;
  provider_error?: string;
  provider_text?: string;
  status?: number;
};

/** The provider answered, and not with anything we could use; `kind` is for the log. */
export class UnusableReply extends Error {
  readonly kind: string;
  readonly said: Partial<Cause>;

  constructor(kind: string, said: Partial<Cause> = {}) {
    super(kind);
    this.kind = kind;
    this.said = said;
  }
}

/** The address that a name led to is not one that a provider may be at. */
export class AddressRefused extends Error {}

/**
 * One table from what can go wrong to what the page may say. The library keeps rejected replies, tokens
 * included, in `error.cause`: nothing of that leaves this function.
 */
export const explain = (
  step: string,
  error: unknown,
  denied: readonly string[] = [],
): { failure: Failure; cause: Cause } => {
  if (error instanceof oauth.ResponseBodyError)
    return {
      failure: "provider_refused",
      cause: { step, kind: "error_reply", ...saidBy(error), status: error.status },
    };
  if (error instanceof oauth.AuthorizationResponseError)
    return {
      failure: ["access_denied", ...denied].includes(error.error)
        ? "access_denied"
        : "provider_refused",
      cause: { step, kind: "error_reply", ...saidBy(error) },
    };
  if (error instanceof UnusableReply)
    return { failure: "provider_reply_invalid", cause: { step, kind: error.kind, ...error.said } };
  if (error instanceof MissingFact)
    return { failure: "provider_reply_invalid", cause: { step, kind: `no_${error.fact}` } };
  if (error instanceof DOMException && error.name === "TimeoutError")
    return { failure: "provider_timeout", cause: { step, kind: "timeout" } };
  if (
    error instanceof oauth.OperationProcessingError ||
    error instanceof oauth.UnsupportedOperationError ||
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
  if (error instanceof AddressRefused || system instanceof AddressRefused)
    return { failure: "provider_unavailable", cause: { step, kind: "private_address" } };
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

const saidBy = ({
  error,
  error_description,
}: oauth.ResponseBodyError | oauth.AuthorizationResponseError): Partial<Cause> => {
  const provider_text = error_description === undefined ? undefined : safeText(error_description);
  return {
    provider_error: safeCode(error),
    ...(provider_text === undefined ? {} : { provider_text }),
  };
};

/** The provider's own error code for the log, if it is one at all. */
const safeCode = (code: string): string =>
  /^[\x20-\x7e]{1,64}$/.test(code) ? code : "(unprintable)";

const MOST_TEXT = 200;

/** Providers quote what they were sent: long runs may be tokens or codes, and addresses are people. */
export const safeText = (text: string): string | undefined =>
  clean(
    text
      .slice(0, 2_000)
      .replace(/[^\s@]+@[^\s@]+/g, "(address)")
      .replace(/[\w.~+/=%-]{20,}/g, "(long)"),
  )?.slice(0, MOST_TEXT);
