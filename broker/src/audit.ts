/**
 * What is written down for ever: who did what to which session or grant, and who was given or refused a token. Never
 * a token, a code, a header or a query string: a row has no column for them.
 */
import { setImmediate } from "node:timers/promises";
import { refuse } from "./error.ts";
import type { Used } from "./store/audit.ts";
import { MOST_ROWS } from "./store/chains.ts";
import { checkBindable } from "./store/error.ts";
import type { Statements, Store } from "./store/store.ts";
import type { AuditRow } from "./store/tables.ts";

export const AUDIT_EVENTS = [
  "session.created",
  "session.claimed",
  "session.claim_refused",
  "session.claimed_elsewhere",
  "session.ended",
  "authorization.started",
  "callback.refused",
  "callback.failed",
  "credential.refused",
  "grant.created",
  "grant.reauthorized",
  "grant.staged",
  "grant.redeemed",
  "grant.revoked",
  "grant.credential_revoked",
  "grant.purged",
  "grant.expired",
  "grant.expiring",
  "token.refreshed",
  "token.issued",
  "token.refused",
  "proxy.called",
  "secret.set",
  "secret.revoked",
  "user.deprovisioned",
  "user.restored",
  "key.revoked",
  "audit.purged",
  "vault.rotating",
  "vault.rotated",
  "vault.rewrapped",
  "wallet.signed_in",
  "wallet.sign_in_refused",
  "wallet.signed_out",
  "wallet.downloaded",
] as const;

export type AuditEvent = (typeof AUDIT_EVENTS)[number];

/** `app:<key id>` the app's backend, `user` the app's backend with the user's token, `browser`, `broker`, `idp` the identity provider, `operator` at the command line. */
export type Actor =
  `app:${string}` | `user:${string}` | "browser" | "wallet" | "broker" | "idp" | "operator";

export type About = Partial<Omit<AuditRow, "id" | "at" | "event" | "actor">>;

/** A step, written by the statement or transaction that takes it. */
export type Audit = (
  store: Statements,
  event: AuditEvent,
  actor: Actor,
  about: About,
) => Promise<void>;

type Clerk = { now: () => number; newId: () => string };

export const createAudit =
  (deps: Clerk): Audit =>
  (store, event, actor, about) =>
    store.audit.add([rowOf(deps, event, actor, about)]);

/**
 * A call, which changes nothing but when a grant was last used. Calls are many, so that those of one moment share a
 * commit. Resolves once the row is on disk; whoever hands something out waits for that, and hands out nothing when
 * it rejects. What was `used` must still stand in that very commit: a revocation that has been answered is the end,
 * also of calls that were already on their way.
 */
export type Recorder = (
  event: Extract<AuditEvent, "token.issued" | "token.refused" | "proxy.called">,
  actor: Actor,
  about: About,
  used?: Used,
) => Promise<void>;

/** Batches under way where a commit is mostly waiting, for some trips to PostgreSQL; SQLite has one writer. */
const AT_ONCE = 3;

export const createRecorder = (
  deps: Clerk & { store: Store },
): { record: Recorder; settled: () => Promise<void> } => {
  const { store, now } = deps;
  let waiting: Entry[] = [];
  const writing = new Set<Promise<void>>();
  let writers = 0;
  const most = store.pool ? AT_ONCE : 1;

  const commit = async (entries: Entry[]): Promise<void> => {
    try {
      const standing = await store.transaction(async (tx) => {
        const used = entries.flatMap((entry) => entry.used ?? []);
        const ids = await tx.audit.used(used, now());
        const rows = entries.filter(stands(ids)).map(({ row }) => row);
        if (rows.length) await tx.audit.add(rows);
        return ids;
        // What is read is read once, and decides: a serializable transaction would refuse none of it, and costs more.
      }, "read committed");
      for (const entry of entries)
        if (stands(standing)(entry)) entry.committed();
        else entry.failed(refuse("grant_revoked"));
    } catch (error) {
      for (const { failed } of entries) failed(error);
    }
  };

  const writeAll = async (): Promise<void> => {
    do {
      // For company: the requests that this turn of the event loop brings.
      await setImmediate();
      const entries = waiting.slice(0, MOST_ROWS);
      waiting = waiting.slice(MOST_ROWS);
      if (entries.length) await commit(entries);
    } while (waiting.length);
    // With nothing in between: whoever comes now finds that nobody takes his row along.
    writers -= 1;
  };

  const write = (): void => {
    writers += 1;
    const mine = writeAll().finally(() => writing.delete(mine));
    writing.add(mine);
  };

  return {
    record: (event, actor, about, used) =>
      new Promise<void>((committed, failed) => {
        const row = rowOf(deps, event, actor, about);
        // Here, where it fails alone: in the statement it would take the others' rows with it.
        Object.values(row).forEach(checkBindable);
        waiting.push({ row, used, committed, failed });
        if (writers < most) write();
      }),
    /** Resolves when nothing waits any more: before the store may be closed. */
    settled: async () => void (await Promise.all(writing)),
  };
};

type Entry = {
  row: AuditRow;
  used: Used | undefined;
  committed: () => void;
  failed: (error: unknown) => void;
};

const stands =
  (standing: Set<string>) =>
  ({ used }: Entry): boolean =>
    used === undefined || standing.has(used.grant_id);

const rowOf = (deps: Clerk, event: AuditEvent, actor: Actor, about: About): AuditRow => ({
  app_id: null,
  session_id: null,
  grant_id: null,
  issuer: null,
  subject: null,
  provider: null,
  reason: null,
  request_id: null,
  key_prefix: null,
  method: null,
  host: null,
  ...about,
  id: deps.newId(),
  at: deps.now(),
  event,
  actor,
});
