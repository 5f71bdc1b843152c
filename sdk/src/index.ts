/** The front door: what an app's backend can import. Nothing else is public. */
export { App } from "./app.ts";
export type { AppOptions, Fetch, UserTokenGetter } from "./configuration.ts";
export type {
  CompleteConnectSessionOptions,
  Connection,
  ConnectSession,
  CreateConnectSessionOptions,
} from "./connect.ts";
export {
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
  type AlterErrorDetails,
} from "./errors.ts";
export type {
  Grant,
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
export type { GrantChoice, RequestOptions } from "./request.ts";
export type { PathParams, QueryParams } from "./target.ts";
