/**
 * The Wallet's calls to the broker. Knows paths, bodies and which codes make a difference. Must not know what a reply
 * means for the user: that is the flow's.
 */
import type { ErrorCode } from "@alter-ai/protocol/http";
import type { wallet } from "@alter-ai/protocol/wallet";
import { createAsk, refusal } from "../look/asking.ts";
import type * as Asked from "../look/asking.ts";
import { post, type Fetch } from "../look/post.ts";
import type { Infer } from "../look/reading.ts";
import {
  activityReply,
  revokeAllReply,
  revokeReply,
  signInReply,
  viewReply,
  type ActivityReply,
  type RevokeAllReply,
  type RevokeReply,
  type SignInReply,
  type ViewReply,
} from "./reply.ts";

/** The protocol's own, as its type says: its schemas would come with them. */
const PATHS: { [K in keyof typeof wallet]: (typeof wallet)[K]["path"] } = {
  view: "/v1/wallet/view",
  activity: "/v1/wallet/activity",
  revoke: "/v1/wallet/revoke",
  revokeAll: "/v1/wallet/revoke-all",
  download: "/v1/wallet/download",
  signIn: "/v1/wallet/sign-in",
  signOut: "/v1/wallet/sign-out",
};

/** The codes that make a difference to the page. */
const CODES = [
  ...(["signed_out", "no_wallet", "grant_not_found", "grant_revoked"] as const),
  ...(["rate_limited", "overloaded", "provider_unavailable", "provider_timeout"] as const),
  ...(["identity_provider_unavailable", "internal_error"] as const),
] satisfies readonly ErrorCode[];

export type Refusal = Asked.Refusal<(typeof CODES)[number]>;
export type Answer<T> = Asked.Answer<T, (typeof CODES)[number]>;

type Body<K extends keyof typeof wallet> = Infer<(typeof wallet)[K]["body"]>;

export type Api = {
  view(body: Body<"view">): Promise<Answer<ViewReply>>;
  activity(body: Body<"activity">): Promise<Answer<ActivityReply>>;
  revoke(body: Body<"revoke">): Promise<Answer<RevokeReply>>;
  revokeAll(body: Body<"revokeAll">): Promise<Answer<RevokeAllReply>>;
  /** All of it, or none. */
  download(body: Body<"download">): Promise<Answer<Blob>>;
  signIn(body: Body<"signIn">): Promise<Answer<SignInReply>>;
  signOut(): Promise<Answer<undefined>>;
};

/** A million rows over a slow line. */
const DOWNLOAD_MS = 20 * 60_000;

export const createApi = (fetch: Fetch = (path, init) => globalThis.fetch(path, init)): Api => {
  const ask = createAsk(fetch, CODES);
  return {
    view: (body) => ask(PATHS.view, body, viewReply),
    activity: (body) => ask(PATHS.activity, body, activityReply),
    revoke: (body) => ask(PATHS.revoke, body, revokeReply),
    revokeAll: (body) => ask(PATHS.revokeAll, body, revokeAllReply),
    signIn: (body) => ask(PATHS.signIn, body, signInReply),
    signOut: () => ask(PATHS.signOut, {}, () => undefined),
    download: async (body) => {
      try {
        const response = await post(fetch, PATHS.download, body, DOWNLOAD_MS);
        if (!response.ok) return refusal(CODES, response.status, await response.json());
        // Rejects where the line breaks off. A proxy that hides that leaves a document without an end.
        const document = await response.blob();
        if (!/\]\s*\}\s*$/.test(await document.slice(-16).text())) throw new TypeError("cut off");
        return { ok: true, reply: document };
      } catch {
        return { ok: false, code: "unreachable", temporary: true };
      }
    },
  };
};
