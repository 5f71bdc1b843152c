/** Users who are gone, and the deliveries that said so. What either means is deprovisioning.ts. */
import type { Db, Tx } from "./database.ts";
import type { Owner } from "./grants.ts";

export const deprovisionedStore = (db: Db | Tx) => ({
  /** When the user was deprovisioned last. */
  at: async ({ app_id, issuer, subject }: Owner): Promise<number | null> => {
    const row = await db
      .selectFrom("deprovisioned_users")
      .select("at")
      .where("app_id", "=", app_id)
      .where("issuer", "=", issuer)
      .where("subject", "=", subject)
      .executeTakeFirst();
    return row?.at ?? null;
  },

  /** The last time that any of these was deprovisioned. */
  latest: async (owners: Owner[]): Promise<number | null> => {
    const [first] = owners;
    if (!first) return null;
    const rows = await db
      .selectFrom("deprovisioned_users")
      .select(["app_id", "subject", "at"])
      .where("issuer", "=", first.issuer)
      .where("app_id", "in", [...new Set(owners.map(({ app_id }) => app_id))])
      .where("subject", "in", [...new Set(owners.map(({ subject }) => subject))])
      .execute();
    const ends = rows
      .filter((row) =>
        owners.some(({ app_id, subject }) => app_id === row.app_id && subject === row.subject),
      )
      .map(({ at }) => Number(at));
    return ends.length ? Math.max(...ends) : null;
  },

  /** The latest time stays: deliveries come in any order. */
  mark: async ({ app_id, issuer, subject }: Owner, at: number): Promise<void> => {
    await db
      .insertInto("deprovisioned_users")
      .values({ app_id, issuer, subject, at })
      .onConflict((conflict) =>
        conflict
          .columns(["app_id", "issuer", "subject"])
          .doUpdateSet({ at })
          .where("deprovisioned_users.at", "<", at),
      )
      .execute();
  },

  /** True for the one caller who removed it. */
  forget: async ({ app_id, issuer, subject }: Owner): Promise<boolean> => {
    const gone = await db
      .deleteFrom("deprovisioned_users")
      .where("app_id", "=", app_id)
      .where("issuer", "=", issuer)
      .where("subject", "=", subject)
      .returning("at")
      .executeTakeFirst();
    return gone !== undefined;
  },

  isDelivered: async (id: string): Promise<boolean> => {
    const row = await db
      .selectFrom("deliveries")
      .select("id")
      .where("id", "=", id)
      .executeTakeFirst();
    return row !== undefined;
  },

  delivered: async (id: string, at: number): Promise<void> => {
    await db
      .insertInto("deliveries")
      .values({ id, at })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  },

  purge: async (before: number, limit: number): Promise<number> => {
    const due = await db
      .selectFrom("deprovisioned_users")
      .selectAll()
      .where("at", "<", before)
      .orderBy("at")
      .limit(limit)
      .execute();
    let gone = 0;
    for (const { app_id, issuer, subject, at } of due) {
      const removed = await db
        .deleteFrom("deprovisioned_users")
        .where("app_id", "=", app_id)
        .where("issuer", "=", issuer)
        .where("subject", "=", subject)
        // Not one that has been said again meanwhile.
        .where("at", "=", at)
        .executeTakeFirst();
      gone += Number(removed.numDeletedRows);
    }
    return gone;
  },

  purgeDeliveries: async (before: number, limit: number): Promise<number> => {
    const gone = await db
      .deleteFrom("deliveries")
      .where("id", "in", (of) =>
        of
          .selectFrom("deliveries")
          .select("id")
          .where("at", "<", before)
          .orderBy("at")
          .limit(limit),
      )
      .executeTakeFirst();
    return Number(gone.numDeletedRows);
  },
});
