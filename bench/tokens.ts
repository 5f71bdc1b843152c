/**
 * What it costs to hand out a token: `POST /v1/tokens` beside a bare server that makes one indexed select and one
 * batched insert on the same database, on SQLite and PostgreSQL, with few grants, with a million and with the server in
 * another building, by 1, 32 and 256 connections. And how often a provider is asked when a thousand callers of two brokers want the same expired token.
 */
import { load, type Load, type Target } from "./load.ts";
import { median, table } from "./table.ts";
import { growTo, startUsers, userName, type Users } from "./users.ts";

/** Each with tokens that open, and a JWT. */
const USERS = 1_000;
const MANY = 1_000_000;
const CONNECTIONS = [1, 32, 256] as const;
/** Of one server in one round. */
const MS = 1_500;
const WARM_MS = 2_000;
const CALLERS = 1_000;

const GOALS = { of_bare: 0.6, p99_ms: 15, growth: 1.2 };

type Figure = Load & { of_bare: number };
type Figures = Record<string, { broker: Figure; bare: Load }>;
type Place = "sqlite" | "postgres" | "postgres_1m" | "postgres_away";

export const bench = async ({ runs, json }: { runs: number; json: boolean }): Promise<string> => {
  const measured = {} as Record<Place, Figures>;
  const sqlite = await startUsers("sqlite", USERS);
  try {
    measured.sqlite = await measure(sqlite, runs);
  } finally {
    await sqlite.stop();
  }
  const postgres = await startUsers("postgres", USERS);
  let refreshes: number;
  try {
    measured.postgres = await measure(postgres, runs);
    await growTo(postgres, USERS, MANY);
    measured.postgres_1m = await measure(postgres, runs);
    refreshes = await refreshesOfOne(postgres);
  } finally {
    await postgres.stop();
  }
  const away = await startUsers("postgres_away", USERS);
  try {
    measured.postgres_away = await measure(away, runs);
  } finally {
    await away.stop();
  }
  return json ? JSON.stringify(inShort(measured, refreshes)) : print(measured, refreshes, runs);
};

const measure = async (users: Users, runs: number): Promise<Figures> => {
  const targets: Record<"bare" | "broker", Target> = { bare: users.bare, broker: users.tokens() };
  const figures: Figures = {};
  for (const connections of CONNECTIONS) {
    const rounds: Record<"bare" | "broker", Load[]> = { bare: [], broker: [] };
    for (const target of Object.values(targets)) await load(target, connections, WARM_MS);
    // Round by round, so that a busy moment of the machine meets both.
    for (let run = 0; run < runs; run++)
      for (const who of ["bare", "broker"] as const)
        rounds[who].push(await load(targets[who], connections, MS));
    const [bare, broker] = [inTheMiddle(rounds.bare), inTheMiddle(rounds.broker)];
    figures[connections] = { bare, broker: { ...broker, of_bare: broker.rps / bare.rps } };
  }
  return figures;
};

const inTheMiddle = (rounds: Load[]): Load => ({
  rps: median(rounds.map(({ rps }) => rps)),
  p50_ms: median(rounds.map(({ p50_ms }) => p50_ms)),
  p99_ms: median(rounds.map(({ p99_ms }) => p99_ms)),
});

/** How often the provider is asked for a new token by all of them together. */
const refreshesOfOne = async ({ world, exec, tokensOf }: Users): Promise<number> => {
  const second = await world.beside();
  try {
    const sub = userName(0);
    const before = world.provider.counts.refresh;
    await exec(`update grants set access_expires_at = 1 where subject = '${sub}'`);
    // One request on each connection, half of them to either.
    const asked = [world.broker, second].map(async (broker) => {
      const request = tokensOf(sub, broker);
      await load({ port: broker.port, request: () => request }, CALLERS / 2, 0, 1);
    });
    await Promise.all(asked);
    return world.provider.counts.refresh - before;
  } finally {
    await second.stop();
  }
};

const inShort = (measured: Record<Place, Figures>, refreshes: number): unknown => ({
  ...Object.fromEntries(
    Object.entries(measured).map(([place, figures]) => [
      place,
      Object.fromEntries(
        Object.entries(figures).map(([connections, { broker }]) => [
          connections,
          {
            rps: Math.round(broker.rps),
            p50_ms: round(broker.p50_ms),
            p99_ms: round(broker.p99_ms),
            of_bare: round(broker.of_bare),
          },
        ]),
      ),
    ]),
  ),
  refreshes,
});

const round = (value: number): number => Math.round(value * 100) / 100;

const print = (measured: Record<Place, Figures>, refreshes: number, runs: number): string => {
  const heads = ["calls/s", "p50 ms", "p99 ms", "of bare", "bare calls/s", "p50 ms", "p99 ms"];
  const rows = Object.entries(measured).flatMap(([place, figures]) =>
    Object.entries(figures).map(([connections, { bare, broker }]) => [
      `${place}, ${connections}`,
      [...cells(broker), broker.of_bare.toFixed(2), ...cells(bare)],
    ]),
  );
  const at32 = (place: Place): Figure => measured[place]["32"]?.broker ?? NOTHING;
  const growth = at32("postgres").rps / at32("postgres_1m").rps;
  const goals = [
    `of bare on PostgreSQL at 32: ${at32("postgres").of_bare.toFixed(2)} (goal: at least ${GOALS.of_bare})`,
    `p99 at 32: ${at32("postgres").p99_ms.toFixed(1)} ms (goal: at most ${GOALS.p99_ms})`,
    `1 M grants: ${growth.toFixed(2)}x of the time of 1 k (goal: at most ${GOALS.growth}x)`,
    `refreshes of one token for ${CALLERS} callers of two brokers: ${refreshes} (goal: 1)`,
  ];
  return `${table(heads, Object.fromEntries(rows))}\n${goals.map((goal) => `  ${goal}`).join("\n")}\n  Medians of ${runs} rounds of ${MS / 1000} s, broker and bare server in turns. Everything on this machine.\n`;
};

const NOTHING: Figure = { rps: NaN, p50_ms: NaN, p99_ms: NaN, of_bare: NaN };

const cells = ({ rps, p50_ms, p99_ms }: Load): string[] => [
  rps.toFixed(0),
  p50_ms.toFixed(2),
  p99_ms.toFixed(2),
];
