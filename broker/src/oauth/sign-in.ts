/**
 * Signing a user in at an app's identity provider: OpenID Connect's code flow with PKCE, state and nonce, the broker being
 * a client there as any. Knows no cookie and no session; whose claims these are in which app is its caller's to say.
 */
import * as oauth from "oauth4webapi";
import type { SignInProblem } from "@alter-ai/protocol/wallet";
import type { IdentityProvider } from "../config/identity-provider.ts";
import type { WalletClient } from "../config/wallet.ts";
import { CLOCK_TOLERANCE } from "../identity/gone.ts";
import { explain, UnusableReply, type Cause } from "./failures.ts";
import { createServers, type Server } from "./server.ts";

/** What binds the way there to the way back. `state` has been compared by the caller. */
export type SignInSecrets = { state: string; nonce: string; verifier: string };

export type SignedIn =
  { ok: true; claims: oauth.IDToken } | { ok: false; problem: SignInProblem; cause: Cause };

type At = { idp: IdentityProvider; client: WalletClient; redirect_uri: string };

export type SignIn = ReturnType<typeof createSignIn>;

export const createSignIn = (deps: Parameters<typeof createServers>[0]) => {
  const servers = createServers(deps);

  const serverOf = async ({ issuer, jwks_uri }: IdentityProvider): Promise<Server> => {
    const server = await servers.found(issuer);
    // A user is (issuer, subject), to the letter; a document is taken for the same URL in another spelling.
    if (server.issuer !== issuer) throw new UnusableReply("issuer_spelling");
    return { ...server, ...(jwks_uri === undefined ? {} : { jwks_uri }) };
  };

  const begin = async (
    { idp, client, redirect_uri }: At,
    { state, nonce, verifier }: SignInSecrets,
    wishes: { again: boolean; locales: string[] },
  ): Promise<{ ok: true; url: string } | { ok: false; cause: Cause }> => {
    try {
      const { authorization_endpoint } = await serverOf(idp);
      const url = new URL(authorization_endpoint);
      for (const [name, value] of Object.entries({
        ...client.authorize_parameters,
        ...(wishes.again ? { prompt: "login" } : {}),
        ...(wishes.locales.length ? { ui_locales: wishes.locales.join(" ") } : {}),
        response_type: "code",
        client_id: client.client_id,
        redirect_uri,
        scope: ["openid", ...client.scopes.filter((scope) => scope !== "openid")].join(" "),
        ...{ state, nonce },
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      }))
        url.searchParams.set(name, value);
      return { ok: true, url: url.href };
    } catch (error) {
      return { ok: false, cause: explain("discovery", error).cause };
    }
  };

  const finish = async (
    { idp, client, redirect_uri }: At,
    { nonce, verifier }: SignInSecrets,
    parameters: URLSearchParams,
  ): Promise<SignedIn> => {
    let step = "discovery";
    try {
      const server = await serverOf(idp);
      const self: oauth.Client = {
        client_id: client.client_id,
        // The broker's own clock, which is the one that everything here is held against.
        [oauth.clockSkew]: Math.round((deps.now() - Date.now()) / 1000),
        [oauth.clockTolerance]: CLOCK_TOLERANCE / 1000,
      };
      step = "authorization_response";
      const callback = oauth.validateAuthResponse(server, self, parameters, oauth.skipStateCheck);
      step = "token";
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        self,
        authentication(server, client),
        callback,
        redirect_uri,
        verifier,
        servers.options(server.token_endpoint),
      );
      const granted = await oauth.processAuthorizationCodeResponse(server, self, response, {
        expectedNonce: nonce,
        requireIdToken: true,
      });
      // TLS from the token endpoint would do (OpenID Connect Core 3.1.3.7); everything a user has here stands on it.
      step = "signature";
      const { jwks_uri } = server;
      if (jwks_uri === undefined) throw new UnusableReply("jwks_uri_missing");
      const keys = servers.keyOptions(jwks_uri);
      await oauth.validateApplicationLevelSignature(server, response, keys);
      const claims = oauth.getValidatedIdTokenClaims(granted);
      if (!claims) throw new UnusableReply("id_token_missing");
      return { ok: true, claims };
    } catch (error) {
      const { failure, cause } = explain(step, error);
      return { ok: false, problem: problemOf(error, failure), cause };
    }
  };

  return { begin, finish };
};

/** An error that the identity provider sent the browser back with is its own no, or the user's; but for these. */
const NOT_A_NO = ["server_error", "temporarily_unavailable"];

const problemOf = (error: unknown, failure: string): SignInProblem => {
  if (error instanceof oauth.AuthorizationResponseError)
    return NOT_A_NO.includes(error.error) ? "unavailable" : "denied";
  return failure === "provider_unavailable" || failure === "provider_timeout"
    ? "unavailable"
    : "refused";
};

/** RFC 8414: without a word on it, `client_secret_basic`. */
const authentication = (server: Server, { client_secret }: WalletClient): oauth.ClientAuth => {
  if (client_secret === undefined) return oauth.None();
  const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  return methods.includes("client_secret_post") && !methods.includes("client_secret_basic")
    ? oauth.ClientSecretPost(client_secret)
    : oauth.ClientSecretBasic(client_secret);
};
