/** Sealed values open where they were sealed, with the key they were sealed with, whole; and nowhere else. */
import { createDecipheriv, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  createVault,
  hashSecret,
  s256,
  sameSecret,
  type VaultKey,
} from "../../broker/src/vault.ts";

const key = (id: string): VaultKey => ({ id, key: new Uint8Array(randomBytes(32)) });
const [k1, k2] = [key("k1"), key("k2")];
const vault = createVault([k1]);
const place = { table: "grants", row: "grant_1", column: "sealed" };
const SECRET = "refresh-token-é-\u{1f511}";
const parts = (sealed: string) => sealed.split(".") as [string, string, string];
const withBody = (sealed: string, change: (bytes: Buffer) => Buffer): string => {
  const [version, id, body] = parts(sealed);
  return [version, id, change(Buffer.from(body, "base64url")).toString("base64url")].join(".");
};

describe("sealing", () => {
  test("opens again, shows nothing, and never twice the same", () => {
    const sealed = vault.seal(SECRET, place);
    expect(vault.unseal(sealed, place)).toBe(SECRET);
    expect(vault.unseal(vault.seal("", place), place)).toBe("");
    expect(sealed).toMatch(/^v1\.k1\.[\w-]+$/);
    expect(Buffer.from(parts(sealed)[2], "base64url").toString()).not.toContain("refresh");
    expect(vault.seal(SECRET, place)).not.toBe(sealed);
  });

  test.each([
    ["another row", { ...place, row: "grant_2" }],
    ["another column", { ...place, column: "other" }],
    ["another table", { ...place, table: "authorizations" }],
    ["a boundary moved by one character", { table: "grant", row: "sgrant_1", column: "sealed" }],
    ["row and column swapped", { table: "grants", row: "sealed", column: "grant_1" }],
  ])("moved to %s it does not open", (_name, elsewhere) => {
    const sealed = vault.seal(SECRET, place);
    expect(() => vault.unseal(sealed, elsewhere)).toThrow();
    expect(vault.unseal(sealed, place)).toBe(SECRET);
  });

  test.each<[string, (sealed: string) => string]>([
    ["one bit of the text", (s) => withBody(s, (b) => b.fill((b[12] ?? 0) ^ 1, 12, 13))],
    ["one bit of the iv", (s) => withBody(s, (b) => b.fill((b[0] ?? 0) ^ 1, 0, 1))],
    ["one bit of the tag", (s) => withBody(s, (b) => b.fill((b.at(-1) ?? 0) ^ 1, b.length - 1))],
    ["a tag cut to four bytes", (s) => withBody(s, (b) => b.subarray(0, -12))],
    ["no text, no tag", (s) => withBody(s, (b) => b.subarray(0, 12))],
    ["nothing", () => ""],
    ["another version", (s) => s.replace(/^v1/, "v2")],
    ["an unknown key id", (s) => s.replace(".k1.", ".k9.")],
    ["a key id from the prototype", (s) => s.replace(".k1.", ".__proto__.")],
    ["something appended", (s) => `${s}.x`],
    ["a body spelled differently", (s) => `${s}=`],
  ])("changed in %s it does not open", (_name, change) => {
    expect(() => vault.unseal(change(vault.seal(SECRET, place)), place)).toThrow();
  });

  test("without the fixed tag length, Node would take four bytes of tag for sixteen", () => {
    const bytes = Buffer.from(parts(vault.seal(SECRET, place))[2], "base64url");
    const decipher = createDecipheriv("aes-256-gcm", k1.key, bytes.subarray(0, 12));
    expect(() => decipher.setAuthTag(bytes.subarray(-16, -12))).not.toThrow();
  });

  test("what failed to open is not in the error", () => {
    const sealed = vault.seal(SECRET, place);
    try {
      vault.unseal(sealed, { ...place, row: "other" });
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toContain(parts(sealed)[2].slice(0, 8));
    }
  });
});

describe("rotation", () => {
  const rotated = createVault([k2, k1]);
  test("the first key seals, the older still opens, and only while it is listed", () => {
    const old = vault.seal(SECRET, place);
    expect(rotated.unseal(old, place)).toBe(SECRET);
    expect(rotated.seal(SECRET, place)).toMatch(/^v1\.k2\./);
    expect(() => createVault([k2]).unseal(old, place)).toThrow(/No vault key with id "k1"/);
  });

  test("the key's id is authenticated: relabelled, even the same key does not open it", () => {
    const twins = createVault([k1, { id: "k3", key: k1.key }]);
    const sealed = twins.seal(SECRET, place);
    expect(() => twins.unseal(sealed.replace(".k1.", ".k3."), place)).toThrow();
    expect(twins.unseal(sealed, place)).toBe(SECRET);
  });
});

describe("keyed and plain hashes", () => {
  test("a mac is stable, 43 characters, and bound to key, purpose and the cut between its parts", () => {
    const mac = vault.mac("confirmed", "ab", "c");
    expect(mac).toMatch(/^[\w-]{43}$/);
    expect(vault.mac("confirmed", "ab", "c")).toBe(mac);
    const others = [
      vault.mac("confirmed", "a", "bc"),
      vault.mac("confirmed", "abc"),
      vault.mac("confirmed", "ab", "c", ""),
      vault.mac("confirmedab", "c"),
      vault.mac("other", "ab", "c"),
      createVault([k2]).mac("confirmed", "ab", "c"),
    ];
    expect(new Set([mac, ...others]).size).toBe(others.length + 1);
  });

  test("hashes are the standard ones", () => {
    // FIPS 180-4's "abc", and the example of RFC 7636 appendix B.
    expect(hashSecret("abc")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    expect(s256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).toBe(
      "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    );
    expect([sameSecret("a", "a"), sameSecret("a", "b"), sameSecret("a", "ab")]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
