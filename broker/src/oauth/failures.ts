/**
 * What can go wrong with a provider, as the page may say it and as the log may. Knows the library's errors. Of what a
 * provider said its own error code and text leave here, for the log: cleaned, and without anything that could be a
 * secret or a person.
 */
import * as oauth from "oauth4webapi";
import { clean } from "../identity.ts";
import { MissingFact, UnsafeFact } from "../providers/template.ts";
import type { Failure } from "../session.ts";

/** For the log: which step, what kind of failure, and the provider's own error code and text. No token, no body. */
export type Cause = {
  step: string;
  kind: string;
  provider_error?: string;
  provider_text?: string;
  status?: number;
  /** Whose address was refused. */
  host?: string;
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
export class AddressRefused extends Error {
  readonly host: string;

  constructor(host: string) {
    super("private address");
    this.host = host;
  }
}

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
      cause: {
        step,
        kind: "error_reply",
        ...said(error.error, error.error_description),
        status: error.status,
      },
    };
  if (error instanceof oauth.AuthorizationResponseError)
    return {
      failure: ["access_denied", ...denied].includes(error.error)
        ? "access_denied"
        : "provider_refused",
      cause: { step, kind: "error_reply", ...said(error.error, error.error_description) },
    };
  if (error instanceof UnusableReply) {
    const { provider_error, provider_text, ...rest } = error.said;
    return {
      failure: "provider_reply_invalid",
      cause: { step, kind: error.kind, ...rest, ...said(provider_error, provider_text) },
    };
  }
  if (error instanceof MissingFact)
    return { failure: "provider_reply_invalid", cause: { step, kind: `no_${error.fact}` } };
  if (error instanceof UnsafeFact)
    return { failure: "provider_reply_invalid", cause: { step, kind: `unsafe_${error.fact}` } };
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
  const refused = error instanceof AddressRefused ? error : system;
  if (refused instanceof AddressRefused)
    return {
      failure: "provider_unavailable",
      cause: { step, kind: "private_address", host: refused.host },
    };
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

/** The provider's own error code as it came: to hold against a record's, never for a log. */
export const codeOf = (error: unknown): string | undefined => {
  if (error instanceof oauth.ResponseBodyError) return error.error;
  return error instanceof UnusableReply ? error.said.provider_error : undefined;
};

const said = (code: string | undefined, text: string | undefined): Partial<Cause> => {
  const provider_text = text === undefined ? undefined : safeText(text);
  return {
    ...(code === undefined ? {} : { provider_error: safeCode(code) }),
    ...(provider_text === undefined ? {} : { provider_text }),
  };
};

/** The provider's own error code for the log, if it is one at all. Some put a sentence there, with what they were sent. */
const safeCode = (code: string): string =>
  (/^[\x20-\x7e]{1,64}$/.test(code) ? safeText(code) : undefined) ?? "(unprintable)";

const MOST_TEXT = 200;

/**
 * Providers quote what they were sent: long runs may be tokens or codes, and addresses are people. Cleaned first, since
 * a character that nobody sees would cut a run into two short ones.
 */
const safeText = (text: string): string | undefined => {
  // Word by word, since cleaning shortens, and a run that was cut could pass for a short one.
  const words = text.slice(0, 2_000).split(" ");
  const masked = words.map((word) => mask(clean(word) ?? "")).join(" ");
  return masked.trim().slice(0, MOST_TEXT) || undefined;
};

const mask = (word: string): string =>
  word
    .replace(/[^\s@]+@[^\s@]+/g, "(address)")
    .replace(/[\w.~+/=%-]{16,}/g, (run) => (isName(run) ? run : "(long)"));

/** `invalid_client_credentials` and the like; without a digit and of this length, hardly a secret. */
const isName = (run: string): boolean => /^[A-Za-z_-]{1,31}$/.test(run);
