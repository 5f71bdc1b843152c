/**
 * A user is gone at the identity provider: what they have here ends, and what still speaks for them is not believed any
 * more. Knows nothing of how that was said and by whom.
 *
 * In this order, each step a commit of its own, all of them again if one fails: the mark, from which on no token from
 * before makes a session; open sessions, so that no callback makes a grant; grants; managed secrets. Providers are told
 * afterwards. Once this resolves, everything here has ended.
 */
import type { Actor, Audit } from "./audit.ts";
import type { EndSession } from "./ending.ts";
import type { Errands } from "./errands.ts";
import { ownerOf } from "./grants/about.ts";
import type { Grants } from "./grants/grants.ts";
import type { Owner } from "./store/grants.ts";
import type { Store } from "./store/store.ts";
import { hashSecret } from "./vault.ts";

export type Departure = {
  owner: Owner;
  /** When the user went, by the sender's clock; as late as now. */
  at: number;
  /** What happened, in the identity provider's words: of a fixed few. */
  event: string;
  /** Names it at the sender. */
  id: string | undefined;
  actor: Extract<Actor, "idp" | "operator">;
  request_id: string | null;
};

export type Ended = { sessions: number; grants: number; secrets: number };

export type Deprovisioning = {
  /** `undefined`: it was done before. */
  depart: (departure: Departure) => Promise<Ended | undefined>;
};

/**
 * How far clocks may differ, and how old a delivery may be. What happened longer ago (a retry after an outage, a log
 * that is read again) ends only what is from before it: the user may be back since.
 */
export const TOLERANCE = 5 * 60_000;

const BATCH = 50;

export const createDeprovisioning = (deps: {
  store: Store;
  grants: Pick<Grants, "endOfUser">;
  audit: Audit;
  endSession: EndSession;
  errands: Errands;
  now: () => number;
}): Deprovisioning => {
  const { store, audit, now } = deps;

  const endSessions = async (departure: Departure, until: number): Promise<number> => {
    for (let ended = 0; ;) {
      const sessions = await store.sessions.openOfUser(departure.owner, until, now(), BATCH);
      for (const session of sessions)
        await deps.endSession(session, "deprovisioned", departure.request_id, departure.actor);
      ended += sessions.length;
      if (sessions.length < BATCH) return ended;
    }
  };

  const endGrants = async (
    { owner, actor, request_id }: Departure,
    until: number,
  ): Promise<number> => {
    const by = { request_id, reason: "deprovisioned" };
    for (let total = 0; ;) {
      const { ended, tellings } = await deps.grants.endOfUser(owner, until, actor, by);
      for (const tell of tellings) deps.errands.run(tell);
      if (!ended) return total;
      total += ended;
    }
  };

  const endSecrets = ({ owner, actor, request_id }: Departure, until: number): Promise<number> =>
    store.transaction(async (tx) => {
      let ended = 0;
      for (const { id, secret } of await tx.managedSecrets.ofUserAlone(owner, until)) {
        if (!(await tx.managedSecrets.revoke(id, now()))) continue;
        ended += 1;
        await audit(tx, "secret.revoked", actor, {
          ...ownerOf(owner),
          ...{ grant_id: id, provider: secret, reason: "deprovisioned", request_id },
        });
      }
      return ended;
    });

  return {
    depart: async (departure) => {
      const { owner, event, actor, request_id, id } = departure;
      const delivery = id === undefined ? undefined : deliveryId(owner, id);
      if (delivery !== undefined && (await store.deprovisioned.isDelivered(delivery)))
        return undefined;
      const until = Math.min(now(), departure.at + TOLERANCE);
      await store.transaction(async (tx) => {
        await tx.deprovisioned.mark(owner, until);
        await audit(tx, "user.deprovisioned", actor, {
          ...ownerOf(owner),
          ...{ reason: event, request_id },
        });
      });
      const sessions = await endSessions(departure, until);
      const grants = await endGrants(departure, until);
      const secrets = await endSecrets(departure, until);
      // Last: what was broken off in the middle has to be done again when it comes again.
      if (delivery !== undefined) await store.deprovisioned.delivered(delivery, now());
      return { sessions, grants, secrets };
    },
  };
};

/** Each app of one delivery has its own effect. */
const deliveryId = ({ app_id, issuer, subject }: Owner, id: string): string =>
  hashSecret(JSON.stringify([app_id, issuer, subject, id]));
