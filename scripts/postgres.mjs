/** Where PostgreSQL's programs are, and how to get them: its own folder in Debian, or the distribution's package. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const DEBIAN = "/usr/lib/postgresql";

/** The folder that holds `initdb` and `postgres`, the newest first; `ALTER_POSTGRES_BIN` goes before all else. */
export const findPostgres = () => {
  const named = process.env.ALTER_POSTGRES_BIN;
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => b - a) : [];
  return [
    ...(named ? [named] : []),
    ...versions.map((version) => join(DEBIAN, version, "bin")),
  ].find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
};

export const findOrInstallPostgres = () => {
  const found = findPostgres();
  if (found) return found;
  console.log("Not here: PostgreSQL. Trying apt-get install");
  const tried =
    process.getuid?.() === 0
      ? [
          ["apt-get", "update"],
          // Without the cluster that the package would start: tests make their own.
          ["apt-get", "install", "-y", "--no-install-recommends", "postgresql"],
        ].map(([command, ...args]) => {
          const { status, error } = spawnSync(command, args, {
            stdio: ["ignore", "ignore", "inherit"],
            env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
          });
          return `${command} ${args[0]}: ${error?.code ?? `ended with ${status}`}`;
        })
      : ["apt-get: needs root"];
  const now = findPostgres();
  if (now) return now;
  throw new Error(
    `Missing for the tests: PostgreSQL 15 or newer.\n  ${tried.join("\n  ")}\n` +
      "Install it (on Debian, as root: apt-get install postgresql), or name its folder of programs in ALTER_POSTGRES_BIN.",
  );
};
