/**
 * OAuth 2.0 and OpenID Connect as a client: begin, finish, refresh, revoke. This folder alone sees the OAuth
 * library. Expected failures are returned; what the provider said goes to the log, never to a page.
 */
import * as oauth from "oauth4webapi";
import type { ProviderClient } from "../config/config.ts";
import { clean } from "../identity.ts";
import type { Provider } from "../providers/schema.ts";
import type { Failure } from "../session.ts";
import { explain, UnusableReply, type Cause } from "./failures.ts";
import { createServers, type Server } from "./server.ts";

export type Tokens = {
  access_token: string;
  refresh_token: string | undefined;
  token_type: string;
  scopes: string[];
  /** Epoch milliseconds; null when the provider did not say. */
  access_expires_at: number | null;
};

export type Account = {
  /** Stable for ever, or null: then every connection is a new grant. */
  id: string | null;
  label: string;
  /** Only if the provider vouches for it. */
  verified_email: string | undefined;
};

/** With a failure, `tokens` are those issued before it failed: somebody has to drop them. */
export type Finished =
  | { ok: true; tokens: Tokens; account: Account }
  | { ok: false; failure: Failure; cause: Cause; tokens: Tokens | undefined };

export type Refreshed =
  { ok: true; tokens: Tokens } | { ok: false; revoked: boolean; cause: Cause };

/** Sealed with the authorization while the browser is away. */
export type Secrets = { verifier: string; nonce: string; scopes: string[] };

export type OAuth = ReturnType<typeof createOAuth>;

/** Seconds, ten years: some providers say "never" with numbers that no date can hold. */
const LONGEST_LIFETIME = 10 * 365 * 86_400;

export const createOAuth = (deps: Parameters<typeof createServers>[0]) => {
  const { serverOf, options } = createServers(deps);

  /** Where to send the browser, and the secrets its return will need. */
  const begin = async (
    { provider, client_id }: ProviderClient,
    request: {
      redirect_uri: string;
      state: string;
      scopes: string[];
      /** Account that the user is expected to choose. */
      login_hint: string | undefined;
    },
  ): Promise<
    { ok: true; url: string; secrets: Secrets } | { ok: false; failure: Failure; cause: Cause }
  > => {
    try {
      const server = await serverOf(provider);
      const { scopes, login_hint } = request;
      const secrets = {
        verifier: oauth.generateRandomCodeVerifier(),
        nonce: oauth.generateRandomNonce(),
        scopes,
      };
      const url = new URL(server.authorization_endpoint);
      const parameters = {
        ...provider.authorize_parameters,
        ...(provider.prompt === undefined ? {} : { prompt: provider.prompt }),
        // Ours last: a configuration cannot speak over them [M13].
        response_type: "code",
        ...(provider.response_mode === "query" ? {} : { response_mode: provider.response_mode }),
        client_id,
        redirect_uri: request.redirect_uri,
        scope: scopes.join(" "),
        state: request.state,
        code_challenge: await oauth.calculatePKCECodeChallenge(secrets.verifier),
        code_challenge_method: "S256",
        ...(scopes.includes("openid") ? { nonce: secrets.nonce } : {}),
        // OpenID Connect Core 3.1.2.1; plain OAuth has no such parameter.
        ...(scopes.includes("openid") && login_hint !== undefined ? { login_hint } : {}),
      };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return { ok: true, url: url.href, secrets };
    } catch (error) {
      return { ok: false, ...explain("discovery", error) };
    }
  };

  /** `iss` strictly where the record has an issuer (RFC 9207); an unexpected one elsewhere is not fatal. */
  const issuerMatches = async (provider: Provider, iss: string | null): Promise<boolean> => {
    if (!provider.issuer) return true;
    // Without its document the exchange will fail by itself, and say so.
    const server = await serverOf(provider).catch(() => undefined);
    // By the provider's own spelling: discovery has already held it against the configured one.
    if (iss !== null) return iss === (server?.issuer ?? provider.issuer);
    return server?.authorization_response_iss_parameter_supported !== true;
  };

  /** Code to tokens to account. `parameters` have been found by their state, which is consumed. */
  const finish = async (
    client: ProviderClient,
    request: { redirect_uri: string; parameters: URLSearchParams; secrets: Secrets },
  ): Promise<Finished> => {
    const { provider } = client;
    let step = "discovery";
    let tokens: Tokens | undefined;
    try {
      const server = await serverOf(provider);
      const as = { client_id: client.client_id };
      const given = new URLSearchParams(request.parameters);
      if (!provider.issuer) given.delete("iss");
      step = "authorization_response";
      // The state has been checked by the lookup that led here: these parameters belong to its row and no other.
      const callback = oauth.validateAuthResponse(server, as, given, oauth.skipStateCheck);
      step = "token";
      const { scopes } = request.secrets;
      const openid = scopes.includes("openid");
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        as,
        authentication(client),
        callback,
        request.redirect_uri,
        request.secrets.verifier,
        options(server.token_endpoint),
      );
      const granted = await oauth.processAuthorizationCodeResponse(server, as, response, {
        ...(openid ? { expectedNonce: request.secrets.nonce } : {}),
        requireIdToken: provider.identity.source === "id_token",
      });
      tokens = tokensOf(granted, scopes);
      step = "identity";
      return { ok: true, tokens, account: await accountOf(client, server, granted) };
    } catch (error) {
      const explained = explain(step, error);
      if (step === "identity") explained.failure = "identity_unavailable";
      return { ok: false, ...explained, tokens };
    }
  };

  const accountOf = async (
    client: ProviderClient,
    server: oauth.AuthorizationServer,
    granted: oauth.TokenEndpointResponse,
  ): Promise<Account> => {
    const { source, id, label } = client.provider.identity;
    if (source === "none")
      return { id: null, label: client.provider.name, verified_email: undefined };
    const idToken = oauth.getValidatedIdTokenClaims(granted);
    let claims: Record<string, unknown> = { ...idToken };
    if (source === "userinfo" || (claims[label] === undefined && server.userinfo_endpoint)) {
      const response = await oauth.userInfoRequest(
        server,
        { client_id: client.client_id },
        granted.access_token,
        options(server.userinfo_endpoint ?? "https://invalid"),
      );
      const userinfo = await oauth.processUserInfoResponse(
        server,
        { client_id: client.client_id },
        idToken?.sub ?? oauth.skipSubjectCheck,
        response,
      );
      claims = { ...claims, ...userinfo };
    }
    const accountId = claims[id];
    if (typeof accountId !== "string" || accountId === "") throw new UnusableReply("no_account_id");
    return {
      id: accountId,
      label:
        clean(claims[label]) ??
        clean(claims.preferred_username) ??
        clean(accountId) ??
        client.provider.name,
      verified_email: claims.email_verified === true ? clean(claims.email) : undefined,
    };
  };

  /** RFC 6749 section 6. `revoked` only when the provider says that the grant itself is over. */
  const refresh = async (
    client: ProviderClient,
    credential: { refresh_token: string; scopes: string[] },
  ): Promise<Refreshed> => {
    let step = "discovery";
    try {
      const server = await serverOf(client.provider);
      const as = { client_id: client.client_id };
      step = "refresh";
      const response = await oauth.refreshTokenGrantRequest(
        server,
        as,
        authentication(client),
        credential.refresh_token,
        options(server.token_endpoint),
      );
      const granted = await oauth.processRefreshTokenResponse(server, as, response);
      const tokens = tokensOf(granted, credential.scopes);
      // Without rotation the provider sends none back, and the old one stays good.
      return {
        ok: true,
        tokens: { ...tokens, refresh_token: tokens.refresh_token ?? credential.refresh_token },
      };
    } catch (error) {
      const { cause } = explain(step, error);
      return { ok: false, revoked: cause.provider_error === "invalid_grant", cause };
    }
  };

  /**
   * Whether the provider still takes an access token, asked of its userinfo endpoint. True where nobody can say: an API
   * that answers 401 for a missing right must not cost the user the grant.
   */
  const accepts = async (
    { provider }: ProviderClient,
    { access_token }: Pick<Tokens, "access_token">,
  ): Promise<boolean> => {
    let server: Server;
    try {
      server = await serverOf(provider);
    } catch {
      return true;
    }
    const { userinfo_endpoint: url } = server;
    if (url === undefined) return true;
    try {
      const response = await oauth.protectedResourceRequest(
        access_token,
        "GET",
        new URL(url),
        undefined,
        undefined,
        options(url),
      );
      return response.status !== 401;
    } catch (error) {
      // The library throws what RFC 6750 calls a challenge. Anything else says nothing of the token.
      return !(error instanceof oauth.WWWAuthenticateChallengeError && error.status === 401);
    }
  };

  /** RFC 7009. The refresh token if there is one: most providers end the access tokens with it. */
  const revoke = async (
    client: ProviderClient,
    tokens: Pick<Tokens, "access_token" | "refresh_token">,
  ): Promise<"done" | "unsupported" | "failed"> => {
    try {
      const server = await serverOf(client.provider);
      if (!server.revocation_endpoint) return "unsupported";
      const response = await oauth.revocationRequest(
        server,
        { client_id: client.client_id },
        authentication(client),
        tokens.refresh_token ?? tokens.access_token,
        {
          ...options(server.revocation_endpoint),
          additionalParameters: {
            token_type_hint: tokens.refresh_token ? "refresh_token" : "access_token",
          },
        },
      );
      await oauth.processRevocationResponse(response);
      return "done";
    } catch {
      return "failed";
    }
  };

  const tokensOf = (granted: oauth.TokenEndpointResponse, asked: string[]): Tokens => ({
    access_token: granted.access_token,
    refresh_token: granted.refresh_token,
    token_type: granted.token_type,
    // RFC 6749 section 5.1: no scope in the reply means exactly what was asked for.
    scopes: granted.scope === undefined ? asked : granted.scope.split(" ").filter(Boolean),
    access_expires_at:
      granted.expires_in === undefined
        ? null
        : Math.floor(deps.now() + Math.min(granted.expires_in, LONGEST_LIFETIME) * 1000),
  });

  return { begin, issuerMatches, finish, refresh, accepts, revoke };
};

const authentication = ({ provider, client_secret }: ProviderClient): oauth.ClientAuth => {
  if (provider.token_endpoint_auth_method === "none" || client_secret === undefined)
    return oauth.None();
  return provider.token_endpoint_auth_method === "client_secret_post"
    ? oauth.ClientSecretPost(client_secret)
    : oauth.ClientSecretBasic(client_secret);
};
