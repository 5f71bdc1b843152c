/** Managed secrets: one standing row per (app, secret, audience). A value is here sealed, or not at all. */
import type { Db, Tx } from "./database.ts";
import type { Owner } from "./grants.ts";
import type { ManagedSecretRow } from "./tables.ts";

/** Who may use a secret. A group or a user is one of an issuer: another identity provider may know others by that name. */
export type Audience =
  | { audience: "everyone"; issuer: ""; audience_id: "" }
  | { audience: "group" | "user"; issuer: string; audience_id: string };

export type StoredSecret = Omit<ManagedSecretRow, keyof Audience> & Audience;

export const managedSecretStore = (db: Db | Tx) => ({
  insert: async (row: StoredSecret): Promise<void> => {
    await db.insertInto("managed_secrets").values(row).execute();
  },

  byId: async (id: string): Promise<StoredSecret | undefined> => {
    const row = await db
      .selectFrom("managed_secrets")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirst();
    return row && fromRow(row);
  },

  /** What stands for exactly this audience. */
  standing: async (
    app_id: string,
    secret: string,
    of: Audience,
  ): Promise<StoredSecret | undefined> => {
    const row = await db
      .selectFrom("managed_secrets")
      .selectAll()
      .where("app_id", "=", app_id)
      .where("secret", "=", secret)
      .where("audience", "=", of.audience)
      .where("issuer", "=", of.issuer)
      .where("audience_id", "=", of.audience_id)
      .where("revoked_at", "is", null)
      .executeTakeFirst();
    return row && fromRow(row);
  },

  /**
   * Every row of the app whose audience the user is in, revoked ones included, oldest first. With each, when the user
   * was deprovisioned: an audience outlives its members, and a second question would cost every call its time.
   */
  ofUser: async (
    app_id: string,
    { issuer, subject, groups }: { issuer: string; subject: string; groups: string[] },
  ): Promise<(StoredSecret & { deprovisioned_at: number | null })[]> => {
    const rows = await db
      .selectFrom("managed_secrets")
      .selectAll()
      .select(({ selectFrom }) =>
        selectFrom("deprovisioned_users")
          .select("deprovisioned_users.at")
          .where("deprovisioned_users.app_id", "=", app_id)
          .where("deprovisioned_users.issuer", "=", issuer)
          .where("deprovisioned_users.subject", "=", subject)
          .as("deprovisioned_at"),
      )
      .where("app_id", "=", app_id)
      .where(({ or, and, eb }) =>
        or([
          eb("audience", "=", "everyone"),
          and([
            eb("issuer", "=", issuer),
            or([
              and([eb("audience", "=", "user"), eb("audience_id", "=", subject)]),
              ...(groups.length
                ? [and([eb("audience", "=", "group"), eb("audience_id", "in", groups)])]
                : []),
            ]),
          ]),
        ]),
      )
      .orderBy("created_at")
      .orderBy("id")
      .execute();
    return rows.map(({ deprovisioned_at, ...row }) => ({ ...fromRow(row), deprovisioned_at }));
  },

  /** What stands for this user and nobody else, set until then. */
  ofUserAlone: async (
    { app_id, issuer, subject }: Owner,
    until: number,
  ): Promise<StoredSecret[]> => {
    const rows = await db
      .selectFrom("managed_secrets")
      .selectAll()
      .where("app_id", "=", app_id)
      .where("audience", "=", "user")
      .where("issuer", "=", issuer)
      .where("audience_id", "=", subject)
      .where("updated_at", "<=", until)
      .where("revoked_at", "is", null)
      .execute();
    return rows.map(fromRow);
  },

  /** All of the app, revoked ones included, for the operator. */
  ofApp: async (app_id: string): Promise<StoredSecret[]> => {
    const rows = await db
      .selectFrom("managed_secrets")
      .selectAll()
      .where("app_id", "=", app_id)
      .orderBy("created_at")
      .orderBy("id")
      .execute();
    return rows.map(fromRow);
  },

  rotate: async (
    id: string,
    value: { sealed: string; expires_at: number | null },
    now: number,
  ): Promise<void> => {
    await db
      .updateTable("managed_secrets")
      .set(({ eb }) => ({ ...value, version: eb("version", "+", 1), updated_at: now }))
      .where("id", "=", id)
      .execute();
  },

  /** Destroys the value. True for the one caller who did it. */
  revoke: async (id: string, now: number): Promise<boolean> => {
    const written = await db
      .updateTable("managed_secrets")
      .set({ sealed: null, revoked_at: now, updated_at: now })
      .where("id", "=", id)
      .where("revoked_at", "is", null)
      .returning("id")
      .executeTakeFirst();
    return written !== undefined;
  },

  purge: async (revokedBefore: number, limit: number): Promise<number> => {
    const gone = await db
      .deleteFrom("managed_secrets")
      .where("id", "in", (of) =>
        of
          .selectFrom("managed_secrets")
          .select("id")
          .where("revoked_at", "<", revokedBefore)
          .orderBy("revoked_at")
          .limit(limit),
      )
      .executeTakeFirst();
    return Number(gone.numDeletedRows);
  },
});

const fromRow = (row: ManagedSecretRow): StoredSecret => row as StoredSecret;
