/**
 * The backend API as one function: an endpoint of the protocol's table in, its parsed reply out, or an AlterError.
 * The only holder of the API key. Knows no grant rules and never talks to a provider.
 */
import { problemSchema, USER_TOKEN_HEADER, type Problem } from "@alter-ai/protocol/http";
import type { Configuration } from "./configuration.ts";
import { startDeadline } from "./deadline.ts";
import { AlterError, BrokerUnreachableError, errorOf, reasonOf } from "./errors.ts";
import { encodeSegment } from "./target.ts";

/** What this file needs of a row of the table: zod's shape, without importing zod. */
type Endpoint<Body, Reply> = {
  method: string;
  path: string;
  status: number;
  body?: { parse(value: unknown): Body };
  reply: { safeParse(value: unknown): Parsed<Reply> };
};
type Parsed<Reply> =
  | { success: true; data: Reply }
  | { success: false; error: { issues: readonly { path: readonly PropertyKey[] }[] } };

type Call<Body> = {
  body?: NoInfer<Body>;
  /** Takes the place of `:id` in the path. */
  id?: string;
  query?: Record<string, string | number | undefined>;
  /** For calls without a body; the others have it there. */
  userToken?: string | undefined;
  signal?: AbortSignal | undefined;
  timeout?: number | undefined;
};

export const createBroker = ({ apiKey, baseUrl, fetch, timeout }: Configuration) => {
  const call = async <Body, Reply>(
    endpoint: Endpoint<Body, Reply>,
    options: Call<Body> = {},
  ): Promise<Reply> => {
    const url = urlOf(endpoint.path, options);
    const deadline = startDeadline(options.timeout ?? timeout, options.signal, "The broker");
    let response, text;
    try {
      response = await fetch(url, {
        method: endpoint.method,
        headers: {
          accept: "application/json",
          authorization: `Bearer ${apiKey}`,
          ...(options.body !== undefined && { "content-type": "application/json" }),
          ...(options.userToken !== undefined && { [USER_TOKEN_HEADER]: options.userToken }),
        },
        body: options.body === undefined ? null : JSON.stringify(options.body),
        // The broker never redirects; whoever answers with a redirect shall not see the key.
        redirect: "manual",
        signal: deadline.signal,
      });
      text = await response.text();
    } catch (error) {
      deadline.signal.throwIfAborted();
      throw unreachable(`could not be reached${reasonOf(error)}`);
    } finally {
      deadline.end();
    }
    return read(endpoint, response, text);
  };

  const urlOf = (path: string, { id, query = {} }: Call<unknown>): string => {
    const url = new URL(
      id === undefined ? path : path.replace(":id", encodeSegment("id", id)),
      baseUrl,
    );
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    return url.href;
  };

  const read = <Reply>(
    endpoint: Endpoint<unknown, Reply>,
    { status, headers }: Response,
    text: string,
  ): Reply => {
    const json = parse(text);
    if (status === endpoint.status) {
      const reply = endpoint.reply.safeParse(json);
      if (reply.success) return reply.data;
      // The place and never the value: a reply may hold a token.
      const path = reply.error.issues[0]?.path.map(String).join(".");
      throw invalidResponse(`The broker's reply is not as expected at "${path ?? ""}"`, status);
    }
    const problem = problemSchema.safeParse(json);
    if (problem.success) throw toError(problem.data, status, headers.get("retry-after"));
    if (status >= 502 && status <= 504)
      throw unreachable(`is down: a gateway answered ${status}`, status);
    throw invalidResponse(
      `${baseUrl} answered ${status}, but not as a broker: is baseUrl right?`,
      status,
    );
  };

  const unreachable = (what: string, status?: number) =>
    new BrokerUnreachableError({
      code: "broker_unreachable",
      message: `The broker at ${baseUrl} ${what}`,
      status,
    });

  return { call };
};

export type Broker = ReturnType<typeof createBroker>;

/** An RFC 3339 time of a reply. */
export const instant = (text: string): Date => {
  const date = new Date(text);
  if (Number.isNaN(date.getTime()))
    throw invalidResponse("The broker's reply has a time that is none");
  return date;
};

const toError = (problem: Problem, status: number, retryAfter: string | null): AlterError =>
  errorOf({
    code: problem.code,
    message: problem.detail ?? problem.title,
    status,
    requestId: problem.request_id,
    accountIdentifiers: problem.account_identifiers,
    missingScopes: problem.missing_scopes,
    allowedHosts: problem.allowed_hosts,
    policyError: problem.policy_error,
    reason: problem.reason,
    retryAfter: seconds(retryAfter),
  });

/** Retry-After has two forms (RFC 9110, 10.2.3): seconds, or a date. */
const seconds = (header: string | null): number | undefined => {
  if (header === null) return undefined;
  const value = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(value) ? Math.max(0, Math.ceil(value)) : undefined;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON fails every schema, which is all there is to say about it.
  }
};

const invalidResponse = (message: string, status?: number) =>
  new AlterError({ code: "invalid_response", message, status });
