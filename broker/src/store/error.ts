/** How the database says no: a code alone, since a driver's message and cause can quote parameters. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  /** Ours, SQLite's result code, or a SQLSTATE. */
  readonly code: string;

  constructor(code: string) {
    super(SENTENCES[code] ? `${code}: ${SENTENCES[code]}` : `The database refused: ${code}`);
    this.code = code;
  }
}

/** Not a bug of ours but something odd in what a caller sent: ids and subjects go to the database as they came. */
export const UNBINDABLE_TEXT = "unbindable_text";

/** A newer broker has been here and left something that this one cannot work with. */
export const SCHEMA_NEWER = "schema_newer_than_this_broker";
/** Tables, and none of them is a broker's. */
export const FOREIGN = "database_of_something_else";
/** The file, or the schema in it, has not been made yet. */
export const ABSENT = "no_database_yet";

/** Said by the server before anybody has logged in, and without a code of its own. */
export const NO_TLS = "CONNECTION_WITHOUT_TLS";

const NOBODY = "nobody answers where storage.postgres says that the server is";
const NOT_TAKEN =
  "the server does not take the user or the password of storage.postgres (in a URL, @ is %40, / is %2F, : is %3A, # is %23)";

/** For the operator, who meets these at the command line. */
const SENTENCES: Record<string, string> = {
  ...{ ECONNREFUSED: NOBODY, ENOENT: NOBODY, ENOTFOUND: NOBODY, EAI_AGAIN: NOBODY },
  ...{ ETIMEDOUT: NOBODY, EHOSTUNREACH: NOBODY, CONNECTION_TIMEOUT: NOBODY },
  ...{ "28000": NOT_TAKEN, "28P01": NOT_TAKEN },
  "3D000": "storage.postgres names a database that the server does not have",
  "53300":
    "the server has no connection left: the sum of all pool_size has to stay below its max_connections",
  [SCHEMA_NEWER]:
    "a newer broker has changed this database, and this one cannot work with it. Run the newer one, or go back with its `alter-broker schema migrate --to N` (docs/upgrading.md). Nothing was changed",
  [FOREIGN]: "storage names a database with tables of something else. Nothing was changed",
  "08P01":
    "a pooler in front of the database that does not take statement_timeout from who connects? docs/scaling.md has its setting",
  "40001":
    "a transaction met others as often as it was tried: more writers at the same rows than the database gets through",
  "57014":
    "a statement took longer than 15 s: somebody holds a lock, or the database cannot keep up",
  [ABSENT]: "there is no database yet where storage says",
  [NO_TLS]: "the database server has no TLS, and sslmode in storage.postgres asks for it",
  "42501":
    "the database's user may not do this. It has to own the database, or the schema that search_path names (docs/scaling.md)",
  "42P07":
    "a table that is to be made is there already. Was a backup put back over a newer database? docs/backup.md says how it is done",
};

/** What a code means and what to do about it, where there is more to say than the code. */
export const sentenceOf = (code: string): string | undefined => SENTENCES[code];

/**
 * What a driver may be given. libsql aborts the whole process on a boolean, turns `undefined` and NaN into NULL,
 * cuts strings at the first NUL, makes one character of all lone surrogates (so that two subjects could be one) and
 * loses integers past 2^53, and where PostgreSQL refuses fractions of a millisecond and NUL it takes them. Each is refused here, before either driver.
 */
export const checkBindable = (value: unknown): void => {
  if (value === null) return;
  if (typeof value === "string") {
    if (/[\0\p{Cs}]/u.test(value)) throw new DatabaseError(UNBINDABLE_TEXT);
  } else if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new DatabaseError("unbindable_number");
  } else throw new DatabaseError(`unbindable_${typeof value}`);
};

/** A statement was prepared before a newer broker has added a column; prepared anew, it goes on. */
export const STALE_PLAN = "0A000";

/** Two transactions met; the one that is told so has written nothing and may be run again. */
const CONFLICTS = new Set(["40001", "40P01", STALE_PLAN]);
export const isConflict = (error: unknown): boolean =>
  error instanceof DatabaseError && CONFLICTS.has(error.code);

/** Stuck behind somebody for longer than a statement, or a transaction, may take. */
const TOO_LATE = new Set(["57014", "25P03", "SQLITE_BUSY"]);

/** Not there, going down, full, or too busy: nothing that the caller did, and worth another try later. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof DatabaseError &&
  (/^(?:08|53|57P0)/.test(error.code) ||
    /^(?:ECONN|ENOTFOUND|EAI_|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOENT|CONNECTION_)/.test(error.code) ||
    TOO_LATE.has(error.code) ||
    // A transaction that has met others as often as it may.
    isConflict(error));
