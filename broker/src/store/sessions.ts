/** Sessions and their authorizations: rows to objects and back, and the compare-and-set that all ends go through. */
import type { Session, Step } from "../session.ts";
import type { ErrorCode } from "@alter-ai/protocol/http";
import type { Db, Tx } from "./database.ts";
import { DatabaseError } from "./error.ts";
import type { Owner } from "./grants.ts";
import { chunks } from "./lists.ts";
import type { AuthorizationRow, SessionRow } from "./tables.ts";

/** A session as stored, with the page's signs of life, which no transition depends on. */
export type StoredSession = Session & {
  version: number;
  here_at: number | null;
  gone_at: number | null;
};

export type Stepped = { session: StoredSession; refused?: ErrorCode };

/** Optimistic retries before we call it a bug; every loser of a race re-reads and decides anew. */
const MOST_RETRIES = 50;

/** Another one says that something has changed. */
export const markOf = (row: Pick<StoredSession, "version" | "here_at" | "gone_at">): string =>
  [row.version, row.here_at, row.gone_at].join();

export const sessionStore = (db: Db | Tx) => {
  const one = async (column: keyof SessionRow & string, value: string) => {
    const row = await db
      .selectFrom("sessions")
      .selectAll()
      .where(column, "=", value)
      .executeTakeFirst();
    return row && fromRow(row);
  };

  return {
    create: async (session: Session, token_hash: string): Promise<void> => {
      const row = { ...(toColumns(session) as Omit<SessionRow, "token_hash" | "version">) };
      await db
        .insertInto("sessions")
        .values({ ...row, token_hash, version: 1, here_at: null, gone_at: null })
        .execute();
    },

    byId: (id: string) => one("id", id),
    byToken: (hash: string) => one("token_hash", hash),
    byResultCode: (hash: string) => one("result_code_hash", hash),

    byIds: async (ids: string[]): Promise<StoredSession[]> => {
      if (!ids.length) return [];
      const rows = await db.selectFrom("sessions").selectAll().where("id", "in", ids).execute();
      return rows.map(fromRow);
    },

    /** Of those that exist. */
    marks: async (ids: string[]): Promise<Map<string, string>> => {
      const marks = new Map<string, string>();
      for (const some of chunks(ids)) {
        const rows = await db
          .selectFrom("sessions")
          .select(["id", "version", "here_at", "gone_at"])
          .where("id", "in", some)
          .execute();
        for (const row of rows) marks.set(row.id, markOf(row));
      }
      return marks;
    },

    /** Some of a user's that are open, made until then. */
    openOfUser: async (
      owner: Owner,
      until: number,
      now: number,
      limit: number,
    ): Promise<StoredSession[]> => {
      const rows = await db
        .selectFrom("sessions")
        .selectAll()
        .where("app_id", "=", owner.app_id)
        .where("issuer", "=", owner.issuer)
        .where("subject", "=", owner.subject)
        .where("created_at", "<=", until)
        .where("ended_at", "is", null)
        .where("expires_at", ">", now)
        .limit(limit)
        .execute();
      return rows.map(fromRow);
    },

    /** Some that these API keys asked for and that are open. */
    openOfKeys: async (hashes: string[], now: number, limit: number): Promise<StoredSession[]> => {
      if (!hashes.length) return [];
      const rows = await db
        .selectFrom("sessions")
        .selectAll()
        .where("key_hash", "in", hashes)
        .where("ended_at", "is", null)
        .where("expires_at", ">", now)
        .limit(limit)
        .execute();
      return rows.map(fromRow);
    },

    /** Runs a transition on the newest row and writes what it says, or tells why not. `undefined`: no such session. */
    step: async (
      id: string,
      transition: (session: StoredSession) => Step,
    ): Promise<Stepped | undefined> => {
      for (let i = 0; i < MOST_RETRIES; i++) {
        const session = await one("id", id);
        if (!session) return undefined;
        const step = transition(session);
        if ("refuse" in step) return { session, refused: step.refuse };
        if (!Object.keys(step.set).length) return { session };
        const version = session.version + 1;
        const written = await db
          .updateTable("sessions")
          .set({ ...toColumns(step.set), version })
          .where("id", "=", id)
          .where("version", "=", session.version)
          .returning("id")
          .executeTakeFirst();
        if (written) return { session: { ...session, ...step.set, version } };
      }
      throw new DatabaseError("session_contention");
    },

    pageSeen: async (id: string, event: "here" | "gone", at: number): Promise<void> => {
      await db
        .updateTable("sessions")
        .set(event === "here" ? { here_at: at, gone_at: null } : { gone_at: at })
        .where("id", "=", id)
        .execute();
    },

    rememberAuthorization: async (
      row: Pick<
        AuthorizationRow,
        "state_hash" | "session_id" | "provider" | "sealed" | "created_at"
      >,
    ): Promise<void> => {
      await db.insertInto("authorizations").values(row).execute();
    },

    authorization: (
      by: Pick<AuthorizationRow, "state_hash"> | { handle_hash: string },
    ): Promise<AuthorizationRow | undefined> => {
      const every = db.selectFrom("authorizations").selectAll();
      return (
        "state_hash" in by
          ? every.where("state_hash", "=", by.state_hash)
          : every.where("handle_hash", "=", by.handle_hash)
      ).executeTakeFirst();
    },

    /** The first post of an unused state, and no other: false says that it was not. */
    postAuthorization: async (
      state_hash: string,
      post: { handle_hash: string; posted: string; posted_at: number },
    ): Promise<boolean> => {
      const written = await db
        .updateTable("authorizations")
        .set(post)
        .where("state_hash", "=", state_hash)
        .where("handle_hash", "is", null)
        .where("consumed_at", "is", null)
        .returning("state_hash")
        .executeTakeFirst();
      return written !== undefined;
    },

    consumeAuthorization: async (state_hash: string, at: number): Promise<void> => {
      await db
        .updateTable("authorizations")
        .set({ consumed_at: at, posted: null })
        .where("state_hash", "=", state_hash)
        .execute();
    },

    /** What nobody came for in time. The hash of its handle stays, so that its state takes no second post. */
    forgetPosted: async (before: number, limit: number): Promise<number> => {
      const done = await db
        .updateTable("authorizations")
        .set({ posted: null })
        .where("posted", "is not", null)
        .where("state_hash", "in", (of) =>
          of
            .selectFrom("authorizations")
            .select("state_hash")
            .where("posted", "is not", null)
            .where("posted_at", "<=", before)
            .orderBy("posted_at")
            .limit(limit),
        )
        .executeTakeFirst();
      return Number(done.numUpdatedRows);
    },

    /** Sessions whose outcome nobody may read any more. Authorizations go with them. */
    purge: async (before: number, limit: number): Promise<number> => {
      let gone = 0;
      // Each by its own index: an `or` over both would read the whole table.
      for (const column of ["ended_at", "expires_at"] as const) {
        const done = await db
          .deleteFrom("sessions")
          .where("id", "in", (of) =>
            of
              .selectFrom("sessions")
              .select("id")
              .where(column, "<", before)
              .orderBy(column)
              .limit(limit - gone),
          )
          .executeTakeFirst();
        gone += Number(done.numDeletedRows);
        if (gone >= limit) break;
      }
      return gone;
    },
  };
};

const JSON_COLUMNS = [
  ...(["user", "providers", "required_scopes", "variables"] as const),
  ...(["connections", "outcome"] as const),
] as const;
const FLAGS = ["multiple", "denied", "auto_left", "own_account", "preview"] as const;

const toColumns = (session: Partial<Session>): Partial<SessionRow> => {
  const row: Record<string, unknown> = { ...session };
  for (const column of JSON_COLUMNS)
    if (column in row) row[column] = row[column] === null ? null : JSON.stringify(row[column]);
  for (const column of FLAGS) if (column in row) row[column] = row[column] ? 1 : 0;
  return row as Partial<SessionRow>;
};

const fromRow = ({ token_hash: _, ...row }: SessionRow): StoredSession => {
  const session: Record<string, unknown> = { ...row };
  for (const column of JSON_COLUMNS) {
    const text = row[column];
    session[column] = text === null ? null : JSON.parse(text);
  }
  for (const column of FLAGS) session[column] = row[column] === 1;
  return session as StoredSession;
};
