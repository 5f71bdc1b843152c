/** Who is signed in to the Wallet, and which sign-ins have come back. Cookies and states are here as hashes. */
import type { Db, Tx } from "./database.ts";
import type { WalletSessionRow, WalletSignInRow } from "./tables.ts";

export const walletStore = (db: Db | Tx) => ({
  /** True for the one callback that comes first. */
  arrive: async (row: WalletSignInRow): Promise<boolean> => {
    const first = await db
      .insertInto("wallet_sign_ins")
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .returning("state_hash")
      .executeTakeFirst();
    return first !== undefined;
  },

  insert: async (row: WalletSessionRow): Promise<void> => {
    await db.insertInto("wallet_sessions").values(row).execute();
  },

  byHash: (secret_hash: string): Promise<WalletSessionRow | undefined> =>
    db
      .selectFrom("wallet_sessions")
      .selectAll()
      .where("secret_hash", "=", secret_hash)
      .executeTakeFirst(),

  seen: async (secret_hash: string, now: number): Promise<void> => {
    await db
      .updateTable("wallet_sessions")
      .set({ seen_at: now })
      .where("secret_hash", "=", secret_hash)
      .where("seen_at", "<", now)
      .execute();
  },

  /** True for the one caller who ended it. */
  end: async (secret_hash: string): Promise<boolean> => {
    const gone = await db
      .deleteFrom("wallet_sessions")
      .where("secret_hash", "=", secret_hash)
      .returning("secret_hash")
      .executeTakeFirst();
    return gone !== undefined;
  },

  /** Nobody can go on with these any more. */
  purge: async (
    { seen_before, arrived_before }: { seen_before: number; arrived_before: number },
    limit: number,
  ): Promise<number> => {
    const sessions = await db
      .deleteFrom("wallet_sessions")
      .where("secret_hash", "in", (of) =>
        of
          .selectFrom("wallet_sessions")
          .select("secret_hash")
          .where("seen_at", "<", seen_before)
          .orderBy("seen_at")
          .limit(limit),
      )
      .executeTakeFirst();
    const signIns = await db
      .deleteFrom("wallet_sign_ins")
      .where("state_hash", "in", (of) =>
        of
          .selectFrom("wallet_sign_ins")
          .select("state_hash")
          .where("at", "<", arrived_before)
          .orderBy("at")
          .limit(limit),
      )
      .executeTakeFirst();
    return Number(sessions.numDeletedRows) + Number(signIns.numDeletedRows);
  },
});
