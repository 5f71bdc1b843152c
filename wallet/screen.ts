/** What the Wallet can show, and which screen a refusal leads to. Knows shapes only. */
import type { WalletActivity, WalletConnection } from "@alter-ai/protocol/wallet";
import type { Refusal } from "./api.ts";
import type { Place, Problem } from "./place.ts";
import type { Head, RevokeReply, Secret, ViewReply } from "./reply.ts";

export type App = NonNullable<Head["app"]>;
export type Ways = Extract<ViewReply, { state: "signed_out" }>["sign_in"];
export type Trouble = "unreachable" | "busy" | "unexpected" | "not_signed_out";
export type Failure = { trouble: Trouble; reference: string | undefined };

/** Why there is nobody: never was, the session is over, the user has left, or the sign-in came to nothing. */
export type Why =
  | { kind: "fresh" }
  | { kind: "ended" }
  | { kind: "left"; identity_provider: string }
  | ({ kind: "problem" } & Problem);

/** What happened at the provider of a connection that was ended here. */
export type Told = RevokeReply["provider_revocation"];

/** `rest`: the cursor of what is not here yet, and whether asking for that has just failed. */
export type Rest = { cursor: string | null; failed: boolean };

export type Screen =
  | { name: "loading"; head?: Head | undefined }
  | {
      name: "connections";
      head: Head;
      connections: WalletConnection[];
      secrets: Secret[];
      rest: Rest;
      /** Seconds. */
      takes_effect_within: number;
      /** Those ended on this page, by grant. */
      told: Readonly<Record<string, Told>>;
      /** The one ended last, which has the focus. */
      last?: string;
    }
  | { name: "activity"; head: Head; activity: WalletActivity[]; rest: Rest }
  /** `ways` are undefined while they are asked for. */
  | { name: "signed_out"; why: Why; ways: Ways | undefined; app: App | undefined }
  | { name: "no_wallet"; app: App | undefined }
  | { name: "trouble"; head?: Head | undefined; failure: Failure };

export type Sum = Record<Told, number>;

/** What is asked before anything ends. */
export type Question =
  | {
      about: "one";
      connection: WalletConnection;
      busy: boolean;
      failure?: Failure | undefined;
    }
  | {
      about: "all";
      place: Place;
      phase: "asked" | "going" | "stopping" | "over";
      sum: Sum;
      /** Of a phase that is over: some are left, because the user stopped or it failed. */
      left: boolean;
      failure?: Failure | undefined;
    };

/** What a screen reader is told beside what is on screen. Another object each time: the same may be said again. */
export type Said =
  | { about: "told"; told: Told; provider: string; app: string }
  | { about: "already" }
  | { about: "download"; failed: boolean }
  | { about: "shown"; count: number };

export const failureOf = ({ code, reference }: Refusal): Failure => ({
  trouble:
    code === "unreachable"
      ? "unreachable"
      : code === "rate_limited" || code === "overloaded"
        ? "busy"
        : "unexpected",
  reference,
});

/** Whose all of this is, for telling two users apart who use one browser. */
export const userOf = ({ user }: Head): string =>
  [user.identity_provider, user.label_kind, user.label].join("\n");

export const headOf = (screen: Screen): Head | undefined =>
  "head" in screen ? screen.head : undefined;

export const totalOf = ({ done, unsupported, shared, failed }: Sum): number =>
  done + unsupported + shared + failed;
