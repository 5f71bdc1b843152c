/**
 * Brokers that die by kill -9 under load: what was acknowledged is there, and users finish at another broker. Real
 * processes, on either engine; on PostgreSQL the server itself dies as well, on a cluster that syncs as in life.
 */
import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hang } from "../servers/faults.ts";
import { startPostgres, type Postgres } from "../servers/postgres.ts";
import { buildBroker, endLeases, startChild, type Child } from "./children.ts";
import { postgresUrl } from "./database.ts";
import { createLedger } from "./ledger.ts";
import { createLoad } from "./load.ts";
import { away, begin, land, outcomeOf, viewOf, works, type Claimed } from "./steps.ts";
import { findings } from "./verified.ts";
import { B, connect, startWorld, type Json, type World } from "./world.ts";

/** Some in each run of all tests; twenty, and as many as you like, by `npm run kill -- N`. */
const KILLS = Number(process.env["ALTER_KILLS"] ?? 6);
/** Each fourth takes the database server along. */
const WITH_SERVER = 4;
/** And each third comes right after a user has connected, which takes as long as many calls. */
const AFTER_GRANT = 3;
/** Before the first kill, so that there is something to lose. */
const FIRST_USERS = 12;
const HOUR = 3_600_000;

let world: World;
let cluster: Postgres | undefined;
/** Where the world's calls go: its own broker, or a child. */
let route: (path: string, init: RequestInit) => Promise<Response>;

const here = (path: string, init: RequestInit) =>
  Promise.resolve(world.broker.fetch(new Request(new URL(path, B), init)));
const at = (child: Child): void => {
  route = child.fetch;
};

beforeAll(async () => {
  await buildBroker();
  cluster = postgresUrl() === undefined ? undefined : await startPostgres({ durable: true });
  world = await startWorld({
    answer: (path, init) => route(path, init),
    ...(cluster && { engine: { cluster: cluster.url() } }),
  });
}, 120_000);
afterAll(async () => {
  for (const child of [...living]) await kill(child);
  await world.stop();
  await cluster?.stop();
});

/** A start is what costs here: who lives on after a test serves the next one. */
const living: Child[] = [];
const start = async (): Promise<Child> => {
  const child = await startChild(world, { log_level: "error" });
  living.push(child);
  return child;
};
const kill = async (child: Child): Promise<void> => {
  living.splice(living.indexOf(child), 1);
  await child.kill();
};
const two = async (): Promise<[Child, Child]> => {
  const [one = await start(), other = await start()] = living;
  return [one, other];
};

/** The same sequence in every run. */
const createRandom = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

test("kill -9 again and again under mixed load: nothing that was acknowledged is lost", async () => {
  const random = createRandom(6);
  const ledger = createLedger();
  const load = createLoad(world, ledger, random);
  route = here;
  await load.connect(FIRST_USERS);
  /** Chance decides what is under way when: some more rounds where one kind has not been. */
  const isMixed = (): boolean => {
    const { grants, rotations, revocations } = ledger.counts();
    return grants > FIRST_USERS && rotations > KILLS && revocations > 0;
  };
  let kills = 0;
  for (; kills < KILLS || (!isMixed() && kills < 3 * KILLS); kills += 1) {
    const round = kills + 1;
    const child = await start();
    at(child);
    let gone = false;
    const loaded = load
      .run(() => gone)
      .catch((error: Error) => Promise.reject(new Error(`${error.message}\n${child.output()}`)));
    const enough = round % AFTER_GRANT ? ledger.more(6 + random(30)) : ledger.grant();
    await Promise.race([enough, loaded]);
    // Anywhere between two acknowledgements.
    for (let turn = random(50); turn > 0; turn -= 1) await new Promise(setImmediate);
    gone = true;
    const server = round % WITH_SERVER ? undefined : cluster;
    await Promise.all([kill(child), server?.crash()]);
    await loaded;
    await server?.start();
    await ledger.hold(world.database);
    await endLeases(world);
  }
  at(await start());
  await load.callAll();

  const lost = await ledger.hold(world.database);
  const { grants, rotations, rows, revocations } = ledger.counts();
  const [{ interrupted } = {}] = await world.database.rows(
    "select count(*) as interrupted from audit where reason like 'refresh_interrupted%'",
  );
  const servers = cluster
    ? `; PostgreSQL killed with it ${Math.floor(kills / WITH_SERVER)} times`
    : "";
  console.log(
    `kill -9: ${kills} kills, ${grants} grants, ${rotations} rotations, ${rows} audit rows acknowledged; ` +
      `lost ${lost.grants.length} / ${lost.rotations.length} / ${lost.rows.length}; ${Number(interrupted)} refreshes interrupted, ${load.sentBack()} sent back${servers}`,
  );
  expect(lost).toEqual({ grants: [], rotations: [], rows: [] });
  expect(await findings(world)).toEqual([]);
  expect(grants).toBeGreaterThan(FIRST_USERS);
  expect(rotations).toBeGreaterThan(KILLS);
  expect(revocations).toBeGreaterThan(0);

  // The twin: what is lost by hand is named, by the ledger and by the chains.
  const { database } = world;
  const [id = ""] = [...ledger.versions()].find(([, version]) => version > 1) ?? [];
  const [other = ""] = [...ledger.versions().keys()].filter((one) => one !== id);
  const request_id = ledger.calls().at(-1) ?? "";
  await database.rows("update grants set version = 1 where id = ?", id);
  await database.rows("delete from grants where id = ?", other);
  await database.rows("delete from audit where request_id = ?", request_id);
  const found = await ledger.hold(database);
  expect(found.rotations.sort()).toEqual([id, other].sort());
  expect(found.grants).toEqual([other]);
  expect(found.rows).toEqual([expect.stringContaining(request_id)]);
  expect((await findings(world)).map(({ finding }) => finding)).not.toEqual([]);
}, 600_000);

test("a broker dies in the middle of connects: everyone finishes at the other", async () => {
  const [first, second] = await two();
  at(first);
  const minted = await world.mint({}, "minted");
  const claimed = await begin(world, { sub: "claimed" });
  const departed = await away(world, { sub: "departed" });
  const asking = await begin(world, { sub: "asking" });
  const cutPoll = world
    .widget(asking.token, asking.verifier)
    .outcome(25)
    .then(String, () => "cut");
  const exchanging = await away(world, { sub: "exchanging" });
  const held = hang();
  world.calendar.control.fail("token", held);
  const cutCallback = exchanging.browser.callback(exchanging.back).then(String, () => "cut");
  await held.reached;

  await kill(first);
  expect(await Promise.all([cutPoll, cutCallback])).toEqual(["cut", "cut"]);
  held.release();
  at(second);

  const late = world.browser();
  const { verifier, body } = await late.claim(minted);
  const session_id = String(body["session_id"]);
  const others = [{ token: minted, browser: late, verifier, session_id }, claimed, asking];
  for (const session of others)
    await land(session.browser, await session.browser.visit(session.session_id));
  await land(departed.browser, departed.back);
  // A code that was on its way to the provider is nobody's any more: its user is told, and tries again.
  await world.database.rows(
    "update sessions set finishing_until = 1 where id = ?",
    exchanging.session_id,
  );
  expect(await viewOf(exchanging)).toMatchObject({ phase: "failed" });
  await land(exchanging.browser, await exchanging.browser.visit(exchanging.session_id));

  for (const session of [...others, departed, exchanging])
    expect(await outcomeOf(world, session)).toMatchObject({ status: "success" });
  for (const sub of ["minted", "claimed", "departed", "asking", "exchanging"]) {
    const token = await second.token(sub);
    expect([sub, token.status, await works(world, token.body)]).toEqual([sub, 200, true]);
  }
}, 60_000);

test("no sticky sessions: each step at the other broker, and a long poll hears of a callback there", async () => {
  const [one, other] = await two();
  let calls = 0;
  route = (path, init) => ((calls += 1) % 2 ? one : other).fetch(path, init);
  const stepping = await away(world, { sub: "stepping" });
  await land(stepping.browser, stepping.back);
  expect(await viewOf(stepping)).toMatchObject({ outcome: { status: "success" } });
  expect(await outcomeOf(world, stepping)).toMatchObject({ status: "success" });

  const asking = await away(world, { sub: "polling" });
  const idle = await begin(world, { sub: "idle" });
  at(one);
  /** Of two polls the newer ends the older: by then the broker has both, and one waits. */
  const startPoll = async ({ token, verifier }: Claimed): Promise<{ reply: Promise<Json> }> => {
    const ask = async () => (await world.widget(token, verifier).outcome(25)).body;
    const polls = [ask(), ask()];
    const ended = await Promise.race(polls.map((poll, i) => poll.then(() => i)));
    return { reply: polls[1 - ended] ?? Promise.reject(new Error("one of two")) };
  };
  const patient = await startPoll(idle);
  const told = await startPoll(asking);
  at(other);
  await land(asking.browser, asking.back);
  // Both would wait equally long, and the other has begun before: only news can come first.
  const first = await Promise.race([told.reply, patient.reply]);
  expect(first).toMatchObject({ status: "success" });
  // Nobody waits for it any more.
  patient.reply.catch(() => undefined);
}, 60_000);

test("a thousand callers at two brokers, on one expired token: one refresh", async () => {
  const [sub, sockets] = ["thousand", 50];
  // What the world's own broker connects has been over for long when the others see it.
  route = here;
  world.pass(-HOUR);
  await connect(world, { sub });
  world.pass(HOUR);
  const user_token = await world.userToken(sub);
  const brokers = await two();
  const agents = brokers.map(() => new Agent({ keepAlive: true, maxSockets: sockets }));
  const body = JSON.stringify({
    ...{ user_token, provider: "calendar" },
    request: { method: "GET", host: world.calendar.host },
  });
  const ask = (i: number): Promise<Json> =>
    new Promise((resolve, reject) => {
      const call = request({
        ...{ host: "127.0.0.1", port: brokers[i % 2]?.port, agent: agents[i % 2] },
        ...{ method: "POST", path: "/v1/tokens" },
        headers: {
          authorization: `Bearer ${world.keys.demo.key}`,
          "content-type": "application/json",
        },
      });
      call.on("error", reject);
      call.on(
        "response",
        (reply) => void text(reply).then((all) => resolve(JSON.parse(all) as Json), reject),
      );
      call.end(body);
    });
  const before = world.calendar.counts.refresh;
  const held = hang();
  world.calendar.control.fail("refresh", held);
  const asked = Promise.all(Array.from({ length: 1_000 }, (_, i) => ask(i)));
  await held.reached;
  // By then both have read the calls that came before these, and the second has met the first one's lease.
  for (let i = 0; i < 20; i += 1)
    await Promise.all(brokers.map((broker) => broker.fetch("/readyz").then((r) => r.text())));
  held.release();
  const replies = await asked;
  expect(world.calendar.counts.refresh).toBe(before + 1);
  expect(new Set(replies.map(({ access_token }) => access_token)).size).toBe(1);
  expect(await works(world, replies[0] ?? {})).toBe(true);
  agents.forEach((agent) => agent.destroy());
}, 60_000);
