/** A throw-away PostgreSQL on a socket of its own: made, started, and gone with its folder. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pg from "pg";

export type Postgres = {
  /** Of a database of this cluster. */
  url: (database?: string) => string;
  /** kill -9 of the server itself. */
  crash: () => Promise<void>;
  start: () => Promise<void>;
  stop: () => Promise<void>;
};

/** `durable`: as in life. Without, nothing is synced, which is all that a suite of short tests needs. */
export const startPostgres = async ({ durable = false } = {}): Promise<Postgres> => {
  const folder = mkdtempSync(join(tmpdir(), "alter-pg-"));
  const programs = programsIn(folder);
  const data = join(folder, "data");
  makeCluster(programs, data, durable);
  const server = createServer(programs, {
    ...{ data, sockets: folder },
    settings: durable
      ? {}
      : { fsync: "off", synchronous_commit: "off", full_page_writes: "off", autovacuum: "off" },
  });
  await server.start();
  return {
    url: (database) => urlOf(folder, database),
    start: server.start,
    crash: () => server.end("SIGKILL"),
    stop: async () => {
      await server.end("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export const urlOf = (sockets: string, database = "postgres"): string =>
  `postgres://alter@/${database}?host=${encodeURIComponent(sockets)}`;

export type Programs = ReturnType<typeof programsIn>;

/** As somebody whom they accept: PostgreSQL refuses to run as root. */
export const programsIn = (folder: string) => {
  const bin = dirname(programPath());
  const asRoot = process.getuid?.() === 0;
  if (asRoot) chownSync(folder, ...idsOf("postgres"));
  const as = (program: string, args: string[]): [string, string[]] =>
    asRoot
      ? ["runuser", ["-u", "postgres", "--", join(bin, program), ...args]]
      : [join(bin, program), args];
  return {
    run: (program: string, args: string[]): void => {
      const { status, stderr } = spawnSync(...as(program, args), { cwd: folder, encoding: "utf8" });
      if (status !== 0) throw new Error(`${program}: ${stderr}`);
    },
    spawn: (program: string, args: string[]): ChildProcess =>
      spawn(...as(program, args), { cwd: folder, stdio: "ignore" }),
  };
};

export const makeCluster = ({ run }: Programs, data: string, durable: boolean): void =>
  run("initdb", [
    ...["-D", data, "-U", "alter", "-A", "trust", "-E", "UTF8", "--locale=C"],
    ...(durable ? [] : ["--no-sync"]),
  ]);

/** One server, on data that is there. */
export const createServer = (
  programs: Programs,
  { data, sockets, settings }: { data: string; sockets: string; settings: Record<string, string> },
) => {
  let server: ChildProcess | undefined;
  return {
    start: async (): Promise<void> => {
      const all = {
        ...{ listen_addresses: "", unix_socket_directories: sockets, max_connections: "200" },
        ...settings,
      };
      const running = programs.spawn("postgres", [
        ...["-D", data],
        ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      ]);
      server = running;
      for (;;) {
        const client = new pg.Client({ connectionString: urlOf(sockets) });
        client.on("error", () => undefined);
        try {
          await client.connect();
          await client.query("select 1");
          await client.end();
          return;
        } catch {
          if (running.exitCode !== null) throw new Error("PostgreSQL did not start");
          await new Promise((done) => setTimeout(done, 20));
        }
      }
    },
    end: async (signal: "SIGKILL" | "SIGINT"): Promise<void> => {
      const running = server;
      if (!running || running.exitCode !== null || running.signalCode !== null) return;
      const gone = once(running, "exit");
      process.kill(pidIn(data) || (running.pid ?? 0), signal);
      await gone;
    },
  };
};

/** runuser stays in between and passes signals on, but not the one that nobody can catch. */
const pidIn = (data: string): number =>
  Number(spawnSync("head", ["-1", join(data, "postmaster.pid")], { encoding: "utf8" }).stdout);

const idsOf = (user: string): [number, number] => {
  const id = (flag: string) => Number(spawnSync("id", [flag, user], { encoding: "utf8" }).stdout);
  return [id("-u"), id("-g")];
};

const DEBIAN = "/usr/lib/postgresql";

/** As the test runner has found it, or where Debian puts it. */
export const programPath = (): string => {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  const path = process.env["ALTER_POSTGRES"] ?? (newest && join(DEBIAN, newest, "bin/postgres"));
  if (!path) throw new Error("No PostgreSQL. `npm test postgres` installs one.");
  return path;
};
