/** The replies that the Wallet reads, as the protocol describes them. Must not know who asked. */
import { LOCALES } from "@alter-ai/protocol/locale";
import type {
  ACTIVITY_KINDS,
  wallet,
  WalletActivity,
  WalletConnection,
  walletSecret,
} from "@alter-ai/protocol/wallet";
import {
  appearance,
  flag,
  list,
  mark,
  nullable,
  number,
  object,
  oneOf,
  optional,
  text,
  user,
  type Fields,
  type Infer,
  type Read,
} from "../look/reading.ts";

type Reply<K extends "view" | "activity" | "revoke" | "revokeAll" | "signIn"> = Infer<
  (typeof wallet)[K]["reply"]
>;
export type ViewReply = Reply<"view">;
export type ActivityReply = Reply<"activity">;
export type RevokeReply = Reply<"revoke">;
export type RevokeAllReply = Reply<"revokeAll">;
export type SignInReply = Reply<"signIn">;
export type Secret = Infer<typeof walletSecret>;

type SignedIn = Extract<ViewReply, { state: "signed_in" }>;
type SignedOut = Extract<ViewReply, { state: "signed_out" }>;
/** What both views have. */
export type Head = Omit<
  SignedIn,
  "connections" | "next_cursor" | "secrets" | "takes_effect_within"
>;

const app = object<NonNullable<Head["app"]>>({ id: text, ...appearance });
const locale = oneOf(...LOCALES);

const head: Fields<Head> = {
  state: oneOf("signed_in"),
  session_id: text,
  locale,
  app: optional(app),
  user,
  apps: list(object({ id: text, name: text, logo_url: optional(text) })),
  providers: list(object({ id: text, name: text, ...mark, manage_url: optional(text) })),
  expires_in: number,
};

const connection = object<WalletConnection>({
  grant_id: text,
  app: text,
  provider: text,
  account_identifier: text,
  scopes: list(text),
  created_at: text,
  last_used_at: nullable(text),
  status: oneOf("active", "expiring", "needs_reconnect", "revoked"),
  ends_at: nullable(text),
  ended_at: nullable(text),
});

const secret = object<Secret>({
  grant_id: text,
  app: text,
  provider: text,
  given_to: oneOf("user", "group", "everyone"),
  created_at: text,
  last_used_at: nullable(text),
  status: oneOf("active", "expired"),
});

const KINDS = [
  ...(["used", "refused", "connected", "reconnected", "revoked"] as const),
  ...(["ended_by_provider", "expired"] as const),
] satisfies (typeof ACTIVITY_KINDS)[number][];

const deed = object<WalletActivity>({
  id: text,
  at: text,
  app: text,
  provider: nullable(text),
  kind: oneOf(...KINDS),
  method: nullable(text),
  host: nullable(text),
  reason: nullable(text),
  by: nullable(oneOf("you", "app", "operator", "identity_provider", "broker")),
});

const signedOut = object<SignedOut>({
  state: oneOf("signed_out"),
  locale,
  app: optional(app),
  sign_in: list(object({ app: text, identity_provider: text })),
});
const noWallet = object<Extract<ViewReply, { state: "no_wallet" }>>({
  state: oneOf("no_wallet"),
  locale,
  app: optional(app),
});

/** As the state says. */
const standing =
  <T>(signedIn: Read<T>): Read<T | SignedOut | ReturnType<typeof noWallet>> =>
  (value) => {
    const { state } = Object(value);
    if (state === "signed_out") return signedOut(value);
    return state === "no_wallet" ? noWallet(value) : signedIn(value);
  };

/** Of each call that has a reply. */
export const viewReply: Read<ViewReply> = standing(
  object<SignedIn>({
    ...head,
    connections: list(connection),
    next_cursor: nullable(text),
    secrets: list(secret),
    takes_effect_within: number,
  }),
);
export const activityReply: Read<ActivityReply> = standing(
  object<Extract<ActivityReply, { state: "signed_in" }>>({
    ...head,
    activity: list(deed),
    next_cursor: nullable(text),
  }),
);
export const revokeReply = object<RevokeReply>({
  grant_id: text,
  status: oneOf("revoked"),
  provider_revocation: oneOf("done", "unsupported", "shared", "failed"),
});
export const revokeAllReply = object<RevokeAllReply>({
  done: number,
  unsupported: number,
  shared: number,
  failed: number,
  more: flag,
});
export const signInReply = object<SignInReply>({ authorization_url: text });
