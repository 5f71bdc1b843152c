/**
 * A broker killed at each point of a refresh (STORAGE.md): what has been written by then, what the next broker makes of
 * it, and what the user is told. Real processes, kill -9; the lease's end is brought forward, nothing else is helped.
 */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { hang, type Fault } from "../servers/faults.ts";
import { buildBroker, startChild, type Child } from "./children.ts";
import { connect, startWorld, type Json, type World } from "./world.ts";

const HOUR = 3_600_000;
let world: World;
const children: Child[] = [];

beforeAll(async () => {
  await buildBroker();
  world = await startWorld();
  // What the world's own broker connects has been over for long when a child sees it.
  world.pass(-HOUR);
}, 120_000);
afterAll(() => world.stop());
afterEach(async () => {
  world.calendar.control.calm();
  for (const child of children.splice(0)) await child.kill();
});

const start = async (): Promise<Child> => {
  const child = await startChild(world);
  children.push(child);
  return child;
};

const rowOf = async (sub: string): Promise<Json> =>
  (await world.database.rows("select * from grants where subject = ?", sub))[0] ?? {};
const rotations = () => world.calendar.counts.refresh;
/** What 45 seconds would do. */
const endLease = (sub: string) =>
  world.database.rows("update grants set lease_until = 1 where subject = ?", sub);
const works = async (body: Json): Promise<boolean> => {
  const headers = { authorization: `Bearer ${String(body["access_token"])}` };
  return (await fetch(`${world.calendar.url}/api/me`, { headers })).status === 200;
};
/** Until the child stands before a lock that somebody else holds. */
const isBlocked = async (child: Child): Promise<void> => {
  for (;;) {
    if (world.database.engine === "postgres") {
      const waiting = "select 1 as one from pg_locks where not granted";
      if ((await world.database.rows(waiting)).length) return;
    } else {
      // SQLite's wait holds the whole process.
      const signal = AbortSignal.timeout(500);
      const answered = await child.fetch("/healthz", { signal }).catch(() => undefined);
      if (!answered) return;
    }
  }
};

test("before its lease is written: nothing has happened, the next one refreshes", async () => {
  await connect(world, { sub: "before" });
  const [row, before] = [await rowOf("before"), rotations()];
  const child = await start();
  const release = await world.database.block("grants");
  const asked = child.token("before").catch(() => "cut");
  await isBlocked(child);
  await child.kill();
  await release();
  expect(await asked).toBe("cut");
  // PostgreSQL goes on with a statement that it has, whoever has died since: the lease may be there, and runs out.
  const after = await rowOf("before");
  expect({ ...after, lease_id: null, lease_until: null }).toEqual(row);
  await endLease("before");
  const { body } = await (await start()).token("before");
  expect(await works(body)).toBe(true);
  expect(rotations()).toBe(before + 1);
});

test("after its lease, before the provider has seen the request: the next one waits for the lease's end", async () => {
  await connect(world, { sub: "leased" });
  const before = rotations();
  const held = hang();
  world.calendar.control.fail("refresh", held);
  const child = await start();
  const asked = child.token("leased").catch(() => "cut");
  await held.reached;
  await child.kill();
  expect(await asked).toBe("cut");
  expect(await rowOf("leased")).toMatchObject({ status: "active", version: 1 });
  expect((await rowOf("leased"))["lease_id"]).not.toBe(null);
  await endLease("leased");
  const next = await start();
  const { status, body } = await next.token("leased");
  expect([status, await works(body)]).toEqual([200, true]);
  // The one that was cut counts: it had reached the provider's door.
  expect(rotations()).toBe(before + 2);
  expect(next.logs).toContainEqual(expect.objectContaining({ event: "refresh_interrupted" }));
  held.release();
});

/** The provider has rotated; its answer is held. */
const rotated = () => {
  const held = hang();
  const fault: Fault = async (real) => {
    const reply = await real();
    return held(() => Promise.resolve(reply));
  };
  return Object.assign(fault, held);
};

/** The new refresh token died with its process: said so, written down, and the provider is asked once and no more. */
const isLostAndSaid = async (sub: string): Promise<void> => {
  await endLease(sub);
  const next = await start();
  const before = rotations();
  for (let i = 0; i < 3; i += 1) {
    const { status, body } = await next.token(sub);
    expect([status, body["code"]]).toEqual([410, "credential_revoked"]);
  }
  expect(rotations()).toBe(before + 1);
  expect(await rowOf(sub)).toMatchObject({ status: "credential_revoked", sealed: null });
  const rows = await world.audit();
  expect(rows.filter(({ subject }) => subject === sub)).toContainEqual(
    expect.objectContaining({
      event: "grant.credential_revoked",
      reason: "refresh_interrupted: invalid_grant",
    }),
  );
  expect(next.logs).toContainEqual(expect.objectContaining({ event: "refresh_interrupted" }));
};

test("after the provider has rotated, before its answer is here: cannot be saved, and is said", async () => {
  await connect(world, { sub: "rotated" });
  const held = rotated();
  world.calendar.control.fail("refresh", held);
  const child = await start();
  const asked = child.token("rotated").catch(() => "cut");
  await held.reached;
  await child.kill();
  expect(await asked).toBe("cut");
  held.release();
  await isLostAndSaid("rotated");
});

test("with the answer in hand, before the commit: cannot be saved, and is said", async () => {
  await connect(world, { sub: "uncommitted" });
  const held = rotated();
  world.calendar.control.fail("refresh", held);
  const child = await start();
  const asked = child.token("uncommitted").catch(() => "cut");
  await held.reached;
  const release = await world.database.block("grants");
  held.release();
  await isBlocked(child);
  await child.kill();
  await release();
  expect(await asked).toBe("cut");
  await isLostAndSaid("uncommitted");
});

test("after the commit: the next broker hands out the very token that was acknowledged", async () => {
  await connect(world, { sub: "committed" });
  const child = await start();
  const first = await child.token("committed");
  await child.kill();
  const before = rotations();
  const second = await (await start()).token("committed");
  expect(second.body["access_token"]).toBe(first.body["access_token"]);
  expect(await works(second.body)).toBe(true);
  expect(rotations()).toBe(before);
});

test("a database that is away for a moment: the rotation waits in memory and is written when it is back", async () => {
  await connect(world, { sub: "patient" });
  const held = rotated();
  world.calendar.control.fail("refresh", held);
  const child = await start();
  const asked = child.token("patient");
  await held.reached;
  const release = await world.database.block("grants");
  held.release();
  await isBlocked(child);
  await release();
  const { status, body } = await asked;
  expect([status, await works(body)]).toEqual([200, true]);
  expect(await rowOf("patient")).toMatchObject({ status: "active", version: 2, lease_id: null });
});
