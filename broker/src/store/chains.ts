/**
 * The audit log as chains: rows appended with the end of their chain, read in the order of it, and removed from its
 * start. What the hashes mean is audit/seals.ts's; nothing here changes a row.
 */
import type { Db, Tx } from "./database.ts";
import { hot } from "./hot.ts";
import type {
  AuditLink,
  AuditRow,
  AuditStartRow,
  AuditWriterRow,
  StoredAuditRow,
} from "./tables.ts";
import { unanswered } from "./unanswered.ts";

export type LinkedRow = AuditRow & AuditLink;
/** As it is found: whoever can write to the database may have emptied any column. */
export type FoundRow = StoredAuditRow & { writer: string; seq: number };

/** In one statement: 18 columns each, far below the 32,766 parameters of SQLite and the 65,535 of PostgreSQL. */
export const MOST_ROWS = 64;

const COLUMNS = [
  ...(["id", "at", "event", "actor", "app_id", "session_id", "grant_id", "issuer"] as const),
  ...(["subject", "provider", "reason", "request_id", "key_prefix"] as const),
  ...(["method", "host"] as const),
  ...(["writer", "seq", "hash"] as const),
] as const;
const HEAD = ["writer", "started_at", "updated_at", "last_seq", "last_hash", "mac"] as const;

export const chainStore = (db: Db | Tx) => {
  const ofWriter = (writer: string) =>
    db.selectFrom("audit").selectAll().where("writer", "=", writer);

  return {
    append: async (rows: LinkedRow[], head: AuditWriterRow): Promise<void> => {
      for (let i = 0; i < rows.length; i += MOST_ROWS) {
        const some = rows.slice(i, i + MOST_ROWS);
        const insert = () => db.insertInto("audit").values(some.map((row) => pick(row, COLUMNS)));
        const values = some.flatMap((row) => COLUMNS.map((name) => row[name]));
        await db.executeQuery(unanswered(hot(db, `rows ${some.length}`, insert, values)));
      }
      const upsert = () =>
        db
          .insertInto("audit_writers")
          .values(pick(head, HEAD))
          .onConflict((conflict) =>
            conflict.column("writer").doUpdateSet(({ ref }) => ({
              updated_at: ref("excluded.updated_at"),
              last_seq: ref("excluded.last_seq"),
              last_hash: ref("excluded.last_hash"),
              mac: ref("excluded.mac"),
            })),
          );
      const values = HEAD.map((name) => head[name]);
      await db.executeQuery(unanswered(hot(db, "head", upsert, values)));
    },

    head: (writer: string): Promise<AuditWriterRow | undefined> =>
      db.selectFrom("audit_writers").selectAll().where("writer", "=", writer).executeTakeFirst(),

    start: (writer: string): Promise<AuditStartRow | undefined> =>
      db.selectFrom("audit_starts").selectAll().where("writer", "=", writer).executeTakeFirst(),

    /** The next writer of which anything is there, be it only rows without an end, or an end without rows. */
    writerAfter: async (writer: string): Promise<string | undefined> => {
      const next = (table: "audit_writers" | "audit_starts" | "audit") =>
        db
          .selectFrom(table)
          .select(({ fn }) => fn.min<string | null>("writer").as("writer"))
          .where("writer", ">", writer);
      // The smallest by the database's own order, which need not be ours.
      const found = await db
        .selectFrom(
          next("audit_writers").unionAll(next("audit_starts")).unionAll(next("audit")).as("next"),
        )
        .select(({ fn }) => fn.min<string | null>("next.writer").as("writer"))
        .executeTakeFirstOrThrow();
      return found.writer ?? undefined;
    },

    /** A page of a chain from its oldest row on; by id where one number is there twice. */
    page: async (
      writer: string,
      page: { after: { seq: number; id: string } | undefined; most_seq: number; limit: number },
    ): Promise<FoundRow[]> => {
      const { after, most_seq, limit } = page;
      let query = ofWriter(writer)
        .where("seq", "<=", most_seq)
        .orderBy("seq")
        .orderBy("id")
        .limit(limit);
      if (after)
        query = query
          .where("seq", ">=", after.seq)
          .where((or) => or.or([or("seq", ">", after.seq), or("id", ">", after.id)]));
      return (await query.execute()) as FoundRow[];
    },

    /** The newest row of a chain, whatever its end says. */
    newest: async (writer: string): Promise<FoundRow | undefined> =>
      (await ofWriter(writer)
        .where("seq", "is not", null)
        .orderBy("seq", "desc")
        .limit(1)
        .executeTakeFirst()) as FoundRow | undefined,

    row: (writer: string, seq: number): Promise<StoredAuditRow | undefined> =>
      ofWriter(writer).where("seq", "=", seq).executeTakeFirst(),

    /** Rows of a writer that are at no place of its chain. */
    placeless: (writer: string, limit: number): Promise<StoredAuditRow[]> =>
      ofWriter(writer).where("seq", "is", null).limit(limit).execute(),

    /** Rows of no writer, oldest first. */
    unchained: async (
      after: Pick<AuditRow, "at" | "id"> | undefined,
      limit: number,
    ): Promise<StoredAuditRow[]> => {
      let query = db
        .selectFrom("audit")
        .selectAll()
        .where("writer", "is", null)
        .orderBy("at")
        .orderBy("id")
        .limit(limit);
      if (after)
        query = query
          .where("at", ">=", after.at)
          .where((or) => or.or([or("at", ">", after.at), or("id", ">", after.id)]));
      return query.execute();
    },

    /** When the first chain began; undefined where there is none. */
    begun: async (): Promise<number | undefined> => {
      const { at } = await db
        .selectFrom("audit_writers")
        .select(({ fn }) => fn.min("started_at").as("at"))
        .executeTakeFirstOrThrow();
      return at === null ? undefined : Number(at);
    },

    /** The oldest rows of the whole log: by them retention knows the chains that have any. */
    oldest: (
      before: number,
      after: Pick<AuditRow, "at" | "id"> | undefined,
      limit: number,
    ): Promise<Pick<StoredAuditRow, "at" | "id" | "writer">[]> => {
      let query = db
        .selectFrom("audit")
        .select(["at", "id", "writer"])
        .where("at", "<", before)
        .orderBy("at")
        .orderBy("id")
        .limit(limit);
      if (after)
        query = query
          .where("at", ">=", after.at)
          .where((or) => or.or([or("at", ">", after.at), or("id", ">", after.id)]));
      return query.execute();
    },

    /** Moves the start of a chain from where it was read; false if somebody else has. */
    moveStart: async (from: AuditStartRow | undefined, to: AuditStartRow): Promise<boolean> => {
      const moved = from
        ? await db
            .updateTable("audit_starts")
            .set(to)
            .where("writer", "=", from.writer)
            .where("first_seq", "=", from.first_seq)
            .where("mac", "=", from.mac)
            .returning("writer")
            .executeTakeFirst()
        : await db
            .insertInto("audit_starts")
            .values(to)
            .onConflict((conflict) => conflict.doNothing())
            .returning("writer")
            .executeTakeFirst();
      return moved !== undefined;
    },

    removeBelow: async (writer: string, first_seq: number): Promise<number> => {
      const gone = await db
        .deleteFrom("audit")
        .where("writer", "=", writer)
        .where("seq", "<", first_seq)
        .executeTakeFirst();
      return Number(gone.numDeletedRows);
    },

    /** Rows of older brokers are in no chain: any may go. */
    removeUnchained: async (before: number, limit: number): Promise<number> => {
      const gone = await db
        .deleteFrom("audit")
        .where("writer", "is", null)
        .where("id", "in", (of) =>
          of
            .selectFrom("audit")
            .select("id")
            .where("writer", "is", null)
            .where("at", "<", before)
            .orderBy("at")
            .limit(limit),
        )
        .executeTakeFirst();
      return Number(gone.numDeletedRows);
    },
  };
};

/** In this order: it is the one of the values. */
const pick = <T, K extends keyof T>(row: T, names: readonly K[]): Pick<T, K> =>
  Object.fromEntries(names.map((name) => [name, row[name]])) as Pick<T, K>;
