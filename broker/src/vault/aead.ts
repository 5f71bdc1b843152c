/**
 * AES-256-GCM over bytes, and how the parts of what is authenticated are put together. Knows keys and bytes; what a
 * key is for, and where a value lives, is the caller's to say.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";

export type Random = (bytes: number) => Uint8Array;

export const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Base64url of nonce, text and tag. */
export const encrypt = (
  key: Uint8Array,
  plain: Uint8Array,
  authenticated: string[],
  random: Random,
): string => {
  const iv = random(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(framed(authenticated));
  const body = Buffer.concat([iv, cipher.update(plain), cipher.final()]);
  return Buffer.concat([body, cipher.getAuthTag()]).toString("base64url");
};

/** @throws if it was changed, or encrypted with another key or for something else. */
export const decrypt = (key: Uint8Array, body: string, authenticated: string[]): Buffer => {
  const bytes = Buffer.from(body, "base64url");
  if (bytes.length < IV_BYTES + TAG_BYTES) throw new Error("Not a sealed value");
  // The tag length is fixed here: Node would otherwise accept a shorter, forgeable one.
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(framed(authenticated));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const plain = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES));
  return Buffer.concat([plain, decipher.final()]);
};

/** Length-prefixed, so that ("ab","c") and ("a","bc") differ. */
export const framed = (parts: string[]): Buffer =>
  Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part, "utf8");
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
