/**
 * OAuth 2.0 and OpenID Connect as a client: begin and finish here, the rest beside it. This folder alone sees the OAuth
 * library. Expected failures are returned; what the provider said goes to the log, never to a page.
 */
import * as oauth from "oauth4webapi";
import type { ProviderClient } from "../config/client.ts";
import type { Provider } from "../providers/schema.ts";
import { fillUrl, type Facts } from "../providers/template.ts";
import type { Failure } from "../session.ts";
import { createAccounts, type Account } from "./account.ts";
import { createChecking } from "./check.ts";
import { createExchange, isOpenId, type Secrets } from "./exchange.ts";
import { apiHosts, byHook, captured, factsNow, startingFacts } from "./facts.ts";
import { explain, UnusableReply, type Cause } from "./failures.ts";
import { isOneOf } from "./issuer.ts";
import { textAt } from "./json.ts";
import { createRefreshing } from "./refresh.ts";
import { createRevoking } from "./revoke.ts";
import { createServers } from "./server.ts";
import { redirectUriOf, type Tokens } from "./token-requests.ts";

export type { Account, Secrets, Tokens };

/** With a failure, `tokens` are those issued before it failed: somebody has to drop them. */
export type Finished =
  | {
      ok: true;
      tokens: Tokens;
      account: Account;
      /** Facts of this connection, checked; the app may read them. */
      metadata: Facts;
      /** Exact hosts that may receive its tokens. */
      hosts: string[];
    }
  | {
      ok: false;
      failure: Failure;
      cause: Cause;
      tokens: Tokens | undefined;
      metadata: Facts;
    };

/** What an authorization response is found to be, before anything is consumed. */
export type ResponseCheck = "fine" | "issuer_mismatch" | "signature_mismatch" | "unexpected_value";

export type OAuth = ReturnType<typeof createOAuth>;

export const createOAuth = (
  deps: Parameters<typeof createServers>[0] & {
    log: (event: string, about: Record<string, unknown>) => void;
  },
) => {
  const servers = createServers(deps);
  const { serverOf } = servers;
  const { exchange, prolong } = createExchange(servers, deps.now);
  const accounts = createAccounts(servers, deps.now);

  /** Where to send the browser, and the secrets its return will need. */
  const begin = async (
    client: ProviderClient,
    request: {
      redirect_uri: string;
      state: string;
      scopes: string[];
      variables: Record<string, string>;
      /** Account that the user is expected to choose. */
      login_hint: string | undefined;
      /** The user wants another one than those connected. */
      choose_account: boolean;
    },
  ): Promise<
    { ok: true; url: string; secrets: Secrets } | { ok: false; failure: Failure; cause: Cause }
  > => {
    const { provider, client_id } = client;
    try {
      const { scopes, login_hint, variables } = request;
      const server = await serverOf(provider, startingFacts(provider, variables));
      const { authorization_endpoint } = server;
      const secrets = {
        verifier: oauth.generateRandomCodeVerifier(),
        nonce: oauth.generateRandomNonce(),
        ...{ scopes, authorization_endpoint, client_id, variables },
      };
      const openid = isOpenId(provider, scopes);
      // OpenID Connect Core 3.1.2.1; plain OAuth has no such parameter.
      const hinted = provider.login_hint_parameter ?? (openid ? "login_hint" : undefined);
      const url = new URL(authorization_endpoint);
      const parameters: Record<string, string> = {
        ...provider.authorize_parameters,
        ...client.authorize_parameters,
        ...(provider.prompt === undefined ? {} : { prompt: provider.prompt }),
        ...(request.choose_account ? provider.choose_account : {}),
        ...(hinted === undefined || login_hint === undefined ? {} : { [hinted]: login_hint }),
        // Ours last: a configuration cannot speak over them [M13].
        response_type: "code",
        ...(provider.response_mode === "query" ? {} : { response_mode: provider.response_mode }),
        [provider.client_id_parameter]: client_id,
        redirect_uri: redirectUriOf(provider, request.redirect_uri, variables),
        ...(scopes.length ? { scope: scopes.join(provider.scope_separator) } : {}),
        state: request.state,
        ...(provider.pkce === "none"
          ? {}
          : {
              code_challenge: await oauth.calculatePKCECodeChallenge(secrets.verifier),
              code_challenge_method: provider.pkce,
            }),
        ...(openid && provider.nonce ? { nonce: secrets.nonce } : {}),
      };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return { ok: true, url: url.href, secrets };
    } catch (error) {
      return { ok: false, ...explain("discovery", error) };
    }
  };

  /**
   * What an authorization response has to pass before anything is consumed: `iss` strictly where the record has an
   * issuer (RFC 9207), a signature where the provider makes one, values as the record knows them. An `iss` nobody
   * expects is logged and not fatal: what keeps providers apart is that each has a redirect URI of its own [H3].
   */
  const checkResponse = async (
    client: ProviderClient,
    parameters: URLSearchParams,
    variables: Facts,
  ): Promise<ResponseCheck> => {
    const { provider } = client;
    const iss = parameters.get("iss");
    if (provider.issuer) {
      // Without its document the exchange will fail by itself, and say so.
      const facts = startingFacts(provider, variables);
      const server = await serverOf(provider, facts).catch(() => undefined);
      const required =
        provider.iss_parameter || server?.authorization_response_iss_parameter_supported === true;
      // By the provider's own spelling: discovery has already held it against the configured one.
      const known = server?.issuer ?? fillUrl(provider.issuer, facts);
      if (iss === null ? required : iss !== known && !isOneOf(provider.id_token_issuer, iss))
        return "issuer_mismatch";
    } else if (iss !== null) deps.log("issuer_unexpected", { provider: provider.id });
    // An error is nobody's account: providers sign it or not, and send nothing else with it.
    if (parameters.has("error")) return "fine";
    try {
      const facts = {
        ...variables,
        ...captured(provider, "callback", (at) => parameters.get(at) ?? undefined),
      };
      await byHook(client, "callback", { facts, callback: parameters, now: deps.now() });
      return "fine";
    } catch (error) {
      if (!(error instanceof UnusableReply)) throw error;
      deps.log("callback_value", { provider: provider.id, kind: error.kind });
      return provider.hooks.callback !== undefined && error.kind.startsWith(provider.hooks.callback)
        ? "signature_mismatch"
        : "unexpected_value";
    }
  };

  /** Code to tokens to account. `parameters` have been found by their state, which is consumed. */
  const finish = async (
    client: ProviderClient,
    request: { redirect_uri: string; parameters: URLSearchParams; secrets: Secrets },
  ): Promise<Finished> => {
    const { provider } = client;
    const { parameters, secrets } = request;
    let step = "discovery";
    let tokens: Tokens | undefined;
    let metadata: Facts = { ...secrets.variables, ...client.variables };
    try {
      // What one server issued, for one client, is not for another that the configuration has had put in its place.
      const begun = await serverOf(provider, startingFacts(provider, metadata));
      const same =
        secrets.client_id === client.client_id &&
        secrets.authorization_endpoint === begun.authorization_endpoint &&
        factsNow(client, secrets.variables) !== undefined;
      step = "authorization_response";
      if (!same) throw new UnusableReply("configuration_changed");
      if (!parameters.has("error"))
        metadata = {
          ...metadata,
          ...captured(provider, "callback", (at) => parameters.get(at) ?? undefined),
        };
      step = "discovery";
      // With an error nothing else has arrived, and nothing is asked for.
      const known = parameters.has("error") ? startingFacts(provider, metadata) : metadata;
      const server = await serverOf(provider, known);
      step = "authorization_response";
      // The state has been checked by the lookup that led here: these parameters belong to its row and no other.
      const callback = oauth.validateAuthResponse(
        server,
        { client_id: client.client_id },
        conformResponse(provider, parameters),
        oauth.skipStateCheck,
      );
      step = "token";
      const exchanged = await exchange(client, server, callback, { ...request, metadata });
      tokens = exchanged.tokens;
      const { body, claims } = exchanged;
      metadata = {
        ...metadata,
        ...captured(provider, "token_response", (at) => textAt(body, at)),
        ...(await byHook(client, "tokens", {
          facts: metadata,
          access_token: tokens.access_token,
          now: deps.now(),
        })),
      };
      if (provider.long_lived) {
        step = "long_lived";
        tokens = await prolong(client, tokens, metadata);
      }
      step = "identity";
      const { access_token } = tokens;
      const issued = { facts: metadata, access_token, claims, body };
      const statement = await accounts.statementOf(client, server, issued);
      metadata = { ...metadata, ...captured(provider, "identity", (at) => textAt(statement, at)) };
      const account = accounts.accountOf(provider, statement, metadata);
      return { ok: true, tokens, account, metadata, hosts: apiHosts(provider, metadata) };
    } catch (error) {
      const explained = explain(step, error, provider.denied);
      if (step === "identity") explained.failure = "identity_unavailable";
      return { ok: false, ...explained, tokens, metadata };
    }
  };

  return {
    ...{ begin, checkResponse, finish, accepts: accounts.accepts },
    check: createChecking(accounts),
    refresh: createRefreshing(servers, deps.now),
    revoke: createRevoking(servers, deps.now),
  };
};

/** Of the response, what the library may see. Its `iss` has been looked at; one that the library cannot know goes. */
const conformResponse = (
  { issuer, id_token_issuer }: Provider,
  parameters: URLSearchParams,
): URLSearchParams => {
  const given = new URLSearchParams(parameters);
  if (!issuer || id_token_issuer) given.delete("iss");
  return given;
};
