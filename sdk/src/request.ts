/**
 * A call to a provider as a user: asks the broker for the token, checks once more that this host may have it, and
 * sends. The token lives in this function's scope and in the headers of the one request, nowhere else.
 */
import { backend } from "@alter-ai/protocol/http";
import type { Broker } from "./broker.ts";
import type { Configuration } from "./configuration.ts";
import { startDeadline } from "./deadline.ts";
import { HostNotAllowedError, invalidRequest } from "./errors.ts";
import type { HttpMethod } from "./http-method.ts";
import { buildMessage, inject, type MessageOptions } from "./message.ts";
import { send } from "./send.ts";
import { buildTarget, type PathParams, type QueryParams } from "./target.ts";
import type { UserToken } from "./user-token.ts";

/** Which grant: the user's one at a provider (with `account` where there are several), or one by its id. */
export type GrantChoice =
  | { provider: string; account?: string | undefined; grantId?: undefined }
  | { grantId: string; provider?: undefined; account?: undefined };

export type RequestOptions = GrantChoice &
  MessageOptions & {
    /** Fill `{name}` in the URL's path, percent-encoded; `/` included. Each must be used, and none may be missing. */
    pathParams?: PathParams | undefined;
    /** Appended to the URL's query; arrays repeat the name, `undefined` is left out. */
    queryParams?: QueryParams | undefined;
    /** Default: what `userTokenGetter` returns. */
    userToken?: string | undefined;
    /** Ends the call with the signal's own reason; and the reading of the body, as with `fetch`. */
    signal?: AbortSignal | undefined;
    /** Milliseconds, instead of the App's. */
    timeout?: number | undefined;
  };

export const createRequest =
  (broker: Broker, userToken: UserToken, { fetch, timeout }: Configuration) =>
  async (method: HttpMethod, url: string | URL, options: RequestOptions): Promise<Response> => {
    const target = buildTarget(url, options.pathParams, options.queryParams);
    const message = buildMessage(method, options);
    const { provider, grantId, account, signal } = options;
    if ((provider === undefined) === (grantId === undefined))
      throw invalidRequest("Pass either provider or grantId");
    const grant = await broker.call(backend.token, {
      body: {
        user_token: await userToken(options.userToken),
        provider,
        grant_id: grantId,
        account,
        request: { method, host: target.host },
      },
      signal,
      timeout: options.timeout,
    });
    // The broker has checked it too [M11]. Here it guards against a broker that is older or wrongly configured.
    if (!grant.allowed_hosts.includes(target.host))
      throw new HostNotAllowedError({
        code: "host_not_allowed",
        message: `The grant's token may not be sent to ${target.host}`,
        allowedHosts: grant.allowed_hosts,
      });
    inject(message.headers, grant.injection, grant.access_token);
    // Never ended: it also bounds the reading of the body, which is the caller's to do.
    const deadline = startDeadline(options.timeout ?? timeout, signal, target.host);
    return send(fetch, method, target, message, deadline.signal);
  };
