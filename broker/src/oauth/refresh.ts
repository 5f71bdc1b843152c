/** New tokens for old ones (RFC 6749 section 6), or whatever a provider has in its place. */
import * as oauth from "oauth4webapi";
import type { ProviderClient } from "../config/client.ts";
import type { Provider } from "../providers/schema.ts";
import type { Facts } from "../providers/template.ts";
import { call } from "./calls.ts";
import { isOver } from "./account.ts";
import { captured } from "./facts.ts";
import { codeOf, explain, UnusableReply, type Cause } from "./failures.ts";
import { textAt } from "./json.ts";
import { expectedServer } from "./issuer.ts";
import { conform } from "./replies.ts";
import { endpointAt, type Servers } from "./server.ts";
import {
  authentication,
  filled,
  redirectUriOf,
  shaped,
  statedEnd,
  tokensOf,
  type Tokens,
} from "./token-requests.ts";

export type Refreshed =
  | { ok: true; tokens: Tokens; metadata: Facts }
  /** `revoked` only when the provider says that the grant itself is over. */
  | { ok: false; revoked: boolean; cause: Cause };

export type Renewable = Pick<Tokens, "access_token" | "refresh_token" | "scopes" | "ends_at">;

/** The tenant may have moved. Where to makes no sense, it stays where it was: the tokens are good, and the old ones gone. */
const movedTo = (provider: Provider, body: unknown): Facts => {
  try {
    return captured(provider, "token_response", (at) => textAt(body, at), true);
  } catch (error) {
    if (error instanceof UnusableReply) return {};
    throw error;
  }
};

export const createRefreshing = (servers: Servers, now: () => number) => {
  const byRefreshToken = async (
    client: ProviderClient,
    tokens: Renewable,
    metadata: Facts,
    redirect_uri: string,
  ): Promise<{ tokens: Tokens; metadata: Facts }> => {
    const { provider, client_id } = client;
    const { refresh } = provider;
    const standing = await servers.serverOf(provider, metadata);
    if (refresh.with !== "refresh_token") throw new UnusableReply("no_refresh");
    const server =
      refresh.endpoint === undefined
        ? standing
        : { ...standing, token_endpoint: endpointAt(refresh.endpoint, metadata) };
    const facts = { ...metadata, client_id };
    const response = await oauth.refreshTokenGrantRequest(
      server,
      { client_id },
      await authentication(client, metadata, now()),
      tokens.refresh_token ?? "",
      {
        ...servers.options(server.token_endpoint, shaped(servers.fetch, provider, facts)),
        additionalParameters: {
          ...filled(refresh.parameters, facts),
          ...(refresh.redirect_uri
            ? { redirect_uri: redirectUriOf(provider, redirect_uri, metadata) }
            : {}),
        },
      },
    );
    const { body, response: conformed } = await conform(response, provider.token_response, now());
    const granted = await oauth.processRefreshTokenResponse(
      await expectedServer(provider, server, conformed),
      { client_id },
      conformed,
    );
    return {
      tokens: tokensOf(provider, granted, body, tokens, now()),
      metadata: { ...metadata, ...movedTo(provider, body) },
    };
  };

  const byAccessToken = async (
    client: ProviderClient,
    tokens: Renewable,
    metadata: Facts,
  ): Promise<{ tokens: Tokens; metadata: Facts }> => {
    const { refresh } = client.provider;
    if (refresh.with !== "access_token") throw new UnusableReply("no_refresh");
    const { access_token } = tokens;
    const facts = { client, facts: metadata, access_token };
    const { status, body } = await call(servers.fetch, refresh.request, facts);
    const renewed = textAt(body, "access_token");
    if (status !== 200 || renewed === undefined)
      throw new UnusableReply("no_renewed_token", {
        status,
        // What RFC 6750 section 3.1 calls a token that is over, in whatever words.
        ...(status === 401 || isOver(client.provider, body)
          ? { provider_error: "invalid_token" }
          : {}),
      });
    const ends = statedEnd(body, now());
    return {
      metadata,
      tokens: {
        ...{ ...tokens, access_token: renewed, refresh_token: undefined, token_type: "bearer" },
        ...{ access_expires_at: ends, ends_at: ends },
      },
    };
  };

  return async (
    client: ProviderClient,
    tokens: Renewable,
    metadata: Facts,
    redirect_uri: string,
  ): Promise<Refreshed> => {
    const { refresh } = client.provider;
    try {
      const renewed =
        refresh.with === "access_token"
          ? await byAccessToken(client, tokens, metadata)
          : await byRefreshToken(client, tokens, metadata, redirect_uri);
      return { ok: true, ...renewed };
    } catch (error) {
      const { cause } = explain("refresh", error);
      const over =
        refresh.with === "refresh_token" ? ["invalid_grant", ...refresh.over] : ["invalid_token"];
      return { ok: false, revoked: over.includes(codeOf(error) ?? ""), cause };
    }
  };
};
