/**
 * The second half of a redirect or backend session: a one-time result code and, from the browser that started,
 * the verifier (or, from the app's server, the same user) turn pending grants into active ones. Pending grants
 * that the wrong party asks for are purged, not handed over.
 */
import type { Connection } from "@alter-ai/protocol/window";
import { refuse } from "./error.ts";
import type { Grants } from "./grants/grants.ts";
import { settled, type Session, type Step } from "./session.ts";
import type { Owner } from "./store/grants.ts";
import type { StoredSession } from "./store/sessions.ts";
import type { Store } from "./store/store.ts";
import { hashSecret, s256, sameSecret, type Vault } from "./vault.ts";

/** From the end of the session to the redemption. Repeats of a redeemed code live as long as the outcome. */
const CODE_LIFETIME = 2 * 60_000;

export type Redeem = ReturnType<typeof createRedeem>;

export const createRedeem = (deps: {
  store: Store;
  grants: Grants;
  vault: Vault;
  now: () => number;
}) => {
  const { store, grants, now } = deps;

  const find = async (code: string, shape: "redirect" | "backend"): Promise<StoredSession> => {
    const session = await store.sessions.byResultCode(hashSecret(code));
    const alive =
      session !== undefined &&
      session.ended_at !== null &&
      (session.redeemed_at !== null || now() < session.ended_at + CODE_LIFETIME);
    if (!alive || session.shape !== shape) throw refuse("invalid_code");
    return session;
  };

  /** One-time means one activation: the same code from the same party repeats its reply. */
  const activate = async (session: StoredSession): Promise<Connection[]> => {
    const { connections, unused } = await store.transaction(async (tx) => {
      const current = await tx.sessions.byId(session.id);
      if (!current) throw refuse("invalid_code");
      if (current.redeemed_at !== null) return { connections: current.connections, unused: [] };
      const redeemed = await grants.redeem(tx, current);
      const { connections } = redeemed;
      if (!connections.length) throw refuse("invalid_code");
      await tx.sessions.step(session.id, () => ({
        set: { connections, outcome: { status: "success", connections }, redeemed_at: now() },
      }));
      return redeemed;
    });
    for (const { client, tokens, metadata } of unused) await grants.drop(client, tokens, metadata);
    return connections;
  };

  /** Deterministic, so that a reload of the page leads to the same code and nothing needs storing in clear. */
  const codeOf = (session: { id: string }): string => deps.vault.mac("result_code", session.id);

  return {
    /** A transition that ends a session also writes the hash of its code, where there is something to redeem. */
    withCode: (session: Session, step: Step): Step => {
      if (!("set" in step) || step.set.ended_at === undefined) return step;
      const { connections = session.connections } = step.set;
      const redeemable =
        session.shape !== "popup" && session.shape !== null && connections.length > 0;
      return {
        set: { ...step.set, result_code_hash: redeemable ? hashSecret(codeOf(session)) : null },
      };
    },

    /** Looked up before anything is decided, since the route must know the session's origin first. */
    sessionOf: (code: string) => find(code, "redirect"),

    forBrowser: async (session: StoredSession, verifier: string): Promise<Connection[]> => {
      if (session.challenge === null || !sameSecret(s256(verifier), session.challenge))
        throw refuse("invalid_code");
      return activate(session);
    },

    forBackend: async (code: string, owner: Owner): Promise<Connection[]> => {
      const session = await find(code, "backend");
      if (session.app_id !== owner.app_id) throw refuse("invalid_code");
      if (session.issuer !== owner.issuer || session.subject !== owner.subject) {
        // Somebody else finished what this user began [M20].
        await grants.purgePending(
          (await store.grants.ofSession(session.id)).filter(({ status }) => status === "pending"),
        );
        throw refuse("invalid_code");
      }
      return activate(session);
    },

    /** Where an ended redirect or backend session sends the browser; nothing of the account in it. */
    redirectTo: (stored: Session): string | undefined => {
      const session = settled(stored, now());
      if (session.return_url === null || session.ended_at === null || session.shape === "popup")
        return undefined;
      const url = new URL(session.return_url);
      // Creation refuses these names in a return URL; whatever stands there, the answer is ours alone.
      for (const name of [...url.searchParams.keys()])
        if (name.startsWith("alter_connect_")) url.searchParams.delete(name);
      // Back from the return page, through a provider that agrees at once: the browser that has redeemed has
      // nothing left to redeem with. The app's server may repeat its code.
      if (session.shape === "redirect" && session.redeemed_at !== null) return url.href;
      const { outcome } = session;
      if (outcome?.status === "success")
        url.searchParams.set("alter_connect_code", codeOf(session));
      else if (outcome?.status === "error")
        url.searchParams.set("alter_connect_error", outcome.error.code);
      else url.searchParams.set("alter_connect_exit", "1");
      if (session.redirect_state !== null)
        url.searchParams.set("alter_connect_state", session.redirect_state);
      return url.href;
    },
  };
};
