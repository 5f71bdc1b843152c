/**
 * The page's six calls to the broker. Knows paths, bodies and how a reply or a refusal is read.
 * Must not know what a reply means for the user: that is the flow's. Never throws and never hands on
 * text from the network: a refusal is a code, whether it is worth repeating, and the reference that every reply has.
 */
import type { ErrorCode, page } from "@alter-ai/protocol/http";
import { post, type Fetch } from "./post.ts";
import { authorizeReply, claimReply, finishReply, problem, viewReply, type Read } from "./reply.ts";

/** The protocol's own, as its type says: its schemas would come with them. */
const PATHS: { [K in keyof typeof page]: (typeof page)[K]["path"] } = {
  claim: "/v1/connect/claim",
  view: "/v1/connect/view",
  authorize: "/v1/connect/authorize",
  credential: "/v1/connect/credential",
  page: "/v1/connect/page",
  finish: "/v1/connect/finish",
};

/** The codes that make a difference to the page, or that it hands on to the app. */
const CODES = [
  "invalid_request",
  "origin_not_allowed",
  "unknown_session",
  "session_expired",
  "session_ended",
  "session_claimed",
  "session_claimed_elsewhere",
  "claim_shape_refused",
  "session_busy",
  "unsupported_browser",
  "invalid_variable",
  "credential_refused",
  "too_many_attempts",
  "provider_unavailable",
  "provider_timeout",
  "rate_limited",
  "overloaded",
  "internal_error",
] as const satisfies readonly ErrorCode[];

export type Refusal = {
  ok: false;
  /** `unreachable`: no answer, or none of ours. Every code that is not listed is an `internal_error`. */
  code: (typeof CODES)[number] | "unreachable";
  /** True when the same call may work later, because the broker did not judge this one. */
  temporary: boolean;
  /** The id of the broker's log line. */
  reference?: string | undefined;
};
export type Answer<T> =
  { ok: true; reply: T; /** As a refusal's. */ reference?: string | undefined } | Refusal;

type Body<K extends "view" | "authorize" | "credential" | "finish"> = Infer<
  (typeof page)[K]["body"]
>;
export type Claim = Infer<typeof page.claim.body>;
export type ClaimReply = Infer<typeof page.claim.reply>;
export type ViewReply = Infer<typeof page.view.reply>;
export type AuthorizeReply = Infer<typeof page.authorize.reply>;
export type FinishReply = Infer<typeof page.finish.reply>;
export type FinishReason = Body<"finish">["reason"];

export type Api = {
  claim(body: Claim): Promise<Answer<ClaimReply>>;
  view(body: Body<"view">): Promise<Answer<ViewReply>>;
  authorize(body: Body<"authorize">): Promise<Answer<AuthorizeReply>>;
  credential(body: Body<"credential">): Promise<Answer<ViewReply>>;
  finish(body: Body<"finish">): Promise<Answer<FinishReply>>;
  here(session_id: string): Promise<Answer<undefined>>;
  gone(session_id: string): void;
};

/** What a schema yields, without importing the schema library to say so. */
export type Infer<S extends { _zod: { output: unknown } }> = S["_zod"]["output"];

export const createApi = ({
  fetch = ((path, init) => globalThis.fetch(path, init)) as Fetch,
  beacon = (path: string, body: Blob): boolean => navigator.sendBeacon(path, body),
} = {}): Api => {
  const call = async <T>(path: string, body: unknown, read: Read<T>): Promise<Answer<T>> => {
    try {
      const response = await post(fetch, path, body);
      const json: unknown = response.status === 204 ? undefined : await response.json();
      if (!response.ok) return refusal(response.status, json);
      const reference = readReference(response.headers.get("x-request-id"));
      return { ok: true, reply: read(json), reference };
    } catch {
      // Offline, aborted, or what no broker says, such as a proxy's HTML: for the user all of it is "not reached".
      return { ok: false, code: "unreachable", temporary: true };
    }
  };

  return {
    claim: (body) => call(PATHS.claim, body, claimReply),
    view: (body) => call(PATHS.view, body, viewReply),
    authorize: (body) => call(PATHS.authorize, body, authorizeReply),
    credential: (body) => call(PATHS.credential, body, viewReply),
    finish: (body) => call(PATHS.finish, body, finishReply),
    here: (session_id) => call(PATHS.page, { session_id, event: "here" }, () => undefined),
    gone: (session_id) => {
      const body = JSON.stringify({ session_id, event: "gone" });
      beacon(PATHS.page, new Blob([body], { type: "application/json" }));
    },
  };
};

const refusal = (status: number, json: unknown): Refusal => {
  const { code, request_id } = problem(json);
  return {
    ok: false,
    code: RESTARTING.has(code)
      ? "unreachable"
      : (CODES.find((known) => known === code) ?? "internal_error"),
    temporary: status >= 500 || status === 429,
    reference: readReference(request_id),
  };
};

/** Not judged, and over in a moment: for the user it is as good as no answer. */
const RESTARTING: ReadonlySet<string> = new Set(["shutting_down", "not_ready"]);

/** It is shown, so it is an id or nothing: what stands before the broker could write anything there. */
const readReference = (text: string | null): string | undefined =>
  text !== null && /^[\w-]{1,64}$/.test(text) ? text : undefined;
