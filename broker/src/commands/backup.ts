/**
 * `alter-broker backup` and `restore`, for SQLite. Say what is in a copy and what is not, and what putting back an old
 * one costs, since providers do not go back with it.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Config } from "../config/config.ts";
import { backUp, restore } from "../store/backup.ts";
import { ABSENT, DatabaseError } from "../store/error.ts";

export type BackupDeps = {
  config: Pick<Config, "storage" | "vault">;
  say: (line: string) => void;
  now: () => number;
};

/** @throws Error for the operator; nothing is left behind then. */
export const runBackup = async (
  { config, say }: BackupDeps,
  [to = "", ...rest]: string[],
): Promise<void> => {
  if (!to || rest.length) throw new Error("backup: expected one FILE to write");
  const file = fileOf(config);
  if (!existsSync(file)) throw new DatabaseError(ABSENT);
  const { schema, grants, audit, bytes } = await backUp(file, resolve(to));
  say(`${resolve(to)}: schema ${schema}, ${grants} grants, ${audit} audit rows, ${bytes} bytes`);
  say(
    `The vault's keys are not in it, and without them no token of it can be opened: keep ${wrappedBy(config)}.`,
  );
};

/** @throws Error for the operator; the database is then as it was. */
export const runRestore = async (
  { config, say, now }: BackupDeps,
  [from = "", ...rest]: string[],
  { yes = false }: { yes?: boolean | undefined },
): Promise<boolean> => {
  if (!from || rest.length) throw new Error("restore: expected one FILE that backup has written");
  const file = fileOf(config);
  if (!existsSync(from)) throw new Error(`restore: there is no ${from}`);
  if (existsSync(file) && !yes) {
    say(`${file} is there already. It would be kept beside the backup that takes its place:`);
    say(
      "tokens renewed since then may no longer work. Stop every broker, and say it again with --yes",
    );
    return false;
  }
  const aside = `${file}.before-${new Date(now()).toISOString().replaceAll(/[:.]/g, "-")}`;
  const { contents, difference } = await restore(resolve(from), file, aside);
  const { schema, grants, audit } = contents;
  say(`${file}: schema ${schema}, ${grants} grants, ${audit} audit rows`);
  if (!difference) return true;
  say(`${aside}: what was there before`);
  say(`  ${difference.connected} grants are only there: these users connect again`);
  say(
    `  ${difference.renewed} grants were renewed since: where the provider rotates refresh tokens, these become credential_revoked and ask to connect again`,
  );
  say(`  ${difference.revoked} grants and secrets were revoked since, and are revoked here too`);
  say(
    `  ${difference.keys} API keys were revoked and ${difference.users} users deprovisioned since, and are so here too`,
  );
  say(`  ${difference.audit} audit rows are only there`);
  return true;
};

const fileOf = ({ storage }: Pick<Config, "storage">): string => {
  if (storage.kind === "postgres")
    throw new Error(
      "storage: is PostgreSQL, which has pg_dump and pg_restore for this (docs/backup.md)",
    );
  if (storage.file === ":memory:") throw new Error("storage: a database in memory has no file");
  return storage.file;
};

const wrappedBy = ({ vault }: Pick<Config, "vault">): string =>
  [
    ...(vault.keys.length ? [`${vault.keys.map(({ id }) => id).join(", ")} elsewhere`] : []),
    ...(vault.transit ? [`the KMS at ${vault.transit.address}`] : []),
  ].join(", and ");
