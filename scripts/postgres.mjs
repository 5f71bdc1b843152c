/** Where PostgreSQL's server is, and how to get it. Must not know what it is for. */
import { existsSync, readdirSync } from "node:fs";
import { findOrInstall } from "./programs.mjs";

/** Debian keeps each version in a folder of its own, outside of the path. */
const DEBIAN = "/usr/lib/postgresql";

const versions = () =>
  existsSync(DEBIAN)
    ? readdirSync(DEBIAN)
        .filter((version) => Number(version) >= 15)
        .sort((a, b) => b - a)
    : [];

const PROGRAMS = {
  /** `initdb` lies beside it. */
  ALTER_POSTGRES: {
    name: "PostgreSQL 15 or newer",
    get paths() {
      return versions().map((version) => `${DEBIAN}/${version}/bin/postgres`);
    },
    packages: ["postgresql"],
  },
};

export const findOrInstallPostgres = () =>
  findOrInstall(PROGRAMS, ["ALTER_POSTGRES"], { reason: "the broker's tests on PostgreSQL" });
