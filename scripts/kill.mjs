/**
 * `npm run kill [-- N]`: brokers are killed N times (20) under load on SQLite and on PostgreSQL, and everything that they
 * had acknowledged is looked for. Prints what was there and what was lost; ends with 1 if anything was.
 */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { findOrInstallPostgres } from "./postgres.mjs";

const root = resolve(import.meta.dirname, "..");
const kills = process.argv[2] ?? "20";
if (!(Number(kills) >= 4)) throw new Error("npm run kill takes a number from 4 on");
const env = { ...process.env, ...(await findOrInstallPostgres()), ALTER_KILLS: kills };

for (const project of ["broker", "postgres"]) {
  const args = ["run", "--project", project, "test/broker/kill.test.ts"];
  const { status } = spawnSync(resolve(root, "node_modules/.bin/vitest"), args, {
    ...{ cwd: root, env, stdio: "inherit" },
  });
  if (status !== 0) process.exitCode = 1;
}
