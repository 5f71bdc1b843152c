/**
 * Every way in which the SDK fails, as a class to branch on and a `code` to log.
 * Knows codes and their fields. No error here has a `cause`: a runtime's or a custom fetch's own error may quote
 * the header it choked on, and that header holds a token. What helps of it (ECONNREFUSED) goes into the message.
 */
import type { ErrorCode } from "@alter-ai/protocol/http";

export type AlterErrorDetails = {
  code: string;
  message: string;
  status?: number | undefined;
  requestId?: string | undefined;
  accountIdentifiers?: readonly string[] | undefined;
  missingScopes?: readonly string[] | undefined;
  allowedHosts?: readonly string[] | undefined;
  policyError?: Readonly<Record<string, unknown>> | undefined;
  reason?: string | undefined;
  retryAfter?: number | undefined;
};

/** The root: thrown itself for codes that have no class of their own, such as `invalid_response`. */
export class AlterError extends Error {
  /** Stable; the message is for people and may change. */
  readonly code: string;
  /** HTTP status of the broker's refusal; `undefined` when the SDK itself refused. */
  readonly status: number | undefined;
  /** Names the line in the broker's log. */
  readonly requestId: string | undefined;

  constructor(details: AlterErrorDetails) {
    super(details.message);
    this.code = details.code;
    this.status = details.status;
    this.requestId = details.requestId;
  }

  /** For logs: an Error alone serialises without its message. Leaves out fields that name people. */
  toJSON(): { name: string; code: string; message: string; status?: number; requestId?: string } {
    const { name, code, message, status, requestId } = this;
    return {
      name,
      code,
      message,
      ...(status !== undefined && { status }),
      ...(requestId !== undefined && { requestId }),
    };
  }
}

// `declare code` keeps the classes apart for TypeScript, which compares structure: without it, the branch after
// `instanceof GrantRevokedError` would take every other AlterError for excluded.

/** The user has no grant for this provider (or it is not this user's): show Connect. */
export class GrantNotFoundError extends AlterError {
  declare readonly code: "grant_not_found";
}

/** Several accounts match: let the user pick one of `accountIdentifiers` and pass it as `account`. */
export class AmbiguousGrantError extends AlterError {
  declare readonly code: "ambiguous_grant";
  readonly accountIdentifiers: readonly string[];
  constructor(details: AlterErrorDetails) {
    super(details);
    this.accountIdentifiers = details.accountIdentifiers ?? [];
  }
}

/** The grant was revoked here: show Connect. */
export class GrantRevokedError extends AlterError {
  declare readonly code: "grant_revoked";
}

/** The provider no longer accepts the credential, mostly because the user revoked it there: show Connect. */
export class CredentialRevokedError extends AlterError {
  declare readonly code: "credential_revoked";
}

/** The grant had a lifetime and it is over: show Connect. */
export class GrantExpiredError extends AlterError {
  declare readonly code: "grant_expired";
}

/** The grant lacks `missingScopes`: show Connect, which asks for them. */
export class ScopeReauthRequiredError extends AlterError {
  declare readonly code: "scope_reauth_required";
  readonly missingScopes: readonly string[];
  constructor(details: AlterErrorDetails) {
    super(details);
    this.missingScopes = details.missingScopes ?? [];
  }
}

/** A policy denied the call; `policyError` has the broker's particulars. */
export class PolicyViolationError extends AlterError {
  declare readonly code: "policy_violation";
  readonly policyError: Readonly<Record<string, unknown>> | undefined;
  constructor(details: AlterErrorDetails) {
    super(details);
    this.policyError = details.policyError;
  }
}

/** The URL's host is not one of the grant's `allowedHosts`. The token was not sent. */
export class HostNotAllowedError extends AlterError {
  declare readonly code: "host_not_allowed";
  readonly allowedHosts: readonly string[];
  constructor(details: AlterErrorDetails) {
    super(details);
    this.allowedHosts = details.allowedHosts ?? [];
  }
}

/** There is no user token in scope, or the broker refused it; `reason` then names the check. */
export class UserTokenError extends AlterError {
  declare readonly code: "invalid_user_token" | "user_token_missing";
  readonly reason: string | undefined;
  constructor(details: AlterErrorDetails) {
    super(details);
    this.reason = details.reason;
  }
}

/** The broker does not know this API key, or no longer. */
export class ApiKeyError extends AlterError {
  declare readonly code: "invalid_api_key";
}

/** The call itself is wrong; the message says where. Nothing was sent, unless `status` says that the broker refused. */
export class InvalidRequestError extends AlterError {
  declare readonly code: "invalid_request";
}

/** The provider gave the broker no usable answer at a refresh, or could not be reached from here. Try again later. */
export class ProviderUnavailableError extends AlterError {
  declare readonly code: "provider_unavailable" | "provider_unreachable";
}

/** The broker is down, shutting down, or not where `baseUrl` says. */
export class BrokerUnreachableError extends AlterError {
  declare readonly code: "broker_unreachable" | "shutting_down";
}

/** The broker or the provider took longer than `timeout`. Whether the provider acted on the request is unknown. */
export class TimeoutError extends AlterError {
  declare readonly code: "timeout";
}

/** The broker asks to slow down; `retryAfter` is in seconds, if it said so. */
export class RateLimitedError extends AlterError {
  declare readonly code: "rate_limited";
  readonly retryAfter: number | undefined;
  constructor(details: AlterErrorDetails) {
    super(details);
    this.retryAfter = details.retryAfter;
  }
}

/** `new App(...)` was given something it cannot work with. */
export class ConfigurationError extends AlterError {
  declare readonly code: "invalid_configuration";
}

// On the prototypes, so that a stack's first line has them; as property names, which a minifier leaves alone.
const NAMED = {
  AlterError,
  AmbiguousGrantError,
  ApiKeyError,
  BrokerUnreachableError,
  ConfigurationError,
  CredentialRevokedError,
  GrantExpiredError,
  GrantNotFoundError,
  GrantRevokedError,
  HostNotAllowedError,
  InvalidRequestError,
  PolicyViolationError,
  ProviderUnavailableError,
  RateLimitedError,
  ScopeReauthRequiredError,
  TimeoutError,
  UserTokenError,
};
for (const [name, { prototype }] of Object.entries(NAMED)) prototype.name = name;

type ErrorClass = new (details: AlterErrorDetails) => AlterError;

// A Map, because a code such as `constructor` must not find what every object inherits.
const CLASSES = new Map<string, ErrorClass>(
  Object.entries({
    grant_not_found: GrantNotFoundError,
    ambiguous_grant: AmbiguousGrantError,
    grant_revoked: GrantRevokedError,
    credential_revoked: CredentialRevokedError,
    grant_expired: GrantExpiredError,
    scope_reauth_required: ScopeReauthRequiredError,
    policy_violation: PolicyViolationError,
    host_not_allowed: HostNotAllowedError,
    invalid_user_token: UserTokenError,
    invalid_api_key: ApiKeyError,
    invalid_request: InvalidRequestError,
    provider_unavailable: ProviderUnavailableError,
    rate_limited: RateLimitedError,
    shutting_down: BrokerUnreachableError,
  } satisfies Partial<Record<ErrorCode, ErrorClass>>),
);

/** The class of a broker's code; codes of a newer broker become a plain AlterError. */
export const errorOf = (details: AlterErrorDetails): AlterError =>
  new (CLASSES.get(details.code) ?? AlterError)(details);

export const invalidRequest = (message: string): InvalidRequestError =>
  new InvalidRequestError({ code: "invalid_request", message });

/** What a failed fetch says of itself, such as ` (ECONNREFUSED)`: its code alone, since messages quote headers. */
export const reasonOf = (error: unknown): string => {
  const { code, cause } = Object(error) as { code?: unknown; cause?: unknown };
  const { code: deeper } = Object(cause) as { code?: unknown };
  const found = [deeper, code].find(
    (value) => typeof value === "string" && /^\w{1,64}$/.test(value),
  );
  return found === undefined ? "" : ` (${String(found)})`;
};
