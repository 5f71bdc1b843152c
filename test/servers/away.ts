/**
 * A PostgreSQL on a Unix socket as if it were far away: what is said either way arrives so much later, in order and in the
 * pieces that it was said in. Counts how often somebody had to wait for an answer; knows neither what is said nor a rate.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Away = {
  /** The same, by the long way. */
  url: string;
  /** How often something was asked after an answer, on all connections together. */
  trips: () => number;
  stop: () => Promise<void>;
};

/** As PostgreSQL names it, in the folder that `host` is. */
const SOCKET = ".s.PGSQL.5432";

/** @param ms either way */
export const putAway = async (url: string, ms: number): Promise<Away> => {
  const near = new URLSearchParams(url.slice(url.indexOf("?"))).get("host") ?? "";
  const folder = mkdtempSync(join(tmpdir(), "alter-away-"));
  const open = new Set<Socket>();
  let trips = 0;
  const carry = (from: Socket, to: Socket, passes: () => void): void => {
    open.add(from);
    from.on("data", (piece) => {
      passes();
      setTimeout(() => to.writable && to.write(piece), ms);
    });
    from.on("error", () => to.destroy());
    from.on("close", () => {
      open.delete(from);
      setTimeout(() => to.destroy(), ms);
    });
  };
  const server = createServer((here) => {
    const there = connect(join(near, SOCKET));
    let asking = false;
    carry(here, there, () => {
      if (!asking) trips += 1;
      asking = true;
    });
    carry(there, here, () => (asking = false));
  });
  await new Promise<void>((done) => server.listen(join(folder, SOCKET), done));
  return {
    url: url.replace(/(?<=[?&]host=)[^&]*/, encodeURIComponent(folder)),
    trips: () => trips,
    stop: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((done) => server.close(done));
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
