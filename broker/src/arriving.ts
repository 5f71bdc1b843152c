/**
 * What a provider's yes becomes, whichever way it came: the grant, the step of its session and the audit row, together
 * or not at all. Knows sessions and grants; what was asked of the provider, and how it answered, is over by now.
 */
import type { Audit } from "./audit.ts";
import type { ProviderClient } from "./config/client.ts";
import { aboutSession } from "./grants/about.ts";
import type { Grants } from "./grants/grants.ts";
import { isMadeBefore } from "./identity/gone.ts";
import type { Keys } from "./keys.ts";
import type { Finished } from "./oauth/oauth.ts";
import type { Redeem } from "./redeem.ts";
import { connected, settled, type End } from "./session.ts";
import type { StoredSession } from "./store/sessions.ts";
import type { Store } from "./store/store.ts";

export type Arriving = ReturnType<typeof createArriving>;

export const createArriving = (deps: {
  store: Store;
  grants: Grants;
  redeem: Redeem;
  keys: Keys;
  audit: Audit;
  now: () => number;
  log: (event: string, about: Record<string, unknown>) => void;
}) => {
  const { store, grants, redeem, now } = deps;

  /**
   * Whoever ends a user or a key ends their sessions; one that was being minted at that very moment is noticed here,
   * before anything is exchanged for it.
   */
  const endedOutside = async (session: StoredSession): Promise<End | undefined> => {
    const gone_at = await store.deprovisioned.at(session);
    if (gone_at !== null && isMadeBefore(session.created_at, gone_at)) return "deprovisioned";
    const { key_hash } = session;
    return key_hash !== null && (await deps.keys.isRevoked(key_hash)) ? "key_revoked" : undefined;
  };

  /** Only if the session is still waiting for this exchange, whose `lease` it is; what came too late is dropped. */
  const arrive = async (
    session: StoredSession,
    client: ProviderClient,
    brought: Omit<Extract<Finished, { ok: true }>, "ok">,
    { lease, request_id }: { lease: number; request_id: string },
  ): Promise<void> => {
    const { user } = session;
    const own =
      user.label_kind === "verified_email" &&
      brought.account.verified_email?.toLowerCase() === user.label.toLowerCase();
    const late = new Error("The session ended during the exchange");
    try {
      const unused = await store.transaction(async (tx) => {
        const current = await tx.sessions.byId(session.id);
        if (!current || settled(current, now()).ended_at !== null) throw late;
        const { connection, unused } = await grants.keep(tx, current, client, brought);
        const done = await tx.sessions.step(session.id, (latest) =>
          redeem.withCode(latest, connected(latest, connection, own, lease, now())),
        );
        if (!done || done.refused) throw late;
        if (done.session.ended_at !== null)
          await deps.audit(tx, "session.ended", "browser", {
            ...aboutSession(session),
            provider: client.provider.id,
            request_id,
            reason: "done",
          });
        return unused;
      });
      if (unused) await grants.drop(client, unused.tokens, unused.metadata);
    } catch (error) {
      await grants.drop(client, brought.tokens, brought.metadata);
      if (error !== late) throw error;
      deps.log("callback_too_late", { request_id, session_id: session.id });
    }
  };

  return { endedOutside, arrive };
};
