/** The database and what is sealed in it. Asks the store and the vault; a value is opened and dropped. */
import { STATES, stateOf } from "../commands/schema.ts";
import type { Config } from "../config/config.ts";
import { warningsOnStorage } from "../config/storage.ts";
import { DatabaseError, sentenceOf } from "../store/error.ts";
import {
  inspectDatabase,
  type FileState,
  type Inspected,
  type Sealed,
  type ServerState,
} from "../store/inspect.ts";
import type { Storage } from "../store/storage.ts";
import type { Vault } from "../vault.ts";
import type { KeyStore } from "../vault/keyring.ts";
import { skewOf } from "./clock.ts";
import { codeOf, fail, ok, skipped, warn, type Finding } from "./finding.ts";

const GIGABYTE = 1 << 30;
const MEGABYTE = 1 << 20;
const OLDEST_SERVER = 150_000;
/** The log of a broker at work is taken in every 4 MB; more means that somebody keeps an old moment open. */
const MOST_LOG = 256 * MEGABYTE;

export const checkDatabase = async (
  { storage }: Pick<Config, "storage">,
  opened: OpenedVault,
  now: () => number,
): Promise<Finding[]> => {
  const name = storage.kind === "sqlite" ? storage.file : "storage.postgres";
  if (name === ":memory:")
    return [
      warn("database_in_memory", "storage", {
        ...{ expected: "a file or PostgreSQL", came: ":memory:" },
        todo: "every grant is lost at each stop: name a file",
      }),
    ];
  let found: Inspected | undefined;
  try {
    found = await inspectDatabase(storage);
  } catch (error) {
    const came = error instanceof DatabaseError ? error.code : codeOf(error);
    return [
      fail("database_unreadable", name, {
        expected: "a database of the broker",
        came,
        todo:
          sentenceOf(came) ??
          "look at storage, at who may open it, at the server, and at your backups",
      }),
    ];
  }
  if (!found)
    return [skipped("database_absent", name, { came: "no file yet: the first start makes it" })];
  if (!found.version)
    return [
      fail("database_foreign", name, {
        ...{ expected: "tables of a broker", came: "tables of something else" },
        todo: "storage names the wrong database",
      }),
    ];
  return [
    ok("database", `${found.engine}, ${Math.ceil(found.size / MEGABYTE)} MB`),
    schemaOf(found),
    found.unwritable === null
      ? ok("database_writable", "a write, rolled back")
      : fail("database_unwritable", "a write, rolled back", {
          ...{ expected: "done", came: found.unwritable },
          todo: "look at the owner of the file and its folder, and at who holds a lock",
        }),
    ...(found.file ? spaceOf(found.size, found.file) : []),
    ...(found.server ? serverOf(found.server, storage, now()) : []),
    await openOf(found.sealed, opened),
  ];
};

const schemaOf = ({ version }: Inspected): Finding => {
  if (!version) return ok("schema", "none");
  const state = stateOf(version);
  const what = `schema ${version.database}`;
  const about = { expected: `schema ${version.broker}`, came: state, todo: STATES[state] };
  if (state === "newer") return fail("schema_newer_than_this_broker", what, about);
  if (state === "older" || state === "newer_and_runs") return warn(`schema_${state}`, what, about);
  return ok("schema", what);
};

const spaceOf = (size: number, { log_size, free, mode }: FileState): Finding[] => {
  const findings: Finding[] = [];
  if (mode & 0o077)
    findings.push(
      fail("database_readable_by_others", "permissions of the database", {
        ...{ expected: "600", came: mode.toString(8) },
        todo: "chmod 600: it names users and their accounts",
      }),
    );
  const wanted = Math.max(GIGABYTE, 2 * size);
  if (free < wanted)
    findings.push(
      (free < wanted / 10 ? fail : warn)("disk_full", "free space beside the database", {
        expected: `${Math.ceil(wanted / MEGABYTE)} MB`,
        came: `${Math.floor(free / MEGABYTE)} MB`,
        todo: "make room: a broker that cannot write refreshes no token",
      }),
    );
  else findings.push(ok("disk", "free space beside the database"));
  if (log_size > MOST_LOG)
    findings.push(
      warn("database_log_long", "the write-ahead log", {
        expected: `${MOST_LOG / MEGABYTE} MB at most`,
        came: `${Math.ceil(log_size / MEGABYTE)} MB`,
        todo: "something reads for very long, such as a backup: end it",
      }),
    );
  return findings;
};

const serverOf = (
  { version, encrypted, most_connections, connections, now: theirs }: ServerState,
  storage: Storage,
  now: number,
): Finding[] => {
  const findings = [skewOf("the database", theirs, now)];
  findings.push(
    version >= OLDEST_SERVER
      ? ok("database_server", `PostgreSQL ${Math.floor(version / 10_000)}`)
      : fail("database_server_old", "the database server", {
          expected: "PostgreSQL 15 or newer",
          came: String(Math.floor(version / 10_000)),
          todo: "upgrade the server: nobody has tried the broker on an older one",
        }),
  );
  const unsafe = warningsOnStorage(storage).length > 0;
  findings.push(
    unsafe && !encrypted
      ? fail("database_unencrypted", "the way to the database", {
          ...{ expected: "TLS", came: "none, to another machine" },
          todo: "sslmode=verify-full in storage.postgres",
        })
      : unsafe
        ? warn("database_unverified", "the way to the database", {
            ...{ expected: "a certificate that is checked", came: "TLS with whoever answers" },
            todo: "sslmode=verify-full in storage.postgres",
          })
        : ok("database_way", "the way to the database"),
  );
  const free = most_connections - connections;
  const wanted = storage.kind === "postgres" ? storage.pool_size : 0;
  findings.push(
    free >= wanted
      ? ok("database_connections", `${connections} of ${most_connections} connections in use`)
      : warn("database_connections_few", "connections of the database server", {
          expected: `${wanted} free, the pool of one broker`,
          came: `${free} of ${most_connections}`,
          todo: "raise max_connections, lower storage.postgres.pool_size, or put a pooler between",
        }),
  );
  return findings;
};

/** Or why there is none: a code. */
export type OpenedVault = { vault: Pick<Vault, "unseal">; from: KeyStore } | { why: string };

/** `alter-broker vault verify` opens all of them. */
const openOf = async (sealed: Sealed[], opened: OpenedVault): Promise<Finding> => {
  // Where there are no tables yet there are no data keys either.
  const untouched = !sealed.length && !("why" in opened && opened.why.startsWith("vault_"));
  if (untouched) return ok("vault", "nothing is sealed yet");
  if ("why" in opened)
    return fail("vault_key_wrong", "the vault", {
      expected: "the configuration opens the data keys",
      came: opened.why,
      todo: "vault must name the key or the KMS that wrapped them: docs/vault.md",
    });
  const closed: Sealed[] = [];
  for (const one of sealed) {
    const place = { table: one.table, row: one.row, column: "sealed" };
    await opened.vault.unseal(one.sealed, place, opened.from).catch(() => closed.push(one));
  }
  if (!closed.length) return ok("vault", `the newest ${sealed.length} sealed values open`);
  return fail("vault_key_wrong", "sealed values", {
    expected: `the newest ${sealed.length} open`,
    came: `${closed.length} do not, ${closed[0]?.table} ${closed[0]?.row} for one`,
    todo: "alter-broker vault verify names all of them; docs/vault.md says what may be missing",
  });
};
