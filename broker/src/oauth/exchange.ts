/** The code made into tokens, and where a provider has such a thing the tokens into ones that live longer. */
import * as oauth from "oauth4webapi";
import type { ProviderClient } from "../config/client.ts";
import type { Provider } from "../providers/schema.ts";
import type { Facts } from "../providers/template.ts";
import { call } from "./calls.ts";
import { UnusableReply } from "./failures.ts";
import { expectedServer } from "./issuer.ts";
import { textAt, type Json } from "./json.ts";
import { conform, splitScopes } from "./replies.ts";
import type { Server, Servers } from "./server.ts";
import {
  authentication,
  filled,
  redirectUriOf,
  shaped,
  statedEnd,
  tokensOf,
  type Tokens,
} from "./token-requests.ts";

/** Sealed with the authorization while the browser is away. */
export type Secrets = {
  verifier: string;
  nonce: string;
  scopes: string[];
  /** Where the browser was sent, and as whose. */
  authorization_endpoint: string;
  client_id: string;
  /** Values of the record's variables. */
  variables: Record<string, string>;
};

export const createExchange = (servers: Servers, now: () => number) => {
  const { options } = servers;

  const exchange = async (
    client: ProviderClient,
    server: Server,
    callback: URLSearchParams,
    request: {
      redirect_uri: string;
      parameters: URLSearchParams;
      secrets: Secrets;
      metadata: Facts;
    },
  ): Promise<{ tokens: Tokens; body: unknown; claims: Json | undefined }> => {
    const { provider, client_id } = client;
    const { secrets, metadata, parameters } = request;
    const facts = { ...metadata, state: parameters.get("state") ?? "", client_id };
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      { client_id },
      await authentication(client, metadata, now()),
      callback,
      redirectUriOf(provider, request.redirect_uri, metadata),
      provider.pkce === "none" ? oauth.nopkce : secrets.verifier,
      {
        ...options(server.token_endpoint, shaped(servers.fetch, provider, facts)),
        additionalParameters: filled(provider.token_request.parameters, facts),
      },
    );
    const conformed = await conform(response, provider.token_response, now());
    const { body } = conformed;
    const expected = await expectedServer(provider, server, conformed.response);
    const granted = await oauth.processAuthorizationCodeResponse(
      expected,
      { client_id },
      conformed.response,
      {
        ...(isOpenId(provider, secrets.scopes) && provider.nonce
          ? { expectedNonce: secrets.nonce }
          : {}),
        requireIdToken: provider.identity.source === "id_token",
      },
    );
    // Over TLS from the token endpoint the claims would do (OpenID Connect Core 3.1.3.7); whose account it is stands on them.
    if (provider.identity.source === "id_token" && expected.jwks_uri)
      await oauth.validateApplicationLevelSignature(
        expected,
        conformed.response,
        servers.keyOptions(expected.jwks_uri),
      );
    const { scope_in_callback: at } = provider.token_response;
    const said = at === undefined ? null : parameters.get(at);
    const asked = said === null ? secrets.scopes : splitScopes(said);
    const claims = oauth.getValidatedIdTokenClaims(granted);
    return {
      tokens: tokensOf(provider, granted, body, { scopes: asked, ends_at: null }, now()),
      body,
      claims: claims && { ...claims },
    };
  };

  /** @throws UnusableReply where nothing better came, since the first token is over in an hour. */
  const prolong = async (client: ProviderClient, tokens: Tokens, facts: Facts): Promise<Tokens> => {
    const { long_lived } = client.provider;
    if (!long_lived) return tokens;
    const { access_token } = tokens;
    const { status, body } = await call(servers.fetch, long_lived, { client, facts, access_token });
    const longer = textAt(body, "access_token");
    if (status !== 200 || longer === undefined)
      throw new UnusableReply("no_long_lived_token", { status });
    const ends = statedEnd(body, now());
    return { ...tokens, access_token: longer, access_expires_at: ends, ends_at: ends };
  };

  return { exchange, prolong };
};

export const isOpenId = ({ openid }: Provider, scopes: string[]): boolean =>
  openid === "id_token" && scopes.includes("openid");
