/**
 * What is the same whichever way a request takes to the provider: what a call says, what its answer means for the
 * grant, and when it is worth another credential. Knows neither tokens nor the broker.
 */
import type { CallOptions } from "./calls.ts";
import { insufficientScope } from "./challenges.ts";
import { invalidRequest, ProviderAPIError, ScopeReauthRequiredError } from "./errors.ts";
import { isHttpMethod, type HttpMethod } from "./http-method.ts";
import { buildMessage, isStream, type MessageOptions } from "./message.ts";
import { discard, retryAfterOf } from "./retry.ts";
import type { Outgoing } from "./send.ts";
import { buildTarget, type PathParams, type QueryParams } from "./target.ts";

/** Which grant: the user's one at a provider (with `account` where there are several), or one by its id. */
export type GrantChoice =
  | {
      /** A provider's id, or a managed secret's name. */
      provider: string;
      account?: string | undefined;
      grantId?: undefined;
    }
  | { grantId: string; provider?: undefined; account?: undefined };

/** What `proxyRequest` takes, besides method and URL. */
export type ProxyRequestOptions = GrantChoice &
  MessageOptions &
  CallOptions & {
    /** Fill `{name}` in the URL's path, percent-encoded; `/` included. Each must be used, and none may be missing. */
    pathParams?: PathParams | undefined;
    /** Appended to the URL's query; arrays repeat the name, `undefined` is left out. */
    queryParams?: QueryParams | undefined;
    /** Default: what `userTokenGetter` returns. */
    userToken?: string | undefined;
    /** Scopes that this call needs: without them it is a ScopeReauthRequiredError, and the provider is not called. */
    requiredScopes?: readonly string[] | undefined;
    /** Address of the person at the browser, for the operator's policies. Take it from a proxy you trust. */
    endUserIp?: string | undefined;
    /** A provider's answer of 400 or more rejects with a ProviderAPIError; instead of the App's. */
    throwOnError?: boolean | undefined;
  };

/** What `request` takes, besides method and URL. */
export type RequestOptions = ProxyRequestOptions & {
  /** `false` asks the broker for this call, whatever is at hand; instead of the App's. */
  cache?: boolean | undefined;
};

/** An answer, and the credential that it was given to. */
export type Answered = {
  response: Response;
  grantId: string;
  tokenId: string;
  /** What the grant covers; `undefined` where only the broker knows. */
  scopes: readonly string[] | undefined;
  /** The credential was at hand from an earlier call. */
  kept: boolean;
};

/** Why the answer before is not good enough: its token is none, or was fetched before the grant became wider. */
export type Useless = { tokenId: string; refused: boolean };

/** One way to the provider, by what it needs for each try. */
type Way<Credential> = {
  /** A fresh one that is not the useless one; the same again means that there is no other. */
  credential: (useless?: Useless) => Promise<Credential>;
  isThat: (credential: Credential, useless: Useless) => boolean;
  send: (credential: Credential) => Promise<Answered>;
};

/** What is told of it from the start: nothing that is not what it should be. */
export const aboutRequest = (
  operation: "request" | "proxyRequest",
  method: string,
  { provider }: RequestOptions,
) => ({ operation, method: isHttpMethod(method) ? method : undefined, provider });

export const readRequest = (
  method: HttpMethod,
  url: string | URL,
  options: RequestOptions,
): Outgoing => {
  const target = buildTarget(url, options.pathParams, options.queryParams);
  const message = buildMessage(method, options);
  if ((options.provider === undefined) === (options.grantId === undefined))
    throw invalidRequest("Pass either provider or grantId");
  return { method, url: target, ...message };
};

/** Sends; and once more if the answer says that another credential could help and there is one. */
export const exchange = async <Credential>(
  { credential, isThat, send }: Way<Credential>,
  { body }: Outgoing,
): Promise<Answered> => {
  const first = await send(await credential());
  const useless = uselessIn(first);
  if (!useless || isStream(body)) return first;
  let next;
  try {
    next = await credential(useless);
  } catch (error) {
    await discard(first.response);
    throw error;
  }
  if (isThat(next, useless)) return first;
  await discard(first.response);
  return send(next);
};

/** The answer as the app gets it, or what it means. */
export const settle = async (
  { response, scopes = [] }: Answered,
  host: string,
  throwOnError: boolean,
  now: () => number,
): Promise<Response> => {
  const { status } = response;
  const missing = missingScopes(response);
  if (missing) {
    await discard(response);
    const lacking = missing.filter((scope) => !scopes.includes(scope));
    throw new ScopeReauthRequiredError({
      code: "scope_reauth_required",
      message: `${host} says that the grant's scopes do not cover this call`,
      status,
      missingScopes: lacking.length > 0 ? lacking : missing,
    });
  }
  if (status < 400 || !throwOnError) return response;
  throw new ProviderAPIError({
    code: "provider_api_error",
    message: `${host} answered ${status}`,
    status,
    host,
    response,
    retryAfter: retryAfterOf(response.headers, now),
  });
};

const uselessIn = ({ response, tokenId, kept }: Answered): Useless | undefined => {
  if (response.status === 401) return { tokenId, refused: true };
  // The user may have connected again, with more scopes, since that token was fetched.
  return kept && missingScopes(response) ? { tokenId, refused: false } : undefined;
};

const missingScopes = ({ status, headers }: Response): string[] | undefined =>
  status === 403 ? insufficientScope(headers.get("www-authenticate")) : undefined;
