/** The audit log as its readers see it: by time. How rows go in and out, each at its place in a chain, is in chains.ts. */
import { sql } from "kysely";
import type { Db, Tx } from "./database.ts";
import { hot } from "./hot.ts";
import { chunks } from "./lists.ts";
import type { AuditRow, StoredAuditRow } from "./tables.ts";
import { unanswered } from "./unanswered.ts";

/** What a call was given. */
export type Used = { kind: "oauth" | "managed_secret"; grant_id: string };

type Dated = { id: string; last_used_at: number | null };

const DATED_EVERY = 60_000;

export type AuditFilter = {
  app_id?: string | undefined;
  event?: string | undefined;
  /** Epoch milliseconds; `until` itself is outside, so that periods join without a gap or a row twice. */
  since?: number | undefined;
  until?: number | undefined;
};

export const auditStore = (db: Db | Tx) => ({
  /**
   * What everybody writes rows with, in a store that audit/chain.ts has made. Here, where nobody knows the end of a chain,
   * it is a bug: a row without its place would be taken for a forged one.
   */
  add: async (_rows: AuditRow[]): Promise<void> => {
    throw new Error("Audit rows are written through chainAudit");
  },

  /**
   * What of it still stands; and dates what was used, to the minute: a write for each call would cost more than all the
   * rest of it.
   */
  used: async (used: Used[], now: number): Promise<Set<string>> => {
    const idsOf = (kind: Used["kind"]) => [
      ...new Set(used.filter((one) => one.kind === kind).map(({ grant_id }) => grant_id)),
    ];
    const [grants, secrets] = [idsOf("oauth"), idsOf("managed_secret")];
    const standing: Dated[] = [];
    for (const ids of chunks(grants)) {
      const ask = () =>
        db
          .selectFrom("grants")
          .select(["id", "last_used_at"])
          .where("id", "in", ids)
          .where("status", "=", sql.lit("active"));
      const { rows } = await db.executeQuery(hot<Dated>(db, `used ${ids.length}`, ask, ids));
      standing.push(...rows);
    }
    if (secrets.length)
      standing.push(
        ...(await db
          .selectFrom("managed_secrets")
          .select(["id", "last_used_at"])
          .where("id", "in", secrets)
          .where("revoked_at", "is", null)
          .execute()),
      );
    const undated = standing
      .filter(({ last_used_at }) => last_used_at === null || last_used_at <= now - DATED_EVERY)
      .map(({ id }) => id)
      .sort();
    for (const [table, ids] of [
      ["grants", undated.filter((id) => grants.includes(id))],
      ["managed_secrets", undated.filter((id) => secrets.includes(id))],
    ] as const)
      if (ids.length)
        await db.executeQuery(
          unanswered(
            db
              .updateTable(table)
              .set({ last_used_at: now })
              .where("id", "in", ids)
              .where((or) =>
                or.or([
                  or("last_used_at", "is", null),
                  or("last_used_at", "<=", now - DATED_EVERY),
                ]),
              )
              .compile(),
          ),
        );
    return new Set(standing.map(({ id }) => id));
  },

  /** A page of what the filter lets through, oldest first; `after` is the last row of the page before. */
  page: async (
    filter: AuditFilter,
    { after, limit }: { after: Pick<AuditRow, "at" | "id"> | undefined; limit: number },
  ): Promise<StoredAuditRow[]> => {
    const { app_id, event, since, until } = filter;
    let query = db.selectFrom("audit").selectAll().orderBy("at").orderBy("id").limit(limit);
    if (app_id !== undefined) query = query.where("app_id", "=", app_id);
    if (event !== undefined) query = query.where("event", "=", event);
    if (since !== undefined) query = query.where("at", ">=", since);
    if (until !== undefined) query = query.where("at", "<", until);
    // `at` stands in front of the `or`: that is the part which the index by time can answer.
    if (after)
      query = query
        .where("at", ">=", after.at)
        .where((or) => or.or([or("at", ">", after.at), or("id", ">", after.id)]));
    return query.execute();
  },
});
