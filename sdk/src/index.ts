/** The front door: what an app's backend can import. Nothing else is public. */
export { AlterSDKError, type AlterSDKErrorDetails, type PolicyError } from "./alter-sdk-error.ts";
export { App } from "./app.ts";
export type { CallOptions } from "./calls.ts";
export type { AppOptions, Fetch, UserTokenGetter } from "./configuration.ts";
export type {
  CompleteConnectSessionOptions,
  Connection,
  ConnectSession,
  CreateConnectSessionOptions,
} from "./connect.ts";
export {
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
  reauthRequired,
  ScopeReauthRequiredError,
  TimeoutError,
  UserTokenError,
} from "./errors.ts";
export type { GrantChoice, ProxyRequestOptions, RequestOptions } from "./exchange.ts";
export type { FetchForOptions, ScopedFetch } from "./fetch-for.ts";
export type {
  Grant,
  GrantList,
  GrantPage,
  ListGrantsOptions,
  ManagedSecretGrant,
  OAuthGrant,
  Provider,
  RevokedGrant,
  RevokeGrantOptions,
} from "./grants.ts";
export { HttpMethod } from "./http-method.ts";
export type { MessageOptions, RequestBody } from "./message.ts";
export type { PathParams, QueryParams } from "./target.ts";
export type { Logger, Operation, SdkEvent } from "./telemetry.ts";
export type { Span, TracerProvider } from "./tracing.ts";
export type { VerifiedUser } from "./users.ts";
