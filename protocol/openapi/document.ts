/**
 * The wire as one OpenAPI 3.1 document. Every schema in it comes from the endpoint tables, so that no second copy can
 * grow old; a test holds the document against the routes that are mounted. Pure: no clock, no file, no network.
 */
import * as z from "zod/mini";
import { backend, grantSchema, managedSecretSchema, proxy, USER_TOKEN_HEADER } from "../backend.ts";
import {
  connectionSchema,
  outcomeSchema,
  page,
  policyErrorSchema,
  problemSchema,
  viewSchema,
  widget,
  type ErrorCode,
} from "../http.ts";
import { BACKEND, PAGE, PROXY, WIDGET, type About } from "./operations.ts";
import { WALLET } from "./wallet.ts";
import {
  COMMON_HEADERS,
  pathParameters,
  problems,
  TAGS,
  type Json,
  type OpenApi,
  type Operation,
  type Parameter,
} from "./parts.ts";
import { PLAIN } from "./plain.ts";
import { wallet } from "../wallet.ts";
import { VERIFIER_HEADER } from "../window.ts";

export const openapi = (about: { version: string; base_url: string }): OpenApi => {
  const { registry, refTo, components } = createSchemas();
  const paths: OpenApi["paths"] = {};
  const add = (method: string, path: string, operation: Operation): void => {
    const template = path.replace(/:(\w+)/g, "{$1}");
    paths[template] = { ...paths[template], [method.toLowerCase()]: operation };
  };
  for (const [name, schema] of Object.entries(SHARED)) registry.add(schema, { id: name });

  /** One call of a table, with what every call of its kind has. */
  const addCall = (tag: Tag, name: string, call: Call, told: About): void => {
    const kind = KINDS[tag];
    const Name = name[0]?.toUpperCase() + name.slice(1);
    const method = call.method ?? "POST";
    const errors = [
      ...kind.errors,
      ...told.errors,
      ...(call.body ? BODY_ERRORS : []),
      // Whoever sends a body where none is expected may still send too much of it.
      ...(method === "GET" ? [] : (["payload_too_large"] as const)),
    ];
    add(method, call.path, {
      operationId: name,
      tags: [tag],
      summary: told.summary,
      ...(told.description === undefined ? {} : { description: told.description }),
      security: kind.security,
      parameters: [
        ...pathParameters(call.path),
        ...queryParameters(call.query),
        ...kind.parameters,
        ...(told.user_token ? [userToken(told.user_token === "required")] : []),
      ],
      ...(call.body
        ? { requestBody: jsonBody(refTo(call.body, `${Name}Request`), told.example) }
        : {}),
      responses: {
        ...(call.reply
          ? {
              [call.status ?? 200]: {
                description: "Done",
                headers: COMMON_HEADERS,
                content: jsonContent(refTo(call.reply, `${Name}Reply`), told.answer),
              },
            }
          : { 204: { description: "Noted", headers: COMMON_HEADERS } }),
        ...problems([...errors, ...(call.query ? (["invalid_request"] as const) : [])]),
      },
    });
  };

  for (const name of keysOf(backend)) addCall("backend", name, backend[name], BACKEND[name]);
  for (const name of keysOf(page))
    // Two tables have a call of this name, and an operation has a name of its own.
    addCall("page", name === "page" ? "signOfLife" : name, page[name], PAGE[name]);
  for (const name of keysOf(widget)) addCall("widget", name, widget[name], WIDGET[name]);
  for (const name of keysOf(wallet))
    addCall("wallet", WALLET_NAMES[name] ?? name, wallet[name], WALLET[name]);

  add(proxy.method, proxy.path, {
    operationId: "proxy",
    tags: ["backend"],
    summary: PROXY.summary,
    description: PROXY.description,
    security: KINDS.backend.security,
    parameters: [
      header(proxy.requestHeader, "Base64url of JSON, of the schema ProxyRequest", true),
      userToken(true),
    ],
    requestBody: {
      required: false,
      content: { "*/*": { schema: {} } },
    },
    responses: {
      default: {
        description: `The provider's answer, with its own status and headers, and \`${proxy.replyHeader}\``,
        headers: {
          [proxy.replyHeader]: {
            description: "Base64url of JSON, of the schema ProxyReply",
            schema: { type: "string" },
          },
        },
        content: { "*/*": { schema: {} } },
      },
      ...problems([...KINDS.backend.errors, ...PROXY.errors]),
    },
  });
  refTo(proxy.request, "ProxyRequest");
  refTo(proxy.reply, "ProxyReply");

  for (const { method, path, operation } of PLAIN) add(method, path, operation);

  return {
    openapi: "3.1.1",
    info: {
      title: "Alter broker",
      version: about.version,
      summary: "Calls third-party APIs on behalf of an app's users",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: about.base_url, description: "This broker" }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: components(),
      securitySchemes: {
        api_key: {
          type: "http",
          scheme: "bearer",
          description: "`alter_rk_…` of `alter-broker keys create`, for the app's backend alone",
        },
        session_token: {
          type: "http",
          scheme: "bearer",
          description: "`alter_cs_…`, minted by createSession",
        },
        session_cookie: {
          type: "apiKey",
          in: "cookie",
          name: "__Host-ac_{session_id}",
          description:
            "Given by claim; one per session, named after its id (on http loopback without `__Host-`)",
        },
        wallet_cookie: {
          type: "apiKey",
          in: "cookie",
          name: "__Host-acw",
          description: "Given at the end of a sign-in (on http loopback without `__Host-`)",
        },
      },
    },
  };
};

type Schema = z.ZodMiniType;
type Call = {
  method?: string;
  path: string;
  status?: number;
  query?: Schema;
  body?: Schema;
  reply?: Schema | undefined;
};

const SHARED = {
  Connection: connectionSchema,
  Outcome: outcomeSchema,
  View: viewSchema,
  Grant: grantSchema,
  ManagedSecret: managedSecretSchema,
  PolicyError: policyErrorSchema,
  Problem: problemSchema,
};

type Tag = "backend" | "page" | "widget" | "wallet";

/** Where another table has a call of the same name. */
const WALLET_NAMES: Partial<Record<keyof typeof wallet, string>> = {
  view: "walletView",
  activity: "walletActivity",
  revoke: "walletRevoke",
  revokeAll: "walletRevokeAll",
  download: "walletDownload",
};

/** Of every call of a kind. */
const COMMON = [
  "internal_error",
  "rate_limited",
  "overloaded",
  "shutting_down",
] as const satisfies ErrorCode[];
const BODY_ERRORS = ["invalid_request", "unsupported_media_type"] as const satisfies ErrorCode[];

const header = (name: string, description: string, required: boolean): Parameter =>
  ({ name, in: "header", description, required, schema: { type: "string" } }) as Parameter;
const userToken = (required: boolean): Parameter =>
  header(USER_TOKEN_HEADER, "The user's JWT of the app's identity provider", required);

const KINDS: Record<
  Tag,
  { errors: ErrorCode[]; security: Operation["security"]; parameters: Parameter[] }
> = {
  backend: { errors: [...COMMON, "invalid_api_key"], security: [{ api_key: [] }], parameters: [] },
  page: {
    errors: [...COMMON, "cross_site_refused"],
    security: [{ session_cookie: [] }],
    parameters: [
      header("Origin", "The broker's own origin", true),
      header("Sec-Fetch-Site", "`same-origin`, where the browser says it", false),
    ],
  },
  wallet: {
    errors: [...COMMON, "cross_site_refused"],
    security: [{ wallet_cookie: [] }],
    parameters: [
      header("Origin", "The broker's own origin", true),
      header("Sec-Fetch-Site", "`same-origin`, where the browser says it", false),
    ],
  },
  widget: {
    errors: COMMON.slice(),
    security: [{ session_token: [] }],
    parameters: [
      header("Origin", "`allowed_origin` of the session", true),
      header(VERIFIER_HEADER, "The attempt's verifier, once the session is claimed", false),
    ],
  },
};

const keysOf = <T extends object>(table: T): (keyof T & string)[] =>
  Object.keys(table) as (keyof T & string)[];

// ---- schemas ----------------------------------------------------------------------------------

/** Each schema once, by name, whoever refers to it. */
const createSchemas = () => {
  const registry = z.registry<{ id: string }>();
  const at = (id: string) => `#/components/schemas/${id}`;
  return {
    registry,
    refTo: (schema: Schema, id: string): Json => {
      if (!registry.has(schema)) registry.add(schema, { id });
      return { $ref: at(registry.get(schema)?.id ?? id) };
    },
    components: (): Record<string, Json> => {
      const { schemas } = z.toJSONSchema(registry, { io: "input", uri: at });
      return Object.fromEntries(
        Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema]),
      );
    },
  };
};

const inline = (schema: Schema): Json =>
  Object.fromEntries(
    Object.entries(z.toJSONSchema(schema, { io: "input" })).filter(([name]) => name !== "$schema"),
  );

const jsonContent = (schema: Json, example: unknown) => ({
  "application/json": { schema, ...(example === undefined ? {} : { example }) },
});
const jsonBody = (schema: Json, example: unknown) => ({
  required: true,
  content: jsonContent(schema, example),
});

const queryParameters = (query: Schema | undefined): Parameter[] => {
  const { properties = {}, required = [] } = query
    ? (inline(query) as { properties?: Record<string, Json>; required?: string[] })
    : {};
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
};
