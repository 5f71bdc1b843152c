/**
 * What one person has in all the apps that know them, newest first, a page at a time: the Wallet's questions. A person is
 * a subject of an issuer in some apps, and another subject in others that read another claim. Changes nothing.
 */
import { sql } from "kysely";
import type { Db, Tx } from "./database.ts";
import { fromRow, STANDING, type Grant } from "./grants.ts";
import type { AuditRow, GrantRow } from "./tables.ts";

/** `as`: each subject with the apps in which it is this person. No app stands there twice. */
export type Person = { issuer: string; as: { subject: string; app_ids: string[] }[] };

export type Place = { at: number; id: string };

/** `after`: the last one of the page before. */
export type PersonPage = {
  provider?: string | undefined;
  after?: Place | undefined;
  limit: number;
};

const SEEN = [
  "id",
  "at",
  "event",
  "actor",
  "app_id",
  "provider",
  "reason",
  "method",
  "host",
] as const;
export type SeenRow = Pick<AuditRow, (typeof SEEN)[number]>;

export const peopleStore = (db: Db | Tx) => {
  /**
   * As an expression that no index is made of: with a list of apps in hand, a database would rather read all of them and
   * sort than follow the one index that has the answer in its order.
   */
  const inApps = (column: "grants.app_id" | "audit.app_id", app_ids: string[]) =>
    sql<boolean>`${sql.ref(column)} || '' in (${sql.join(app_ids)})`;

  const grantsOf = ({ issuer, as: all }: Person) =>
    all.map(({ subject, app_ids }) =>
      db
        .selectFrom("grants")
        .where("issuer", "=", issuer)
        .where("subject", "=", subject)
        .where(inApps("grants.app_id", app_ids))
        .where("status", "!=", sql.lit("pending")),
    );

  return {
    /** Revoked ones included, for as long as they are kept; pending ones are nobody's business [H2]. */
    grants: async (person: Person, page: PersonPage): Promise<Grant[]> => {
      const { after, provider, limit } = page;
      const pages = grantsOf(person).map((of) => {
        let query = of.selectAll().orderBy("created_at", "desc").orderBy("id", "desc").limit(limit);
        if (provider !== undefined) query = query.where("provider", "=", provider);
        if (after)
          query = query
            .where("created_at", "<=", after.at)
            .where((or) => or.or([or("created_at", "<", after.at), or("id", "<", after.id)]));
        return query.execute();
      });
      const rows: GrantRow[] = (await Promise.all(pages)).flat();
      return newest(rows, ({ created_at }) => created_at, limit).map(fromRow);
    },

    /** In which apps, and at which providers there. */
    places: async (person: Person): Promise<{ app_id: string; provider: string }[]> =>
      (
        await Promise.all(
          grantsOf(person).map((of) => of.select(["app_id", "provider"]).distinct().execute()),
        )
      ).flat(),

    /** Some that can be revoked, oldest first. */
    revocable: async (
      person: Person,
      { provider, limit }: { provider: string | undefined; limit: number },
    ): Promise<Grant[]> => {
      const pages = grantsOf(person).map((of) => {
        const query = of
          .selectAll()
          .where("status", "in", STANDING)
          .orderBy("created_at")
          .orderBy("id")
          .limit(limit);
        return (provider === undefined ? query : query.where("provider", "=", provider)).execute();
      });
      return (await Promise.all(pages)).flat().slice(0, limit).map(fromRow);
    },

    /** The person's own, by an id that has been in a browser. */
    grant: async (person: Person, id: string): Promise<Grant | undefined> => {
      const rows = await Promise.all(
        grantsOf(person).map((of) => of.selectAll().where("id", "=", id).executeTakeFirst()),
      );
      const row = rows.find((found) => found !== undefined);
      return row && fromRow(row);
    },

    activity: async (
      person: Person,
      page: PersonPage & { events: readonly string[] },
    ): Promise<SeenRow[]> => {
      const { after, provider, limit, events } = page;
      const pages = person.as.map(({ subject, app_ids }) => {
        let query = db
          .selectFrom("audit")
          .select(SEEN)
          .where("subject", "=", subject)
          .where("issuer", "=", person.issuer)
          .where(inApps("audit.app_id", app_ids))
          .where("event", "in", events)
          .orderBy("at", "desc")
          .orderBy("id", "desc")
          .limit(limit);
        if (provider !== undefined) query = query.where("provider", "=", provider);
        if (after)
          query = query
            .where("at", "<=", after.at)
            .where((or) => or.or([or("at", "<", after.at), or("id", "<", after.id)]));
        return query.execute();
      });
      return newest((await Promise.all(pages)).flat(), ({ at }) => at, limit);
    },
  };
};

/** As the databases order them: ids are plain ASCII. */
const newest = <Row extends { id: string }>(
  rows: Row[],
  timeOf: (row: Row) => number,
  limit: number,
): Row[] => rows.sort((a, b) => timeOf(b) - timeOf(a) || (a.id < b.id ? 1 : -1)).slice(0, limit);
