/**
 * The page's six calls to the broker. Knows paths, bodies and which codes make a difference.
 * Must not know what a reply means for the user: that is the flow's.
 */
import type { ErrorCode, page } from "@alter-ai/protocol/http";
import { createAsk } from "../look/asking.ts";
import type * as Asked from "../look/asking.ts";
import type { Fetch } from "../look/post.ts";
import type { Infer } from "../look/reading.ts";
import { authorizeReply, claimReply, finishReply, viewReply } from "./reply.ts";

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

export type Refusal = Asked.Refusal<(typeof CODES)[number]>;
export type Answer<T> = Asked.Answer<T, (typeof CODES)[number]>;

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

export const createApi = ({
  fetch = ((path, init) => globalThis.fetch(path, init)) as Fetch,
  beacon = (path: string, body: Blob): boolean => navigator.sendBeacon(path, body),
} = {}): Api => {
  const call = createAsk(fetch, CODES);

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
