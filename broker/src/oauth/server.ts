/**
 * Providers' servers: found by discovery or by the configuration, and how each call to one is made. Knows endpoints;
 * what is asked of them is oauth.ts.
 */
import * as oauth from "oauth4webapi";
import { isBodiless, readBounded } from "../bounded.ts";
import { isSecureUrl, parseUrl, type Provider } from "../providers/schema.ts";
import { UnusableReply } from "./failures.ts";

/** With the endpoints that everything here needs. */
export type Server = oauth.AuthorizationServer & {
  authorization_endpoint: string;
  token_endpoint: string;
};

const DISCOVERY_LIFETIME = 60 * 60_000;
const MOST_REPLY_BYTES = 1 << 20;

export const createServers = (deps: {
  fetch: typeof fetch;
  now: () => number;
  /** Milliseconds for one call to a provider. */
  timeout: number;
}) => {
  const discovered = new Map<string, { server: Server; until: number }>();

  const options = (url: string) => ({
    [oauth.customFetch]: boundedFetch(deps.fetch),
    // The library refuses http outright; configuration has already confined it to loopback.
    [oauth.allowInsecureRequests]: new URL(url).protocol === "http:",
    signal: () => AbortSignal.timeout(deps.timeout),
  });

  const serverOf = async (provider: Provider): Promise<Server> => {
    if (!provider.issuer) return complete(explicitServer(provider));
    const cached = discovered.get(provider.id);
    if (cached && deps.now() < cached.until) return cached.server;
    const issuer = new URL(provider.issuer);
    const response = await oauth.discoveryRequest(issuer, {
      algorithm: "oidc",
      ...options(issuer.href),
    });
    const metadata = await oauth.processDiscoveryResponse(issuer, response);
    for (const key of ENDPOINTS) {
      const url = metadata[key] === undefined ? undefined : parseUrl(metadata[key]);
      if (metadata[key] !== undefined && !(url && isSecureUrl(url)))
        throw new UnusableReply("insecure_endpoint");
    }
    const server = complete({ ...metadata, ...explicitEndpoints(provider) });
    discovered.set(provider.id, { server, until: deps.now() + DISCOVERY_LIFETIME });
    return server;
  };

  return { serverOf, options };
};

const ENDPOINTS = [
  "authorization_endpoint",
  "token_endpoint",
  "userinfo_endpoint",
  "revocation_endpoint",
] as const;

const explicitEndpoints = (provider: Provider): Partial<oauth.AuthorizationServer> =>
  Object.fromEntries(
    ENDPOINTS.flatMap((key) => (provider[key] === undefined ? [] : [[key, provider[key]]])),
  );

/** A plain OAuth 2.0 provider has no issuer; the library needs a name, and this one can match nothing real. */
const explicitServer = (provider: Provider): oauth.AuthorizationServer => ({
  issuer: `https://${provider.id}.invalid`,
  ...explicitEndpoints(provider),
});

/** Before anything is remembered: a document without these would be as useless in an hour. */
const complete = (server: oauth.AuthorizationServer): Server => {
  const { authorization_endpoint, token_endpoint } = server;
  if (authorization_endpoint === undefined || token_endpoint === undefined)
    throw new UnusableReply("endpoint_missing");
  return { ...server, authorization_endpoint, token_endpoint };
};

/** No redirect is followed (the code and the secret are in the request), and no reply is read without a bound. */
const boundedFetch =
  (inner: typeof fetch) =>
  async (url: string, init: object): Promise<Response> => {
    const response = await inner(url, { ...init, redirect: "manual" });
    const body = await readBounded(response, MOST_REPLY_BYTES);
    if (!body) throw new UnusableReply("reply_too_large");
    const { status, statusText, headers } = response;
    return new Response(isBodiless(status) ? null : new Uint8Array(body), {
      status,
      statusText,
      headers,
    });
  };
