/**
 * The sealing key changed while brokers run: a new data key from now on, then every stored value opened with its old key
 * and sealed with the new one. What a rotation has still to do stands in the database alone (a key that is `replaced`),
 * so that whoever comes after a crash goes on where it stopped, and makes no further key.
 */
import type { Audit } from "../audit.ts";
import type { Statements, Store } from "../store/store.ts";
import { SEALED_COLUMNS, type SealedColumn, type SealedValue } from "../store/vault.ts";
import type { VaultKeyRow } from "../store/tables.ts";
import { LOOK_EVERY, placeIn, prefixOf, type Vault } from "../vault.ts";

/** Names a row, never its value. */
export type Unreadable = { column: SealedColumn; id: string };

export type Progress = { column: SealedColumn; done: number; total: number };

export type Rotated = {
  key: string;
  /** Whether an earlier rotation was carried on with. */
  resumed: boolean;
  resealed: number;
  unreadable: Unreadable[];
  rewrapped: number;
  /** Retired keys that stay wrapped by something that the configuration has not. */
  left: VaultKeyRow[];
  removed: string[];
};

type Deps = {
  store: Store;
  vault: Vault;
  audit: Audit;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  /**
   * More than one where a transaction locks the database and never a row: on SQLite each commit costs a write to the
   * disk. With row locks, brokers that lock several rows and a transaction over many would wait for each other.
   */
  rows_per_commit: number;
};

/**
 * Who has not looked since the new key was made still seals with the one before; after this long everybody has, and what
 * they have sealed is stored. Twice, since a look may just have begun, and a write takes a moment.
 */
export const SETTLED_AFTER = 2 * LOOK_EVERY;
/**
 * A retired key goes when no value names it, and only after this long: a broker that was suspended between sealing and
 * storing may come back with a value of it, which the next rotation reseals.
 */
const KEPT_RETIRED = 7 * 86_400_000;
const BATCH = 200;
/** Commits under way at the same time. */
const AT_ONCE = 8;

export const rotate = async (
  deps: Deps,
  {
    is_offline = false,
    onProgress = () => undefined,
    onWait = () => undefined,
  }: {
    /** No broker runs: there is nobody to wait for. */
    is_offline?: boolean;
    onProgress?: (progress: Progress) => void;
    onWait?: (ms: number) => void;
  } = {},
): Promise<Rotated> => {
  const { store, now } = deps;
  const { key, since, replaced, resumed } = await begin(deps);
  const prefix = prefixOf(key);
  const first = await resealAll(deps, prefix, onProgress);
  const wait = is_offline ? 0 : Math.min(SETTLED_AFTER, since + SETTLED_AFTER - now());
  if (wait > 0) {
    onWait(wait);
    await deps.sleep(wait);
  }
  // What brokers have sealed with the key before; of the first pass only what does not open is met again.
  const last = await resealAll(deps, prefix, () => undefined);
  const resealed = first.resealed + last.resealed;
  const { unreadable } = last;
  await store.transaction(async (tx) => {
    await tx.vault.retire(replaced, now());
    await deps.audit(tx, "vault.rotated", "operator", {
      reason: `${key}: ${resealed} resealed, ${unreadable.length} unreadable`,
    });
  });
  const { rewrapped, left } = await rewrap(deps);
  const removed = await removeRetired(deps);
  return { key, resumed, resealed, unreadable, rewrapped, left, removed };
};

/** Every data key wrapped anew by what wraps now; those in use stay the same, so brokers need not be told. */
export const rewrap = async ({
  store,
  vault: { keyring },
  audit,
}: Pick<Deps, "store" | "vault" | "audit">): Promise<Pick<Rotated, "rewrapped" | "left">> => {
  let rewrapped = 0;
  const left: VaultKeyRow[] = [];
  for (const row of await store.vault.keys()) {
    // Without what wrapped it, a key that is still of use would have kept the vault from opening.
    const key = await keyring.unwrap(row).catch((error: unknown) => {
      if (row.state !== "retired") throw error;
      left.push(row);
    });
    if (key && (await store.vault.rewrap(row, await keyring.wrap(row, key)))) rewrapped += 1;
  }
  const reason = `${rewrapped} data keys by ${keyring.wrapped_by}`;
  await audit(store, "vault.rewrapped", "operator", { reason });
  return { rewrapped, left };
};

/** Makes a key, or takes up the rotation that has not ended: also one that somebody else begins just now. */
const begin = async ({
  store,
  vault,
  audit,
}: Deps): Promise<{ key: string; since: number; replaced: string[]; resumed: boolean }> => {
  const before = await store.vault.keys();
  const old = before.find(isCurrent);
  const unfinished = before.some(({ state }) => state === "replaced");
  // Wrapped as the one before: whoever runs, with whatever configuration, can take it up. The rewrap is for the end.
  const made = old && !unfinished ? await vault.keyring.make("seal", { like: old }) : undefined;
  if (made)
    await store.transaction(async (tx) => {
      if (!(await tx.vault.replace(old?.id ?? ""))) return;
      if (!(await tx.vault.add(made))) throw new Error("The new data key was not stored");
      const reason = `${made.id} in place of ${old?.id}`;
      await audit(tx, "vault.rotating", "operator", { reason });
    });
  await vault.look();
  const rows = await store.vault.keys();
  const current = rows.find(isCurrent);
  return {
    key: current?.id ?? "",
    since: current?.created_at ?? 0,
    // These and no later ones: of whatever somebody else replaces meanwhile, nothing is resealed here.
    replaced: rows.filter(({ state }) => state === "replaced").map(({ id }) => id),
    resumed: current?.id !== made?.id,
  };
};

const isCurrent = ({ purpose, state }: VaultKeyRow): boolean =>
  purpose === "seal" && state === "current";

const resealAll = async (
  { store, vault, rows_per_commit }: Deps,
  prefix: string,
  onProgress: (progress: Progress) => void,
): Promise<{ resealed: number; unreadable: Unreadable[] }> => {
  let resealed = 0;
  const unreadable: Unreadable[] = [];

  const anew = async (column: SealedColumn, value: SealedValue): Promise<string | undefined> => {
    const place = placeIn(column, value.id);
    try {
      return vault.seal(await vault.unseal(value.sealed, place, store), place);
    } catch (error) {
      if (!isOfValue(error)) throw error;
      unreadable.push({ column, id: value.id });
      return undefined;
    }
  };

  const commit = async (column: SealedColumn, values: SealedValue[]): Promise<void> => {
    const pairs: { value: SealedValue; sealed: string }[] = [];
    for (const value of values) {
      const sealed = await anew(column, value);
      if (sealed !== undefined) pairs.push({ value, sealed });
    }
    // Counted anew if the transaction is run again.
    const write = async (to: Statements): Promise<number> => {
      let written = 0;
      for (const { value, sealed } of pairs)
        if (await to.vault.reseal(column, value, sealed)) written += 1;
      return written;
    };
    const written = await (pairs.length > 1 ? store.transaction(write) : write(store));
    // After the wait: `+= await` would take the sum from before it, and others of AT_ONCE have added to it meanwhile.
    resealed += written;
  };

  for (const column of SEALED_COLUMNS) {
    const total = await store.vault.count(column, { not_with: prefix });
    let done = 0;
    onProgress({ column, done, total });
    for await (const batch of batchesOf(store, column, { not_with: prefix })) {
      const commits = chunksOf(batch, rows_per_commit);
      for (const group of chunksOf(commits, AT_ONCE))
        await Promise.all(group.map((values) => commit(column, values)));
      done += batch.length;
      onProgress({ column, done, total: Math.max(done, total) });
    }
  }
  return { resealed, unreadable };
};

const chunksOf = <T>(all: T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
    all.slice(i * size, (i + 1) * size),
  );

/** Of a column, in the order of its keys. */
export async function* batchesOf(
  store: Store,
  column: SealedColumn,
  beginning: { not_with?: string } = {},
): AsyncGenerator<SealedValue[]> {
  for (let after = ""; ;) {
    const batch = await store.vault.batch(column, { after, limit: BATCH, ...beginning });
    if (batch.length) yield batch;
    if (batch.length < BATCH) return;
    after = batch.at(-1)?.id ?? "";
  }
}

/** The value's own fault, and not that of a KMS or a database that is away. */
export const isOfValue = (error: unknown): boolean => {
  const { code } = error as { code?: unknown };
  return code === "vault_value_unreadable" || code === "vault_key_unknown";
};

const removeRetired = async ({ store, now }: Deps): Promise<string[]> => {
  const removed: string[] = [];
  for (const { id, retired_at } of await store.vault.keys()) {
    if (retired_at === null || retired_at > now() - KEPT_RETIRED) continue;
    const of = { with: prefixOf(id) };
    const counts = await Promise.all(SEALED_COLUMNS.map((column) => store.vault.count(column, of)));
    if (counts.some((count) => count > 0)) continue;
    await store.vault.remove(id);
    removed.push(id);
  }
  return removed;
};
