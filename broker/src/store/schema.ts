/**
 * The schema for those who move it by hand: what it is, what a way back would cost, and the moving. Opens the database
 * as it stands: asking changes nothing.
 */
import { existsSync } from "node:fs";
import { connectDatabase } from "./database.ts";
import { ABSENT, DatabaseError, FOREIGN, SCHEMA_NEWER } from "./error.ts";
import { lossesOf, migrateDown, migrateUp, versionOf, type Loss } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";
import type { Storage } from "./storage.ts";

export type Schema = Awaited<ReturnType<typeof openSchema>>;

/** @throws DatabaseError ABSENT, FOREIGN, or what the database says. */
export const openSchema = async (storage: Storage) => {
  // Opening would make an empty one.
  if (storage.kind === "sqlite" && (storage.file === ":memory:" || !existsSync(storage.file)))
    throw new DatabaseError(ABSENT);
  const db = connectDatabase(storage);
  const version = async () => {
    const found = await versionOf(db);
    if (!found) throw new DatabaseError(FOREIGN);
    return found;
  };
  await version().catch(async (error: unknown) => {
    await db.destroy();
    throw error;
  });
  return {
    version,
    /** What the way back to `target` would throw away. */
    losses: (target: number): Promise<Loss[]> => lossesOf(db, target),
    /** Of the steps between, those that no broker of before survives. */
    breaking: (from: number, to: number): number[] =>
      MIGRATIONS.flatMap(({ previous_runs }, i) =>
        i >= from && i < to && !previous_runs ? [i + 1] : [],
      ),
    /** Up or down, in one transaction. @throws DatabaseError where this broker does not know the way. */
    move: async (target: number): Promise<void> => {
      const { database } = await version();
      if (database > MIGRATIONS.length) throw new DatabaseError(SCHEMA_NEWER);
      await (target < database ? migrateDown(db, target) : migrateUp(db, target));
    },
    close: () => db.destroy(),
  };
};
