/**
 * Whether the broker stays as it is under steady load: PostgreSQL, 32 connections, so many minutes; its memory, its
 * pace and its errors, piece by piece. Asserts nothing; an answer other than 200 ends it.
 */
import { readFileSync } from "node:fs";
import { load } from "./load.ts";
import { table } from "./table.ts";
import { startUsers } from "./users.ts";

const USERS = 250;
const CONNECTIONS = 32;
const PIECES = 10;

type Piece = { rps: number; p99_ms: number; rss_mb: number };

export const bench = async ({
  minutes,
  json,
}: {
  minutes: number;
  json: boolean;
}): Promise<string> => {
  const users = await startUsers("postgres", USERS);
  try {
    const target = users.tokens();
    const ms = (minutes * 60_000) / PIECES;
    const pieces: Piece[] = [];
    let calls = 0;
    for (let n = 0; n < PIECES; n++) {
      const { rps, p99_ms } = await load(target, CONNECTIONS, ms);
      calls += Math.round((rps * ms) / 1000);
      pieces.push({ rps, p99_ms, rss_mb: residentMb(users.world.broker.pid) });
    }
    if (json) return JSON.stringify({ minutes, calls, errors: 0, pieces });
    const rows = pieces.map(({ rps, p99_ms, rss_mb }, n): [string, string[]] => [
      `${(((n + 1) * minutes) / PIECES).toFixed(1)} min`,
      [rps.toFixed(0), p99_ms.toFixed(1), rss_mb.toFixed(0)],
    ]);
    return `${table(["calls/s", "p99 ms", "RSS MB"], Object.fromEntries(rows))}\n  ${calls} calls by ${CONNECTIONS} connections, errors: 0\n`;
  } finally {
    await users.stop();
  }
};

const residentMb = (pid: number | undefined): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
