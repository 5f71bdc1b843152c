/**
 * `alter-broker audit export`: the audit log as JSON lines, beside a running broker. Knows neither the process nor its
 * arguments: it gets options and a stream.
 */
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AUDIT_EVENTS } from "../audit.ts";
import type { Config } from "../config/config.ts";
import type { AuditFilter } from "../store/audit.ts";
import { openExisting, type Store } from "../store/store.ts";
import type { AuditRow } from "../store/tables.ts";
import { readInstant } from "./instant.ts";

export const AUDIT_OPTIONS = {
  app: { type: "string" },
  since: { type: "string" },
  until: { type: "string" },
  event: { type: "string" },
} as const;

type Options = { [name in keyof typeof AUDIT_OPTIONS]?: string | undefined };

/** Rows that are read, and written, at a time: what memory a long log takes. */
const PAGE = 500;

/** @throws Error for the operator, before anything is written. */
export const exportAudit = async (
  { storage }: Pick<Config, "storage">,
  options: Options,
  out: Writable,
): Promise<void> => {
  const filter = readFilter(options);
  // Opening what is not there would make an empty one, and the answer "nothing has happened".
  const store = await openExisting(storage);
  try {
    await pipeline(Readable.from(pages(store, filter)), out, { end: false });
  } catch (error) {
    // `| head` has had enough: that is how it says so.
    if ((error as { code?: unknown }).code !== "EPIPE") throw error;
  } finally {
    await store.close();
  }
};

const readFilter = ({ app, event, since, until, ...others }: Options): AuditFilter => {
  const foreign = Object.keys(others).find((name) => name !== "config");
  if (foreign !== undefined) throw new Error(`--${foreign}: not an option of audit export`);
  if (event !== undefined && !AUDIT_EVENTS.some((known) => known === event))
    throw new Error(`--event: expected one of ${AUDIT_EVENTS.join(", ")}, got "${event}"`);
  const filter = {
    app_id: app,
    event,
    since: since === undefined ? undefined : readInstant("since", since),
    until: until === undefined ? undefined : readInstant("until", until),
  };
  if ((filter.since ?? -Infinity) >= (filter.until ?? Infinity))
    throw new Error(`--until: expected a time after --since, got "${until}"`);
  return filter;
};

/** Each page is a statement of its own: no transaction stays open while the reader takes its time. */
async function* pages(store: Store, filter: AuditFilter): AsyncGenerator<string> {
  for (let after: AuditRow | undefined; ;) {
    const rows = await store.audit.page(filter, { after, limit: PAGE });
    if (rows.length) yield rows.map((row) => `${JSON.stringify(view(row))}\n`).join("");
    if (rows.length < PAGE) return;
    after = rows.at(-1);
  }
}

const view = ({ at, id, ...row }: AuditRow): Record<string, unknown> => ({
  at: new Date(at).toISOString(),
  id,
  ...Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)),
});
