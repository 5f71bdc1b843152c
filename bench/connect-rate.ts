/**
 * Complete connects a second through broker and provider, without a browser: session, claim, departure, consent,
 * callback with exchange, account and grant. One at a time and 32 at once. The broker is a process of its own; the
 * simulator and all users share this one. Knows what is compared; asserts nothing.
 */
import { execFileSync } from "node:child_process";
import { newApiKey, redirectUri, startBroker } from "../test/servers/broker.ts";
import { APP_ORIGIN, createConnecting } from "../test/servers/connecting.ts";
import { freePort } from "../test/servers/http.ts";
import { startIdp } from "../test/servers/idp.ts";
import { startSimulator, type Simulator } from "../test/simulator/simulator.ts";
import { median, table } from "./table.ts";

const AT_ONCE = [1, 32] as const;
/** Connects in one run of a variant. */
const CONNECTS = 128;
/** Whose account it is: by a call, in a signed id_token, in the token reply itself. */
const PROVIDERS = ["github", "google", "notion"] as const;
type Id = (typeof PROVIDERS)[number];

type Record_ = Parameters<Simulator["play"]>[0];

export const bench = async ({ runs, json }: { runs: number; json: boolean }): Promise<string> => {
  const world = await startWorld();
  try {
    const measured = await measure(world.connect, runs);
    return json ? JSON.stringify(measured) : print(measured, runs);
  } finally {
    await world.stop();
  }
};

const recordOf = (id: Id): Record_ =>
  JSON.parse(
    execFileSync(process.execPath, ["broker/dist/main.js", "providers", "show", id, "--json"], {
      encoding: "utf8",
    }),
  ) as Record_;

const startWorld = async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const simulator = await startSimulator();
  const idp = await startIdp({ audience: "bench" });
  const key = newApiKey();
  const records = PROVIDERS.map(recordOf);
  const client = (id: string) => ({ client_id: `client-${id}`, client_secret: "secret" });
  for (const record of records)
    simulator.play(record, { ...client(record.id), redirect_uri: redirectUri(url, record.id) });
  const broker = await startBroker({
    port,
    providers: Object.fromEntries(records.map((one) => [one.id, simulator.overridesFor(one)])),
    apps: [
      {
        ...{ id: "bench", name: "Bench", origins: [APP_ORIGIN] },
        api_keys: [{ id: "first", hash: key.hash }],
        identity_provider: { name: "IdP", issuer: idp.issuer, audience: idp.audience },
        providers: Object.fromEntries(records.map(({ id }) => [id, client(id)])),
      },
    ],
  });
  const walk = createConnecting(broker, key.key);
  let users = 0;
  return {
    connect: async (provider: Id): Promise<void> => {
      const sub = `user-${(users += 1)}`;
      await walk({
        user_token: await idp.sign({ sub, email: `${sub}@example.com`, email_verified: true }),
        provider,
        consent: (to) => simulator.authorize(to, { account: `${sub}@acme.test` }),
      });
    },
    stop: async () => {
      await broker.stop();
      await Promise.all([simulator.stop(), idp.stop()]);
    },
  };
};

type Measured = Record<Id, Record<string, number>>;

const measure = async (connect: (id: Id) => Promise<void>, runs: number): Promise<Measured> => {
  const seconds = new Map<string, number[]>();
  // Round by round, so that a busy moment of the machine meets all variants alike. The first warms everything up.
  for (let run = 0; run <= runs; run++)
    for (const atOnce of AT_ONCE)
      for (const id of PROVIDERS) {
        const took = await time(() => connect(id), atOnce);
        const key = `${id} ${atOnce}`;
        if (run > 0) seconds.set(key, [...(seconds.get(key) ?? []), took]);
      }
  const rate = (id: Id, atOnce: number): number =>
    Math.round((CONNECTS / median(seconds.get(`${id} ${atOnce}`) ?? [])) * 10) / 10;
  return Object.fromEntries(
    PROVIDERS.map((id) => [
      id,
      Object.fromEntries(AT_ONCE.map((atOnce) => [`at_once_${atOnce}`, rate(id, atOnce)])),
    ]),
  ) as Measured;
};

/** Seconds for all connects, so many at once. */
const time = async (connect: () => Promise<void>, atOnce: number): Promise<number> => {
  let left = CONNECTS;
  const work = async (): Promise<void> => {
    while (left-- > 0) await connect();
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: atOnce }, work));
  return (performance.now() - start) / 1000;
};

const print = (measured: Measured, runs: number): string => {
  const rows = Object.fromEntries(
    PROVIDERS.map((id) => [
      id,
      AT_ONCE.map((atOnce) => (measured[id][`at_once_${atOnce}`] ?? NaN).toFixed(1)),
    ]),
  );
  const heads = AT_ONCE.map((atOnce) => `connects/s (${atOnce} at once)`);
  return `${table(heads, rows)}\n  Median of ${runs} runs of ${CONNECTS} connects. Everything on this machine: half of the work is the simulator's and the users'.\n`;
};
