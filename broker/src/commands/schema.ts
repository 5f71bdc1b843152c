/**
 * `alter-broker schema`: which version the database's tables have, and the way up or back. What a way back throws away
 * is said first, and done only when somebody has said yes to it.
 */
import type { Config } from "../config/config.ts";
import type { SchemaVersion } from "../store/migrate.ts";
import { DatabaseError, SCHEMA_NEWER } from "../store/error.ts";
import { openSchema, type Schema } from "../store/schema.ts";

export const SCHEMA_OPTIONS = { to: { type: "string" }, yes: { type: "boolean" } } as const;

export type SchemaDeps = {
  config: Pick<Config, "storage">;
  say: (line: string) => void;
};

type Options = { to?: string | undefined; yes?: boolean | undefined; json?: boolean | undefined };

export type SchemaState = "empty" | "older" | "current" | "newer_and_runs" | "newer";

/** True: done, or nothing to do. @throws Error for the operator. */
export const runSchema = async (
  { config, say }: SchemaDeps,
  [verb = "", ...rest]: string[],
  { to, yes = false, json = false }: Options,
): Promise<boolean> => {
  if (!["status", "migrate"].includes(verb) || rest.length)
    throw new Error("schema: expected status or migrate");
  if (verb === "status" && (to !== undefined || yes))
    throw new Error("schema status: takes neither --to nor --yes");
  const schema = await openSchema(config.storage);
  try {
    const version = await schema.version();
    if (verb === "status") return status(version, json, say);
    if (version.database > version.broker) throw new DatabaseError(SCHEMA_NEWER);
    const target = readTarget(to, version);
    if (target >= version.database) return await up(schema, version, target, say);
    return await down(schema, version, target, { yes, say });
  } finally {
    await schema.close();
  }
};

export const stateOf = ({ database, broker, runs_from }: SchemaVersion): SchemaState => {
  if (database === 0) return "empty";
  if (database === broker) return "current";
  if (database < broker) return "older";
  return runs_from !== null && runs_from <= broker ? "newer_and_runs" : "newer";
};

/** What each means for the broker that asks. */
export const STATES: Record<SchemaState, string> = {
  empty: "nothing has been stored yet; the first start makes the tables",
  current: "this broker's own",
  older: "a start of this broker, or `alter-broker schema migrate`, brings it up",
  newer_and_runs: "of a newer broker, and this one may run on it",
  newer:
    "of a newer broker, and this one must not run on it: run that one, or let it go back with `alter-broker schema migrate --to N`",
};

const status = (version: SchemaVersion, json: boolean, say: (line: string) => void): boolean => {
  const state = stateOf(version);
  if (json) say(JSON.stringify({ ...version, state }));
  else {
    say(`the database has schema ${version.database}, this broker brings ${version.broker}`);
    say(`${state}: ${STATES[state]}`);
    if (version.runs_from !== null)
      say(`brokers of schema ${version.runs_from} and newer run on it`);
  }
  return state !== "newer";
};

const readTarget = (to: string | undefined, { broker }: SchemaVersion): number => {
  if (to === undefined) return broker;
  const target = /^\d{1,4}$/.test(to) ? Number(to) : NaN;
  if (!(target >= 1 && target <= broker))
    throw new Error(`--to: expected a schema from 1 to ${broker}, got "${to}"`);
  return target;
};

const up = async (
  schema: Schema,
  { database }: SchemaVersion,
  target: number,
  say: (line: string) => void,
): Promise<boolean> => {
  await schema.move(target);
  if (target === database) say(`nothing to do: the database has schema ${database}`);
  else say(`from schema ${database} to ${target}`);
  const breaking = schema.breaking(database, target);
  if (database > 0 && breaking.length)
    say(`brokers from before schema ${Math.max(...breaking)} must not run on it: stop them`);
  return true;
};

const down = async (
  schema: Schema,
  { database }: SchemaVersion,
  target: number,
  { yes, say }: { yes: boolean; say: (line: string) => void },
): Promise<boolean> => {
  const losses = await schema.losses(target);
  say(
    `back from schema ${database} to ${target}${losses.length ? " throws away:" : " loses nothing"}`,
  );
  for (const { version, what, rows } of losses) say(`  ${rows} x ${what} (schema ${version})`);
  if (!yes) {
    say("nothing was done: stop every broker, back up, and say it again with --yes");
    return false;
  }
  await schema.move(target);
  say(
    `done: schema ${target}. A start of this broker would bring it up again: start the older one`,
  );
  return true;
};
