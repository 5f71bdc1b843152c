/**
 * The sealing key rotated while brokers run: nothing is lost that they write meanwhile, whoever is killed is carried on
 * with, the key before can go, and what does not open is named and never shown.
 */
import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createApp, type App } from "../../broker/src/app.ts";
import { createAudit } from "../../broker/src/audit.ts";
import { chainAudit } from "../../broker/src/audit/chain.ts";
import { createSeals } from "../../broker/src/audit/seals.ts";
import { runVault, type VaultDeps } from "../../broker/src/commands/vault.ts";
import { readConfig, type Config } from "../../broker/src/config/config.ts";
import { openStore, type Store } from "../../broker/src/store/store.ts";
import type { VaultKeyRow } from "../../broker/src/store/tables.ts";
import { SEALED_COLUMNS, type SealedValue } from "../../broker/src/store/vault.ts";
import { openVault, prefixOf, type Vault } from "../../broker/src/vault.ts";
import { VaultError } from "../../broker/src/vault/error.ts";
import { rotate, type Rotated } from "../../broker/src/vault/rotation.ts";
import { BROKER_PROGRAM } from "../servers/broker.ts";
import { startTransit, type Transit } from "../servers/transit.ts";
import { expectNoLeak } from "../servers/leaks.mjs";
import { accepted, issue, rowsOf, works } from "./steps.ts";
import { B, connect, startWorld, type Json, type World } from "./world.ts";
import { NOTHING_BUILT } from "./built.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const EXPIRED = 121_000;
const DAY = 86_400_000;
const USERS = ["ann", "bob", "cem", "dia"];

let world: World;
beforeAll(async () => {
  world = await startWorld();
  for (const sub of USERS) await connect(world, { sub });
});
afterAll(() => world.stop());

const keysIn = (store: Store, state?: string): Promise<VaultKeyRow[]> =>
  store.vault
    .keys()
    .then((rows) =>
      rows.filter((row) => row.purpose === "seal" && (!state || row.state === state)),
    );
const only = async (rows: Promise<VaultKeyRow[]>): Promise<string> => {
  const [row, ...others] = await rows;
  expect(others).toEqual([]);
  return row?.id ?? "";
};
const currentKey = (store: Store): Promise<string> => only(keysIn(store, "current"));

/** How many values are not sealed with the current key. */
const behind = async (store: Store): Promise<number> => {
  const not_with = prefixOf(await currentKey(store));
  const counts = SEALED_COLUMNS.map((column) => store.vault.count(column, { not_with }));
  return (await Promise.all(counts)).reduce((sum, n) => sum + n, 0);
};

const auditOf = async (of: World): Promise<string[]> =>
  (await of.audit())
    .map((row) => String(row["event"]))
    .filter((event) => event.startsWith("vault."));

type Options = { offline?: boolean };

/** The command, beside the world's broker, in this process. */
const run = async (
  verb: string,
  options: Options = {},
  over: Partial<VaultDeps> = {},
): Promise<{ fine: boolean; lines: string[] }> => {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const { config, now } = world;
  const deps = { config, now, say, sleep: async () => undefined, ...over };
  const fine = await runVault(deps, [verb], options);
  expectNoLeak("what a command wrote", lines.join("\n"));
  return { fine, lines };
};

/**
 * The rotation itself, by a vault of its own, for what happens at the same time: of two connections in one process,
 * the one that SQLite lets wait would keep the other from ending.
 */
const rotateHere = async (
  over: (store: Store) => Partial<Store["vault"]> = () => ({}),
  sleep = async (): Promise<void> => undefined,
): Promise<Rotated> => {
  const { config, store, now } = world;
  const vault = await openVault({ config, store, now });
  const newId = (prefix: string) => `${prefix}_${randomBytes(16).toString("base64url")}`;
  const chained = chainAudit(store, { sealsOf: createSeals(vault), newId, now });
  const own = { ...chained, vault: { ...store.vault, ...over(store) } };
  const audit = createAudit({ now, newId: () => newId("aud") });
  return rotate({ store: own, vault, audit, now, sleep, rows_per_commit: 1 });
};

const tokensOf = async (vault: Vault, store: Store, { id, sealed }: SealedValue): Promise<Json> => {
  const place = { table: "grants", row: id, column: "sealed" };
  return JSON.parse(await vault.unseal(sealed, place, store)) as Json;
};
const grantOf = async (sub: string): Promise<SealedValue> => {
  const [row] = await rowsOf(world, sub);
  return { id: String(row?.["id"]), sealed: String(row?.["sealed"]) };
};

test("every place that something is sealed for is one that a rotation visits", () => {
  const places = new Set<string>();
  for (const name of readdirSync(join(ROOT, "broker/src"), { recursive: true }) as string[]) {
    if (!name.endsWith(".ts")) continue;
    const text = readFileSync(join(ROOT, "broker/src", name), "utf8");
    for (const [, table, column] of text.matchAll(
      /table: "(\w+)",\s+(?:row|key): ?[\w"]+,\s+column: "(\w+)"/g,
    ))
      places.add(`${table}.${column}`);
  }
  // A probe, sealed and opened in one breath: it is kept nowhere.
  places.delete("readiness.sealed");
  const visited = SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`);
  expect([...places].sort()).toEqual(visited.sort());
});

describe("beside running brokers", () => {
  test("nothing is lost while they refresh, and keyed hashes stay", async () => {
    const [old, mac] = [await currentKey(world.store), world.vault.mac("p", "x")];
    let rotated = false;
    const work = async () => {
      for (let round = 0; round < 3 || !rotated; round += 1) {
        world.pass(EXPIRED);
        for (const sub of USERS) {
          const { body } = await accepted(() => issue(world, sub));
          expect(await works(world, body)).toBe(true);
        }
      }
    };
    const { refresh } = world.calendar.counts;
    const [done] = await Promise.all([rotateHere().finally(() => (rotated = true)), work()]);
    expect(done).toMatchObject({ resumed: false, unreadable: [], left: [] });
    expect(world.calendar.counts.refresh).toBeGreaterThanOrEqual(refresh + 3 * USERS.length);
    const key = await currentKey(world.store);
    expect(key).not.toBe(old);
    expect(await only(keysIn(world.store, "retired"))).toBe(old);
    expect(await behind(world.store)).toBe(0);
    expect(world.vault.mac("p", "x")).toBe(mac);
    expect(done.key).toBe(key);
    expect(await auditOf(world)).toEqual(["vault.rotating", "vault.rotated", "vault.rewrapped"]);
    for (const sub of USERS) await accepted(() => issue(world, sub));
  });

  test("a refresh between reading and writing wins", async () => {
    const sub = "ann";
    world.pass(EXPIRED);
    const { id } = await grantOf(sub);
    let written = "";
    await rotateHere((store) => ({
      reseal: async (column, value, resealed) => {
        if (value.id === id && written === "") {
          written = resealed;
          await accepted(() => issue(world, sub));
        }
        return store.vault.reseal(column, value, resealed);
      },
    }));
    const kept = await tokensOf(world.vault, world.store, await grantOf(sub));
    const { body } = await accepted(() => issue(world, sub));
    expect(kept["access_token"]).toBe(body["access_token"]);
    expect(await behind(world.store)).toBe(0);
    // The twin: what would have been written are the tokens from before, which the provider has replaced.
    const lost = await tokensOf(world.vault, world.store, { id, sealed: written });
    expect(lost["refresh_token"]).not.toBe(kept["refresh_token"]);
  });

  test("what was resealed is counted, though commits run at once", async () => {
    const counts = SEALED_COLUMNS.map((column) =>
      world.store.vault.count(column, { not_with: "nothing begins like this" }),
    );
    const all = (await Promise.all(counts)).reduce((sum, n) => sum + n, 0);
    expect(all).toBeGreaterThanOrEqual(USERS.length);
    expect((await rotateHere()).resealed).toBe(all);
    const reasons = (await world.audit()).map(({ event, reason }) => `${event} ${reason}`);
    expect(reasons).toContainEqual(
      expect.stringMatching(new RegExp(`^vault\\.rotated .*: ${all} resealed, 0 unreadable$`)),
    );
  });

  test("what a broker seals that has not looked yet is resealed before the key before is retired", async () => {
    const stale = await openVault({ config: world.config, store: world.store, now: world.now });
    const id = "secret_stale";
    const { lines } = await run("rotate", {}, { sleep: () => setSecret(stale, id) });
    expect(await behind(world.store)).toBe(0);
    expect((await run("verify")).fine).toBe(true);
    expect(lines).toContainEqual(expect.stringMatching(/^waiting \d+ s, until every broker/));
    expect(lines).toContainEqual(
      expect.stringContaining(`values are sealed with ${await currentKey(world.store)}; `),
    );
    await world.store.managedSecrets.revoke(id, world.now());
  });

  test("the twin: who is not waited for leaves a value behind, which still opens, and goes with the next", async () => {
    const stale = await openVault({ config: world.config, store: world.store, now: world.now });
    const id = "secret_late";
    await run("rotate", { offline: true }, { sleep: () => Promise.reject(new Error("waited")) });
    await setSecret(stale, id);
    expect(await behind(world.store)).toBe(1);
    expect((await run("verify")).fine).toBe(true);
    const { fine } = await run("rotate", { offline: true });
    expect([fine, await behind(world.store)]).toEqual([true, 0]);
    await world.store.managedSecrets.revoke(id, world.now());
  });

  const setSecret = async (vault: Vault, id: string): Promise<void> => {
    const at = world.now();
    await world.store.managedSecrets.insert({
      ...{ id, app_id: "demo", secret: id, audience: "everyone", issuer: "", audience_id: "" },
      sealed: vault.seal("value", { table: "managed_secrets", row: id, column: "sealed" }),
      ...{ version: 1, expires_at: null, created_at: at, updated_at: at },
      ...{ last_used_at: null, revoked_at: null },
    });
  };

  test("two brokers: what one of them has rotated, the other opens and goes on with, unasked", async () => {
    // Two stores on one file in one process would each hold up the other: SQLite's wait holds the process.
    const own =
      world.database.engine === "sqlite" ? undefined : await openStore(world.config.storage);
    const store = own ?? world.store;
    const vault = await openVault({ config: world.config, store, now: world.now });
    const second = appOn(store, vault);
    try {
      world.pass(EXPIRED);
      await run("rotate", { offline: true });
      const key = await currentKey(world.store);
      expect(vault.keyring.current().id).not.toBe(key);
      // Many at once, half of them through each broker: one refresh, whoever has which key.
      const { refresh } = world.calendar.counts;
      const replies = await Promise.all(
        Array.from({ length: 20 }, (_, i) => (i % 2 ? askAt(second, "bob") : issue(world, "bob"))),
      );
      expect(new Set(replies.map(({ body }) => body["access_token"])).size).toBe(1);
      expect(world.calendar.counts.refresh).toBe(refresh + 1);
      expect(vault.keyring.current().id).toBe(key);
      expect(await behind(world.store)).toBe(0);
    } finally {
      second.close();
      await second.settled();
      await own?.close();
    }
  });

  test("killed in the middle (a write that fails), the next goes on with the same key", async () => {
    const [old, made] = [await currentKey(world.store), await keysIn(world.store)];
    let writes = 0;
    const failed = rotateHere((store) => ({
      reseal: async (...given) => {
        writes += 1;
        if (writes > 2) throw new Error("killed");
        return store.vault.reseal(...given);
      },
    }));
    await expect(failed).rejects.toThrow("killed");
    expect(await only(keysIn(world.store, "replaced"))).toBe(old);
    expect(await behind(world.store)).toBeGreaterThan(0);
    const key = await currentKey(world.store);
    const { fine, lines } = await run("rotate", { offline: true });
    expect(lines).toContain("an earlier rotation was not finished: went on with its key");
    expect([fine, await currentKey(world.store), await behind(world.store)]).toEqual([
      true,
      key,
      0,
    ]);
    expect(await keysIn(world.store)).toHaveLength(made.length + 1);
  });

  test("two rotations at once make one key", async () => {
    const made = await keysIn(world.store);
    const both = await Promise.all([rotateHere(), rotateHere()]);
    expect(new Set(both.map(({ key }) => key)).size).toBe(1);
    expect(await behind(world.store)).toBe(0);
    expect(await keysIn(world.store)).toHaveLength(made.length + 1);
  });

  test("a retired key goes a week later, but not while a value names it", async () => {
    await run("rotate", { offline: true });
    const retired = await keysIn(world.store, "retired");
    // A value of it that nothing opens: somebody else's, in this row.
    const [row] = await rowsOf(world, "dia");
    const id = String(row?.["id"]);
    const old = retired.at(-1)?.id ?? "";
    const right = String(row?.["sealed"]);
    const column = { table: "grants", key: "id", column: "sealed" } as const;
    const broken = `${prefixOf(old)}${randomBytes(60).toString("base64url")}`;
    await world.store.vault.reseal(column, { id, sealed: right }, broken);
    const later = () => world.now() + 8 * DAY;
    const { fine, lines } = await run("rotate", { offline: true }, { now: later });
    expect(fine).toBe(false);
    expect(lines).toContain(`does not open: grants ${id} (sealed)`);
    expect((await keysIn(world.store, "retired")).map((key) => key.id)).toContain(old);
    await world.store.vault.reseal(column, { id, sealed: broken }, right);
    // Its own key was retired eight days later than all the others, and stays, too.
    await run("rotate", { offline: true }, { now: later });
    expect((await keysIn(world.store, "retired")).map((key) => key.id)).not.toContain(old);
    expect((await run("verify")).fine).toBe(true);
  });
});

const appOn = (store: Store, vault: Vault): App =>
  createApp({
    ...{ config: world.config, store, vault, now: world.now, log: () => undefined },
    built: NOTHING_BUILT,
  });

const askAt = async (app: App, sub: string): Promise<{ body: Json }> => {
  const request = { method: "GET", host: world.calendar.host };
  const response = await app.fetch(
    new Request(`${B}/v1/tokens`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${world.keys.demo.key}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({
        user_token: await world.userToken(sub),
        provider: "calendar",
        request,
      }),
    }),
  );
  return { body: (await response.json()) as Json };
};

describe("verify", () => {
  const column = { table: "grants", key: "id", column: "sealed" } as const;

  test("counts by key, and says that all is well", async () => {
    const { fine, lines } = await run("verify");
    expect(fine).toBe(true);
    const key = await currentKey(world.store);
    expect(lines).toContainEqual(
      expect.stringMatching(new RegExp(`^${key}: \\d+ values, current, wrapped by local:k1$`)),
    );
    expect(lines.at(-1)).toMatch(/^ok: \d+ values, all of them open$/);
  });

  test.each<[string, (sealed: string, other: string) => string]>([
    ["swapped for another row's", (_, other) => other],
    ["changed by a letter", (sealed) => sealed.slice(0, -6) + flip(sealed.slice(-6))],
    ["of a key that is gone", () => `v1.k0.${randomBytes(60).toString("base64url")}`],
    ["no sealed value", () => "plain"],
  ])("names a row whose value is %s, and shows no value", async (_name, change) => {
    const [mine, theirs] = [await grantOf("ann"), await grantOf("bob")];
    const changed = change(mine.sealed, theirs.sealed);
    await world.store.vault.reseal(column, mine, changed);
    const { fine, lines } = await run("verify");
    await world.store.vault.reseal(column, { ...mine, sealed: changed }, mine.sealed);
    expect(fine).toBe(false);
    expect(lines.filter((line) => line.startsWith("does not open"))).toEqual([
      expect.stringContaining(`does not open: grants ${mine.id} (sealed, `),
    ]);
    expect(lines.at(-1)).toBe("1 value cannot be opened with any key there is");
    expect(lines.join("\n")).not.toContain(changed.slice(-20));
    // The twin: with its own value back, everything opens.
    expect((await run("verify")).fine).toBe(true);
  });

  const flip = (text: string): string => (text.startsWith("A") ? "B" : "A") + text.slice(1);

  test.each<[string, string[], Json, RegExp]>([
    ["no such verb", ["dance"], {}, /expected one of rotate, rewrap, verify/],
    ["something after it", ["verify", "now"], {}, /expected one of/],
    [
      "an option of another",
      ["verify"],
      { offline: true },
      /--offline: not an option of vault verify/,
    ],
  ])("%s is refused, and nothing is written", async (_name, words, options, message) => {
    const before = await world.store.vault.keys();
    const { config, now } = world;
    const ran = runVault({ config, now, say: () => undefined }, words, options);
    await expect(ran).rejects.toThrow(message);
    expect(await world.store.vault.keys()).toEqual(before);
  });
});

describe("the keys that wrap", () => {
  const byId = (rows: VaultKeyRow[], id: string): VaultKeyRow => {
    const row = rows.find((one) => one.id === id);
    if (!row) throw new Error("no such key");
    return row;
  };
  const fresh = { id: "k2", key: new Uint8Array(randomBytes(32)) };
  const config = (vault: Partial<Config["vault"]>): Config => ({
    ...world.config,
    vault: { ...world.config.vault, ...vault },
  });
  const codeOf = async (of: Config, over: Partial<VaultDeps> = {}): Promise<string> => {
    const error: unknown = await run("verify", {}, { config: of, ...over }).catch(
      (reason: unknown) => reason,
    );
    return error instanceof VaultError ? error.code : "none";
  };
  const own = () => world.config.vault.keys;

  test("one in the configuration takes another's place by a rewrap, and the other may go", async () => {
    const without = config({ keys: [fresh] });
    // As its timer has it.
    await world.vault.look();
    const before = await world.store.vault.keys();
    expect(await codeOf(without)).toBe("vault_key_mismatch");
    expect(await world.store.vault.keys()).toEqual(before);
    const both = config({ keys: [fresh, ...own()] });
    const { lines } = await run("rewrap", {}, { config: both });
    expect(lines).toContainEqual(expect.stringMatching(/^\d+ data keys wrapped by local:k2$/));
    expect(lines).toContainEqual(
      expect.stringMatching(/^vault\.keys k1: nothing needs it any more/),
    );
    expect(await codeOf(without)).toBe("none");
    expect(await codeOf(world.config)).toBe("vault_key_mismatch");
    // Who runs has its keys, and goes on.
    await accepted(() => issue(world, "ann"));
    await run("rewrap", {}, { config: config({ keys: [...own(), fresh] }) });
    expect(await codeOf(world.config)).toBe("none");
  });

  describe("a transit engine", () => {
    const token = "dev-8Kq2";
    let transit: Transit;
    let at: Config["vault"]["transit"];
    const admin = (path: string, body: Json = {}) =>
      fetch(`${transit.url}/v1/${path}`, {
        method: "POST",
        headers: { "x-vault-token": token },
        body: JSON.stringify(body),
      });
    beforeEach(async () => {
      transit = await startTransit({ token });
      await admin("sys/mounts/transit");
      await admin("transit/keys/alter");
      at = {
        ...{ address: transit.url, mount: "transit", key: "alter", namespace: undefined },
        ...{ token: { value: token }, ca_file: undefined, timeout: 5_000 },
      };
      return () => transit.stop();
    });

    test("takes the place of a key in the configuration, turns its own key, and hands the place back", async () => {
      const both = config({ transit: at, wrap_with: "transit" });
      const alone = config({ keys: [], transit: at, wrap_with: "transit" });
      expect(await codeOf(alone)).toBe("vault_key_mismatch");
      const moved = await run("rewrap", {}, { config: both });
      expect(moved.lines).toContainEqual(
        expect.stringMatching(/wrapped by transit:transit\/alter$/),
      );
      expect(await codeOf(alone)).toBe("none");
      expect(await codeOf(world.config)).toBe("vault_key_mismatch");

      await admin("transit/keys/alter/rotate");
      await run("rewrap", {}, { config: alone });
      await admin("transit/keys/alter/config", { min_decryption_version: 2 });
      expect(await codeOf(alone)).toBe("none");

      const rotated = await run("rotate", { offline: true }, { config: alone });
      expect([rotated.fine, await behind(world.store)]).toEqual([true, 0]);
      const back = config({ transit: at, wrap_with: "keys" });
      const { lines } = await run("rewrap", {}, { config: back });
      expect(lines.at(-1)).toMatch(/^vault\.transit: nothing needs it any more/);
      expect(await codeOf(world.config)).toBe("none");
      await accepted(() => issue(world, "cem"));
    });

    test("is asked at the start and for a new key, and by no call", async () => {
      const both = config({ transit: at, wrap_with: "transit" });
      const local = await world.store.vault.keys();
      await run("rewrap", {}, { config: both });
      const store = await openStore(world.config.storage);
      const vault = await openVault({ config: both, store, now: world.now });
      const app = appOn(store, vault);
      const asked = transit.calls.length;
      world.pass(EXPIRED);
      for (let i = 0; i < 3; i += 1)
        expect((await askAt(app, "dia")).body["access_token"]).toBeDefined();
      expect(transit.calls).toHaveLength(asked);
      // Away, it keeps nobody from what is known already.
      await admin("sys/seal");
      world.pass(EXPIRED);
      expect((await askAt(app, "dia")).body["access_token"]).toBeDefined();
      await expect(vault.look()).resolves.toBeUndefined();
      expect(await codeOf(both)).toBe("vault_refused");
      app.close();
      await app.settled();
      await store.close();
      await transit.stop();
      const before = await world.store.vault.keys();
      expect(await codeOf(both)).toBe("vault_unreachable");
      expect(await world.store.vault.keys()).toEqual(before);
      for (const row of before) await world.store.vault.rewrap(row, byId(local, row.id));
    });
  });
});

describe("the built program", () => {
  const folder = mkdtempSync(join(tmpdir(), "alter-vault-test-"));
  const file = join(folder, "alter.json");
  const keys = ["k1", "k2"].map((id) => ({ id, key: randomBytes(32).toString("base64url") }));
  const MANY = 300;
  type Ran = { code: number | null; out: string; err: string };
  const node = (args: string[], timeout = 20_000): Promise<Ran> =>
    new Promise((done) => {
      const child = execFile(process.execPath, args, { timeout }, (_error, out, err) => {
        expectNoLeak("what a command wrote", out + err);
        done({ code: child.exitCode, out, err });
      });
    });
  const broker = (...args: string[]) => node([BROKER_PROGRAM, ...args, "--config", file]);
  const configure = (...vault: unknown[]): Config => {
    const text = JSON.stringify({
      ...{ base_url: B, listen: { port: 0 }, storage: { sqlite: join(folder, "alter.db") } },
      ...{ vault: { keys: vault }, providers: {} },
      apps: [
        {
          ...{ id: "demo", name: "Demo", origins: ["http://localhost:4998"], providers: {} },
          api_keys: [{ id: "first", hash: world.keys.demo.hash }],
          identity_provider: { name: "Test", issuer: "https://login.example", audience: "a" },
        },
      ],
    });
    writeFileSync(file, text);
    return readConfig(text, {});
  };
  let store: Store;

  beforeAll(async () => {
    const built = await node([join(ROOT, "scripts/build.mjs"), "--stale", "broker"], 110_000);
    if (built.code !== 0) throw new Error(built.err);
    const config = configure(keys[0]);
    store = await openStore(config.storage);
    const vault = await openVault({ config, store });
    const [like] = await world.store.grants.ofProvider(
      { app_id: "demo", issuer: world.idp.issuer, subject: "ann" },
      "calendar",
    );
    if (!like) throw new Error("no grant");
    await store.transaction(async (tx) => {
      for (let i = 0; i < MANY; i += 1) {
        const id = `grant_${i}`;
        const place = { table: "grants", row: id, column: "sealed" };
        const sealed = vault.seal(JSON.stringify({ access_token: `token-${i}` }), place);
        await tx.grants.insert({ ...like, id, sealed, account_id: id, lease_id: null });
      }
    });
  }, 120_000);
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("a wrong key ends the start: exit 1, a code, ids of keys, and no byte of one", async () => {
    configure({ ...keys[1], id: "k1" });
    const { code, out, err } = await broker("serve");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^vault_key_mismatch: data key dk_[\w-]{16} was wrapped by local:k1/);
    expect(err).not.toContain("    at ");
    for (const { key } of keys) expect(err).not.toContain(key);
  });

  test("kill -9 in the middle of a rotation: the next goes on, and nothing is lost", async () => {
    configure(keys[0]);
    const args = [BROKER_PROGRAM, "vault", "rotate", "--config", file];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "exit");
    let out = "";
    await new Promise<void>((begun) =>
      child.stdout.on("data", (chunk: Buffer) => {
        out += chunk.toString();
        if (/^grants\.sealed: 0 of/m.test(out)) begun();
      }),
    );
    child.kill("SIGKILL");
    expect(await ended).toEqual([null, "SIGKILL"]);
    const [key, old] = [await currentKey(store), await only(keysIn(store, "replaced"))];
    const again = await broker("vault", "rotate", "--offline");
    expect(again).toMatchObject({ code: 0, err: "" });
    expect(again.out).toContain("an earlier rotation was not finished: went on with its key");
    expect([await currentKey(store), await behind(store)]).toEqual([key, 0]);
    expect(await only(keysIn(store, "retired"))).toBe(old);
    const [{ id, sealed }] = (await store.vault.batch(
      { table: "grants", key: "id", column: "sealed" },
      { after: `grant_${MANY - 2}`, limit: 1 },
    )) as [SealedValue];
    const vault = await openVault({ config: configure(keys[0]), store });
    expect(await tokensOf(vault, store, { id, sealed })).toEqual({
      access_token: `token-${id.slice(6)}`,
    });
  });

  test("a value that was changed is named, by exit code 1", async () => {
    configure(keys[0]);
    const column = { table: "grants", key: "id", column: "sealed" } as const;
    const [first, second] = await store.vault.batch(column, { after: "", limit: 2 });
    if (!first || !second) throw new Error("no grants");
    await store.vault.reseal(column, first, second.sealed);
    const { code, out } = await broker("vault", "verify");
    expect(code).toBe(1);
    expect(out).toContain(`does not open: grants ${first.id} (sealed, `);
    expect(out).not.toContain(second.id);
    expect(out).not.toContain(second.sealed.slice(-20));
  });
});
