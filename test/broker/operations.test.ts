/** What an on-call engineer goes by: whether a broker is ready and why not, and the line of the log that a reference names. */
import { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createLog, levelOf } from "../../broker/src/log.ts";
import { createReadiness } from "../../broker/src/readiness.ts";
import { postgresUrl } from "./database.ts";
import { accepted, away, land, refused } from "./steps.ts";
import { A, secret, startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

describe("/readyz", () => {
  test("not while it stops: it goes on serving, for whoever has not noticed yet", async () => {
    const stopping = await startWorld();
    onTestFinished(() => stopping.stop());
    await accepted(() => stopping.call("/readyz"));
    stopping.broker.drain();
    await refused(stopping, () => stopping.call("/readyz"), "shutting_down");
    await accepted(() => stopping.call("/healthz"));
    await stopping.mint();
  });

  test("not when the database does not answer in time; alive all the same, and ready again after", async () => {
    let late = (): void => undefined;
    const slow = await startWorld({ sleep: () => new Promise((resolve) => (late = resolve)) });
    onTestFinished(() => slow.stop());
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { ping } = slow.store;
    slow.store.ping = () => held;
    const asked = slow.call("/readyz");
    await accepted(() => slow.call("/healthz"));
    late();
    const { status, body } = await asked;
    expect([status, body["code"], body["reason"]]).toEqual([
      503,
      "not_ready",
      "database_unavailable",
    ]);
    // A code and a sentence of ours; what the database is, and where, is nobody's business.
    expect(Object.keys(body).sort()).toEqual(
      ["code", "reason", "request_id", "status", "title", "type"].sort(),
    );
    release();
    slow.store.ping = ping;
    await accepted(() => slow.call("/readyz"));
  });

  test("many who ask at once cost one question", async () => {
    let asked = 0;
    const { check } = createReadiness({
      store: { ...world.store, ping: async () => void (asked += 1) },
      vault: { seal: (text) => text, unseal: async (text) => text },
      sleep: () => new Promise(() => undefined),
    });
    expect(await Promise.all([check(), check(), check()])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(asked).toBe(1);
  });

  test.each<[string, { unseal: (text: string) => Promise<string> }]>([
    ["throws", { unseal: async () => Promise.reject(new Error("key store is away")) }],
    ["opens something else", { unseal: async () => "else" }],
  ])("not when the vault %s", async (_, vault) => {
    const { check } = createReadiness({
      store: { ...world.store, ping: async () => undefined },
      vault: { seal: (text) => text, ...vault },
      sleep: () => new Promise(() => undefined),
    });
    expect(await check()).toBe("vault_unusable");
  });
});

if (postgresUrl() !== undefined)
  describe("a database that is too busy", () => {
    test.each([
      ["a transaction that met others as often as it was tried", "40001"],
      ["a deadlock, as often", "40P01"],
      ["a statement that took too long", "57014"],
    ])("%s: come back later, and nothing was written", async (_, code) => {
      const { exec } = world.database;
      await exec(`
        create function busy() returns trigger language plpgsql as
          $$ begin raise exception 'busy' using errcode = '${code}'; end $$;
        create trigger busy after insert on sessions for each row execute function busy()`);
      const user_token = await world.userToken("ann");
      const create = () =>
        world
          .backend()
          .createSession({ user_token, allowed_origin: A, allowed_providers: ["calendar"] });
      const { body } = await refused(world, create, "shutting_down");
      expect(world.logs).toContainEqual(
        expect.objectContaining({
          ...{ event: "database_unavailable", code, request_id: body["request_id"] },
        }),
      );
      await exec("drop trigger busy on sessions; drop function busy");
      await accepted(create);
    });
  });

describe("the log", () => {
  test("what a user reads as the reference, and an app as request_id, is a line of it", async () => {
    const reply = await refused(
      world,
      () => world.widget(secret(), "").outcome(),
      "unknown_session",
    );
    const { request_id } = reply.body;
    expect(reply.headers.get("x-request-id")).toBe(request_id);
    const lines = world.logs.filter((line) => line["request_id"] === request_id);
    expect(lines.map(({ event }) => event)).toEqual(["refused", "request"]);
    expect(lines[0]).toMatchObject({ code: "unknown_session" });
    expect(lines[1]).toMatchObject({ method: "GET", path: "/v1/connect/outcome", status: 404 });
  });

  test("of a callback that led nowhere, too", async () => {
    const { back } = await away(world);
    await land(world.browser(), back);
    const lines = world.logs.slice(-2);
    expect(lines.map(({ event }) => event)).toEqual(["callback_refused", "request"]);
    expect(lines[0]?.["request_id"]).toBe(lines[1]?.["request_id"]);
  });

  test("one JSON object a line, with its level", () => {
    const written: string[] = [];
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => (written.push(chunk.toString()), done()),
    });
    const log = createLog("warn", stream);
    log("request", { request_id: "req_1" });
    log("refresh_failed", { grant_id: "g1" });
    log("purge_bug", {});
    expect(written.map((line) => JSON.parse(line) as unknown)).toEqual([
      { level: 40, time: expect.any(Number), event: "refresh_failed", grant_id: "g1" },
      { level: 50, time: expect.any(Number), event: "purge_bug" },
    ]);
    expect(levelOf("bug")).toBe("error");
  });
});
