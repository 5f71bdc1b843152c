/** The public class: what the app can call, and what each call promises. Holds nothing that printing it could show. */
import type { CallOptions } from "./calls.ts";
import { createClient, type Client } from "./client.ts";
import { systemClock } from "./clock.ts";
import { readConfiguration, type AppOptions } from "./configuration.ts";
import type {
  CompleteConnectSessionOptions,
  Connection,
  ConnectSession,
  CreateConnectSessionOptions,
} from "./connect.ts";
import type { ProxyRequestOptions, RequestOptions } from "./exchange.ts";
import type { FetchForOptions, ScopedFetch } from "./fetch-for.ts";
import type {
  GrantList,
  ListGrantsOptions,
  Provider,
  RevokedGrant,
  RevokeGrantOptions,
} from "./grants.ts";
import type { HttpMethod } from "./http-method.ts";
import type { VerifiedUser } from "./users.ts";

/**
 * Calls third-party APIs on behalf of the app's users. Make one and share it: tokens at hand, and the measure of what
 * may be retried, are of one App. Every method rejects with an AlterSDKError, or with the reason of the caller's own
 * `signal`, or with whatever the app's `userTokenGetter` throws.
 */
export class App {
  /** The broker's origin. */
  readonly baseUrl: string;
  // A private name hides its content from inspect, JSON and enumeration; closures behind it hold the key.
  readonly #client: Client;

  /** @throws ConfigurationError */
  constructor(options: AppOptions) {
    const configuration = readConfiguration(options);
    this.baseUrl = configuration.baseUrl;
    this.#client = createClient(configuration, systemClock);
  }

  /**
   * Calls a provider's API as the user. Resolves with the provider's answer whatever its status (unless `throwOnError`
   * is on); `response.ok` tells. The token goes to the grant's hosts only. A redirect is followed within the URL's
   * origin, five at most; any other is returned as the 3xx response it is, and nothing has been sent to where it points.
   *
   * A 401 is answered once with another token, if the broker has one. A 403 with `insufficient_scope` is a
   * ScopeReauthRequiredError. Sent again, `maxRetries` times at most: what never reached a server; GET, HEAD, OPTIONS,
   * PUT and DELETE whose connection broke, or that got 429 or 503 with Retry-After; any method after 429 with
   * Retry-After. A body that is a stream is never sent again.
   *
   * @throws GrantNotFoundError, AmbiguousGrantError, GrantRevokedError, CredentialRevokedError, GrantExpiredError,
   * ScopeReauthRequiredError, PolicyViolationError, HostNotAllowedError, UserTokenError, InvalidRequestError,
   * ProviderUnavailableError, NetworkError, TimeoutError, RateLimitedError, ApiKeyError
   */
  async request(method: HttpMethod, url: string | URL, options: RequestOptions): Promise<Response> {
    return this.#client.request(method, url, options);
  }

  /**
   * As `request`, but the broker makes the call: the token never comes to this process. Bodies are streamed both ways.
   * URL, headers and user token travel in headers, so that some 6,000 characters of them fit; a body has no limit here.
   */
  async proxyRequest(
    method: HttpMethod,
    url: string | URL,
    options: ProxyRequestOptions,
  ): Promise<Response> {
    return this.#client.proxyRequest(method, url, options);
  }

  /**
   * A `fetch` to hand to a provider's own client library. Each request goes as the user whose token is in scope at
   * that moment. Resolves with the provider's answer whatever its status; rejects as `request` does. An Authorization
   * header that the library sets is dropped, since most libraries insist on a token and then get a stand-in.
   */
  fetchFor(choice: FetchForOptions): ScopedFetch {
    return this.#client.fetchFor(choice);
  }

  /**
   * What the user has connected: await it for one page, or loop over it with `for await` for all.
   * @throws UserTokenError, InvalidRequestError, NetworkError, TimeoutError, RateLimitedError, ApiKeyError
   */
  listGrants(options: ListGrantsOptions = {}): GrantList {
    return this.#client.grants.list(options);
  }

  /**
   * Ends a grant of the user and destroys its tokens, those at hand here first. Ending it twice does no harm.
   * @throws GrantNotFoundError for an id of nobody or of anybody else
   */
  async revokeGrant(grantId: string, options: RevokeGrantOptions = {}): Promise<RevokedGrant> {
    return this.#client.grants.revoke(grantId, options);
  }

  /**
   * The address of the Wallet, where the app's users see and end what they have connected, here and in every app of this
   * broker that has the same identity provider. The same for all users: who it is, they say by signing in there.
   * @throws AlterSDKError with the code `no_wallet` where the broker's configuration has no `wallet` for this app
   */
  async walletUrl(options: CallOptions = {}): Promise<string> {
    return this.#client.grants.walletUrl(options);
  }

  /** The providers that this app offers. */
  async listProviders(options: CallOptions = {}): Promise<Provider[]> {
    return this.#client.grants.providers(options);
  }

  /**
   * Opens a session for the widget, bound to the user of the user token and to one origin.
   * @throws ConnectFlowError where origin, return URL or provider is not one of the app's
   */
  async createConnectSession(options: CreateConnectSessionOptions): Promise<ConnectSession> {
    return this.#client.connect.create(options);
  }

  /**
   * Redeems what a session with `completion: "backend"` ended with; the grants become active here.
   * @throws ConnectFlowError if there is no connection: `access_denied`, `connect_exit`, `invalid_code`, …
   */
  async completeConnectSession(
    options: CompleteConnectSessionOptions,
  ): Promise<{ connections: Connection[] }> {
    return this.#client.connect.complete(options);
  }

  /**
   * Whether the broker takes this user token (default: what `userTokenGetter` returns), and for whom.
   * @throws UserTokenError; its `reason` names the check that failed
   */
  async verifyUserToken(token?: string, options: CallOptions = {}): Promise<VerifiedUser> {
    return this.#client.verifyUser(token, options);
  }

  /**
   * Ends the calls that are waiting and refuses later ones, both with the code `app_closed`, and forgets all tokens.
   * Bodies of responses that have been handed out can be read to their end.
   */
  close(): void {
    this.#client.close();
  }
}
