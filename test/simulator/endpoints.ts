/**
 * Where a played record's endpoints are, and which of them a request is for: by its address, and by what stands in it
 * where several have one address. Knows nothing of answers.
 */
import type { Provider, ProviderRequest } from "../../broker/src/providers/schema.ts";
import { valuesOf, type Call } from "./calls.ts";
import { isObject, type Json } from "./paths.ts";
import { hostsOf, issuerOf, type Play } from "./plays.ts";
import { fillKnown, type Facts } from "./samples.ts";

export type Step =
  | "discovery"
  | "jwks"
  | "authorize"
  | "token"
  | "long_lived"
  | "refresh"
  | "identity"
  | "userinfo"
  | "revocation"
  | "api";

type Endpoint = {
  step: Step;
  methods: string[];
  isAt: (url: URL) => boolean;
  /** Where another one has the same address. */
  isFor: (call: Call) => boolean;
};

/** Where a provider without endpoints of its own in the record has them, by its document of discovery. */
export const discovered = (provider: Provider, facts: Facts): Record<string, string> => {
  const issuer = issuerOf({ provider, facts }).replace(/\/$/, "");
  const found = {
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    revocation_endpoint: `${issuer}/revoke`,
    jwks_uri: `${issuer}/jwks`,
  };
  const pinned = Object.keys(found).flatMap((key) => {
    const template = provider[key as keyof typeof found];
    return template === undefined ? [] : [[key, fillKnown(template, facts)]];
  });
  const isPinned = provider.authorization_endpoint && provider.token_endpoint;
  return { ...(isPinned || !issuer ? {} : found), ...Object.fromEntries(pinned) };
};

/** There are many plays, and each request looks at all of them. */
const known = new WeakMap<Play, Endpoint[]>();

const endpointsOf = (play: Play): Endpoint[] => {
  const endpoints = known.get(play) ?? readEndpoints(play);
  known.set(play, endpoints);
  return endpoints;
};

const readEndpoints = ({ provider, facts, client: { client_id } }: Play): Endpoint[] => {
  const { long_lived, refresh, identity, revocation } = provider;
  const filling = { ...facts, client_id: encodeURIComponent(client_id) };
  const urls = discovered(provider, facts);
  const always = () => true;
  const grantType = (type: string) => (call: Call) => paramsOf(call)["grant_type"] === type;
  const endpoint = (
    step: Step,
    methods: string[],
    url: string | undefined,
    isFor: Endpoint["isFor"] = always,
  ): Endpoint[] =>
    url === undefined ? [] : [{ step, methods, isAt: isAt(fillKnown(url, filling)), isFor }];
  const custom = (step: Step, request: ProviderRequest | undefined): Endpoint[] =>
    request
      ? endpoint(step, [request.method], request.url, (call) => hasLiterals(request, call))
      : [];
  const isPinned = provider.authorization_endpoint && provider.token_endpoint;
  return [
    ...(isPinned
      ? []
      : endpoint(
          "discovery",
          ["GET"],
          `${issuerOf({ provider, facts }).replace(/\/$/, "")}/.well-known/openid-configuration`,
        )),
    ...endpoint("jwks", ["GET"], urls["jwks_uri"]),
    ...endpoint("authorize", ["GET", "POST"], urls["authorization_endpoint"]),
    ...endpoint("token", ["POST"], urls["token_endpoint"], grantType("authorization_code")),
    ...(refresh.with === "refresh_token"
      ? endpoint(
          "refresh",
          ["POST"],
          refresh.endpoint ?? urls["token_endpoint"],
          grantType("refresh_token"),
        )
      : []),
    ...custom("long_lived", long_lived),
    ...custom("refresh", refresh.with === "access_token" ? refresh.request : undefined),
    ...custom("revocation", revocation.by === "request" ? revocation.request : undefined),
    ...(revocation.by === "rfc7009"
      ? endpoint("revocation", ["POST"], urls["revocation_endpoint"])
      : []),
    ...custom("identity", "request" in identity ? identity.request : undefined),
    ...endpoint("userinfo", ["GET"], urls["userinfo_endpoint"]),
  ];
};

/** Parameters of a request, wherever it has them. */
const paramsOf = ({ url, body }: Call): Record<string, unknown> => ({
  ...Object.fromEntries(url.searchParams),
  ...(body.kind === "form" ? Object.fromEntries(body.fields) : {}),
  ...(body.kind === "json" && isObject(body.value) ? body.value : {}),
});

/** What the request says in so many words, such as its `grant_type`. */
const hasLiterals = ({ query, form, json }: ProviderRequest, call: Call): boolean => {
  const params = paramsOf(call);
  const literals: Json = { ...query, ...form, ...json };
  return Object.entries(literals).every(
    ([name, value]) => typeof value !== "string" || value.includes("{") || params[name] === value,
  );
};

type Found = { play: Play; step: Step };

/** Whose request this is, and what it wants; by the client, code or token in it where several have one address. */
export const find = (plays: Play[], call: Call): Found | undefined => {
  const values = valuesOf(call);
  const mentioned = plays.filter((play) => isMentioned(play, values));
  for (const among of [mentioned, plays]) {
    const there = among.flatMap((play) =>
      endpointsOf(play)
        .filter(({ methods, isAt: is }) => methods.includes(call.method) && is(call.url))
        .map((endpoint) => ({ play, endpoint })),
    );
    const found = there.find(({ endpoint }) => endpoint.isFor(call)) ?? there[0];
    if (found) return { play: found.play, step: found.endpoint.step };
  }
  const api = [...mentioned, ...plays].find((play) => hostsOf(play).includes(call.url.host));
  return api && { play: api, step: "api" };
};

const isMentioned = ({ client, grants }: Play, values: Set<string>): boolean =>
  values.has(client.client_id) ||
  grants.some(({ code, access_tokens, refresh_tokens, replaced }) =>
    [code, ...access_tokens.keys(), ...refresh_tokens, ...replaced.keys()].some((secret) =>
      values.has(secret),
    ),
  );

/** Names that are left in it stand for one part of the path. */
const isAt = (template: string): Endpoint["isAt"] => {
  const [bare = "", query] = template.split("?");
  const expression = bare
    .split(/\{\w+\}/)
    .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("[^/?#]+");
  const whole = new RegExp(`^${expression}/?$`);
  return ({ origin, pathname, searchParams }) =>
    whole.test(origin + pathname) &&
    bare.endsWith("/") === pathname.endsWith("/") &&
    [...new URLSearchParams(query)].every(([name, value]) => searchParams.get(name) === value);
};
