/**
 * API keys that come and go: two at once, one with an end, one that is revoked while brokers run. What a key has opened
 * goes with it, and nothing else does.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createApp, type App } from "../../broker/src/app.ts";
import { runKeys } from "../../broker/src/commands/keys.ts";
import { warningsOnKeys } from "../../broker/src/config/keys.ts";
import { expectNoLeak } from "../servers/leaks.mjs";
import { accepted, land, outcomeOf, refused, rowsOf, state } from "./steps.ts";
import { A, B, newKey, startWorld, type Json, type Reply, type World } from "./world.ts";
import { NOTHING_BUILT } from "./built.ts";

const SECOND = 1_000;
const DAY = 86_400_000;
/** Long enough for all tests before the one that lets it pass. */
const ENDS = Date.now() + DAY;
const made = { old: newKey(), next: newKey(), leaked: newKey(), doomed: newKey(), gone: newKey() };

let world: World;
beforeAll(async () => {
  world = await startWorld({
    configure: (file) => {
      const [demo] = file["apps"] as { api_keys: Json[] }[];
      demo?.api_keys.push(
        { id: "old", hash: made.old.hash, expires_at: new Date(ENDS).toISOString() },
        { id: "next", hash: made.next.hash },
        { id: "leaked", hash: made.leaked.hash },
        { id: "doomed", hash: made.doomed.hash },
      );
    },
  });
});
afterAll(() => world.stop());
afterEach(() => world.broker.settled());

const run = async (words: string[], options: Json): Promise<string[]> => {
  const lines: string[] = [];
  const { config, now } = world;
  await runKeys({ config, now, say: (line) => lines.push(line) }, words, options);
  expectNoLeak("what a command wrote", lines.join("\n"));
  return lines;
};
const another = (): App =>
  createApp({
    ...{ config: world.config, store: world.store, vault: world.vault, now: world.now },
    log: () => undefined,
    built: NOTHING_BUILT,
  });
const ask = async (key: string, app: Pick<App, "fetch"> = world.broker): Promise<number> => {
  const headers = { authorization: `Bearer ${key}` };
  return (await app.fetch(new Request(`${B}/v1/providers`, { headers }))).status;
};
const mintBy = async (key: string, sub: string, more: Json = {}): Promise<Reply> =>
  world.backend(key).createSession({
    ...{ user_token: await world.userToken(sub), allowed_origin: A },
    ...{ allowed_providers: ["calendar"], ...more },
  });
const beginBy = async (key: string, sub: string, more: Json = {}) => {
  const token = String((await mintBy(key, sub, more)).body["session_token"]);
  const browser = world.browser();
  const { verifier, body } = await browser.claim(token);
  return { token, verifier, browser, session_id: String(body["session_id"]) };
};

describe("a key that was revoked [M10, L10]", () => {
  test("is refused by every broker within a second, and takes its open sessions with it", async () => {
    const { key } = made.leaked;
    const other = another();
    const mine = await beginBy(key, "ann");
    const unclaimed = String((await mintBy(key, "ann")).body["session_token"]);
    const still = await beginBy(made.next.key, "ann");
    const connected = await beginBy(key, "bea", { multiple: true });
    const visitor = { account: "bea@work.test" };
    const back = await connected.browser.visit(connected.session_id, "calendar", visitor);
    await land(connected.browser, back);
    expect([await ask(key), await ask(key, other)]).toEqual([200, 200]);

    expect(await run(["revoke"], { app: "demo", key: "leaked" })).toEqual([
      "revoked leaked of demo: every broker refuses it within a second",
      "open sessions ended: 3",
    ]);
    world.pass(SECOND);
    expect([await ask(key), await ask(key, other)]).toEqual([401, 401]);
    const reply = await refused(world, () => mintBy(key, "ann"), "invalid_api_key");
    expect(reply.body["detail"]).toBe("This key was revoked.");

    const over = { status: "error", error: { code: "session_revoked" } };
    expect(await outcomeOf(world, mine)).toMatchObject(over);
    expect(await outcomeOf(world, { token: unclaimed, verifier: "" })).toMatchObject(over);
    // What its user has connected by then is theirs, as if the session had run out.
    expect(await outcomeOf(world, connected)).toMatchObject({ status: "success" });
    expect(await rowsOf(world, "bea")).toMatchObject([{ status: "active" }]);
    expect(await outcomeOf(world, still)).toMatchObject({ status: "pending" });
    expect(await ask(made.next.key)).toBe(200);
    expect(
      (await world.audit())
        .filter(({ event }) => event === "key.revoked")
        .map(({ actor, app_id, reason }) => [actor, app_id, reason]),
    ).toEqual([["operator", "demo", "leaked"]]);
    await expect(run(["revoke"], { app: "demo", key: "leaked" })).rejects.toThrow(/^already_rev/);
  });

  test("what a broker minted before it had heard ends as well, and its callback exchanges nothing", async () => {
    const { key } = made.doomed;
    const hash = made.doomed.hash.slice("sha256:".length);
    expect(await ask(key)).toBe(200);
    // The row alone, as another process writes it, within the second in which this broker does not look.
    await world.store.apiKeys.revoke({ hash, app_id: "demo", key_id: "doomed" }, world.now());
    const session = await beginBy(key, "cora");
    const back = await session.browser.visit(session.session_id);
    world.pass(SECOND);
    const calls = world.calendar.counts.token;
    await land(session.browser, back);
    await world.broker.settled();
    expect([await rowsOf(world, "cora"), world.calendar.counts.token]).toEqual([[], calls]);
    expect(await outcomeOf(world, session)).toMatchObject({ error: { code: "session_revoked" } });
  });

  test("twin: while a broker's last look is younger than a second, the key still works", async () => {
    const hash = made.gone.hash.slice("sha256:".length);
    world.config.api_keys.set(hash, { ...theDemo(), key_id: "gone", expires_at: null });
    expect(await ask(made.gone.key)).toBe(200);
    await world.store.apiKeys.revoke({ hash, app_id: "demo", key_id: "gone" }, world.now());
    expect(await ask(made.gone.key)).toBe(200);
    world.pass(SECOND);
    expect(await ask(made.gone.key)).toBe(401);
    world.config.api_keys.delete(hash);
  });
});

const theDemo = () => {
  const entry = [...world.config.api_keys.values()].find(({ app }) => app.id === "demo");
  if (!entry) throw new Error("no key");
  return entry;
};

describe("keys list", () => {
  test("says of each key what it is worth, and when it was last used", async () => {
    await accepted(() => mintBy(made.old.key, "dan"));
    const lines = await run(["list"], { app: "demo" });
    const minute = `${new Date(world.now()).toISOString().slice(0, 14)}\\d\\dZ`;
    const hash = "sha256:[0-9a-f]{8}…";
    const expected = [
      "app +key +state +last used +hash",
      `demo +first +active +- +${hash}`,
      `demo +old +active until ${new Date(ENDS).toISOString()} +${minute} +${hash}`,
      `demo +next +active +${minute} +${hash}`,
      `demo +leaked +revoked \\S+Z +${minute} +${hash}`,
      `demo +doomed +revoked \\S+Z +${minute} +${hash}`,
      `demo +gone +revoked \\S+Z +${minute} +${hash}`,
    ];
    expect(lines).toHaveLength(expected.length);
    for (const [i, line] of expected.entries()) expect(lines[i]).toMatch(new RegExp(`^${line}$`));
    // Never enough to be one, nor its whole hash, which is what the configuration has.
    for (const { key, hash: whole } of Object.values(made)) {
      expect(lines.join()).not.toContain(key.slice(0, 20));
      expect(lines.join()).not.toContain(whole);
    }
    expect((await run(["list"], {})).some((line) => line.startsWith("other"))).toBe(true);
  });

  test("a use is written down once a minute, not at every call", async () => {
    const used = async () =>
      (await world.store.apiKeys.ofApp("demo")).find(({ key_id }) => key_id === "next")
        ?.last_used_at;
    world.pass(61 * SECOND);
    await ask(made.next.key);
    const first = await used();
    world.pass(30 * SECOND);
    await ask(made.next.key);
    expect(await used()).toBe(first);
    world.pass(31 * SECOND);
    await ask(made.next.key);
    expect(await used()).toBeGreaterThan(first ?? Infinity);
  });
});

test.each<[string[], Json, RegExp]>([
  [["show"], {}, /^keys: expected create, list or revoke/],
  [["revoke", "x"], {}, /^keys: expected create, list or revoke/],
  [["revoke"], { key: "old" }, /^--app: is required/],
  [["revoke"], { app: "demo" }, /^--key: is required/],
  [["revoke"], { app: "demo", key: "x" }, /^--key: expected one of first, old, next/],
  [["revoke"], { app: "nowhere", key: "x" }, /^--app: expected one of demo, other/],
  [["revoke"], { app: "demo", key: "x", subject: "y" }, /^--subject: not an option/],
  [["list"], { key: "x" }, /^--key: not an option of keys list/],
])("keys %j %j is refused, and writes nothing", async (words, options, message) => {
  const before = [
    await state(world),
    (await world.audit()).length,
    await world.store.apiKeys.revoked(),
  ];
  await expect(run(words, options)).rejects.toThrow(message);
  expect([
    await state(world),
    (await world.audit()).length,
    await world.store.apiKeys.revoked(),
  ]).toEqual(before);
});

describe("a key with an end", () => {
  test("warns a week before, and after", () => {
    const at = (ms: number) => warningsOnKeys(world.config, ENDS + ms);
    const iso = new Date(ENDS).toISOString();
    expect(at(-8 * DAY)).toEqual([]);
    expect(at(-6 * DAY)).toEqual([`app demo: API key old expires at ${iso}`]);
    expect(at(0)).toEqual([
      `app demo: API key old expired at ${iso} and is refused; take it out once nobody uses it`,
    ]);
    const only = [...world.config.api_keys].filter(([, { key_id }]) => key_id === "old");
    const left = warningsOnKeys({ ...world.config, api_keys: new Map(only) }, ENDS);
    expect(left).toContain(
      "app demo: all of its API keys have expired, so its backend can do nothing",
    );
  });

  test("works beside the next one until then, and is refused from then on", async () => {
    const { old, next } = made;
    const session = await beginBy(old.key, "eve");
    world.pass(ENDS - 60 * SECOND - world.now());
    expect([await ask(old.key), await ask(next.key)]).toEqual([200, 200]);
    world.pass(60 * SECOND);
    const reply = await refused(world, () => mintBy(old.key, "eve"), "invalid_api_key");
    expect(reply.body["detail"]).toBe("This key has expired.");
    expect(await ask(next.key)).toBe(200);
    // An end that was planned takes nothing with it; this one has run out by itself meanwhile.
    const stored = await world.store.sessions.byId(session.session_id);
    expect(stored).toMatchObject({ ended_at: null, outcome: null });
  });
});
