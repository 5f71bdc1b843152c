/**
 * How our pages ask the broker, and how a reply or a refusal is read. Never throws and never hands on text from the
 * network: a refusal is a code, whether it is worth repeating, and the reference that every reply has. Must not know
 * which calls there are, nor what a reply means.
 */
import type { ErrorCode } from "@alter-ai/protocol/http";
import { post, type Fetch } from "./post.ts";
import { problem, type Read } from "./reading.ts";

export type Refusal<C extends ErrorCode> = {
  ok: false;
  /** `unreachable`: no answer, or none of ours. Every code that the page does not know is an `internal_error`. */
  code: C | "internal_error" | "unreachable";
  /** True when the same call may work later, because the broker did not judge this one. */
  temporary: boolean;
  /** The id of the broker's log line. */
  reference?: string | undefined;
};
export type Answer<T, C extends ErrorCode> =
  { ok: true; reply: T; /** As a refusal's. */ reference?: string | undefined } | Refusal<C>;

/** `codes`: those that make a difference to the page. */
export const createAsk =
  <C extends ErrorCode>(fetch: Fetch, codes: readonly C[]) =>
  async <T>(path: string, body: unknown, read: Read<T>): Promise<Answer<T, C>> => {
    try {
      const response = await post(fetch, path, body);
      if (!response.ok) return refusal(codes, response.status, await response.json());
      const json: unknown = response.status === 204 ? undefined : await response.json();
      const reference = readReference(response.headers.get("x-request-id"));
      return { ok: true, reply: read(json), reference };
    } catch {
      // Offline, aborted, or what no broker says, such as a proxy's HTML: for the user all of it is "not reached".
      return { ok: false, code: "unreachable", temporary: true };
    }
  };

/** @throws where no broker has answered. */
export const refusal = <C extends ErrorCode>(
  codes: readonly C[],
  status: number,
  json: unknown,
): Refusal<C> => {
  const { code, request_id } = problem(json);
  return {
    ok: false,
    code: RESTARTING.has(code)
      ? "unreachable"
      : (codes.find((known) => known === code) ?? "internal_error"),
    temporary: status >= 500 || status === 429,
    reference: readReference(request_id),
  };
};

/** Not judged, and over in a moment: for the user it is as good as no answer. */
const RESTARTING: ReadonlySet<string> = new Set(["shutting_down", "not_ready"]);

/** It is shown, so it is an id or nothing: what stands before the broker could write anything there. */
const readReference = (text: string | null): string | undefined =>
  text !== null && /^[\w-]{1,64}$/.test(text) ? text : undefined;
