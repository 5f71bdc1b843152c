/**
 * The token endpoint: who we say we are there, what form the request has, and what its reply comes to. Knows the record's
 * switches for both; which grant is asked for is the caller's.
 */
import * as oauth from "oauth4webapi";
import type { ProviderClient } from "../config/client.ts";
import type { Provider } from "../providers/schema.ts";
import { fill, type Facts } from "../providers/template.ts";
import { basic } from "./calls.ts";
import { byHook } from "./facts.ts";
import { read, textAt } from "./json.ts";
import { splitScopes } from "./replies.ts";
import type { Fetch } from "./server.ts";

export type Tokens = {
  access_token: string;
  refresh_token: string | undefined;
  token_type: string;
  scopes: string[];
  /** Epoch milliseconds; null when the provider did not say. */
  access_expires_at: number | null;
  /** When nothing of it can be renewed any more, and the user has to come back; null for as long as nobody objects. */
  ends_at: number | null;
};

/** Seconds, ten years: some providers say "never" with numbers that no date can hold. */
const LONGEST_LIFETIME = 10 * 365 * 86_400;

export const authentication = async (
  client: ProviderClient,
  facts: Facts,
  now: number,
): Promise<oauth.ClientAuth> => {
  const made = await byHook(client, "client_secret", { facts, now });
  const secret = made["client_secret"] ?? client.client_secret;
  const { token_endpoint_auth_method: method } = client.provider;
  if (method === "none" || secret === undefined) return oauth.None();
  if (method === "client_secret_post") return oauth.ClientSecretPost(secret);
  if (method === "client_secret_basic") return oauth.ClientSecretBasic(secret);
  return (_as, { client_id }, _body, headers) =>
    headers.set("authorization", basic({ client_id, client_secret: secret }, true));
};

/** The library makes the form that RFC 6749 has; what a provider wants instead is made of it. */
export const shaped =
  (fetch: Fetch, { token_request, client_id_parameter }: Provider, facts: Facts): Fetch =>
  (url, init) => {
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(token_request.headers))
      headers.set(name, fill(value, facts));
    const fields = [...new URLSearchParams(init.body as URLSearchParams)].map(
      ([name, value]): [string, string] => [
        name === "client_id" ? client_id_parameter : name,
        value,
      ],
    );
    if (token_request.format === "json") {
      headers.set("content-type", "application/json");
      return fetch(url, { ...init, headers, body: JSON.stringify(Object.fromEntries(fields)) });
    }
    if (token_request.format === "query") {
      const to = new URL(url);
      for (const [name, value] of fields) to.searchParams.set(name, value);
      headers.delete("content-type");
      return fetch(to.href, { ...init, headers, body: null });
    }
    return fetch(url, { ...init, headers, body: new URLSearchParams(fields) });
  };

export const filled = (parameters: Record<string, string>, facts: Facts): Record<string, string> =>
  Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, fill(value, facts)]));

export type Before = Pick<Tokens, "scopes" | "ends_at"> & { refresh_token?: string | undefined };

/** `body` is the provider's own reply; `before` what the new tokens take the place of, or the scopes asked for. */
export const tokensOf = (
  { token_response, refresh }: Provider,
  granted: oauth.TokenEndpointResponse,
  body: unknown,
  before: Before,
  now: number,
): Tokens => {
  const { access_token, token_type, expires_in, scope } = granted;
  const renewed = granted.refresh_token;
  // Without rotation the provider sends none back, and the old one stays good.
  const refresh_token = renewed ?? before.refresh_token;
  const access_expires_at = expires_in === undefined ? null : later(now, expires_in);
  return {
    ...{ access_token, refresh_token, token_type, access_expires_at },
    // RFC 6749 section 5.1: no scope in the reply means exactly what was asked for.
    scopes:
      scope === undefined
        ? before.scopes
        : token_response.scope_separator === ","
          ? splitScopes(scope)
          : scope.split(" ").filter(Boolean),
    ends_at:
      refresh_token === undefined
        ? access_expires_at
        : (endOf(refresh, read(body, token_response.refresh_expires_in ?? ""), renewed, now) ??
          (renewed === undefined ? before.ends_at : null)),
  };
};

const endOf = (
  refresh: Provider["refresh"],
  stated: unknown,
  renewed: string | undefined,
  now: number,
): number | null => {
  const seconds = Number(stated);
  if (stated !== undefined && stated !== null && Number.isFinite(seconds) && seconds > 0)
    return later(now, seconds);
  if (refresh.with !== "refresh_token" || refresh.lifetime_seconds === undefined) return null;
  return renewed !== undefined || refresh.sliding ? later(now, refresh.lifetime_seconds) : null;
};

/** What a reply says of its access token's end, whatever else it is shaped like; null where it says nothing. */
export const statedEnd = (body: unknown, now: number): number | null => {
  const seconds = Number(textAt(body, "expires_in") ?? NaN);
  return Number.isFinite(seconds) ? later(now, seconds) : null;
};

const later = (now: number, seconds: number): number =>
  Math.floor(now + Math.min(seconds, LONGEST_LIFETIME) * 1000);

/** The name by which the provider knows it, where that is not its address. */
export const redirectUriOf = (
  { redirect_uri_alias }: Provider,
  redirect_uri: string,
  facts: Facts,
): string =>
  redirect_uri_alias === undefined
    ? redirect_uri
    : (filled({ redirect_uri: redirect_uri_alias }, facts)["redirect_uri"] ?? redirect_uri);
