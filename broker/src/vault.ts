/**
 * Sealing with a data key: AES-256-GCM, the key's id in the envelope, and the place the value lives in as additional
 * authenticated data, so that a sealed value copied to another row, column or purpose does not open. Data keys are stored
 * wrapped (vault/keyring.ts) by a key that the configuration names. Knows nothing of tokens.
 */
import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import type { Config } from "./config/config.ts";
import { SEALED_COLUMNS, type SealedColumn, type SealedValue } from "./store/vault.ts";
import { decrypt, encrypt, framed, type Random } from "./vault/aead.ts";
import { VaultError } from "./vault/error.ts";
import { openKeyring, type Keyring, type KeyStore } from "./vault/keyring.ts";
import { createTransit } from "./vault/transit.ts";
import { createLocalWrapping, type VaultKey, type Wrapping } from "./vault/wrapping.ts";

/** Where a sealed value lives: part of what is authenticated. */
export type Place = { table: string; row: string; column: string };

export type Vault = {
  seal: (plain: string, place: Place) => string;
  /**
   * `from`: where a key is looked up that another process has made since; inside a transaction that must be the
   * transaction, since on SQLite the store waits for its end. With a key in memory nobody asks the database.
   * @throws VaultError if the key is unknown, the value was changed, or it was sealed for another place.
   */
  unseal: (sealed: string, place: Place, from: KeyStore) => Promise<string>;
  /** Keyed hash for values that must be recognised and never read back, base64url, 43 characters. No rotation changes it. */
  mac: (purpose: string, ...parts: string[]) => string;
  /** Takes up what other processes have made: to be called every `LOOK_EVERY`. */
  look: () => Promise<void>;
  keyring: Keyring;
};

/** Milliseconds. For twice as long after a rotation somebody may still seal with the key before. */
export const LOOK_EVERY = 15_000;

/** With a key of the configuration itself: what brokers wrote before there were data keys. */
const OLDER = "v1";
const VERSION = "v2";
/** One spelling only: Node's base64 decoder would overlook whatever else stood there. */
const SEALED = /^(v[12])\.([\w-]+)\.([\w-]+)$/;

/** @throws VaultError when the configuration does not open what is stored, or an external KMS does not help. */
export const openVault = async (deps: {
  config: Pick<Config, "vault">;
  store: KeyStore;
  now?: () => number;
  random?: Random;
  /** Reaches an external KMS. */
  fetch?: typeof fetch;
  /** For whoever must not change anything: makes no keys. */
  is_looking?: boolean;
}): Promise<Vault> => {
  const { store, now = Date.now, random = randomBytes } = deps;
  const { keys } = deps.config.vault;
  const older = new Map(keys.map(({ id, key }) => [id, key]));
  const keyring = await openKeyring({
    ...{ store, now, random, is_looking: deps.is_looking ?? false },
    wrappings: wrappingsOf(deps.config.vault, random, deps.fetch),
    inheritMac: () => macOfOlder(keys, store),
    usedKey: async () => {
      for (const column of SEALED_COLUMNS) {
        const of = { after: "", limit: 1, with: `${VERSION}.` };
        const [value] = await store.vault.batch(column, of);
        if (value) return keyIdOf(value.sealed);
      }
      return undefined;
    },
  });

  return {
    seal: (plain, place) => {
      const { id, key } = keyring.current();
      const body = encrypt(
        key,
        Buffer.from(plain, "utf8"),
        [VERSION, id, ...partsOf(place)],
        random,
      );
      return `${prefixOf(id)}${body}`;
    },

    unseal: async (sealed, place, from) => {
      const [, version = "", id = "", body = ""] = SEALED.exec(sealed) ?? [];
      const where = `the value in ${place.table}.${place.column} of ${place.row}`;
      if (!version) throw new VaultError("vault_value_unreadable", `${where} is no sealed value`);
      const key = version === OLDER ? older.get(id) : await keyring.find(id, from);
      if (!key) throw new VaultError("vault_key_unknown", `${where} names key ${id}`);
      try {
        return decrypt(key, body, [version, id, ...partsOf(place)]).toString("utf8");
      } catch {
        throw new VaultError("vault_value_unreadable", `${where} does not open with key ${id}`);
      }
    },

    mac: (purpose, ...parts) =>
      createHmac("sha256", keyring.mac())
        .update(framed([purpose, ...parts]))
        .digest("base64url"),

    look: keyring.look,
    keyring,
  };
};

/** How everything begins that was sealed with this data key. */
export const prefixOf = (id: string): string => `${VERSION}.${id}.`;

/** The same, of values that an earlier version sealed with this key of the configuration. */
export const olderPrefixOf = (id: string): string => `${OLDER}.${id}.`;

/** Which key a value names, whether or not it opens. */
export const keyIdOf = (sealed: string): string | undefined => SEALED.exec(sealed)?.[2];

/** Where the value of a column's row lives. */
export const placeIn = ({ table, column }: SealedColumn, row: string): Place => {
  return { table, row, column };
};

/** SHA-256 of a high-entropy secret, hex: how tokens, cookies, states and keys are stored. */
export const hashSecret = (secret: string): string =>
  createHash("sha256").update(secret, "utf8").digest("hex");

/** Constant-time comparison of two strings of public length. */
export const sameSecret = (a: string, b: string): boolean => {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
};

/** PKCE S256 (RFC 7636 section 4.2) of a verifier, base64url. */
export const s256 = (verifier: string): string =>
  createHash("sha256").update(verifier, "ascii").digest("base64url");

const partsOf = ({ table, row, column }: Place): string[] => [table, row, column];

/** The first wraps; whatever else there is unwraps, so that one can take the other's place. */
const wrappingsOf = (
  { keys, transit, wrap_with }: Config["vault"],
  random: Random,
  fetcher: typeof fetch | undefined,
): [Wrapping, ...Wrapping[]] => {
  const local = keys.map((key) => createLocalWrapping(key, random));
  const external = transit ? [createTransit(transit, fetcher)] : [];
  const [first, ...others] =
    wrap_with === "keys" ? [...local, ...external] : [...external, ...local];
  if (!first) throw new Error("The configuration names no key");
  return [first, ...others];
};

const SAMPLES = 20;

/**
 * Before there were data keys, the first key of the configuration made the keyed hashes. A database with values of that
 * time goes on with them: cookies that browsers hold stay valid. It is also the moment to find out that the key is wrong.
 */
const macOfOlder = async (keys: VaultKey[], store: KeyStore): Promise<Uint8Array | undefined> => {
  const samples: { column: SealedColumn; value: SealedValue }[] = [];
  for (const column of SEALED_COLUMNS) {
    const found = await store.vault.batch(column, { after: "", limit: SAMPLES, with: `${OLDER}.` });
    samples.push(...found.map((value) => ({ column, value })));
  }
  const [first] = keys;
  if (!samples.length) return undefined;
  const opens = samples.some(({ column, value: { id, sealed } }) => {
    const [, version = "", key_id = "", body = ""] = SEALED.exec(sealed) ?? [];
    const key = keys.find((one) => one.id === key_id)?.key;
    try {
      return key && decrypt(key, body, [version, key_id, ...partsOf(placeIn(column, id))]);
    } catch {
      return false;
    }
  });
  // A value of which the key is gone is one lost value; if it is all of them, the configuration is another one's.
  if (!opens || !first) {
    const named = new Set(samples.map(({ value }) => keyIdOf(value.sealed) ?? "(none)"));
    throw new VaultError(
      "vault_key_mismatch",
      `the stored values were sealed with ${[...named].join(", ")}; vault.keys has no key of that id that opens any of them`,
    );
  }
  return new Uint8Array(hkdfSync("sha256", first.key, new Uint8Array(), "alter-broker mac v1", 32));
};
