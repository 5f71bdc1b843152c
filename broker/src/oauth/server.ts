/**
 * Providers' servers: pinned by their records or found by discovery, and how each call to one is made. Knows endpoints;
 * what is asked of them is the other files'.
 */
import * as oauth from "oauth4webapi";
import { isBodiless, readBounded } from "../bounded.ts";
import { SERVER_ENDPOINTS, type Provider } from "../providers/schema.ts";
import { fillUrl, namesIn, type Facts } from "../providers/template.ts";
import { isSecureUrl, parseUrl, secureUrlOf } from "../providers/url.ts";
import { UnusableReply } from "./failures.ts";

/** With the endpoints that everything here needs. */
export type Server = oauth.AuthorizationServer & {
  authorization_endpoint: string;
  token_endpoint: string;
};

/** As the OAuth library calls it, too. */
export type Fetch = (
  url: string,
  init: {
    [key in keyof Pick<RequestInit, "method" | "headers" | "body" | "signal" | "redirect">]?:
      RequestInit[key] | undefined;
  },
) => Promise<Response>;

const DISCOVERY_LIFETIME = 60 * 60_000;
/** Of servers: where users say which tenant it is, there may be any number. */
const MOST_REMEMBERED = 256;
const MOST_REPLY_BYTES = 1 << 20;
/** Some providers turn callers without a name away, and others call them all the same one. */
const USER_AGENT = "alter-broker";

export type Servers = ReturnType<typeof createServers>;

export const createServers = (deps: {
  fetch: typeof fetch;
  now: () => number;
  /** Milliseconds for one call to a provider. */
  timeout: number;
}) => {
  /** Documents as they came, by issuer: what a record pins is that record's alone, and two may have the same issuer. */
  const discovered = new Map<string, { document: oauth.AuthorizationServer; until: number }>();
  /** The library's own cache of keys, kept here because servers are made anew for each connection. */
  const keys = new Map<string, oauth.JWKSCacheInput>();

  const calm = boundedFetch(deps.fetch);
  const options = (url: string, fetch: Fetch = calm) => ({
    [oauth.customFetch]: fetch,
    // The library refuses http outright; configuration has already confined it to loopback.
    [oauth.allowInsecureRequests]: new URL(url).protocol === "http:",
    signal: () => AbortSignal.timeout(deps.timeout),
  });

  const keyOptions = (jwks_uri: string) => {
    const cache = keys.get(jwks_uri) ?? {};
    remember(keys, jwks_uri, cache);
    return { ...options(jwks_uri), [oauth.jwksCache]: cache };
  };

  const serverOf = async (provider: Provider, facts: Facts = {}): Promise<Server> => {
    const pinned = pinnedServer(provider, facts);
    if (provider.authorization_endpoint && provider.token_endpoint) return complete(pinned);
    return found(pinned.issuer, (document) => ({ ...document, ...overDocument(pinned) }));
  };

  /** By its document, which is read once an hour. @throws UnusableReply, and whatever the library does */
  const found = async (
    issuer: string,
    made: (document: oauth.AuthorizationServer) => oauth.AuthorizationServer = (document) =>
      document,
  ): Promise<Server> => {
    const known = discovered.get(issuer);
    const fresh = known && deps.now() < known.until ? known : undefined;
    const document = fresh?.document ?? (await discover(issuer));
    // Before it is remembered: a document without an endpoint that is needed would be as useless in an hour.
    const server = complete(made(document));
    if (!fresh) remember(discovered, issuer, { document, until: deps.now() + DISCOVERY_LIFETIME });
    return server;
  };

  /** @throws UnusableReply, and whatever the library does */
  const discover = async (issuer: string): Promise<oauth.AuthorizationServer> => {
    const url = new URL(issuer);
    const response = await oauth.discoveryRequest(url, {
      algorithm: "oidc",
      ...options(url.href),
    });
    const document = await oauth.processDiscoveryResponse(url, response);
    for (const key of SERVER_ENDPOINTS) {
      const endpoint = document[key] === undefined ? undefined : parseUrl(document[key]);
      if (document[key] !== undefined && !(endpoint && isSecureUrl(endpoint)))
        throw new UnusableReply("insecure_endpoint");
    }
    return document;
  };

  return {
    serverOf,
    found,
    options,
    keyOptions,
    /** For calls that are not OAuth's, within the same bounds. */
    fetch: ((url, init) =>
      calm(url, { ...init, signal: init.signal ?? AbortSignal.timeout(deps.timeout) })) as Fetch,
  };
};

/** What was remembered last is the last to go. */
const remember = <Value>(map: Map<string, Value>, key: string, value: Value): void => {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MOST_REMEMBERED && oldest !== undefined) map.delete(oldest);
};

/** What the record says where a document says it too: its endpoints, and that an `iss` always comes (RFC 9207). */
const overDocument = (pinned: oauth.AuthorizationServer): Partial<oauth.AuthorizationServer> =>
  Object.fromEntries(
    [...SERVER_ENDPOINTS, "authorization_response_iss_parameter_supported" as const].flatMap(
      (key) => (pinned[key] ? [[key, pinned[key]]] : []),
    ),
  );

/**
 * What the record says by itself. A plain OAuth 2.0 provider has no issuer; the library needs a name, and this one can
 * match nothing real. @throws MissingFact, UnusableReply
 */
const pinnedServer = (provider: Provider, facts: Facts): oauth.AuthorizationServer => {
  const at = (template: string) => endpointAt(template, facts);
  return {
    issuer: provider.issuer ? at(provider.issuer) : `https://${provider.id}.invalid`,
    // Any that its published keys can check; without a document the library would take RS256 alone.
    id_token_signing_alg_values_supported: ["RS256", "PS256", "ES256", "EdDSA"],
    ...(provider.iss_parameter ? { authorization_response_iss_parameter_supported: true } : {}),
    ...Object.fromEntries(
      SERVER_ENDPOINTS.flatMap((key) => {
        const template = provider[key];
        // What stands on a fact that has not arrived yet is not there yet.
        const known = template !== undefined && namesIn(template).every((name) => name in facts);
        return known ? [[key, at(template)]] : [];
      }),
    ),
  };
};

/** A template stands for itself; what facts have made of it is looked at again. @throws MissingFact, UnusableReply */
export const endpointAt = (template: string, facts: Facts): string => {
  const url = fillUrl(template, facts);
  if (!secureUrlOf(url)) throw new UnusableReply("insecure_endpoint");
  return url;
};

const complete = (server: oauth.AuthorizationServer): Server => {
  const { authorization_endpoint, token_endpoint } = server;
  if (authorization_endpoint === undefined || token_endpoint === undefined)
    throw new UnusableReply("endpoint_missing");
  return { ...server, authorization_endpoint, token_endpoint };
};

/** No redirect is followed (the code and the secret are in the request), and no reply is read without a bound. */
const boundedFetch =
  (inner: typeof fetch): Fetch =>
  async (url, init) => {
    const named = new Headers(init.headers);
    named.set("user-agent", USER_AGENT);
    const { method = "GET", body: sent = null, signal = null } = init;
    const response = await inner(url, {
      ...{ method, body: sent, signal, headers: named },
      redirect: "manual",
    });
    const body = await readBounded(response, MOST_REPLY_BYTES);
    if (!body) throw new UnusableReply("reply_too_large");
    const { status, statusText, headers } = response;
    return new Response(isBodiless(status) ? null : new Uint8Array(body), {
      status,
      statusText,
      headers: new Headers([...headers]),
    });
  };
