/** Rate limits' counters: read together, written by compare-and-set. What the number means is policy.ts's. */
import { sql } from "kysely";
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

  /**
   * Puts off when each is full again, whatever it was, and says when that now is: what many brokers have counted by
   * themselves, added up. In one statement, and never further than `most` from now.
   */
  postpone: async (
    additions: { name: string; by: number }[],
    { now, most }: { now: number; most: number },
  ): Promise<Map<string, number>> => {
    const capped = now + most;
    // As it was, or now if it has been full since; `max` and `greatest` are each of one engine alone.
    const from = sql<number>`case when counters.full_at > ${now} then counters.full_at else ${now} end`;
    const by = sql<number>`excluded.full_at - ${now}`;
    const rows = await db
      .insertInto("counters")
      .values(
        // One order for all, so that two brokers never wait for each other.
        [...additions]
          .sort((a, b) => (a.name < b.name ? -1 : 1))
          .map(({ name, by }) => ({ name, full_at: now + Math.min(by, most) })),
      )
      .onConflict((conflict) =>
        conflict.column("name").doUpdateSet({
          full_at: sql<number>`case when ${from} + ${by} > ${capped} then ${capped} else ${from} + ${by} end`,
        }),
      )
      .returning(["name", "full_at"])
      .execute();
    return new Map(rows.map(({ name, full_at }) => [name, full_at]));
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
