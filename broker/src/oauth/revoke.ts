/** Tells a provider that a token is done with: RFC 7009, or the call that it has instead. */
import * as oauth from "oauth4webapi";
import type { ProviderClient } from "../config/client.ts";
import { MissingFact, type Facts } from "../providers/template.ts";
import { call } from "./calls.ts";
import type { Servers } from "./server.ts";
import { authentication, shaped, type Tokens } from "./token-requests.ts";

export type Revoked = "done" | "unsupported" | "failed";

export const createRevoking = (servers: Servers, now: () => number) => {
  const byStandard = async (
    client: ProviderClient,
    tokens: Pick<Tokens, "access_token" | "refresh_token">,
    facts: Facts,
  ): Promise<Revoked> => {
    const { provider, client_id } = client;
    const { revocation } = provider;
    const server = await servers.serverOf(provider, facts);
    if (!server.revocation_endpoint || revocation.by !== "rfc7009") return "unsupported";
    // The refresh token if there is one: most providers end the access tokens with it.
    const refreshing = revocation.token === "refresh_token" && tokens.refresh_token !== undefined;
    const token = (refreshing ? tokens.refresh_token : undefined) ?? tokens.access_token;
    const authentications: Record<typeof revocation.auth, () => Promise<oauth.ClientAuth>> = {
      client: () => authentication(client, facts, now()),
      client_id: async () => oauth.None(),
      none: async () => () => undefined,
      bearer: async () => (_as, _client, _body, headers) =>
        headers.set("authorization", `Bearer ${tokens.access_token}`),
    };
    const response = await oauth.revocationRequest(
      server,
      { client_id },
      await authentications[revocation.auth](),
      token,
      {
        ...servers.options(
          server.revocation_endpoint,
          shaped(servers.fetch, { ...provider, token_request: AS_A_FORM }, facts),
        ),
        additionalParameters: { token_type_hint: refreshing ? "refresh_token" : "access_token" },
      },
    );
    // The library takes 200 alone, and some say 204.
    return response.ok ? "done" : "failed";
  };

  return async (
    client: ProviderClient,
    tokens: Pick<Tokens, "access_token" | "refresh_token">,
    facts: Facts,
  ): Promise<Revoked> => {
    const { revocation } = client.provider;
    if (revocation.by === "nothing") return "unsupported";
    try {
      if (revocation.by === "rfc7009") return await byStandard(client, tokens, facts);
      const { status } = await call(servers.fetch, revocation.request, {
        ...{ client, facts, access_token: tokens.access_token },
        refresh_token: tokens.refresh_token,
      });
      // One that the provider does not know any more is revoked as well.
      return (status >= 200 && status < 300) || status === 401 || status === 404
        ? "done"
        : "failed";
    } catch (error) {
      // It takes a refresh token, and this connection has none.
      return error instanceof MissingFact ? "unsupported" : "failed";
    }
  };
};

/** RFC 7009 has no other form, whatever the token endpoint takes. */
const AS_A_FORM = { format: "form" as const, parameters: {}, headers: {} };
