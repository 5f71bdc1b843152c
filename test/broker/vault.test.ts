/**
 * Sealed values open where they were sealed, with the key they were sealed with, whole, and nowhere else; data keys are
 * made once, wrapped, and unwrap with the right key alone; what an earlier version sealed still opens.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Config } from "../../broker/src/config/config.ts";
import { openStore, type Store } from "../../broker/src/store/store.ts";
import type { VaultKeyRow } from "../../broker/src/store/tables.ts";
import { hashSecret, openVault, s256, sameSecret, type Vault } from "../../broker/src/vault.ts";
import { VaultError } from "../../broker/src/vault/error.ts";
import { createLocalWrapping, type VaultKey } from "../../broker/src/vault/wrapping.ts";

const key = (id: string): VaultKey => ({ id, key: new Uint8Array(randomBytes(32)) });
const [k1, k2] = [key("k1"), key("k2")];
const withKeys = (...keys: VaultKey[]): Pick<Config, "vault"> => ({
  vault: { keys, transit: undefined, wrap_with: "keys" },
});
const place = { table: "grants", row: "grant_1", column: "sealed" };
const SECRET = "refresh-token-é-\u{1f511}";

let store: Store;
let vault: Vault;
beforeAll(async () => {
  store = await openStore({ kind: "sqlite", file: ":memory:" });
  vault = await openVault({ config: withKeys(k1), store });
});
afterAll(() => store.close());
const unseal = (sealed: string, at = place) => vault.unseal(sealed, at, store);

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => new Error("it succeeded"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof VaultError)) throw error;
  return error.code;
};

const parts = (sealed: string) => sealed.split(".") as [string, string, string];
const withBody = (sealed: string, change: (bytes: Buffer) => Buffer): string => {
  const [version, id, body] = parts(sealed);
  return [version, id, change(Buffer.from(body, "base64url")).toString("base64url")].join(".");
};

describe("sealing", () => {
  test("opens again, shows nothing, and never twice the same", async () => {
    const sealed = vault.seal(SECRET, place);
    expect(await unseal(sealed)).toBe(SECRET);
    expect(await unseal(vault.seal("", place))).toBe("");
    expect(sealed).toMatch(/^v2\.dk_[\w-]{16}\.[\w-]+$/);
    expect(Buffer.from(parts(sealed)[2], "base64url").toString()).not.toContain("refresh");
    expect(vault.seal(SECRET, place)).not.toBe(sealed);
  });

  test.each([
    ["another row", { ...place, row: "grant_2" }],
    ["another column", { ...place, column: "other" }],
    ["another table", { ...place, table: "authorizations" }],
    ["a boundary moved by one character", { table: "grant", row: "sgrant_1", column: "sealed" }],
    ["row and column swapped", { table: "grants", row: "sealed", column: "grant_1" }],
  ])("moved to %s it does not open", async (_name, elsewhere) => {
    const sealed = vault.seal(SECRET, place);
    expect(await codeOf(unseal(sealed, elsewhere))).toBe("vault_value_unreadable");
    expect(await unseal(sealed)).toBe(SECRET);
  });

  test.each<[string, (sealed: string) => string]>([
    ["one bit of the text", (s) => withBody(s, (b) => b.fill((b[12] ?? 0) ^ 1, 12, 13))],
    ["one bit of the iv", (s) => withBody(s, (b) => b.fill((b[0] ?? 0) ^ 1, 0, 1))],
    ["one bit of the tag", (s) => withBody(s, (b) => b.fill((b.at(-1) ?? 0) ^ 1, b.length - 1))],
    ["a tag cut to four bytes", (s) => withBody(s, (b) => b.subarray(0, -12))],
    ["no text, no tag", (s) => withBody(s, (b) => b.subarray(0, 12))],
    ["nothing", () => ""],
    ["an earlier version", (s) => s.replace(/^v2/, "v1")],
    ["a later version", (s) => s.replace(/^v2/, "v3")],
    ["an unknown key id", (s) => s.replace(".dk_", ".dx_")],
    ["a key id from the prototype", (s) => s.replace(/\.dk_[\w-]+\./, ".__proto__.")],
    ["something appended", (s) => `${s}.x`],
    ["a body spelled differently", (s) => `${s}=`],
  ])("changed in %s it does not open", async (_name, change) => {
    const code = await codeOf(unseal(change(vault.seal(SECRET, place))));
    expect(code).toMatch(/^vault_(value_unreadable|key_unknown)$/);
  });

  test("without the fixed tag length, Node would take four bytes of tag for sixteen", () => {
    const bytes = Buffer.from(parts(vault.seal(SECRET, place))[2], "base64url");
    const decipher = createDecipheriv("aes-256-gcm", k1.key, bytes.subarray(0, 12));
    expect(() => decipher.setAuthTag(bytes.subarray(-16, -12))).not.toThrow();
  });

  test("the key's id is authenticated: relabelled, even the same key does not open it", async () => {
    const { id, key: bytes } = vault.keyring.current();
    const twin = {
      ...(await vault.keyring.make("seal", { key: bytes })),
      state: "retired",
      retired_at: 1,
    };
    expect(await store.vault.add(twin)).toBe(true);
    const sealed = vault.seal(SECRET, place);
    expect(await codeOf(unseal(sealed.replace(id, twin.id)))).toBe("vault_value_unreadable");
    expect(await unseal(sealed)).toBe(SECRET);
  });

  test("errors quote neither the value nor a key", async () => {
    const sealed = vault.seal(SECRET, place);
    const error = await unseal(sealed, { ...place, row: "other" }).catch(String);
    expect(error).toMatch(/grants\.sealed of other does not open with key dk_/);
    expect(error).not.toContain(parts(sealed)[2]);
  });
});

describe("data keys", () => {
  let fresh: Store;
  beforeEach(async () => {
    fresh = await openStore({ kind: "sqlite", file: ":memory:" });
    return () => fresh.close();
  });
  const open = (...keys: VaultKey[]) => openVault({ config: withKeys(...keys), store: fresh });
  /** `mac` before `seal`. */
  const rows = async (): Promise<VaultKeyRow[]> =>
    (await fresh.vault.keys()).sort((a, b) => a.purpose.localeCompare(b.purpose));

  test("are made at the first start, wrapped, and are the same at every other", async () => {
    const first = await open(k1);
    const made = await rows();
    expect(made).toEqual([
      expect.objectContaining({ purpose: "mac", state: "current", wrapped_by: "local:k1" }),
      expect.objectContaining({ purpose: "seal", state: "current", wrapped_by: "local:k1" }),
    ]);
    const second = await open(k1);
    expect(await rows()).toEqual(made);
    expect(await second.unseal(first.seal(SECRET, place), place, fresh)).toBe(SECRET);
    expect(second.mac("confirmed", "x")).toBe(first.mac("confirmed", "x"));
  });

  test("of brokers that start at once, one makes them and all have them", async () => {
    const vaults = await Promise.all(Array.from({ length: 8 }, () => open(k1)));
    expect((await rows()).map(({ purpose }) => purpose).sort()).toEqual(["mac", "seal"]);
    expect(new Set(vaults.map((one) => one.mac("p", "x"))).size).toBe(1);
    const [first, ...others] = vaults;
    const sealed = first?.seal(SECRET, place) ?? "";
    for (const one of others) expect(await one.unseal(sealed, place, fresh)).toBe(SECRET);
  });

  test.each<[string, VaultKey[], RegExp]>([
    [
      "a wrong key of the right id",
      [{ ...k2, id: "k1" }],
      /key of that id in vault\.keys does not/,
    ],
    ["the key gone", [k2], /wrapped by local:k1, and the configuration has local:k2/],
  ])("with %s the vault does not open, and nothing is written", async (_name, keys, words) => {
    const sealed = (await open(k1)).seal(SECRET, place);
    const made = await rows();
    expect(await codeOf(open(...keys))).toBe("vault_key_mismatch");
    const message = await open(...keys).catch(String);
    expect(message).toMatch(words);
    expect(message).toMatch(/data key dk_[\w-]{16} was wrapped by local:k1/);
    for (const one of [k1, k2])
      expect(message).not.toContain(Buffer.from(one.key).toString("base64"));
    expect(await rows()).toEqual(made);
    // The twin: beside others, in any place, the right one opens.
    expect(await (await open(k2, k1)).unseal(sealed, place, fresh)).toBe(SECRET);
    expect(await rows()).toEqual(made);
  });

  test.each<[string, (mac: VaultKeyRow, seal: VaultKeyRow) => Promise<unknown>]>([
    [
      "swapped between two rows",
      async (mac, seal) => {
        await fresh.vault.rewrap(mac, seal);
        await fresh.vault.rewrap(seal, mac);
      },
    ],
    [
      "changed by a bit",
      (mac) =>
        fresh.vault.rewrap(mac, {
          wrapped: (mac.wrapped.startsWith("A") ? "B" : "A") + mac.wrapped.slice(1),
          wrapped_by: mac.wrapped_by,
        }),
    ],
    [
      "said to be of another key",
      (mac) => fresh.vault.rewrap(mac, { ...mac, wrapped_by: "local:k2" }),
    ],
  ])("%s they do not unwrap", async (_name, change) => {
    await open(k1, k2);
    const [mac, seal] = await rows();
    if (!mac || !seal) throw new Error("no keys");
    await change(mac, seal);
    expect(await codeOf(open(k1, k2))).toBe("vault_key_mismatch");
  });

  test("the twin: with nothing said of the row, a wrapped key would unwrap anywhere", async () => {
    const wrapping = createLocalWrapping(k1, randomBytes);
    const of = { id: "dk_1", purpose: "seal" };
    const wrapped = await wrapping.wrap(k2.key, of);
    expect(new Uint8Array(await wrapping.unwrap(wrapped, of))).toEqual(k2.key);
    expect(await codeOf(wrapping.unwrap(wrapped, { ...of, id: "dk_2" }))).toBe(
      "vault_key_mismatch",
    );
  });

  test("one that another process has made is learnt from the database, once, and by transactions too", async () => {
    const [old, rotated] = [await open(k1), await open(k1)];
    await replaceKey(fresh, rotated);
    const sealed = rotated.seal(SECRET, place);
    let reads = 0;
    const counted: Pick<Store, "vault"> = {
      vault: {
        ...fresh.vault,
        keys: () => {
          reads += 1;
          return fresh.vault.keys();
        },
      },
    };
    const opened = await Promise.all(
      Array.from({ length: 50 }, () => old.unseal(sealed, place, counted)),
    );
    expect(new Set(opened)).toEqual(new Set([SECRET]));
    expect(reads).toBe(1);
    // From then on it seals with it, and asks nobody.
    expect(parts(old.seal(SECRET, place))[1]).toBe(parts(sealed)[1]);
    const third = await open(k1);
    await replaceKey(fresh, third);
    const again = third.seal(SECRET, place);
    // Beside others who wait for this very transaction.
    const [within, outside] = await Promise.all([
      fresh.transaction((tx) => old.unseal(again, place, tx)),
      old.unseal(again, place, fresh),
    ]);
    expect([within, outside]).toEqual([SECRET, SECRET]);
  });

  test("an id that nobody has made is unknown", async () => {
    const opened = await open(k1);
    const foreign = `v2.dk_nobody.${randomBytes(60).toString("base64url")}`;
    expect(await codeOf(opened.unseal(foreign, place, fresh))).toBe("vault_key_unknown");
  });

  test("lost while values are left, they are missed at the start, and no new ones are made", async () => {
    const made = await open(k1);
    await keep(fresh, "secret_1", made.seal("value", inSecrets("secret_1")));
    // The twin: with its keys, it starts.
    await open(k1);
    await lose(fresh);
    expect(await codeOf(open(k1))).toBe("vault_key_unknown");
    expect(await open(k1).catch(String)).toContain(made.keyring.current().id);
    expect(await rows()).toEqual([]);
  });

  test("a look takes up the newest, for sealing", async () => {
    const [first, second] = [await open(k1), await open(k1)];
    await replaceKey(fresh, second);
    const [newest] = [parts(second.seal("", place))[1]];
    expect(parts(first.seal("", place))[1]).not.toBe(newest);
    const mac = first.mac("confirmed", "x");
    await first.look();
    expect(parts(first.seal("", place))[1]).toBe(newest);
    expect([first.mac("confirmed", "x"), second.mac("confirmed", "x")]).toEqual([mac, mac]);
  });
});

const lose = async (of: Store): Promise<void> => {
  for (const { id } of await of.vault.keys()) {
    await of.vault.replace(id);
    await of.vault.retire([id], 1);
    await of.vault.remove(id);
  }
};

/** A rotation's first step. */
const replaceKey = async (of: Store, by: Vault): Promise<void> => {
  const made = await by.keyring.make("seal");
  await of.transaction(async (tx) => {
    await tx.vault.replace(by.keyring.current().id);
    await tx.vault.add(made);
  });
  await by.look();
};

describe("a database of the version before data keys", () => {
  let old: Store;
  beforeEach(async () => {
    old = await openStore({ kind: "sqlite", file: ":memory:" });
    return () => old.close();
  });
  const open = (...keys: VaultKey[]) => openVault({ config: withKeys(...keys), store: old });

  test("opens, and its keyed hashes stay what browsers hold", async () => {
    const sealed = sealedBefore(k1, SECRET, place);
    await keep(old, "secret_1", sealedBefore(k1, "value", inSecrets("secret_1")));
    const upgraded = await open(k1);
    expect(await upgraded.unseal(sealed, place, old)).toBe(SECRET);
    expect(upgraded.mac("confirmed", "ann")).toBe(macBefore(k1, "confirmed", "ann"));
    expect(parts(upgraded.seal(SECRET, place))[0]).toBe("v2");
    // Whatever takes the first place later.
    expect((await open(k2, k1)).mac("confirmed", "ann")).toBe(macBefore(k1, "confirmed", "ann"));
  });

  test("a new database has a key of its own for them", async () => {
    expect((await open(k1)).mac("confirmed", "ann")).not.toBe(macBefore(k1, "confirmed", "ann"));
  });

  test.each<[string, VaultKey]>([
    ["a wrong key of the right id", { ...k2, id: "k1" }],
    ["another key alone", k2],
  ])("with %s it does not open, and no data key is made", async (_name, wrong) => {
    await keep(old, "secret_1", sealedBefore(k1, "value", inSecrets("secret_1")));
    expect(await codeOf(open(wrong))).toBe("vault_key_mismatch");
    expect(await open(wrong).catch(String)).toMatch(/sealed with k1; vault\.keys has no key/);
    expect(await old.vault.keys()).toEqual([]);
  });

  test("one value whose key is gone keeps nobody from starting", async () => {
    await keep(old, "secret_1", sealedBefore(key("k0"), "lost", inSecrets("secret_1")));
    await keep(old, "secret_2", sealedBefore(k1, "value", inSecrets("secret_2")));
    const upgraded = await open(k1);
    expect(upgraded.mac("p", "x")).toBe(macBefore(k1, "p", "x"));
  });
});

const inSecrets = (row: string) => ({ table: "managed_secrets", row, column: "sealed" });

const keep = async (into: Store, id: string, sealed: string): Promise<void> =>
  into.managedSecrets.insert({
    ...{ id, app_id: "demo", secret: id, audience: "everyone", issuer: "", audience_id: "" },
    ...{ sealed, version: 1, expires_at: null, created_at: 1, updated_at: 1 },
    ...{ last_used_at: null, revoked_at: null },
  });

/** As that version did. */
const sealedBefore = ({ id, key: bytes }: VaultKey, plain: string, at: typeof place): string => {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", bytes, iv);
  cipher.setAAD(framed(["v1", id, at.table, at.row, at.column]));
  const body = Buffer.concat([
    iv,
    cipher.update(plain, "utf8"),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return `v1.${id}.${body.toString("base64url")}`;
};
const macBefore = ({ key: bytes }: VaultKey, ...given: string[]): string =>
  createHmac("sha256", Buffer.from(hkdfSync("sha256", bytes, "", "alter-broker mac v1", 32)))
    .update(framed(given))
    .digest("base64url");
const framed = (given: string[]): Buffer =>
  Buffer.concat(
    given.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(part));
      return [length, Buffer.from(part)];
    }),
  );

describe("keyed and plain hashes", () => {
  test("a mac is stable, 43 characters, and bound to key, purpose and the cut between its parts", async () => {
    const mac = vault.mac("confirmed", "ab", "c");
    expect(mac).toMatch(/^[\w-]{43}$/);
    expect(vault.mac("confirmed", "ab", "c")).toBe(mac);
    const elsewhere = await openStore({ kind: "sqlite", file: ":memory:" });
    const others = [
      vault.mac("confirmed", "a", "bc"),
      vault.mac("confirmed", "abc"),
      vault.mac("confirmed", "ab", "c", ""),
      vault.mac("confirmedab", "c"),
      vault.mac("other", "ab", "c"),
      (await openVault({ config: withKeys(k1), store: elsewhere })).mac("confirmed", "ab", "c"),
    ];
    await elsewhere.close();
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
