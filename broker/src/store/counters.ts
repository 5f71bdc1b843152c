/** Rate limits' counters: read together, written by compare-and-set. What the number means is policy.ts's. */
import type { Spend } from "../policy.ts";
import type { Db, Tx } from "./database.ts";
import { DatabaseError } from "./error.ts";

export const counterStore = (db: Db | Tx) => ({
  read: async (names: string[]): Promise<Map<string, number>> => {
    const rows = await db.selectFrom("counters").selectAll().where("name", "in", names).execute();
    return new Map(rows.map(({ name, full_at }) => [name, full_at]));
  },

  /** @throws DatabaseError if one has moved since it was read, so that the transaction takes back the others. */
  spend: async (spends: Spend[]): Promise<void> => {
    for (const { name, from, to } of spends) {
      const written =
        from === null
          ? await db
              .insertInto("counters")
              .values({ name, full_at: to })
              .onConflict((conflict) => conflict.doNothing())
              .returning("name")
              .executeTakeFirst()
          : await db
              .updateTable("counters")
              .set({ full_at: to })
              .where("name", "=", name)
              .where("full_at", "=", from)
              .returning("name")
              .executeTakeFirst();
      if (!written) throw new DatabaseError("counter_moved");
    }
  },

  /** Those with a full allowance, which is what one that does not exist has. */
  purge: async (before: number, limit: number): Promise<number> => {
    const gone = await db
      .deleteFrom("counters")
      // Again: one that has been spent since it was found stays.
      .where("full_at", "<=", before)
      .where("name", "in", (of) =>
        of
          .selectFrom("counters")
          .select("name")
          .where("full_at", "<=", before)
          .orderBy("full_at")
          .limit(limit),
      )
      .executeTakeFirst();
    return Number(gone.numDeletedRows);
  },
});
