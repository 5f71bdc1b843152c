/**
 * Ending connections: what is asked before, what goes on meanwhile, and what came of it. Knows two calls, which it is
 * given. Must not know what else is on screen.
 */
import { signal } from "@preact/signals";
import type { WalletConnection } from "@alter-ai/protocol/wallet";
import type { Api } from "./api.ts";
import type { Place } from "./place.ts";
import { failureOf, totalOf, type Failure, type Question, type Sum, type Told } from "./screen.ts";

type EndingDeps = {
  revoke: (of: { grant_id: string }) => ReturnType<Api["revoke"]>;
  revokeAll: (of: { app?: string; provider?: string }) => ReturnType<Api["revokeAll"]>;
  /** The session has just been used. */
  onUse: () => void;
  onSignedOut: () => void;
  onEnded: (connection: WalletConnection, told: Told) => void;
  /** It has been over before, or was never there. */
  onGone: () => void;
  /** Some of them ended, or may have. */
  onMany: () => void;
};

const NONE: Sum = { done: 0, unsupported: 0, shared: 0, failed: 0 };

export const createEnding = (deps: EndingDeps) => {
  const question = signal<Question>();
  /** Whatever is answered after it has been dropped says nothing about the one that is asked now. */
  const stillAsks = (asked: Question): (() => boolean) => {
    const { about } = asked;
    const mine = ++turn;
    return () => turn === mine && question.value?.about === about;
  };
  let turn = 0;

  const drop = (): void => {
    turn += 1;
    question.value = undefined;
  };

  const endOne = async (asked: Question & { about: "one" }): Promise<void> => {
    const { connection } = asked;
    const mine = stillAsks(asked);
    question.value = { about: "one", connection, busy: true };
    const answer = await deps.revoke({ grant_id: connection.grant_id });
    if (!mine()) return;
    if (answer.ok) {
      deps.onUse();
      drop();
      return deps.onEnded(connection, answer.reply.provider_revocation);
    }
    if (answer.code === "signed_out") return deps.onSignedOut();
    if (answer.code === "grant_not_found" || answer.code === "grant_revoked") {
      drop();
      return deps.onGone();
    }
    question.value = { about: "one", connection, busy: false, failure: failureOf(answer) };
  };

  const endAll = async (asked: Question & { about: "all" }): Promise<void> => {
    const { place } = asked;
    const { app, provider } = place;
    const filter = {
      ...(app !== undefined && { app }),
      ...(provider !== undefined && { provider }),
    };
    const mine = stillAsks(asked);
    let sum = NONE;
    const isStopping = (): boolean =>
      question.value?.about === "all" && question.value.phase === "stopping";
    const show = (phase: "going" | "stopping" | "over", left = false, failure?: Failure): void => {
      question.value = { about: "all", place, phase, sum, left, failure };
    };
    show("going");
    for (;;) {
      const answer = await deps.revokeAll(filter);
      if (!mine()) return;
      if (!answer.ok) {
        if (answer.code === "signed_out") return deps.onSignedOut();
        show("over", true, failureOf(answer));
        break;
      }
      deps.onUse();
      const { more, ...ended } = answer.reply;
      sum = added(sum, ended);
      // A broker that ends nothing and says that there is more would keep this going for ever.
      const stuck = more && totalOf(ended) === 0;
      if (!more || stuck || isStopping()) {
        show("over", more, stuck ? STUCK : undefined);
        break;
      }
      show("going");
    }
    deps.onMany();
  };

  return {
    question,
    drop,
    ask: (connection: WalletConnection): void => {
      question.value = { about: "one", connection, busy: false };
    },
    askAll: (place: Place): void => {
      question.value = { about: "all", place, phase: "asked", sum: NONE, left: false };
    },
    confirm: (): void => {
      const asked = question.value;
      if (asked?.about === "one" && !asked.busy) void endOne(asked);
      if (asked?.about === "all" && asked.phase === "asked") void endAll(asked);
    },
    /** What has begun goes on: only the answer says what became of it. */
    dismiss: (): void => {
      const asked = question.value;
      if (asked?.about === "one" && asked.busy) return;
      if (asked?.about === "all" && asked.phase === "going")
        question.value = { ...asked, phase: "stopping" };
      else if (!(asked?.about === "all" && asked.phase === "stopping")) drop();
    },
  };
};

const STUCK: Failure = { trouble: "unexpected", reference: undefined };

const added = (sum: Sum, more: Sum): Sum => ({
  done: sum.done + more.done,
  unsupported: sum.unsupported + more.unsupported,
  shared: sum.shared + more.shared,
  failed: sum.failed + more.failed,
});
