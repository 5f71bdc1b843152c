/** How the database says no: a code alone, since a driver's message and cause can quote parameters. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  /** Ours, SQLite's result code, or a SQLSTATE. */
  readonly code: string;

  constructor(code: string) {
    super(`The database refused: ${code}`);
    this.code = code;
  }
}

/** Not a bug of ours but something odd in what a caller sent: ids and subjects go to the database as they came. */
export const UNBINDABLE_TEXT = "unbindable_text";

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

/** Two transactions met; the one that is told so has written nothing and may be run again. */
const CONFLICTS = new Set(["40001", "40P01"]);
export const isConflict = (error: unknown): boolean =>
  error instanceof DatabaseError && CONFLICTS.has(error.code);

/** Not there, going down, or full: nothing that the caller did, and worth another try later. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof DatabaseError &&
  (/^(?:08|53|57P0)/.test(error.code) ||
    /^(?:ECONN|ENOTFOUND|EAI_|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOENT|CONNECTION_)/.test(error.code) ||
    error.code === "SQLITE_BUSY");
