/**
 * The database server dies and its standby takes over, under a broker that lives on: nothing that was acknowledged is lost,
 * nobody restarts anything. On PostgreSQL, which is the one that has standbys.
 */
import { expect, test } from "vitest";
import { startReplicated, type Replicated } from "../servers/replicated.ts";
import { buildBroker, endLeases, startChild, type Child } from "./children.ts";
import { createLedger } from "./ledger.ts";
import { createLoad } from "./load.ts";
import { findings } from "./verified.ts";
import { startWorld, type World } from "./world.ts";

const USERS = 10;

type Pair = { pair: Replicated; world: World; child: Child };

const withPair = async (
  synchronous: boolean,
  work: (all: Pair) => Promise<void>,
): Promise<void> => {
  await buildBroker();
  const pair = await startReplicated(synchronous);
  let child: Child | undefined;
  let world: World | undefined;
  try {
    world = await startWorld({
      answer: (path, init) => child?.fetch(path, init) ?? Promise.reject(new Error("too early")),
      engine: { cluster: pair.url() },
    });
    child = await startChild(world, { log_level: "error" });
    await work({ pair, world, child });
  } finally {
    await child?.stop();
    await world?.stop();
    await pair.stop();
  }
};

const ready = async (child: Child): Promise<void> => {
  while ((await child.fetch("/readyz")).status !== 200)
    await new Promise((go) => setTimeout(go, 50));
};

test(
  "the standby takes over under load: 503 meanwhile, then all goes on, and nothing is lost",
  () =>
    withPair(true, async ({ pair, world, child }) => {
      const ledger = createLedger();
      const load = createLoad(world, ledger, (below) => Math.floor(Math.random() * below));
      await load.connect(USERS);
      let gone = false;
      const loaded = load.run(() => gone);
      await Promise.race([ledger.more(40), loaded]);
      gone = true;
      await Promise.all([pair.crash(), loaded]);

      expect(await child.token("anyone")).toMatchObject({
        ...{ status: 503, body: { code: "shutting_down" } },
      });
      expect((await child.fetch("/readyz")).status).toBe(503);
      await pair.promote();
      await ready(child);

      await endLeases(world);
      gone = false;
      const again = load.run(() => gone);
      await Promise.race([ledger.more(40), again]);
      gone = true;
      await again;
      await load.callAll();
      const { grants, rotations, rows } = ledger.counts();
      expect(await ledger.hold(world.database)).toEqual({ grants: [], rotations: [], rows: [] });
      expect(await findings(world)).toEqual([]);
      console.log(
        `failover: ${grants} grants, ${rotations} rotations, ${rows} audit rows acknowledged; lost 0 / 0 / 0`,
      );
    }),
  60_000,
);

test(
  "the twin: a standby that hears of a commit only later has lost what was acknowledged",
  () =>
    withPair(false, async ({ pair, world, child }) => {
      const ledger = createLedger();
      const load = createLoad(world, ledger, () => 0);
      await load.connect(1);
      await pair.deafen();
      await load.connect(1);
      await pair.crash();
      await pair.promote();
      await ready(child);
      const lost = await ledger.hold(world.database);
      expect(lost.grants).toHaveLength(1);
      expect(lost.rows.length).toBeGreaterThan(0);
    }),
  60_000,
);
