/**
 * What every answer has to be, whatever was asked: one that the document knows, in its form, without a secret, and
 * without a bug on the way. And what has to hold of everything that is stored, whatever has happened.
 */
import type * as z from "zod/mini";
import { isDeepStrictEqual } from "node:util";
import { backend } from "../../../protocol/backend.ts";
import { ERRORS, page, problemSchema, widget, type ErrorCode } from "../../../protocol/http.ts";
import { wallet } from "../../../protocol/wallet.ts";
import type { OpenApi } from "../../../protocol/openapi/parts.ts";
import { spellings } from "../scanner.ts";
import type { Json, World } from "../world.ts";
import { endpointsOf, type FuzzRequest } from "./requests.ts";
import type { Answered } from "./stage.ts";

/** Of a kind of secret, whose replies are for whoever gets them. */
const FOR: Record<string, string[]> = {
  "session token": ["POST /v1/connect/sessions"],
  access_token: ["POST /v1/tokens"],
  "managed secret": ["POST /v1/tokens"],
  "result code": [
    ...["POST /v1/connect/finish", "POST /v1/connect/view", "POST /v1/connect/claim"],
    ...["GET /oauth/callback/{provider}"],
  ],
};

const REPLIES = new Map<string, z.ZodMiniType | undefined>(
  [
    ...Object.values(backend),
    ...Object.values(page),
    ...Object.values(widget),
    ...Object.values(wallet),
  ].map((call) => [
    `${"method" in call ? call.method : "POST"} ${call.path.replace(/:(\w+)/g, "{$1}")}`,
    call.reply,
  ]),
);

export const createJudge = (document: OpenApi) => {
  const endpoints = new Map(endpointsOf(document).map((endpoint) => [endpoint.name, endpoint]));
  /** How often each endpoint has answered what. */
  const seen = new Map<string, Map<string, number>>();

  /** @throws Error saying what is wrong with it */
  const judge = (
    request: FuzzRequest,
    { status, headers, text, lines, secrets }: Answered,
  ): void => {
    const endpoint = endpoints.get(request.endpoint);
    const isProblem = headers.get("content-type") === "application/problem+json";
    const problem = isProblem && text ? problemOf(text, status) : undefined;
    const about = seen.get(request.endpoint || "(others)") ?? new Map<string, number>();
    const word = problem ? `${status} ${problem.code}` : String(status);
    seen.set(request.endpoint || "(others)", about.set(word, (about.get(word) ?? 0) + 1));

    for (const { event } of lines)
      ensure(!String(event).endsWith("bug"), `a bug: ${JSON.stringify(lines)}`);
    const isProxied = headers.has("alter-proxy-reply");
    ensure(status !== 500 || isProxied, `500: ${JSON.stringify(lines)}`);
    ensure(headers.has("x-request-id"), "no request id");
    if (status >= 400 && !isProxied && request.method !== "HEAD")
      ensure(
        problem ?? isPreflight(request, status),
        `${status} without problem details: ${text.slice(0, 200)}`,
      );
    if (endpoint && !isProxied) {
      const documented = endpoint.operation.responses[String(status)];
      ensure(documented, `${status} ${text.slice(0, 300)} is not in the document`);
      if (problem)
        ensure(
          codesOf(documented).includes(problem.code),
          `${problem.code} is not in the document`,
        );
      if (status < 300 && text) checkReply(request.endpoint, text);
    }
    if (status === 303 && !isProxied) checkLocation(headers.get("location") ?? "");
    checkSecrets(request, { headers, text, lines, secrets });
  };

  return { judge, seen };
};

const ensure: (holds: unknown, otherwise: string) => asserts holds = (holds, otherwise) => {
  if (!holds) throw new Error(otherwise);
};

const problemOf = (text: string, status: number): z.infer<typeof problemSchema> => {
  const parsed = problemSchema.safeParse(JSON.parse(text));
  ensure(parsed.success, `no problem details: ${text.slice(0, 300)}`);
  const { data } = parsed;
  ensure(
    isDeepStrictEqual(data, JSON.parse(text)),
    `members that no schema has: ${text.slice(0, 300)}`,
  );
  ensure(
    data.code in ERRORS && ERRORS[data.code as ErrorCode][0] === status,
    `${status} ${data.code}`,
  );
  return data;
};

/** CORS says no without a word. */
const isPreflight = ({ method }: FuzzRequest, status: number): boolean =>
  method === "OPTIONS" && status === 403;

type Documented = { content?: Record<string, { schema: Json }> };
const codesOf = ({ content }: Documented): string[] => {
  const all = content?.["application/problem+json"]?.schema["allOf"] as
    [unknown, { properties: { code: { enum: string[] } } }] | undefined;
  return all?.[1].properties.code.enum ?? [];
};

const checkReply = (endpoint: string, text: string): void => {
  const schema = REPLIES.get(endpoint);
  if (!schema) return;
  const body: unknown = JSON.parse(text);
  const parsed = schema.safeParse(body);
  ensure(parsed.success, `not of its schema: ${JSON.stringify(parsed.error?.issues)}`);
  ensure(isDeepStrictEqual(parsed.data, body), `members that no schema has: ${text.slice(0, 300)}`);
};

/** Never to where a caller would like it to lead. */
const checkLocation = (location: string): void =>
  ensure(
    /^\/connect\/(?:lost|s\/[\w-]{22})$/.test(location) ||
      /^\/oauth\/callback\/posted\?handle=[\w-]{43}$/.test(location) ||
      /^\/wallet(?:\?(?:app=demo)?(?:&?problem=[a-z_]+&reference=req_[\w-]{22})?)?$/.test(
        location,
      ) ||
      /^http:\/\/localhost:4998\/connected\?alter_connect_/.test(location),
    `sent on to ${location}`,
  );

const checkSecrets = (
  { endpoint }: Pick<FuzzRequest, "endpoint">,
  { headers, text, lines, secrets }: Omit<Answered, "status">,
): void => {
  const reply = JSON.stringify([...headers]) + text;
  const log = JSON.stringify(lines);
  for (const [kind, values] of secrets)
    for (const value of values)
      for (const spelt of spellings(value)) {
        ensure(!log.includes(spelt), `${kind} in the log: ${log.replaceAll(spelt, "«it»")}`);
        if (!FOR[kind]?.includes(endpoint))
          ensure(!reply.includes(spelt), `${kind} in a reply: ${reply.replaceAll(spelt, "«it»")}`);
      }
};

// ---- what is stored ---------------------------------------------------------------------------

type Row = Record<string, string | number | null>;

/** Sentences on what is not as it has to be; none is well. */
export const disorder = async (
  world: World,
  secrets: Map<string, Set<string>>,
): Promise<string[]> => {
  const text = await world.snapshot();
  const [sessions = [], authorizations = [], grants = []] = JSON.parse(text) as Row[][];
  const byId = new Map(sessions.map((row) => [row["id"], row]));
  const wrong: string[] = [];
  const check = (holds: boolean, sentence: string) => holds || wrong.push(sentence);
  for (const { session_id, consumed_at, posted } of authorizations) {
    check(byId.has(session_id ?? null), "an authorization without its session");
    check(consumed_at === null || posted === null, "a form that outlived its use");
  }
  for (const row of sessions) {
    check(
      (row["ended_at"] === null) === (row["outcome"] === null),
      "an end without an outcome, or the other way",
    );
    check(
      row["ended_at"] === null || row["live_state_hash"] === null,
      "an ended session that waits for a callback",
    );
    check((row["shape"] === null) === (row["cookie_hash"] === null), "a claim without a cookie");
    const connected = JSON.parse(String(row["connections"])) as { grant_id: string }[];
    for (const { grant_id } of connected)
      check(
        grants.some(({ id }) => id === grant_id),
        "a connection without its grant",
      );
  }
  for (const { id, status, sealed, session_id, subject } of grants) {
    check((status === "revoked") === (sealed === null), `a ${status} grant, and its tokens`);
    check(["ann", "bob", "eve"].includes(String(subject)), "a grant of nobody");
    const session = byId.get(session_id);
    if (status === "pending") check(session?.["shape"] !== "popup", "a pending grant of a popup");
    if (status === "active" && session)
      check(
        String(session["connections"]).includes(String(id)),
        "an active grant that no connection tells of",
      );
  }
  for (const [kind, values] of secrets)
    for (const value of values)
      check(!spellings(value).some((spelt) => text.includes(spelt)), `${kind} in the database`);
  return [...new Set(wrong)];
};
