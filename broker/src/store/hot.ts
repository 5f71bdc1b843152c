/**
 * Statements that run with every call: their text is made once, since to make it costs more than to run it. Knows texts
 * by name; the values have to come in the order in which the text has them.
 */
import { CompiledQuery } from "kysely";
import type { Db, Tx } from "./database.ts";

/** Of each dialect. */
const texts = new WeakMap<object, Map<string, string>>();

export const hot = <R = unknown>(
  db: Db | Tx,
  name: string,
  make: () => { compile: () => { sql: string } },
  values: unknown[],
): CompiledQuery<R> => {
  const { adapter } = db.getExecutor();
  const known = texts.get(adapter) ?? new Map<string, string>();
  texts.set(adapter, known);
  const sql = known.get(name) ?? make().compile().sql;
  known.set(name, sql);
  return CompiledQuery.raw(sql, values) as CompiledQuery<R>;
};
