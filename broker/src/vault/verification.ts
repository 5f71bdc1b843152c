/** Every stored value opened, and none of them shown: which keys they name, and which rows do not open. */
import type { Store } from "../store/store.ts";
import { SEALED_COLUMNS } from "../store/vault.ts";
import { keyIdOf, placeIn, type Vault } from "../vault.ts";
import { batchesOf, isOfValue, type Progress, type Unreadable } from "./rotation.ts";

export type Verified = {
  values: number;
  /** By the id of a data key, or of a key of the configuration where an earlier version sealed. */
  by_key: Map<string, number>;
  unreadable: (Unreadable & { key: string })[];
};

export const verify = async (
  { store, vault }: { store: Store; vault: Vault },
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<Verified> => {
  const verified: Verified = { values: 0, by_key: new Map(), unreadable: [] };
  for (const column of SEALED_COLUMNS) {
    const total = await store.vault.count(column);
    let done = 0;
    onProgress({ column, done, total });
    for await (const batch of batchesOf(store, column)) {
      for (const { id, sealed } of batch) {
        const key = keyIdOf(sealed) ?? "(none)";
        verified.by_key.set(key, (verified.by_key.get(key) ?? 0) + 1);
        await vault.unseal(sealed, placeIn(column, id), store).catch((error: unknown) => {
          if (!isOfValue(error)) throw error;
          verified.unreadable.push({ column, id, key });
        });
      }
      done += batch.length;
      onProgress({ column, done, total: Math.max(done, total) });
    }
    verified.values += done;
  }
  return verified;
};
