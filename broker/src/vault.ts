/**
 * Sealing: AES-256-GCM, the key's id in the envelope, and the place the value lives in as additional
 * authenticated data, so that a sealed value copied to another row, column or purpose does not open.
 * Knows keys and bytes; knows nothing of tokens, rows or databases.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";

/** Where a sealed value lives: part of what is authenticated. */
export type Place = { table: string; row: string; column: string };

export type Vault = {
  seal: (plain: string, place: Place) => string;
  /** Throws if the key is unknown, the value was changed, or it was sealed for another place. */
  unseal: (sealed: string, place: Place) => string;
  /** Keyed hash for values that must be recognised and never read back, base64url, 43 characters. */
  mac: (purpose: string, ...parts: string[]) => string;
};

export type VaultKey = { id: string; key: Uint8Array };

const VERSION = "v1";
/** One spelling only: Node's base64 decoder would overlook whatever else stood there. */
const SEALED = /^v1\.([\w-]+)\.([\w-]+)$/;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The first key seals; all of them open. Keys are 32 bytes. */
export const createVault = (
  keys: readonly [VaultKey, ...VaultKey[]],
  random: (bytes: number) => Uint8Array = randomBytes,
): Vault => {
  const byId = new Map(keys.map(({ id, key }) => [id, key]));
  const current = keys[0];
  const macKey = new Uint8Array(
    hkdfSync("sha256", current.key, new Uint8Array(), "alter-broker mac v1", 32),
  );

  return {
    seal: (plain, place) => {
      const iv = random(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", current.key, iv);
      cipher.setAAD(aad(current.id, place));
      const body = Buffer.concat([iv, cipher.update(plain, "utf8"), cipher.final()]);
      return [
        VERSION,
        current.id,
        Buffer.concat([body, cipher.getAuthTag()]).toString("base64url"),
      ].join(".");
    },

    unseal: (sealed, place) => {
      const [, keyId, body] = SEALED.exec(sealed) ?? [];
      if (keyId === undefined || body === undefined) throw new Error("Not a sealed value");
      const key = byId.get(keyId);
      if (!key) throw new Error(`No vault key with id "${keyId}"`);
      const bytes = Buffer.from(body, "base64url");
      if (bytes.length < IV_BYTES + TAG_BYTES) throw new Error("Not a sealed value");
      // The tag length is fixed here: Node would otherwise accept a shorter, forgeable one.
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(aad(keyId, place));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const plain = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES));
      return Buffer.concat([plain, decipher.final()]).toString("utf8");
    },

    mac: (purpose, ...parts) =>
      createHmac("sha256", macKey)
        .update(framed([purpose, ...parts]))
        .digest("base64url"),
  };
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

const aad = (keyId: string, place: Place): Buffer =>
  framed([VERSION, keyId, place.table, place.row, place.column]);

/** Length-prefixed, so that ("ab","c") and ("a","bc") differ. */
const framed = (parts: string[]): Buffer =>
  Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part, "utf8");
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
