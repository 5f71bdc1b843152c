/** The public class: ties the parts to one configuration. Holds nothing that printing it could show. */
import { createBroker } from "./broker.ts";
import { readConfiguration, type AppOptions } from "./configuration.ts";
import {
  createConnect,
  type CompleteConnectSessionOptions,
  type Connection,
  type ConnectSession,
  type CreateConnectSessionOptions,
} from "./connect.ts";
import {
  createGrants,
  type GrantPage,
  type ListGrantsOptions,
  type Provider,
  type RevokedGrant,
  type RevokeGrantOptions,
} from "./grants.ts";
import type { HttpMethod } from "./http-method.ts";
import { createRequest, type RequestOptions } from "./request.ts";
import { createUserToken } from "./user-token.ts";

/**
 * Calls third-party APIs on behalf of the app's users. Make one and share it: it keeps no state between calls.
 * Nothing is retried. Every method rejects with an AlterError, or with the reason of the caller's own `signal`,
 * or with whatever the app's `userTokenGetter` throws.
 */
export class App {
  /** The broker's origin. */
  readonly baseUrl: string;
  // Private names hide their content from inspect, JSON and enumeration; closures below hold the key.
  readonly #connect: ReturnType<typeof createConnect>;
  readonly #grants: ReturnType<typeof createGrants>;
  readonly #request: ReturnType<typeof createRequest>;

  /** @throws ConfigurationError */
  constructor(options: AppOptions) {
    const configuration = readConfiguration(options);
    const broker = createBroker(configuration);
    const userToken = createUserToken(configuration.userTokenGetter);
    this.baseUrl = configuration.baseUrl;
    this.#connect = createConnect(broker, userToken);
    this.#grants = createGrants(broker, userToken);
    this.#request = createRequest(broker, userToken, configuration);
  }

  /** Opens a session for the widget, bound to the user of the user token and to one origin. */
  async createConnectSession(options: CreateConnectSessionOptions): Promise<ConnectSession> {
    return this.#connect.create(options);
  }

  /** Redeems the code of a session with `completion: "backend"`; the grants become active here. */
  async completeConnectSession(
    options: CompleteConnectSessionOptions,
  ): Promise<{ connections: Connection[] }> {
    return this.#connect.complete(options);
  }

  /**
   * Calls a provider's API as the user. Resolves with the provider's answer whatever its status; `response.ok` tells.
   * The token goes to the grant's hosts only. A redirect is followed within the URL's origin, five at most; any
   * other is returned as the 3xx response it is, and nothing has been sent to where it points.
   */
  async request(method: HttpMethod, url: string | URL, options: RequestOptions): Promise<Response> {
    return this.#request(method, url, options);
  }

  /** One page of what the user has connected. */
  async listGrants(options: ListGrantsOptions = {}): Promise<GrantPage> {
    return this.#grants.list(options);
  }

  /** Ends a grant of the user and destroys its tokens; a grant of anybody else is a GrantNotFoundError. */
  async revokeGrant(grantId: string, options: RevokeGrantOptions = {}): Promise<RevokedGrant> {
    return this.#grants.revoke(grantId, options);
  }

  /** The providers that this app offers. */
  async listProviders(): Promise<Provider[]> {
    return this.#grants.providers();
  }
}
