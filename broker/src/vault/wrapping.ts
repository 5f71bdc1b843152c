/**
 * The seam to whatever holds the key-encryption key: it wraps a data key and unwraps it, and no data key is ever stored
 * in another form. Here is the adapter for a key of the configuration; that of an external KMS is in transit.ts.
 */
import { decrypt, encrypt, framed, type Random } from "./aead.ts";
import { VaultError } from "./error.ts";

/** What a wrapped key is bound to: in another row, or for another purpose, it does not unwrap. */
export type DataKeyName = { id: string; purpose: string };

export type Wrapping = {
  /** Stands beside what it has wrapped (`local:k1`), so that the right one is found again. */
  name: string;
  wrap: (key: Uint8Array, of: DataKeyName) => Promise<string>;
  /** @throws VaultError */
  unwrap: (wrapped: string, of: DataKeyName) => Promise<Uint8Array>;
};

/** A key of the configuration: 32 bytes. */
export type VaultKey = { id: string; key: Uint8Array };

export const createLocalWrapping = ({ id: own, key }: VaultKey, random: Random): Wrapping => {
  const name = `local:${own}`;
  return {
    name,
    wrap: async (dataKey, of) => encrypt(key, dataKey, [CONTEXT, name, of.id, of.purpose], random),
    unwrap: async (wrapped, of) => {
      try {
        return decrypt(key, wrapped, [CONTEXT, name, of.id, of.purpose]);
      } catch {
        throw new VaultError(
          "vault_key_mismatch",
          `data key ${of.id} was wrapped by ${name}, and the key of that id in vault.keys does not open it`,
        );
      }
    },
  };
};

/** The same for adapters whose KMS takes one text of associated data. */
export const associatedData = ({ id, purpose }: DataKeyName): Buffer =>
  framed([CONTEXT, id, purpose]);

const CONTEXT = "alter-broker data key v1";
