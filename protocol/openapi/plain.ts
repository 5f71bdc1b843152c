/**
 * What is in no endpoint table, because no program of ours parses it: pages and files, the provider's way back, health.
 */
import { deprovision } from "../deprovision.ts";
import type { TAGS } from "./parts.ts";
import { pathParameters, problems, type Json, type Operation, type Parameter } from "./parts.ts";

const plain = (
  tag: keyof typeof TAGS,
  operationId: string,
  summary: string,
  responses: Operation["responses"],
  more: Partial<Operation> = {},
): Operation => ({
  operationId,
  tags: [tag],
  summary,
  security: [],
  parameters: [],
  responses,
  ...more,
});

const body = (type: string, description: string, schema: Json = { type: "string" }) => ({
  200: { description, content: { [type]: { schema } } },
});
const status = (value: string): Json => ({
  type: "object",
  properties: { status: { const: value } },
  required: ["status"],
});
const html = (id: string, summary: string, parameters: Parameter[] = []) =>
  plain("browser", id, summary, body("text/html", "The hosted page"), { parameters });
const NOT_FOUND = problems(["not_found"]);

const CALLBACK = "/oauth/callback/:provider";
const sentOn = {
  303: {
    description: "On to the session's page, the app's return URL, or a page that says nothing",
    headers: { Location: { schema: { type: "string" } } },
  },
};
/** RFC 6749 section 4.1.2 and RFC 9207; what else a provider sends is passed over. */
const RESPONSE_FIELDS = ["state", "code", "iss", "error", "error_description"];

export const PLAIN: { method: string; path: string; operation: Operation }[] = [
  {
    method: "GET",
    path: CALLBACK,
    operation: plain(
      "browser",
      "callback",
      "Where a provider sends the browser back",
      {
        ...sentOn,
        204: { description: "A prefetch, which consumes nothing" },
      },
      {
        parameters: [
          ...pathParameters(CALLBACK),
          ...[...RESPONSE_FIELDS, "handle"].map((name) => ({
            ...{ name, in: "query", required: false },
            schema: { type: "string", maxLength: 4096 },
          })),
        ],
      },
    ),
  },
  {
    method: "POST",
    path: CALLBACK,
    operation: plain(
      "browser",
      "postedCallback",
      "The same, by `response_mode=form_post`",
      sentOn,
      {
        parameters: pathParameters(CALLBACK),
        requestBody: {
          required: true,
          content: {
            "application/x-www-form-urlencoded": {
              schema: {
                type: "object",
                properties: Object.fromEntries(
                  RESPONSE_FIELDS.map((name) => [name, { type: "string", maxLength: 4096 }]),
                ),
              },
            },
          },
        },
      },
    ),
  },
  { method: "GET", path: "/connect", operation: html("connectPage", "The hosted page") },
  {
    method: "GET",
    path: "/connect/s/:id",
    operation: html("sessionPage", "The hosted page of a session", pathParameters("/:id")),
  },
  {
    method: "GET",
    path: "/connect/lost",
    operation: html("lostPage", "Where a browser ends that belongs to no session"),
  },
  {
    method: "GET",
    path: "/page/:file",
    operation: plain(
      "browser",
      "pageFile",
      "A file of the hosted page",
      {
        ...body("*/*", "The file"),
        ...NOT_FOUND,
      },
      { parameters: pathParameters("/:file") },
    ),
  },
  { method: "GET", path: "/wallet", operation: html("walletPage", "The Wallet: connections") },
  {
    method: "GET",
    path: "/wallet/activity",
    operation: html("walletActivityPage", "The Wallet: activity"),
  },
  {
    method: "GET",
    path: "/wallet/callback/:app",
    operation: plain(
      "browser",
      "walletCallback",
      "Where an identity provider sends the browser back",
      {
        303: {
          description: "On to the Wallet, signed in or with why not",
          headers: { Location: { schema: { type: "string" } } },
        },
        204: { description: "A prefetch, which consumes nothing" },
      },
      {
        parameters: [
          ...pathParameters("/:app"),
          ...RESPONSE_FIELDS.map((name) => ({
            ...{ name, in: "query", required: false },
            schema: { type: "string", maxLength: 4096 },
          })),
        ],
      },
    ),
  },
  {
    method: "GET",
    path: "/wallet/page/:file",
    operation: plain(
      "browser",
      "walletFile",
      "A file of the Wallet",
      { ...body("*/*", "The file"), ...NOT_FOUND },
      { parameters: pathParameters("/:file") },
    ),
  },
  {
    method: "GET",
    path: "/connect.js",
    operation: plain(
      "browser",
      "widgetScript",
      "The widget as a script",
      body("text/javascript", "The script"),
    ),
  },
  {
    method: "GET",
    path: "/connect-:version.js",
    operation: plain(
      "browser",
      "versionedScript",
      "The same under its version, for ever",
      {
        ...body("text/javascript", "The script"),
        ...NOT_FOUND,
      },
      { parameters: pathParameters("/:version") },
    ),
  },
  {
    method: "GET",
    path: "/connect-button.js",
    operation: plain(
      "browser",
      "buttonScript",
      "The widget with its element, as a script",
      body("text/javascript", "The script"),
    ),
  },
  {
    method: "GET",
    path: "/connect-button-:version.js",
    operation: plain(
      "browser",
      "versionedButtonScript",
      "The same under its version, for ever",
      {
        ...body("text/javascript", "The script"),
        ...NOT_FOUND,
      },
      { parameters: pathParameters("/:version") },
    ),
  },
  {
    method: "GET",
    path: "/connect.json",
    operation: plain(
      "browser",
      "widgetVersion",
      "Version, address and integrity of the scripts",
      body("application/json", "For the `integrity` of a script element", {
        type: "object",
        properties: {
          version: { type: "string" },
          url: { type: "string" },
          integrity: { type: "string" },
          button: {
            type: "object",
            properties: { url: { type: "string" }, integrity: { type: "string" } },
            required: ["url", "integrity"],
          },
        },
        required: ["version", "url", "integrity", "button"],
      }),
    ),
  },
  {
    method: deprovision.method,
    path: deprovision.path,
    operation: plain(
      "operations",
      "deprovision",
      "An identity provider says that a user is gone",
      {
        ...body("application/json", "Done", {
          type: "object",
          properties: { deprovisioned: { type: "integer" } },
          required: ["deprovisioned"],
        }),
        ...problems([
          ...(["invalid_request", "invalid_signature", "payload_too_large"] as const),
          ...(["rate_limited", "overloaded", "shutting_down"] as const),
        ]),
      },
      {
        description:
          "No API key: the delivery's signature is the credential, over the bytes as they are sent.",
        parameters: [
          ...pathParameters(deprovision.path),
          {
            ...{ name: deprovision.signatureHeader, in: "header", required: false },
            schema: { type: "string", maxLength: 1024 },
          },
        ],
        // As each identity provider writes it: JSON, an array of it, or a line each.
        requestBody: { required: true, content: { "*/*": { schema: { type: "string" } } } },
      },
    ),
  },
  {
    method: "GET",
    path: "/healthz",
    operation: plain(
      "operations",
      "healthz",
      "Alive",
      body("application/json", "Alive", status("ok")),
    ),
  },
  {
    method: "GET",
    path: "/readyz",
    operation: plain("operations", "readyz", "Ready to work", {
      ...body("application/json", "Ready", status("ready")),
      ...problems(["not_ready", "shutting_down"]),
    }),
  },
  {
    method: "GET",
    path: "/openapi.json",
    operation: plain(
      "operations",
      "openapi",
      "This document",
      body("application/json", "OpenAPI 3.1", { type: "object" }),
    ),
  },
];
