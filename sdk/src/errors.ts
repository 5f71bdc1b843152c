/** Every way in which the SDK fails, as a class to branch on. Knows codes and the fields that come with them. */
import type { ErrorCode } from "@alter-ai/protocol/http";
import { AlterSDKError, type AlterSDKErrorDetails, type PolicyError } from "./alter-sdk-error.ts";
import { remedyOf } from "./remedies.ts";

// `declare code` keeps the classes apart for TypeScript, which compares structure: without it, the branch after
// `instanceof GrantRevokedError` would take every other AlterSDKError for excluded.

/** The user has no grant for this provider (or it is not this user's): show Connect. */
export class GrantNotFoundError extends AlterSDKError {
  declare readonly code: "grant_not_found";
}

/** Several accounts match: let the user pick one of `accountIdentifiers` and pass it as `account`. */
export class AmbiguousGrantError extends AlterSDKError {
  declare readonly code: "ambiguous_grant";
  /** Labels for people, as `account` takes them. Not in `toJSON`. */
  readonly accountIdentifiers: readonly string[];
  constructor(details: AlterSDKErrorDetails) {
    super(details);
    this.accountIdentifiers = details.accountIdentifiers ?? [];
  }
}

/** The grant was revoked here: show Connect. */
export class GrantRevokedError extends AlterSDKError {
  declare readonly code: "grant_revoked";
}

/** The provider no longer accepts the credential, mostly because the user revoked it there: show Connect. */
export class CredentialRevokedError extends AlterSDKError {
  declare readonly code: "credential_revoked";
}

/** The grant had a lifetime and it is over: show Connect. */
export class GrantExpiredError extends AlterSDKError {
  declare readonly code: "grant_expired";
}

/**
 * The grant lacks `missingScopes`: show Connect, in a session that has them as `requiredScopes`. Thrown before the
 * provider is called where the broker knows, and on its `insufficient_scope` (RFC 6750, 3.1) where only it does.
 */
export class ScopeReauthRequiredError extends AlterSDKError {
  declare readonly code: "scope_reauth_required";
  readonly missingScopes: readonly string[];
  constructor(details: AlterSDKErrorDetails) {
    super(details);
    this.missingScopes = details.missingScopes ?? [];
  }
}

/** A policy denied the call, which has not been made; `policyError` says which and until when. */
export class PolicyViolationError extends AlterSDKError {
  declare readonly code: "policy_violation";
  readonly policyError: PolicyError | undefined;
  constructor(details: AlterSDKErrorDetails) {
    super(details);
    this.policyError = details.policyError;
  }
}

/** The URL's host is not one of the grant's `allowedHosts`. The token was not sent. */
export class HostNotAllowedError extends AlterSDKError {
  declare readonly code: "host_not_allowed";
  readonly allowedHosts: readonly string[];
  constructor(details: AlterSDKErrorDetails) {
    super(details);
    this.allowedHosts = details.allowedHosts ?? [];
  }
}

/** There is no user token in scope, or the broker refused it; `reason` then names the check, such as `expired`. */
export class UserTokenError extends AlterSDKError {
  declare readonly code: "invalid_user_token" | "user_token_missing";
  readonly reason: string | undefined;
  constructor(details: AlterSDKErrorDetails) {
    super(details);
    this.reason = details.reason;
  }
}

/** The broker does not know this API key, or no longer. */
export class ApiKeyError extends AlterSDKError {
  declare readonly code: "invalid_api_key";
}

/** The call itself is wrong; the message says where. Nothing was sent, unless `status` says that the broker refused. */
export class InvalidRequestError extends AlterSDKError {
  declare readonly code: "invalid_request" | "payload_too_large";
}

/** The provider gave the broker no usable answer, or none in time. Try again later. */
export class ProviderUnavailableError extends AlterSDKError {
  declare readonly code: "provider_unavailable" | "provider_timeout";
}

/**
 * The provider answered with 400 or more. Only where `throwOnError` is on: by default such an answer is an ordinary
 * `Response`. `status` is the provider's.
 */
export class ProviderAPIError extends AlterSDKError {
  declare readonly code: "provider_api_error";
  declare readonly status: number;
  readonly host: string;
  /** The provider's answer, its body unread. Not enumerable: loggers leave it alone. */
  declare readonly response: Response;
  constructor(details: AlterSDKErrorDetails & { host: string; response: Response }) {
    super(details);
    this.host = details.host;
    Object.defineProperty(this, "response", { value: details.response });
  }
}

/** No connection, or it broke: to the provider from here, or to the broker, which may also be about to restart. */
export class NetworkError extends AlterSDKError {
  declare readonly code: "broker_unreachable" | "provider_unreachable" | "shutting_down";
}

/** The call took longer than `timeout`. Whether the provider acted on the request is unknown. */
export class TimeoutError extends AlterSDKError {
  declare readonly code: "timeout";
}

/** The broker, or what stands before it, asks to slow down; `retryAfter` is in seconds, if it said so. */
export class RateLimitedError extends AlterSDKError {
  declare readonly code: "rate_limited" | "overloaded";
}

/**
 * Connect cannot begin (`origin_not_allowed`, `return_url_not_allowed`, `provider_not_allowed`), or did not end with
 * a connection (`invalid_code`, `connect_exit`, `connect_code_missing`, or what the return URL reports, such as
 * `access_denied`).
 */
export class ConnectFlowError extends AlterSDKError {
  // The codes are open, so something else must tell this class from the root.
  declare protected readonly flow: "connect";
  constructor(details: AlterSDKErrorDetails) {
    super(details, remedyOf(details.code, "Offer Connect again."));
  }
}

/** `new App(...)` was given something it cannot work with. */
export class ConfigurationError extends AlterSDKError {
  declare readonly code: "invalid_configuration";
}

// On the prototypes, so that a stack's first line has them; as property names, which a minifier leaves alone.
const NAMED = {
  AlterSDKError,
  AmbiguousGrantError,
  ApiKeyError,
  ConfigurationError,
  ConnectFlowError,
  CredentialRevokedError,
  GrantExpiredError,
  GrantNotFoundError,
  GrantRevokedError,
  HostNotAllowedError,
  InvalidRequestError,
  NetworkError,
  PolicyViolationError,
  ProviderAPIError,
  ProviderUnavailableError,
  RateLimitedError,
  ScopeReauthRequiredError,
  TimeoutError,
  UserTokenError,
};
for (const [name, { prototype }] of Object.entries(NAMED)) prototype.name = name;

type ErrorClass = new (details: AlterSDKErrorDetails) => AlterSDKError;

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
    payload_too_large: InvalidRequestError,
    provider_unavailable: ProviderUnavailableError,
    provider_timeout: ProviderUnavailableError,
    rate_limited: RateLimitedError,
    overloaded: RateLimitedError,
    shutting_down: NetworkError,
    origin_not_allowed: ConnectFlowError,
    return_url_not_allowed: ConnectFlowError,
    provider_not_allowed: ConnectFlowError,
    invalid_code: ConnectFlowError,
  } satisfies Partial<Record<ErrorCode, ErrorClass>>),
);

/** The class of a broker's code; codes of a newer broker become a plain AlterSDKError. */
export const errorOf = (details: AlterSDKErrorDetails): AlterSDKError =>
  new (CLASSES.get(details.code) ?? AlterSDKError)(details);

export const invalidRequest = (message: string): InvalidRequestError =>
  new InvalidRequestError({ code: "invalid_request", message });

export const invalidResponse = (message: string, status?: number): AlterSDKError =>
  new AlterSDKError({ code: "invalid_response", message, status });

const NEEDS_CONNECT = new Set([
  "grant_not_found",
  "grant_revoked",
  "credential_revoked",
  "grant_expired",
  "scope_reauth_required",
]);

/**
 * Whether the user must see Connect (again): the one line for a handler that catches everything. False for managed
 * secrets, which only the operator can set.
 */
export const reauthRequired = (error: unknown): boolean =>
  error instanceof AlterSDKError && NEEDS_CONNECT.has(error.code) && error.grantKind === undefined;
