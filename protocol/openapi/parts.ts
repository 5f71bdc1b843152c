/** What the document is made of: its types, and the pieces that tables and plain paths share. */
import { ERRORS, type ErrorCode } from "../http.ts";

export type Json = { [key: string]: unknown };
export type OpenApi = Json & {
  paths: Record<string, Record<string, Operation>>;
  components: Json & { schemas: Record<string, Json> };
};
export type Operation = Json & {
  operationId: string;
  parameters: Parameter[];
  requestBody?: Json & { content: Record<string, { schema: Json }> };
  responses: Record<string, Json & { content?: Record<string, { schema: Json }> }>;
  security: Record<string, string[]>[];
};
export type Parameter = { name: string; in: string; required: boolean; schema: Json };

export const COMMON_HEADERS = {
  "X-Request-Id": { description: "The log line to look for", schema: { type: "string" } },
};

export const pathParameters = (path: string): Parameter[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));

/** By status, with the codes that it can have. */
export const problems = (codes: readonly ErrorCode[]): Operation["responses"] => {
  const byStatus = new Map<number, Set<ErrorCode>>();
  for (const code of codes) {
    const [status] = ERRORS[code];
    byStatus.set(status, (byStatus.get(status) ?? new Set<ErrorCode>()).add(code));
  }
  return Object.fromEntries(
    [...byStatus].map(([status, set]) => [String(status), problem(status, [...set])]),
  );
};

const problem = (status: number, codes: ErrorCode[]) => ({
  description: codes.map((code) => `\`${code}\`: ${ERRORS[code][1]}`).join("; "),
  headers: COMMON_HEADERS,
  content: {
    "application/problem+json": {
      schema: {
        allOf: [
          { $ref: "#/components/schemas/Problem" },
          { type: "object", properties: { code: { enum: codes } } },
        ],
      },
      example: {
        type: `urn:alter:error:${codes[0]}`,
        title: codes[0] && ERRORS[codes[0]][1],
        status,
        code: codes[0],
        request_id: "req_5f0b2Zk0TqCw1h8yJcUe4A",
      },
    },
  },
});

/** Who calls. */
export const TAGS = {
  backend: "Calls of an app's backend, with its API key",
  page: "Calls of the hosted page: same origin, JSON, cookie; never CORS",
  widget: "Calls of the widget, from the app's origin: CORS, session token, never a cookie",
  wallet: "Calls of the Wallet: same origin, JSON, cookie; never CORS",
  browser: "Where browsers go",
  operations: "For whoever runs the broker",
};
