/** Grants: one standing row per (app, user, provider, account), the refresh lease, and the end of tokens. */
import { sql } from "kysely";
import type { Db, Tx } from "./database.ts";
import { hot } from "./hot.ts";
import { chunks } from "./lists.ts";
import type { GrantRow } from "./tables.ts";

export type GrantStatus = "active" | "pending" | "credential_revoked" | "expired" | "revoked";

/** Of one account there is at most one of these: a connection of it is its renewal. */
export const STANDING = ["active", "credential_revoked", "expired"] as const;
export type StandingStatus = (typeof STANDING)[number];

export type Owner = { app_id: string; issuer: string; subject: string };
export type OfProvider = Owner & { provider: string };

/** A grant as the rest of the broker sees it. `sealed` opens only with the vault. */
export type Grant = Omit<GrantRow, "scopes" | "allowed_hosts" | "status" | "metadata"> & {
  scopes: string[];
  allowed_hosts: string[];
  metadata: Record<string, string>;
  status: GrantStatus;
};

/** What a new set of tokens writes. */
export type Credential = {
  sealed: string;
  scopes: string[];
  access_expires_at: number | null;
  allowed_hosts: string[];
  metadata: Record<string, string>;
} & Ahead;

/** What is to be done ahead of time, and when. */
export type Ahead = Pick<Grant, "ends_at" | "warn_at" | "warned_at" | "check_at">;

/** Whatever ends a grant, nothing that could be opened stays behind, and nobody refreshes it any more. */
const TOKENS_GONE = {
  sealed: null,
  access_expires_at: null,
  lease_id: null,
  lease_until: null,
  ends_at: null,
  warn_at: null,
  warned_at: null,
  check_at: null,
};

const NESTED = ["scopes", "allowed_hosts", "metadata"] as const;

/** Lists and tables as text. */
const asText = <T extends Partial<Grant>>(
  grant: T,
): Omit<T, (typeof NESTED)[number]> & { [key in (typeof NESTED)[number] & keyof T]: string } => {
  const row: Record<string, unknown> = { ...grant };
  for (const column of NESTED) if (column in row) row[column] = JSON.stringify(row[column]);
  return row as ReturnType<typeof asText<T>>;
};

export const grantStore = (db: Db | Tx) => {
  const ofOwner = (owner: Owner) =>
    db
      .selectFrom("grants")
      .selectAll()
      .where("app_id", "=", owner.app_id)
      .where("issuer", "=", owner.issuer)
      .where("subject", "=", owner.subject);

  /**
   * All of a user's grants at a provider but the pending ones, which nobody may see [H2], newest first; for each of
   * the questions in their order.
   */
  const ofProviders = async (questions: OfProvider[]): Promise<Grant[][]> => {
    const alike = new Map<string, OfProvider[]>();
    for (const one of questions) {
      const name = JSON.stringify([one.app_id, one.issuer, one.provider]);
      alike.set(name, [...(alike.get(name) ?? []), one]);
    }
    const found = new Map<string, Grant[]>();
    const nameOf = (of: OfProvider) =>
      JSON.stringify([of.app_id, of.issuer, of.provider, of.subject]);
    for (const some of alike.values())
      for (const subjects of chunks([...new Set(some.map(({ subject }) => subject))])) {
        const { app_id = "", issuer = "", provider = "" } = some[0] ?? {};
        const ask = () =>
          db
            .selectFrom("grants")
            .selectAll()
            .where("app_id", "=", app_id)
            .where("issuer", "=", issuer)
            .where("provider", "=", provider)
            .where("subject", "in", subjects)
            .where("status", "!=", sql.lit("pending"))
            .orderBy("created_at", "desc")
            .orderBy("id", "desc");
        const values = [app_id, issuer, provider, ...subjects];
        const query = hot<GrantRow>(db, `grants ${subjects.length}`, ask, values);
        for (const row of (await db.executeQuery(query)).rows) {
          const name = nameOf(row);
          const grants = found.get(name) ?? [];
          found.set(name, grants);
          grants.push(fromRow(row));
        }
      }
    return questions.map((one) => found.get(nameOf(one)) ?? []);
  };

  return {
    insert: async (grant: Grant): Promise<void> => {
      await db.insertInto("grants").values(asText(grant)).execute();
    },

    byId: async (app_id: string, id: string): Promise<Grant | undefined> => {
      const row = await db
        .selectFrom("grants")
        .selectAll()
        .where("id", "=", id)
        .where("app_id", "=", app_id)
        .executeTakeFirst();
      return row && fromRow(row);
    },

    ofProviders,

    /** The same for one. */
    ofProvider: async (owner: Owner, provider: string): Promise<Grant[]> =>
      (await ofProviders([{ ...owner, provider }]))[0] ?? [],

    /** A page of the user's standing grants, oldest first; `after` is the last one of the page before. */
    list: async (
      owner: Owner,
      page: {
        provider: string | undefined;
        after: { created_at: number; id: string } | undefined;
        limit: number;
        status?: StandingStatus | undefined;
        now: number;
      },
    ): Promise<Grant[]> => {
      let query = ofOwner(owner)
        .where("status", "in", STANDING)
        .orderBy("created_at")
        .orderBy("id")
        .limit(page.limit);
      if (page.provider !== undefined) query = query.where("provider", "=", page.provider);
      const { after, status, now } = page;
      // A lifetime ends by the clock, before anybody has written so.
      if (status === "active")
        query = query
          .where("status", "=", "active")
          .where((or) => or.or([or("expires_at", "is", null), or("expires_at", ">", now)]));
      else if (status === "expired")
        query = query.where((or) =>
          or.or([
            or("status", "=", "expired"),
            or.and([or("status", "=", "active"), or("expires_at", "<=", now)]),
          ]),
        );
      else if (status !== undefined) query = query.where("status", "=", status);
      if (after)
        query = query.where((or) =>
          or.or([
            or("created_at", ">", after.created_at),
            or.and([or("created_at", "=", after.created_at), or("id", ">", after.id)]),
          ]),
        );
      return (await query.execute()).map(fromRow);
    },

    /** Some of a user's that are not revoked, pending ones included, made until then. */
    unrevoked: async (owner: Owner, until: number, limit: number): Promise<Grant[]> => {
      const rows = await ofOwner(owner)
        .where("created_at", "<=", until)
        .where("status", "!=", "revoked")
        // In one order for all: two that end the same user's must not wait for each other.
        .orderBy("created_at")
        .orderBy("id")
        .limit(limit)
        .execute();
      return rows.map(fromRow);
    },

    /** The standing grant of the same account, if any: a connection of it is a re-authorisation [M3]. */
    standing: async (
      owner: Owner,
      provider: string,
      account_id: string | null,
    ): Promise<Grant | undefined> => {
      if (account_id === null) return undefined;
      const row = await ofOwner(owner)
        .where("provider", "=", provider)
        .where("account_id", "=", account_id)
        .where("status", "in", STANDING)
        .executeTakeFirst();
      return row && fromRow(row);
    },

    ofSession: async (session_id: string): Promise<Grant[]> => {
      const rows = await db
        .selectFrom("grants")
        .selectAll()
        .where("session_id", "=", session_id)
        .execute();
      return rows.map(fromRow);
    },

    /**
     * Other live grants that one revocation of (OAuth client, account) at the provider would reach [M4]. Of an
     * account without a stable id, any other such grant may be the same one.
     */
    sharing: async (grant: Grant): Promise<number> => {
      const { n } = await db
        .selectFrom("grants")
        .select(({ fn }) => fn.countAll<number>().as("n"))
        .where("client_id", "=", grant.client_id)
        .where("account_id", grant.account_id === null ? "is" : "=", grant.account_id)
        .where("status", "in", ["active", "pending"])
        .where("id", "!=", grant.id)
        .executeTakeFirstOrThrow();
      return Number(n);
    },

    /** Replaces the tokens of a standing grant and makes it active. */
    reauthorize: async (
      id: string,
      credential: Credential & {
        account_identifier: string;
        client_id: string;
        expires_at: number | null;
      },
      now: number,
    ): Promise<void> => {
      await db
        .updateTable("grants")
        .set(({ eb }) => ({
          ...asText(credential),
          status: "active",
          ended_at: null,
          lease_id: null,
          lease_until: null,
          version: eb("version", "+", 1),
          updated_at: now,
        }))
        .where("id", "=", id)
        .execute();
    },

    activate: async (id: string, now: number): Promise<void> => {
      await db
        .updateTable("grants")
        .set({ status: "active", session_id: null, updated_at: now })
        .where("id", "=", id)
        .where("status", "=", "pending")
        .execute();
    },

    /** At most one caller gets the lease of a version; it must commit or release before `until`. */
    lease: async (grant: Grant, lease_id: string, now: number, until: number): Promise<boolean> => {
      const won = await db
        .updateTable("grants")
        .set({ lease_id, lease_until: until })
        .where("id", "=", grant.id)
        .where("version", "=", grant.version)
        .where("status", "=", "active")
        .where((or) => or.or([or("lease_until", "is", null), or("lease_until", "<", now)]))
        .returning("id")
        .executeTakeFirst();
      return won !== undefined;
    },

    release: async (id: string, lease_id: string): Promise<void> => {
      await db
        .updateTable("grants")
        .set({ lease_id: null, lease_until: null })
        .where("id", "=", id)
        .where("lease_id", "=", lease_id)
        .execute();
    },

    /** Writes a refresh, if this version is still the one that was refreshed. */
    refreshed: async (grant: Grant, credential: Credential, now: number): Promise<boolean> => {
      const written = await db
        .updateTable("grants")
        .set({
          ...asText(credential),
          version: grant.version + 1,
          lease_id: null,
          lease_until: null,
          updated_at: now,
        })
        .where("id", "=", grant.id)
        .where("version", "=", grant.version)
        .where("status", "=", "active")
        .returning("id")
        .executeTakeFirst();
      return written !== undefined;
    },

    /** The provider no longer takes the credential. Only the version that was refused is condemned. */
    credentialRevoked: async (grant: Grant, now: number): Promise<boolean> => {
      const written = await db
        .updateTable("grants")
        .set({
          status: "credential_revoked",
          ...TOKENS_GONE,
          version: grant.version + 1,
          updated_at: now,
        })
        .where("id", "=", grant.id)
        .where("version", "=", grant.version)
        .where("status", "=", "active")
        .returning("id")
        .executeTakeFirst();
      return written !== undefined;
    },

    /** The grant's lifetime is over. True for the one caller who wrote it. */
    expire: async (id: string, now: number): Promise<boolean> => {
      const written = await db
        .updateTable("grants")
        .set(({ eb }) => ({
          status: "expired",
          ...TOKENS_GONE,
          version: eb("version", "+", 1),
          updated_at: now,
        }))
        .where("id", "=", id)
        .where("status", "=", "active")
        .where("expires_at", "<=", now)
        .returning("id")
        .executeTakeFirst();
      return written !== undefined;
    },

    /** Grants whose lifetime is over and whose tokens are still there. */
    overdue: async (now: number, limit: number): Promise<Grant[]> => {
      const rows = await db
        .selectFrom("grants")
        .selectAll()
        // Literally, as the index has it: a parameter could be anything.
        .where("status", "=", sql.lit("active"))
        .where("expires_at", "<=", now)
        .limit(limit)
        .execute();
      return rows.map(fromRow);
    },

    /** Grants whose tokens cannot be renewed for much longer, and nobody has said so yet. */
    ending: async (now: number, limit: number): Promise<Grant[]> => {
      const rows = await db
        .selectFrom("grants")
        .selectAll()
        .where("warn_at", "<=", now)
        .where("warned_at", "is", null)
        .where("status", "=", "active")
        .limit(limit)
        .execute();
      return rows.map(fromRow);
    },

    /** True for the one caller who may say it. */
    warned: async (grant: Grant, now: number): Promise<boolean> => {
      const written = await db
        .updateTable("grants")
        .set({ warned_at: now })
        .where("id", "=", grant.id)
        .where("version", "=", grant.version)
        .where("warned_at", "is", null)
        .returning("id")
        .executeTakeFirst();
      return written !== undefined;
    },

    /** Takes those that are to be asked about; the next time is written first, so that each is asked about once. */
    takeForCheck: async (now: number, next: number, limit: number): Promise<Grant[]> => {
      const due = await db
        .selectFrom("grants")
        .selectAll()
        .where("check_at", "<=", now)
        .where("status", "=", "active")
        .limit(limit)
        .execute();
      const taken: Grant[] = [];
      for (const row of due) {
        const mine = await db
          .updateTable("grants")
          .set({ check_at: next })
          .where("id", "=", row.id)
          .where("check_at", "=", row.check_at)
          .returning("id")
          .executeTakeFirst();
        if (mine) taken.push(fromRow(row));
      }
      return taken;
    },

    /** Destroys the tokens. True for the one caller who did it. */
    revoke: async (id: string, now: number): Promise<boolean> => {
      const written = await db
        .updateTable("grants")
        .set(({ eb }) => ({
          status: "revoked",
          ...TOKENS_GONE,
          version: eb("version", "+", 1),
          ended_at: now,
          updated_at: now,
        }))
        .where("id", "=", id)
        .where("status", "!=", "revoked")
        .returning("id")
        .executeTakeFirst();
      return written !== undefined;
    },

    /** True for the one caller who removed it; a grant that has become active meanwhile stays. */
    removePending: async (id: string): Promise<boolean> => {
      const removed = await db
        .deleteFrom("grants")
        .where("id", "=", id)
        .where("status", "=", "pending")
        .returning("id")
        .executeTakeFirst();
      return removed !== undefined;
    },

    /** Pending grants whose session is gone: nobody can redeem them any more. */
    orphans: async (limit: number): Promise<Grant[]> => {
      const rows = await db
        .selectFrom("grants")
        .selectAll()
        .where("status", "=", sql.lit("pending"))
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom("sessions")
                .select("sessions.id")
                .whereRef("sessions.id", "=", "grants.session_id"),
            ),
          ),
        )
        .limit(limit)
        .execute();
      return rows.map(fromRow);
    },

    purge: async (revokedBefore: number, limit: number): Promise<number> => {
      const gone = await db
        .deleteFrom("grants")
        .where("status", "=", "revoked")
        .where("id", "in", (of) =>
          of
            .selectFrom("grants")
            .select("id")
            .where("status", "=", "revoked")
            .where("ended_at", "<", revokedBefore)
            .orderBy("ended_at")
            .limit(limit),
        )
        .executeTakeFirst();
      return Number(gone.numDeletedRows);
    },
  };
};

export const fromRow = (row: GrantRow): Grant => ({
  ...row,
  scopes: JSON.parse(row.scopes) as string[],
  allowed_hosts: JSON.parse(row.allowed_hosts) as string[],
  metadata: JSON.parse(row.metadata) as Record<string, string>,
  status: row.status as GrantStatus,
});
