/** `alter-broker secrets` as its operator meets it: what it takes, what it prints, and that a mistake writes nothing. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runSecrets, type SecretsDeps } from "../../broker/src/commands/secrets.ts";
import { readConfig, type Config } from "../../broker/src/config/config.ts";
import { openStore } from "../../broker/src/store/store.ts";
import { BROKER_PROGRAM, newApiKey } from "../servers/broker.ts";
import { expectNoLeak } from "../servers/leaks.mjs";
import { makeDatabase, type TestDatabase } from "./database.ts";
import type { Json } from "./world.ts";

const VALUE = "sk_live_7Jd0aV1uE9xQ";
const AT = Date.parse("2026-03-01T12:00:00Z");
const ISSUER = "https://login.example";
const ID = /secret_[\w-]{22}/;

const folder = mkdtempSync(join(tmpdir(), "alter-secrets-test-"));
let database: TestDatabase;
const file = join(folder, "alter.json");
let config: Config;

beforeAll(async () => {
  database = await makeDatabase();
  const app = (id: string, secrets: Json, groups_claim?: string) => ({
    ...{ id, name: id, origins: [`https://${id}.example`], providers: {}, secrets },
    api_keys: [{ id: "first", hash: newApiKey().hash }],
    identity_provider: {
      ...{ name: "Test IdP", issuer: ISSUER, audience: "planner" },
      ...(groups_claim === undefined ? {} : { groups_claim }),
    },
  });
  const entry = { name: "Weather API", api_hosts: ["api.weather.example"] };
  const text = JSON.stringify({
    base_url: "https://connect.example.com",
    storage: database.named,
    vault: { keys: [{ id: "k1", key: createHash("sha256").update("secrets").digest("base64") }] },
    providers: {},
    apps: [
      app(
        "planner",
        {
          weather: { ...entry, inject: { header: "X-Api-Key" } },
          archive: { ...entry, inject: "basic" },
        },
        "groups",
      ),
      app("plain", { weather: { ...entry, inject: { query: "key" } } }),
      app("bare", {}),
    ],
  });
  writeFileSync(file, text);
  config = readConfig(text, {});
});
beforeEach(async () => {
  const store = await openStore(database.storage);
  await store.close();
  await database.exec("delete from managed_secrets; delete from audit");
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const kept = (table = "managed_secrets"): Promise<Json[]> =>
  database.rows(`select * from ${table} order by 1`);

/** Resolves with the lines that were printed. */
const run = async (
  words: string[],
  options: Json = {},
  { stdin = VALUE, ...over }: Partial<Omit<SecretsDeps, "stdin">> & { stdin?: unknown } = {},
): Promise<string[]> => {
  const lines: string[] = [];
  await runSecrets(
    {
      config,
      stdin:
        typeof stdin === "string" || Buffer.isBuffer(stdin)
          ? Readable.from([Buffer.from(stdin)])
          : (stdin as SecretsDeps["stdin"]),
      say: (line) => lines.push(line),
      now: () => AT,
      ...over,
    },
    words,
    options,
  );
  expectNoLeak("what a command wrote", lines.join("\n"));
  return lines;
};
const TARGET = { app: "planner", secret: "weather" };
const set = async (options: Json, stdin: unknown = VALUE, now = AT): Promise<string> =>
  (await run(["set"], { ...TARGET, ...options }, { stdin, now: () => now }))[0] ?? "";

/** Fails with these words, says nothing of the value, prints nothing, writes nothing. */
const fails = async (call: () => Promise<unknown>, words: RegExp): Promise<void> => {
  const before = JSON.stringify([await kept(), await kept("audit")]);
  const error = await call().then(
    () => new Error("accepted"),
    (thrown: unknown) => thrown as Error,
  );
  expect(error.message).toMatch(words);
  expect(error.message).not.toContain(VALUE);
  expect(JSON.stringify([await kept(), await kept("audit")])).toBe(before);
};

describe("set", () => {
  test.each<[string, Json, Json]>([
    ["everyone", { everyone: true }, { audience: "everyone", audience_id: "", issuer: "" }],
    ["a group", { group: "sales" }, { audience: "group", audience_id: "sales", issuer: ISSUER }],
    ["a user", { user: "a|1" }, { audience: "user", audience_id: "a|1", issuer: ISSUER }],
  ])("for %s: prints that and the id, and no more", async (_name, options, audience) => {
    expect(await set(options)).toMatch(new RegExp(`^set ${ID.source}$`));
    const [row] = await kept();
    expect(row).toMatchObject({ ...audience, app_id: "planner", secret: "weather", version: 1 });
    expect(row?.["sealed"]).toMatch(/^v2\.dk_/);
    expect(await kept("audit")).toMatchObject([{ event: "secret.set", actor: "operator" }]);
  });

  test("again: the id stays, all else is the new value's", async () => {
    const options = { everyone: true, expires: "2026-04-01T00:00:00+02:00" };
    const [, id] = (await set(options)).split(" ");
    const [first] = await kept();
    expect(first?.["expires_at"]).toBe(Date.parse("2026-03-31T22:00:00Z"));
    expect(await set({ everyone: true }, VALUE, AT + 5)).toBe(`rotated ${id}`);
    const [row, ...others] = await kept();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ version: 2, expires_at: null, created_at: AT, updated_at: AT + 5 });
    expect(row?.["sealed"]).not.toBe(first?.["sealed"]);
  });

  test.each([`${VALUE}\n`, `${VALUE}\r\n`, `\ufeff${VALUE}`])(
    "what editors and `echo` add is no part of it: %j",
    async (stdin) => {
      await set({ everyone: true });
      const plain = String((await kept())[0]?.["sealed"]).length;
      await set({ everyone: true }, stdin);
      expect(String((await kept())[0]?.["sealed"]).length).toBe(plain);
    },
  );

  test.each<[string, unknown, RegExp]>([
    ["nothing", "", /^invalid_value: .* is empty/],
    ["an empty line", "\n", /^invalid_value: .* is empty/],
    ["two lines", `${VALUE}\n${VALUE}\n`, /^invalid_value: .* one line/],
    ["a whole header", `Bearer ${VALUE}`, /^invalid_value: .* template/],
    ["a control character", `${VALUE}\0`, /^invalid_value: .* control/],
    ["too much", VALUE.repeat(500), /^invalid_value: .* 8192/],
    ["far too much", VALUE.repeat(5_000), /^invalid_value: .* too long/],
    ["no text at all", Buffer.from([0xff, 0xfe, 0x41]), /^invalid_value: .* UTF-8/],
    [
      "a terminal",
      Object.assign(Readable.from([]), { isTTY: true }),
      /^invalid_value: .* terminal/,
    ],
  ])("standard input with %s is refused", async (_name, stdin, words) => {
    await fails(() => set({ everyone: true }, stdin), words);
  });

  test("basic takes a pair", async () => {
    await fails(
      () => set({ secret: "archive", everyone: true }),
      /^invalid_value: .*user:password/,
    );
    expect(await set({ secret: "archive", everyone: true }, "ann:p w")).toMatch(/^set /);
  });

  test("a value among the arguments is refused: by then the shell has written it down", async () => {
    await fails(
      () => run(["set", VALUE], { ...TARGET, everyone: true }),
      /^invalid_value: .*history/,
    );
  });

  test.each<[string, Json, RegExp]>([
    ["no app", { app: undefined, everyone: true }, /^--app: is required/],
    ["an unknown app", { app: "planet", everyone: true }, /^--app: .* planner, plain, bare$/],
    ["no secret", { secret: undefined, everyone: true }, /^--secret: is required/],
    ["an unknown secret", { secret: "wether", everyone: true }, /^--secret: .* weather, archive$/],
    ["a name every object has", { secret: "constructor", everyone: true }, /^--secret: expected/],
    [
      "an app without secrets",
      { app: "bare", everyone: true },
      /^--secret: .* bare has no secrets/,
    ],
    ["nobody", {}, /--everyone, --group NAME and --user SUBJECT/],
    ["two audiences", { everyone: true, user: "ann" }, /--everyone, --group NAME and --user/],
    ["an empty user", { user: "" }, /^--user: is required/],
    ["a user of two lines", { user: "ann\nbob" }, /^--user: expected one line/],
    ["a group of an app without groups", { app: "plain", group: "x" }, /^--group: .*groups_claim$/],
    ["a time that is none", { everyone: true, expires: "tomorrow" }, /^--expires: .*RFC 3339/],
    ["a time without a zone", { everyone: true, expires: "2030-01-01T00:00:00" }, /^--expires: /],
    [
      "a time that is past",
      { everyone: true, expires: "2026-03-01T12:00:00Z" },
      /^--expires: .*to come/,
    ],
    ["another command's option", { everyone: true, since: "2026" }, /^--since: not an option/],
  ])("%s is refused", async (_name, options, words) => {
    const given = Object.entries({ ...TARGET, ...options }).filter(([, v]) => v !== undefined);
    await fails(() => run(["set"], Object.fromEntries(given)), words);
  });
});

describe("list", () => {
  test("has every row of the app and its state, and no value", async () => {
    const [, id = ""] = (await set({ user: "ann", expires: "2026-03-02T00:00:00Z" })).split(" ");
    await set({ group: "sales" }, VALUE, AT + 1_000);
    await set({ everyone: true }, VALUE, AT + 2_000);
    await set({ everyone: true }, VALUE, AT + 3_000);
    await set({ app: "plain", everyone: true });
    const [gone = ""] = (await kept()).flatMap((row) =>
      row["audience"] === "group" ? [row["id"]] : [],
    );
    await run(["revoke", String(gone)], {}, { now: () => AT + 4_000 });
    const lines = await run(["list"], { app: "planner" }, { now: () => AT + 86_400_000 });
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ["id", "secret", "for", "status", "created", "rotated", "expires", "last used"],
      [
        ...[id, "weather", "user ann", "expired", "2026-03-01T12:00:00.000Z", "-"],
        ...["2026-03-02T00:00:00.000Z", "-"],
      ],
      [gone, "weather", "group sales", "revoked", "2026-03-01T12:00:01.000Z", "-", "-", "-"],
      [
        ...[expect.stringMatching(ID), "weather", "everyone", "active"],
        ...["2026-03-01T12:00:02.000Z", "2026-03-01T12:00:03.000Z", "-", "-"],
      ],
    ]);
    expect(lines.join("\n")).not.toContain(VALUE);
    expect(lines.join("\n")).not.toContain("v1.k1");
  });

  test("finds what an app left behind that is no longer configured", async () => {
    await set({ everyone: true });
    const apps = new Map([...config.apps].filter(([id]) => id !== "planner"));
    const lines = await run(["list"], { app: "planner" }, { config: { ...config, apps } });
    expect(lines[1]).toContain("not configured");
    await fails(() => run(["list"], { app: "planet" }), /^--app: expected one of/);
  });
});

describe("revoke", () => {
  test("destroys the value and leaves the row", async () => {
    const [, id = ""] = (await set({ everyone: true })).split(" ");
    expect(await run(["revoke", id])).toEqual([`revoked ${id}`]);
    expect(await kept()).toMatchObject([{ id, sealed: null, revoked_at: AT }]);
    expect((await kept("audit")).map(({ event }) => event).sort()).toEqual([
      "secret.revoked",
      "secret.set",
    ]);
    await fails(() => run(["revoke", id]), /^already_revoked/);
  });

  test("of one id, and a known one", async () => {
    await set({ everyone: true });
    const unknown = () => run(["revoke", "secret_AAAAAAAAAAAAAAAAAAAAAA"]);
    await fails(unknown, /^unknown_id/);
    await fails(() => run(["revoke"]), /expected one id/);
    await fails(() => run(["revoke", "a", "b"]), /expected one id/);
    await fails(() => run(["revoke", "a"], { app: "planner" }), /^--app: not an option/);
  });
});

test.each([[[]], [["rotate"]], [["constructor"]]])("secrets %j is no command", async (words) => {
  await fails(() => run(words), /^secrets: expected set, list or revoke/);
});

test("a database that is not there is not made to say that it is empty", async () => {
  const elsewhere = join(folder, "none.db");
  const over = { config: { ...config, storage: { kind: "sqlite" as const, file: elsewhere } } };
  await fails(() => run(["list"], { app: "planner" }, over), /^storage.sqlite: there is no/);
  await fails(() => run(["revoke", "a"], {}, over), /^storage.sqlite: there is no/);
  expect(existsSync(elsewhere)).toBe(false);
  const memory = { config: { ...config, storage: { kind: "sqlite" as const, file: ":memory:" } } };
  await fails(
    () => run(["set"], { ...TARGET, everyone: true }, memory),
    /^storage.sqlite: is :mem/,
  );
});

describe("the built program", () => {
  type Ran = { code: number | null; out: string; err: string };
  const ROOT = resolve(import.meta.dirname, "../..");
  const node = (args: string[], input = "", timeout = 15_000): Promise<Ran> =>
    new Promise((done) => {
      const child = execFile(process.execPath, args, { timeout }, (_error, out, err) => {
        expectNoLeak("what a command wrote", out + err);
        done({ code: child.exitCode, out, err });
      });
      child.stdin?.end(input);
    });
  const broker = (args: string[], input?: string) =>
    node([BROKER_PROGRAM, "secrets", ...args, "--config", file], input);
  const ARGS = ["set", "--app", "planner", "--secret", "weather"];

  beforeAll(async () => {
    const parts = ["script", "page", "broker", "served"];
    const built = await node([join(ROOT, "scripts/build.mjs"), "--stale", ...parts], "", 110_000);
    if (built.code !== 0) throw new Error(built.err);
  }, 120_000);

  test("sets from a pipe, lists, revokes", async () => {
    const done = await broker([...ARGS, "--everyone"], `${VALUE}\n`);
    expect(done).toEqual({ code: 0, out: expect.stringMatching(/^set \S+\n$/) as string, err: "" });
    const id = done.out.trim().split(" ")[1] ?? "";
    const listed = await broker(["list", "--app", "planner"]);
    expect([listed.code, listed.out.split("\n").length]).toEqual([0, 3]);
    expect(await broker(["revoke", id])).toEqual({ code: 0, out: `revoked ${id}\n`, err: "" });
  });

  test("several at once make one row", async () => {
    const three = [VALUE, VALUE, VALUE].map((value) => broker([...ARGS, "--everyone"], value));
    const said = (await Promise.all(three)).map(({ out }) => out.trim().split(" "));
    expect(said.map(([word]) => word).sort()).toEqual(["rotated", "rotated", "set"]);
    expect(new Set(said.map(([, id]) => id)).size).toBe(1);
    expect(await kept()).toMatchObject([{ version: 3 }]);
  });

  test.each<[string, string[]]>([
    ["a word", [VALUE]],
    ["an option", [`--value=${VALUE}`]],
    ["an option that has none", [`--everyone=${VALUE}`]],
  ])("does not take the value as %s, nor says it again", async (_name, more) => {
    const { code, out, err } = await broker([...ARGS, "--everyone", ...more], VALUE);
    expect([code, out, await kept()]).toEqual([1, "", []]);
    expect(err).toMatch(/standard input|--value|--everyone/);
    expect(err).not.toContain(VALUE);
    expect(err).not.toContain("    at ");
  });
});
