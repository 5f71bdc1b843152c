/** What is remembered of API keys beside the configuration: when each was last used, and whether it was revoked. */
import type { Db, Tx } from "./database.ts";
import type { ApiKeyRow } from "./tables.ts";

type Key = Pick<ApiKeyRow, "hash" | "app_id" | "key_id">;

export const apiKeyStore = (db: Db | Tx) => ({
  /** Hashes of those that were revoked: few, and asked for once a second at most. */
  revoked: async (): Promise<string[]> => {
    const rows = await db
      .selectFrom("api_keys")
      .select("hash")
      .where("revoked_at", "is not", null)
      .execute();
    return rows.map(({ hash }) => hash);
  },

  ofApp: (app_id: string): Promise<ApiKeyRow[]> =>
    db
      .selectFrom("api_keys")
      .selectAll()
      .where("app_id", "=", app_id)
      .orderBy("key_id")
      .orderBy("hash")
      .execute(),

  used: async ({ hash, app_id, key_id }: Key, at: number): Promise<void> => {
    await db
      .insertInto("api_keys")
      .values({ hash, app_id, key_id, last_used_at: at, revoked_at: null })
      .onConflict((conflict) =>
        conflict.column("hash").doUpdateSet({ app_id, key_id, last_used_at: at }),
      )
      .execute();
  },

  /** True for the one caller who did it. */
  revoke: async ({ hash, app_id, key_id }: Key, at: number): Promise<boolean> => {
    const written = await db
      .insertInto("api_keys")
      .values({ hash, app_id, key_id, last_used_at: null, revoked_at: at })
      .onConflict((conflict) =>
        conflict
          .column("hash")
          .doUpdateSet({ revoked_at: at })
          .where("api_keys.revoked_at", "is", null),
      )
      .returning("hash")
      .executeTakeFirst();
    return written !== undefined;
  },
});
