/**
 * Requests made from the OpenAPI document: right ones, nearly right ones and hostile ones. A request is plain data in
 * which `{{name}}` stands for something that only exists once it is sent (a key, a token, a cookie), so that it can be
 * printed without a secret, made smaller, and made again from the seed.
 */
import * as fc from "fast-check";
import type { OpenApi, Operation } from "../../../protocol/openapi/parts.ts";
import { createFitting, type Known } from "./schemas.ts";
import {
  hostileName,
  hostileText,
  hostileValue,
  spoil,
  spoiling,
  spoiltText,
  type Json,
} from "./values.ts";

/** Where the session that a request is about stands. */
export const SCENES = [
  ...["unclaimed", "claimed", "away", "connected", "ended", "expired", "several"],
  ...["redirect", "redirect_away", "redirect_ended", "backend", "backend_ended"],
] as const;
export type Scene = (typeof SCENES)[number];

type Pair = [name: string, value: string];

export type FuzzRequest = {
  /** `GET /v1/grants`: whose answers these ought to be; "" for none of the document's. */
  endpoint: string;
  scene: Scene;
  method: string;
  path: string;
  query: Pair[];
  headers: Pair[];
  body: string | undefined;
};

/** One call of the document. */
export type Endpoint = { name: string; method: string; path: string; operation: Operation };

export const endpointsOf = (document: OpenApi): Endpoint[] =>
  Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );

const session = (...names: string[]) => names.map((name) => `{{session.${name}}}`);
const one = (...values: Json[]) => fc.constantFrom<Json>(...values);
const many = (value: Json): Json[] => Array.from({ length: 8 }, () => value);
const user = fc.oneof(
  { weight: 12, arbitrary: one("{{user.ann}}") },
  {
    weight: 2,
    arbitrary: one("{{user.bob}}", "{{user.expired}}", "{{user.forged}}", "{{user.none}}"),
  },
);
const provider = one(
  ...many("plain"),
  ...["odd", "oidc", "posted", "weather", "calendar", "nowhere"],
  ...["keyed", "keyed", "keyed", "keyed", "keyed", "keyed"],
);
const grant = one(
  ...many("{{grant.own}}"),
  "{{grant.foreign}}",
  "{{grant.pending}}",
  "{{grant.revoked}}",
  "{{secret.own}}",
);

const KNOWN: Known = {
  user_token: user,
  token: one(...session("token", "token", "token"), "{{other.token}}"),
  app: one("demo", "demo", "other", "nowhere"),
  all: fc.constant<Json>(true),
  again: fc.constant<Json>(true),
  session_id: one(...session("id", "id", "id"), "{{other.id}}"),
  claim_id: one(...session("claim_id"), "{{fresh}}"),
  challenge: one(...session("challenge"), "{{fresh}}"),
  verifier: one(...session("verifier", "verifier"), "{{fresh}}"),
  code: one(...session("result_code", "result_code"), "{{fresh}}", "{{wallet.code}}"),
  state: one("{{fresh}}", ...session("redirect_state"), ...many("{{wallet.state}}")),
  opener_origin: one(...many("{{origin.a}}"), "{{origin.other}}"),
  allowed_origin: one(...many("{{origin.a}}"), "{{origin.other}}", "{{origin.broker}}"),
  return_url: one("{{origin.a}}/connected", "{{origin.a}}/app/x?y=1"),
  allowed_providers: fc.constantFrom<Json>(["plain"], ["plain", "odd"], ["oidc"], ["posted"]),
  provider,
  grant_id: grant,
  cursor: one("MTIzLmFiYw"),
  account: one("ann@plain.test", "bob@plain.test"),
  required_scopes: fc.constantFrom<Json>([], ["read"], ["write"]),
  refused_token_id: one("{{token.id}}"),
  host: one(...many("{{provider.host}}"), "api.weather.test"),
  url: one("{{provider.url}}/api", "{{provider.url}}/api?x=%00", "https://evil.example/"),
  method: one(...many("GET"), "POST", "HEAD", "PATCH", "TRACE"),
  headers: fc.constantFrom<Json>([], [["accept", "*/*"]], [["authorization", "x"]], [["x-y", "z"]]),
  // One hosted page may end what another has just begun; not every second one does.
  reason: one("done", "cancel", "denied", "not_you", "cleaning up"),
  event: one("here", "gone"),
  variables: fc.constantFrom<Json>([], [{ name: "shop", value: "acme" }]),
  values: fc.constantFrom<Json>(...many([{ name: "api_key", value: "key-of-ann" }]), []),
  provider_variables: fc.constantFrom<Json>({}, { plain: { shop: "acme" } }),
  "(name)": fc.constantFrom("plain", "odd", "__proto__", "shop"),
};

/** Two kinds of sessions go by one name. */
const IN_WALLET: Known = {
  ...KNOWN,
  session_id: one(...many("{{wallet.id}}"), "{{session.id}}", "{{fresh}}"),
};
const fittings = ({ components: { schemas } }: OpenApi) => {
  const elsewhere = createFitting(schemas, KNOWN);
  const inWallet = createFitting(schemas, IN_WALLET);
  return ({ path }: Endpoint) => (path.startsWith("/v1/wallet/") ? inWallet : elsewhere);
};

/** Requests to every endpoint alike. */
export const requestsTo = (document: OpenApi): fc.Arbitrary<FuzzRequest> => {
  const fittingOf = fittings(document);
  return fc.oneof(
    ...endpointsOf(document).map((endpoint) => ({
      // A file is a file; where credentials and bodies come in there is more to find.
      weight: endpoint.operation.security.length ? 8 : 1,
      arbitrary: requestTo(endpoint, document, fittingOf(endpoint)),
    })),
  );
};

/** As the document describes them, by endpoint. */
export const unharmed = (document: OpenApi): [name: string, fc.Arbitrary<FuzzRequest>][] => {
  const fittingOf = fittings(document);
  return endpointsOf(document).map((endpoint) => [
    endpoint.name,
    requestTo(endpoint, document, fittingOf(endpoint), fc.constant<Harm>({ kind: "none" })),
  ]);
};

const requestTo = (
  { name, method, path, operation }: Endpoint,
  document: OpenApi,
  fitting: ReturnType<typeof createFitting>,
  harms?: fc.Arbitrary<Harm>,
): fc.Arbitrary<FuzzRequest> => {
  const of = (place: string) => operation.parameters.filter((one) => one.in === place);
  const content = operation.requestBody?.content ?? {};
  const [type = ""] = Object.keys(content);
  const schema = content[type]?.schema;
  const body: fc.Arbitrary<Json | undefined> =
    schema && Object.keys(schema).length ? fitting(schema) : fc.constantFrom(undefined, "{{body}}");
  const described = document.components.schemas["ProxyRequest"];

  return fc
    .record({
      scene: fc.oneof(fc.constantFrom(...SCENES), fc.constantFrom(...sceneFor(path))),
      path: fc.tuple(...of("path").map(({ name: parameter }) => pathValue(name, parameter))),
      query: fc.tuple(
        ...of("query").map(({ name: parameter, schema: form }) =>
          fc
            .option(fitting(form, parameter), { nil: undefined, freq: 2 })
            .map((value): Pair[] => (value === undefined ? [] : [[parameter, asText(value)]])),
        ),
      ),
      headers: fc.tuple(
        credentials(operation),
        ...of("header").map(({ name: header, required }) => headerOf(header, required)),
      ),
      described: described ? fitting(described) : fc.constant({}),
      body,
      harm: harms ?? mostly(harm),
    })
    .map(({ scene, path: values, query, headers, described: asked, body: json, harm: done }) =>
      harmed(
        {
          endpoint: name,
          ...{ scene, method },
          path: values.reduce(
            (filled, value, i) => filled.replace(`{${of("path")[i]?.name}}`, value),
            path,
          ),
          query: query.flat(),
          headers: [
            ...headers
              .flat()
              .map(([header, value]): Pair => [
                header,
                value === "{{described}}" ? `base64url:${JSON.stringify(asked)}` : value,
              ]),
            ...(json === undefined
              ? []
              : ([["content-type", type === "*/*" ? "text/plain" : type]] as Pair[])),
          ],
          body:
            json === undefined ? undefined : type.includes("form") ? formOf(json) : asText(json),
        },
        json,
        done,
      ),
    );
};

/** Where a session has to stand for a call to be of use. */
const sceneFor = (path: string): Scene[] => {
  if (path.endsWith("/claim")) return ["unclaimed"];
  if (path.endsWith("/credential")) return ["several"];
  if (path.endsWith("/redeem")) return ["redirect_ended"];
  if (path.endsWith("/complete")) return ["backend_ended"];
  return ["claimed", "away", "several", "redirect_away"];
};

/** A placeholder in a path stays legible; what it stands for is encoded when it is filled in. */
const pathValue = (endpoint: string, parameter: string): fc.Arbitrary<string> => {
  const familiar: Record<string, string[]> = {
    provider: ["plain", "posted", "odd", "nowhere"],
    app: ["demo", "demo", "other", "nowhere"],
    file: ["assets/main-abc.js", "assets/main-def.js", "..%2f..%2fpackage.json"],
    version: ["9.9.9", "0.0.0"],
    id: endpoint.includes("grants")
      ? [
          "{{grant.own}}",
          "{{grant.own}}",
          "{{grant.foreign}}",
          "{{grant.pending}}",
          "{{grant.revoked}}",
          "{{secret.own}}",
        ]
      : ["{{session.id}}"],
  };
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...(familiar[parameter] ?? ["x"])) },
    { weight: 1, arbitrary: hostileText.map(encoded) },
  );
};

export const encoded = (text: string): string =>
  encodeURIComponent(text.replace(/\p{Cs}/gu, "\ufffd")).slice(0, 4_000) || "%20";

const credentials = (operation: Operation): fc.Arbitrary<Pair[]> => {
  const [scheme = ""] = operation.security.flatMap((one) => Object.keys(one));
  const usual: Record<string, Pair[]> = {
    api_key: [["authorization", "Bearer {{key.demo}}"]],
    session_token: [["authorization", "Bearer {{session.token}}"]],
    session_cookie: [["cookie", "ac_{{session.id}}={{session.cookie}}"]],
    wallet_cookie: [["cookie", "acw={{wallet.cookie}}"]],
    wallet_way: [["cookie", "acw_in={{wallet.way}}"]],
  };
  // A browser that comes back brings its cookie along, whatever the document asks.
  const back = operation.operationId === "walletCallback" ? "wallet_way" : "session_cookie";
  const right: Pair[] = usual[scheme] ?? usual[back] ?? [];
  return fc.oneof(
    { weight: 10, arbitrary: fc.constant(right) },
    { weight: 2, arbitrary: fc.constantFrom<Pair[]>(...OTHERS) },
  );
};

const OTHERS: Pair[][] = [
  [],
  [["authorization", "Bearer {{key.other}}"]],
  [["authorization", "Bearer {{fresh}}"]],
  [["authorization", "Basic {{fresh}}"]],
  [["authorization", "Bearer {{other.token}}"]],
  [["cookie", "ac_{{session.id}}={{fresh}}"]],
  [["cookie", "ac_{{other.id}}={{session.cookie}}"]],
  [
    [
      "cookie",
      "ac_{{session.id}}={{session.cookie}}; ac_{{session.id}}={{fresh}}; acc=%; __proto__=1",
    ],
  ],
];

const HEADERS: Record<string, fc.Arbitrary<string>> = {
  "Alter-User-Token": user as fc.Arbitrary<string>,
  "Alter-Proxy-Request": fc.constant("{{described}}"),
  "Alter-Connect-Verifier": fc.constantFrom(
    "{{session.verifier}}",
    "{{session.verifier}}",
    "{{fresh}}",
  ),
  "Sec-Fetch-Site": fc.constant("same-origin"),
};
const headerOf = (name: string, required: boolean): fc.Arbitrary<Pair[]> => {
  const right =
    name === "Origin" ? fc.constant("{{origin.caller}}") : (HEADERS[name] ?? fc.constant("x"));
  const foreign =
    name === "Origin"
      ? fc.constantFrom("{{origin.other}}", "{{origin.a}}", "null")
      : name === "Sec-Fetch-Site"
        ? fc.constantFrom("cross-site", "none")
        : right;
  const there = (value: fc.Arbitrary<string>) => value.map((text): Pair[] => [[name, text]]);
  return fc.oneof(
    { weight: required ? 20 : 8, arbitrary: there(right) },
    { weight: 1, arbitrary: there(foreign) },
    { weight: 1, arbitrary: fc.constant<Pair[]>([]) },
  );
};

// ---- harm -------------------------------------------------------------------------------------

type Harm =
  | { kind: "none" }
  | { kind: "json"; changes: Parameters<typeof spoil>[1] }
  | { kind: "text"; spoilt: (text: string) => string }
  | { kind: "method"; method: string }
  | { kind: "type"; type: string | undefined }
  | { kind: "header"; name: string; value: string }
  | { kind: "no_header"; at: number }
  | { kind: "query"; name: string; value: string }
  | { kind: "twice"; at: number }
  | { kind: "path"; value: string };

const METHODS = [
  "GET",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "HEAD",
  "OPTIONS",
  "PROPFIND",
  "QUERY",
  "get",
];
const TYPES = [
  ...[
    undefined,
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
  ],
  ...[
    "application/json; charset=utf-16",
    "APPLICATION/JSON;;",
    "application/json, text/plain",
    "*/*",
    "x",
  ],
];
const NAMES = [
  ...[
    "authorization",
    "cookie",
    "origin",
    "host",
    "content-length",
    "content-type",
    "accept-encoding",
  ],
  ...["x-forwarded-for", "x-http-method-override", "sec-fetch-site", "sec-purpose", "user-agent"],
  ...[
    "alter-user-token",
    "alter-connect-verifier",
    "alter-proxy-request",
    "transfer-encoding",
    "expect",
  ],
];

const harm: fc.Arbitrary<Harm> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("json" as const),
      changes: fc.array(spoiling, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("text" as const), spoilt: spoiltText }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("method" as const),
      method: fc.constantFrom(...METHODS),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("type" as const), type: fc.constantFrom(...TYPES) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("header" as const),
      name: fc.constantFrom(...NAMES),
      value: hostileText,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("no_header" as const), at: fc.nat(5) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("query" as const),
      name: fc.oneof(
        fc.constantFrom(
          "limit",
          "cursor",
          "wait",
          "status",
          "state",
          "code",
          "iss",
          "handle",
          "error",
        ),
        hostileName,
      ),
      value: fc.oneof(hostileText, hostileValue.map(asText)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("twice" as const), at: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("path" as const), value: hostileText }) },
);

const mostly = (harms: fc.Arbitrary<Harm>): fc.Arbitrary<Harm> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<Harm>({ kind: "none" }) },
    { weight: 3, arbitrary: harms },
  );

const harmed = (request: FuzzRequest, json: Json | undefined, done: Harm): FuzzRequest => {
  const { headers, query, path, body } = request;
  switch (done.kind) {
    case "none":
      return request;
    case "json":
      return json === undefined ? request : { ...request, body: asText(spoil(json, done.changes)) };
    case "text":
      return { ...request, body: done.spoilt(body ?? "{}") };
    case "method":
      // Another endpoint's, or nobody's.
      return { ...request, method: done.method, endpoint: "" };
    case "type": {
      const others = headers.filter(([name]) => name !== "content-type");
      return {
        ...request,
        headers: done.type === undefined ? others : [...others, ["content-type", done.type]],
      };
    }
    case "header":
      return {
        ...request,
        headers: [
          ...headers.filter(([name]) => name.toLowerCase() !== done.name),
          [done.name, done.value],
        ],
      };
    case "no_header":
      return { ...request, headers: headers.filter((_, i) => i !== done.at % headers.length) };
    case "query":
      return { ...request, query: [...query, [done.name, done.value]] };
    case "twice": {
      const again = query[done.at % Math.max(1, query.length)];
      return again ? { ...request, query: [...query, again] } : request;
    }
    case "path":
      return { ...request, path: `${path}/${encoded(done.value)}`, endpoint: "" };
  }
};

function asText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
const formOf = (json: Json): string =>
  new URLSearchParams(
    Object.entries((json ?? {}) as Record<string, Json>).map(([name, value]) => [
      name,
      asText(value),
    ]),
  ).toString();
