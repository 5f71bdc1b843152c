/**
 * Grants with a lifetime: past it they are over, whatever the provider would still allow, and their tokens go. Knows
 * the clock and the row; the provider is not told, since the user may renew the same consent in a moment.
 */
import type { Audit } from "../audit.ts";
import type { Grant } from "../store/grants.ts";
import type { Store } from "../store/store.ts";
import { aboutGrant } from "./about.ts";

export type Lifetime = ReturnType<typeof createLifetime>;

export const createLifetime = ({
  store,
  audit,
  now,
}: {
  store: Store;
  audit: Audit;
  now: () => number;
}) => {
  /** The grant as it stands now: the first to notice writes it down. */
  const settle = async (grant: Grant): Promise<Grant> => {
    if (!isOver(grant, now())) return grant;
    await store.transaction(async (tx) => {
      if (await tx.grants.expire(grant.id, now()))
        await audit(tx, "grant.expired", "broker", aboutGrant(grant));
    });
    return { ...grant, status: "expired", sealed: null };
  };

  return {
    settle,
    /** For those that nobody asks for any more. */
    sweep: async (limit: number): Promise<number> => {
      const overdue = await store.grants.overdue(now(), limit);
      for (const grant of overdue) await settle(grant);
      return overdue.length;
    },
  };
};

export const isOver = ({ status, expires_at }: Grant, now: number): boolean =>
  status === "active" && expires_at !== null && now >= expires_at;
