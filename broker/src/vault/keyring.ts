/**
 * The data keys: made at the first start, unwrapped into memory at every other, looked at again while the broker runs.
 * Knows who wraps them and where they are kept; knows nothing of what is sealed with them.
 */
import type { Statements } from "../store/store.ts";
import type { VaultKeyRow } from "../store/tables.ts";
import { KEY_BYTES, type Random } from "./aead.ts";
import { VaultError } from "./error.ts";
import type { Wrapping } from "./wrapping.ts";

/** Where keys are read: the store, or the transaction that is under way, which alone may ask the database then. */
export type KeyStore = Pick<Statements, "vault">;

export type Purpose = "seal" | "mac";
export type DataKey = { id: string; key: Uint8Array };

export type Keyring = {
  /** What seals now. */
  current: () => DataKey;
  mac: () => Uint8Array;
  /** Undefined if there is none. A key that is not in memory is looked for. */
  find: (id: string, from: KeyStore) => Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /** Reads the newest keys, so that what another process has made is used here, too. */
  look: () => Promise<void>;
  /** A new key, wrapped; nobody has it before it is stored. */
  make: (
    purpose: Purpose,
    options?: {
      key?: Uint8Array | undefined;
      /** Wrapped as this one is. By default, by what wraps now. */
      like?: VaultKeyRow;
    },
  ) => Promise<VaultKeyRow>;
  unwrap: (row: VaultKeyRow) => Promise<Uint8Array>;
  wrap: (row: VaultKeyRow, key: Uint8Array) => Promise<Pick<VaultKeyRow, "wrapped" | "wrapped_by">>;
  wrapped_by: string;
};

/** @throws VaultError when what the configuration has does not open what is stored. */
export const openKeyring = async (deps: {
  /** The first wraps; all of them unwrap. */
  wrappings: [Wrapping, ...Wrapping[]];
  store: KeyStore;
  now: () => number;
  random: Random;
  /** Makes nothing: where there are no keys yet, there is no vault. */
  is_looking: boolean;
  /** What the first keyed-hash key is, where there was one before there was a table of keys. */
  inheritMac: () => Promise<Uint8Array | undefined>;
  /** The id of a data key that something is sealed with. */
  usedKey: () => Promise<string | undefined>;
}): Promise<Keyring> => {
  const { wrappings, store, random } = deps;
  const [primary] = wrappings;
  const keys = new Map<string, Uint8Array>();
  const unwrapping = new Map<string, Promise<Uint8Array>>();
  const looking = new WeakMap<KeyStore, Promise<VaultKeyRow[]>>();
  const current = new Map<string, string>();

  const wrappingOf = ({ id, wrapped_by }: VaultKeyRow): Wrapping => {
    const wrapping = wrappings.find(({ name }) => name === wrapped_by);
    if (wrapping) return wrapping;
    throw new VaultError(
      "vault_key_mismatch",
      `data key ${id} was wrapped by ${wrapped_by}, and the configuration has ${wrappings.map(({ name }) => name).join(", ")}`,
    );
  };

  const unwrap = async (row: VaultKeyRow): Promise<Uint8Array> =>
    wrappingOf(row).unwrap(row.wrapped, row);

  /** Once, however many ask at once: none of them holds the database while it waits for another. */
  const load = async (row: VaultKeyRow): Promise<Uint8Array> => {
    const known = keys.get(row.id);
    if (known) return known;
    const running = unwrapping.get(row.id) ?? unwrap(row);
    unwrapping.set(row.id, running);
    try {
      const key = await running;
      keys.set(row.id, key);
      return key;
    } finally {
      unwrapping.delete(row.id);
    }
  };

  const lookIn = async (from: KeyStore): Promise<VaultKeyRow[]> => {
    const rows = await from.vault.keys();
    for (const row of rows) {
      // Retired ones open nothing that is known to be left; who meets one all the same finds it.
      if (row.state === "retired") continue;
      await load(row);
      if (row.state === "current") current.set(row.purpose, row.id);
    }
    return rows;
  };

  /** Those who ask in one place share a look. Never with a transaction: on SQLite everybody else waits for its end. */
  const look = (from: KeyStore): Promise<VaultKeyRow[]> => {
    const running = looking.get(from) ?? lookIn(from).finally(() => looking.delete(from));
    looking.set(from, running);
    return running;
  };

  const learn = async (id: string, from: KeyStore): Promise<Uint8Array | undefined> => {
    const row = (await look(from)).find((one) => one.id === id);
    return row && load(row);
  };

  const wrap: Keyring["wrap"] = async (row, key) => ({
    wrapped: await primary.wrap(key, row),
    wrapped_by: primary.name,
  });

  const make: Keyring["make"] = async (purpose, { key, like } = {}) => {
    const id = `dk_${Buffer.from(random(ID_BYTES)).toString("base64url")}`;
    const wrapping = like ? wrappingOf(like) : primary;
    const wrapped = await wrapping.wrap(key ?? new Uint8Array(random(KEY_BYTES)), { id, purpose });
    const row = { id, purpose, wrapped, wrapped_by: wrapping.name };
    return { ...row, state: "current", created_at: deps.now(), retired_at: null };
  };

  const currentOf = (purpose: Purpose): DataKey => {
    const id = current.get(purpose) ?? "";
    const key = keys.get(id);
    if (!key) throw new Error(`No data key to ${purpose} with`);
    return { id, key };
  };

  /** A new key in place of lost ones would hide the loss until the first user comes. */
  const refuseLostKeys = async (): Promise<void> => {
    const id = await deps.usedKey();
    // Another broker may just have made and used them.
    if (id === undefined || (await lookIn(store)).some((row) => row.id === id)) return;
    throw new VaultError(
      "vault_key_unknown",
      `values are sealed with data key ${id}, and the database does not have it any more: was it restored in part?`,
    );
  };

  await lookIn(store);
  if (current.size < 2) await refuseLostKeys();
  if (current.size < 2 && deps.is_looking)
    throw new VaultError("vault_key_unknown", "the database has no data keys yet");
  if (!current.has("mac"))
    await store.vault.add(await make("mac", { key: await deps.inheritMac() }));
  if (!current.has("seal")) await store.vault.add(await make("seal"));
  // Also what others were quicker to make.
  if (current.size < 2) await lookIn(store);

  return {
    current: () => currentOf("seal"),
    mac: () => currentOf("mac").key,
    find: (id, from) => keys.get(id) ?? learn(id, from),
    look: async () => void (await look(store)),
    ...{ make, unwrap, wrap, wrapped_by: primary.name },
  };
};

const ID_BYTES = 12;
