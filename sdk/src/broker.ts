/**
 * The broker's API: an endpoint of the protocol's table in, its parsed reply out, or an AlterSDKError. The only holder
 * of the API key. Knows no grant rules and never talks to a provider.
 */
import { USER_TOKEN_HEADER } from "@alter-ai/protocol/backend";
import type { Call } from "./calls.ts";
import type { Configuration } from "./configuration.ts";
import { networkError } from "./connection.ts";
import { invalidResponse } from "./errors.ts";
import type { RequestBody } from "./message.ts";
import { parseJson, refusalOf } from "./problem.ts";
import { retryAfterOf, type Repeat, type Retry } from "./retry.ts";
import { encodeSegment } from "./target.ts";
import type { Sighting } from "./telemetry.ts";

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

type Asked<Body> = {
  body?: NoInfer<Body>;
  /** Takes the place of `:id` in the path. */
  id?: string;
  query?: Record<string, string | number | undefined>;
  /** For calls without a body; the others have it there. */
  userToken?: string | undefined;
  /** Default `always`: nearly all of them change nothing, or nothing more the second time. */
  repeat?: Repeat;
};

type Outgoing = {
  path: string;
  method: string;
  headers: Record<string, string>;
  body: RequestBody | null;
  duplex?: "half";
};

export const createBroker = (
  { apiKey, baseUrl, fetch }: Configuration,
  retry: Retry,
  now: () => number,
) => {
  const host = new URL(baseUrl).host;

  const call = <Body, Reply>(
    current: Call,
    endpoint: Endpoint<Body, Reply>,
    asked: Asked<Body> = {},
  ): Promise<Reply> => {
    const { body, userToken, repeat = "always" } = asked;
    const outgoing = {
      path: pathOf(endpoint.path, asked),
      method: endpoint.method,
      headers: {
        accept: "application/json",
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(userToken !== undefined && { [USER_TOKEN_HEADER]: userToken }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    };
    const sent = { host, method: endpoint.method, repeat, whom: "The broker" };
    return retry(current, sent, async (sighted) => {
      const response = await exchange(outgoing, current.signal, sighted);
      const text = await textOf(response, current.signal);
      if (response.status === endpoint.status) return read(endpoint, parseJson(text));
      throw refusal(response, text);
    });
  };

  /** One request, with the key on it. Retries are the caller's. */
  const exchange = async (
    { path, headers, ...init }: Outgoing,
    signal: AbortSignal,
    sighted: (seen: Sighting) => void,
  ): Promise<Response> => {
    let response;
    try {
      response = await fetch(baseUrl + path, {
        ...init,
        headers: { ...headers, authorization: `Bearer ${apiKey}` },
        // The broker never redirects; whoever answers with a redirect shall not see the key.
        redirect: "manual",
        signal,
      });
    } catch (error) {
      throw unreachable(error, signal);
    }
    sighted({ status: response.status, requestId: requestIdOf(response) });
    return response;
  };

  const textOf = async (response: Response, signal: AbortSignal): Promise<string> => {
    try {
      return await response.text();
    } catch (error) {
      throw unreachable(error, signal);
    }
  };

  const unreachable = (error: unknown, signal: AbortSignal) => {
    signal.throwIfAborted();
    return networkError("broker_unreachable", `The broker at ${baseUrl}`, error);
  };

  const refusal = ({ status, headers }: Response, text: string) =>
    refusalOf(baseUrl, { status, text, retryAfter: retryAfterOf(headers, now) });

  return { call, exchange, textOf, refusal };
};

export type Broker = ReturnType<typeof createBroker>;

const pathOf = (path: string, { id, query = {} }: Asked<unknown>): string => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) search.set(name, String(value));
  const filled = id === undefined ? path : path.replace(":id", () => encodeSegment("id", id));
  const text = search.toString();
  return text === "" ? filled : `${filled}?${text}`;
};

const read = <Reply>({ reply, status }: Endpoint<unknown, Reply>, json: unknown): Reply => {
  const parsed = reply.safeParse(json);
  if (parsed.success) return parsed.data;
  // The place and never the value: a reply may hold a token.
  const path = parsed.error.issues[0]?.path.map(String).join(".") ?? "";
  throw invalidResponse(`The broker's reply is not as expected at "${path}"`, status);
};

/** For logs and spans, so nothing that could break a line. */
const requestIdOf = ({ headers }: Response): string | undefined =>
  /^[\x21-\x7e]{1,128}$/.exec(headers.get("x-request-id") ?? "")?.[0];
