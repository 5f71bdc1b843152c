/**
 * A PostgreSQL with a standby, under one address: when the server is gone, the standby takes its place there, as managed
 * databases do it. Knows both servers; nothing of who uses them.
 */
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { createServer, makeCluster, programsIn, urlOf } from "./postgres.ts";

export type Replicated = {
  url: () => string;
  /** kill -9 of the server: from now on nobody answers. */
  crash: () => Promise<void>;
  /** The standby becomes the server, and is found where that was. */
  promote: () => Promise<void>;
  /** The standby hears no more. */
  deafen: () => Promise<void>;
  stop: () => Promise<void>;
};

/** `synchronous`: a commit is answered once the standby has it on its disk as well. */
export const startReplicated = async (synchronous: boolean): Promise<Replicated> => {
  const folder = mkdtempSync(join(tmpdir(), "alter-pg-pair-"));
  const programs = programsIn(folder);
  const place = (name: string) => {
    const sockets = join(folder, `at-${name}`);
    mkdirSync(sockets);
    chmodSync(sockets, 0o777);
    const data = join(folder, name);
    return { data, sockets, server: createServer(programs, { data, sockets, settings: {} }) };
  };
  const [first, second] = [place("first"), place("second")];
  makeCluster(programs, first.data, true);
  await first.server.start();
  programs.run("pg_basebackup", [
    ...["-h", first.sockets, "-U", "alter", "-D", second.data],
    ...["--write-recovery-conf", "--checkpoint=fast"],
  ]);
  await second.server.start();
  const streaming = "select 1 from pg_stat_replication where state = 'streaming'";
  await until(first.sockets, streaming, 1);
  // Not before: until there is a standby, no commit would be answered.
  if (synchronous) await set(first.sockets, "synchronous_standby_names", "*");

  const address = join(folder, "here");
  symlinkSync(first.sockets, address);
  return {
    url: () => urlOf(address),
    crash: () => first.server.end("SIGKILL"),
    promote: async () => {
      programs.run("pg_ctl", ["promote", "-D", second.data, "--wait"]);
      symlinkSync(second.sockets, `${address}.next`);
      renameSync(`${address}.next`, address);
    },
    deafen: async () => {
      await set(second.sockets, "primary_conninfo", "");
      await until(second.sockets, "select 1 from pg_stat_wal_receiver", 0);
    },
    stop: async () => {
      await first.server.end("SIGINT");
      await second.server.end("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const ask = async (sockets: string, ...statements: string[]): Promise<number> => {
  const client = new pg.Client({ connectionString: urlOf(sockets) });
  await client.connect();
  try {
    let rows = 0;
    for (const statement of statements) rows = (await client.query(statement)).rows.length;
    return rows;
  } finally {
    await client.end();
  }
};

const set = (sockets: string, name: string, value: string): Promise<number> =>
  ask(sockets, `alter system set ${name} = '${value}'`, "select pg_reload_conf()");

const until = async (sockets: string, question: string, rows: number): Promise<void> => {
  while ((await ask(sockets, question)) !== rows) await new Promise((go) => setTimeout(go, 20));
};
