/** A throw-away PostgreSQL on a socket of its own: made, started, and gone with its folder. */
import { spawn, spawnSync } from "node:child_process";
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
  const bin = dirname(programPath());
  const folder = mkdtempSync(join(tmpdir(), "alter-pg-"));
  const data = join(folder, "data");
  // PostgreSQL refuses to run as root.
  const asRoot = process.getuid?.() === 0;
  if (asRoot) chownSync(folder, ...idsOf("postgres"));
  const as = (program: string, args: string[]): [string, string[]] =>
    asRoot
      ? ["runuser", ["-u", "postgres", "--", join(bin, program), ...args]]
      : [join(bin, program), args];
  const [initdb, how] = as("initdb", [
    ...["-D", data, "-U", "alter", "-A", "trust", "-E", "UTF8", "--locale=C"],
    ...(durable ? [] : ["--no-sync"]),
  ]);
  const made = spawnSync(initdb, how, { cwd: folder, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);

  const settings = {
    listen_addresses: "",
    unix_socket_directories: folder,
    max_connections: "200",
    ...(durable
      ? {}
      : { fsync: "off", synchronous_commit: "off", full_page_writes: "off", autovacuum: "off" }),
  };
  let server: ReturnType<typeof spawn> | undefined;
  const url = (database = "postgres") =>
    `postgres://alter@/${database}?host=${encodeURIComponent(folder)}`;

  const start = async () => {
    const [postgres, args] = as("postgres", [
      ...["-D", data],
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ]);
    server = spawn(postgres, args, { cwd: folder, stdio: "ignore" });
    for (;;) {
      const client = new pg.Client({ connectionString: url() });
      client.on("error", () => undefined);
      try {
        await client.connect();
        await client.query("select 1");
        await client.end();
        return;
      } catch {
        if (server.exitCode !== null) throw new Error("PostgreSQL did not start");
        await new Promise((done) => setTimeout(done, 20));
      }
    }
  };
  const end = async (signal: "SIGKILL" | "SIGINT") => {
    const running = server;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, "exit");
    // runuser stays in between and passes signals on, but not the one that nobody can catch.
    const pid = Number(
      spawnSync("head", ["-1", join(data, "postmaster.pid")], { encoding: "utf8" }).stdout,
    );
    process.kill(pid || (running.pid ?? 0), signal);
    await gone;
  };
  await start();
  return {
    url,
    start,
    crash: () => end("SIGKILL"),
    stop: async () => {
      await end("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

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
