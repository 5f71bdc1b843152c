/**
 * `alter-broker vault`: the operator changes the vault's keys and looks whether everything opens, beside running brokers.
 * Prints ids of keys and rows, and numbers; never a value or a key.
 */
import type { Audit } from "../audit.ts";
import type { Config } from "../config/config.ts";
import type { Store } from "../store/store.ts";
import { openOperator } from "./operator.ts";
import { withExisting } from "./secrets.ts";
import { SEALED_COLUMNS } from "../store/vault.ts";
import type { VaultKeyRow } from "../store/tables.ts";
import { olderPrefixOf, type Vault } from "../vault.ts";
import { rewrap, rotate, type Progress, type Rotated, type Unreadable } from "../vault/rotation.ts";
import { verify } from "../vault/verification.ts";

export const VAULT_OPTIONS = { offline: { type: "boolean" } } as const;

export type VaultDeps = {
  config: Config;
  /** Prints one line. */
  say: (line: string) => void;
  now?: () => number;
  sleep?: (ms: number) => Promise<void>;
  /** Reaches an external KMS. */
  fetch?: typeof fetch;
};

const COMMANDS = ["rotate", "rewrap", "verify"] as const;

/** @throws Error for the operator. False when something does not open. */
export const runVault = async (
  deps: VaultDeps,
  [verb, ...rest]: string[],
  options: { offline?: boolean | undefined },
): Promise<boolean> => {
  const command = COMMANDS.find((one) => one === verb);
  if (!command || rest.length) throw new Error(`vault: expected one of ${COMMANDS.join(", ")}`);
  const foreign = Object.keys(options).find(
    (name) => name !== "config" && !(command === "rotate" && name === "offline"),
  );
  if (foreign !== undefined) throw new Error(`--${foreign}: not an option of vault ${command}`);
  const { config, now = Date.now } = deps;
  return withExisting(config, async (opened) => {
    const { fetch } = deps;
    const { store, vault, audit } = await openOperator({ config, store: opened, now, fetch });
    const tools = { ...deps, store, vault, audit, now };
    if (command === "rotate") return rotateAll(tools, options.offline === true);
    return command === "rewrap" ? rewrapAll(tools) : verifyAll(tools);
  });
};

type Tools = VaultDeps & {
  store: Store;
  vault: Vault;
  audit: Audit;
  now: () => number;
};

const rotateAll = async (tools: Tools, is_offline: boolean): Promise<boolean> => {
  const { say, now } = tools;
  const began = now();
  const sleep = tools.sleep ?? ((ms) => new Promise<void>((done) => setTimeout(done, ms)));
  const rotated = await rotate(
    { ...tools, sleep, rows_per_commit: rowsPerCommit(tools.config) },
    {
      is_offline,
      onProgress: progressTo(say, now),
      onWait: (ms) =>
        say(`waiting ${Math.ceil(ms / 1000)} s, until every broker seals with the new key`),
    },
  );
  const seconds = Math.round((now() - began) / 1000);
  if (rotated.resumed) say("an earlier rotation was not finished: went on with its key");
  say(`values are sealed with ${rotated.key}; ${rotated.resealed} resealed in ${seconds} s`);
  if (rotated.removed.length) say(`removed ${rotated.removed.join(", ")}: retired, of no use`);
  sayUnreadable(say, rotated.unreadable);
  await sayRewrapped(tools, rotated);
  return rotated.unreadable.length === 0;
};

const rewrapAll = async (tools: Tools): Promise<boolean> => {
  await sayRewrapped(tools, await rewrap(tools));
  return true;
};

const verifyAll = async ({ store, vault, say, now }: Tools): Promise<boolean> => {
  const { values, by_key, unreadable } = await verify({ store, vault }, progressTo(say, now));
  const keys = await store.vault.keys();
  for (const { id, purpose, state, wrapped_by } of keys)
    say(
      `${id}: ${purpose === "seal" ? `${by_key.get(id) ?? 0} values` : "keyed hashes"}, ${state}, wrapped by ${wrapped_by}`,
    );
  for (const [id, count] of by_key)
    if (!keys.some((key) => key.id === id))
      say(`${id}: ${count} values, of vault.keys or of nobody; vault rotate reseals what opens`);
  sayUnreadable(say, unreadable);
  if (!unreadable.length) say(`ok: ${values} value${values === 1 ? "" : "s"}, all of them open`);
  return unreadable.length === 0;
};

/** The first line and the last of each column, and now and then one between. */
const progressTo = (
  say: (line: string) => void,
  now: () => number,
): ((progress: Progress) => void) => {
  let began = 0;
  let last = 0;
  return ({ column: { table, column }, done, total }) => {
    if (done === 0) began = last = now();
    if (total === 0) return;
    if (done > 0 && done < total && now() - last < PROGRESS_EVERY) return;
    last = now();
    const seconds = (now() - began) / 1000;
    const rate = done > 0 && seconds > 0 ? `, ${Math.round(done / seconds)} rows/s` : "";
    say(`${table}.${column}: ${done} of ${total}${rate}`);
  };
};

const PROGRESS_EVERY = 2_000;
/** On SQLite a broker's write waits for these; where rows are locked, none may wait for a second one. */
const rowsPerCommit = ({ storage }: Config): number => (storage.kind === "sqlite" ? 25 : 1);

const sayUnreadable = (say: (line: string) => void, rows: (Unreadable & { key?: string })[]) => {
  for (const { column, id, key } of rows)
    say(
      `does not open: ${column.table} ${id} (${column.column}${key === undefined ? "" : `, ${key}`})`,
    );
  if (rows.length)
    say(
      `${rows.length} value${rows.length === 1 ? "" : "s"} cannot be opened with any key there is`,
    );
};

const sayRewrapped = async (
  { config, store, vault, say }: Tools,
  { rewrapped, left }: Pick<Rotated, "rewrapped" | "left">,
): Promise<void> => {
  say(`${rewrapped} data key${rewrapped === 1 ? "" : "s"} wrapped by ${vault.keyring.wrapped_by}`);
  for (const { id, wrapped_by } of left)
    say(`${id}: retired, and stays wrapped by ${wrapped_by}, which the configuration has not`);
  const rows = await store.vault.keys();
  for (const { id } of config.vault.keys)
    if (await isFree(store, rows, id, vault))
      say(
        `vault.keys ${id}: nothing needs it any more; take it out of every broker's configuration`,
      );
  const { transit } = config.vault;
  if (transit && config.vault.wrap_with === "keys")
    say("vault.transit: nothing needs it any more; take it out of every broker's configuration");
};

/** Nothing is wrapped or, by an earlier version, sealed with this key of the configuration. */
const isFree = async (
  store: Store,
  rows: VaultKeyRow[],
  id: string,
  { keyring }: Vault,
): Promise<boolean> => {
  const name = `local:${id}`;
  if (keyring.wrapped_by === name || rows.some(({ wrapped_by }) => wrapped_by === name))
    return false;
  for (const column of SEALED_COLUMNS)
    if ((await store.vault.count(column, { with: olderPrefixOf(id) })) > 0) return false;
  return true;
};
