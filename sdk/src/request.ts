/**
 * A call to a provider as a user, straight from here: gets the token, checks once more that this host may have it, and
 * sends. The token lives in this function's scope and on the one request, nowhere else but where tokens.ts keeps it.
 */
import type { Call, Calls } from "./calls.ts";
import type { Configuration } from "./configuration.ts";
import { GrantRevokedError, HostNotAllowedError } from "./errors.ts";
import {
  aboutRequest,
  exchange,
  readRequest,
  settle,
  type Answered,
  type RequestOptions,
  type Useless,
} from "./exchange.ts";
import type { HttpMethod } from "./http-method.ts";
import { inject } from "./injection.ts";
import type { Retry } from "./retry.ts";
import { createDirect, send, type Outgoing, type Transport } from "./send.ts";
import type { Token, Tokens } from "./tokens.ts";
import type { UserToken } from "./user-token.ts";

type Parts = {
  calls: Calls;
  retry: Retry;
  tokens: Tokens;
  userToken: UserToken;
  configuration: Configuration;
  now: () => number;
};

export const createRequest = ({ calls, retry, tokens, userToken, configuration, now }: Parts) => {
  const direct = createDirect(configuration.fetch);

  /** `replace`: what the request has where the token belongs is a stand-in of the caller's library. */
  const request = (
    method: HttpMethod,
    options: RequestOptions,
    read: () => Outgoing,
    replace: boolean,
  ): Promise<Response> =>
    calls.run(
      aboutRequest("request", method, options),
      options,
      async (call) => {
        const outgoing = read();
        const { host } = outgoing.url;
        call.about.host = host;
        const user = await userToken(options.userToken);
        const credential = (useless?: Useless) => tokenFor(call, user, outgoing, options, useless);
        const isThat = (token: Token, { tokenId }: Useless) => token.token_id === tokenId;
        const sendWith = (token: Token) => sendIt(call, outgoing, token, replace);
        const answered = await exchange({ credential, isThat, send: sendWith }, outgoing);
        call.about.status = answered.response.status;
        const throws = options.throwOnError ?? configuration.throwOnError;
        return settle(answered, host, throws, now);
      },
      true,
    );

  const tokenFor = async (
    call: Call,
    user: string,
    { method, url: { host } }: Outgoing,
    options: RequestOptions,
    not: Useless | undefined,
  ): Promise<Token> => {
    const { provider, grantId, account, requiredScopes, endUserIp } = options;
    const ask = { userToken: user, provider, grantId, account, requiredScopes, endUserIp };
    const cache = options.cache ?? configuration.cache;
    const token = await tokens.get(call, { ...ask, method, host }, { cache, not });
    call.about.grantId = token.grant_id;
    // The broker has checked it too [M11]. Here it guards against a broker that is older or wrongly configured.
    if (!token.allowed_hosts.includes(host))
      throw new HostNotAllowedError({
        code: "host_not_allowed",
        message: `The grant's token may not be sent to ${host}`,
        allowedHosts: token.allowed_hosts,
      });
    return token;
  };

  const sendIt = async (
    call: Call,
    outgoing: Outgoing,
    token: Token,
    replace: boolean,
  ): Promise<Answered> => {
    const { access_token, injection, grant_id, token_id, scopes, kept } = token;
    const { cover, ...injected } = inject(injection, access_token, outgoing, replace);
    const transport: Transport = (hop, signal, sighted) => {
      // Asked before each try: between two of them the app may have ended the grant.
      if (tokens.isRevoked(grant_id))
        throw new GrantRevokedError({
          code: "grant_revoked",
          message: "The grant was revoked while this call was under way",
        });
      return direct(hop, signal, sighted);
    };
    // A redirect is followed without the token's being put in anew: what is in the query stays behind.
    const response = await send(retry, transport, call, { ...outgoing, ...injected });
    return { response: cover(response), grantId: grant_id, tokenId: token_id, scopes, kept };
  };

  return {
    request: async (
      method: HttpMethod,
      url: string | URL,
      options: RequestOptions,
    ): Promise<Response> =>
      request(method, options, () => readRequest(method, url, options), false),
    /** What `fetchFor` calls. */
    requestAsRead: request,
  };
};
