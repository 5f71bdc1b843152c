/** What is written down for ever: who did what to which session or grant. Never a token, a code or a query string. */
import type { Statements } from "./store/store.ts";
import type { AuditRow } from "./store/tables.ts";

export type AuditEvent =
  | "session.created"
  | "session.claimed"
  | "session.claim_refused"
  | "session.claimed_elsewhere"
  | "session.ended"
  | "authorization.started"
  | "callback.refused"
  | "callback.failed"
  | "grant.created"
  | "grant.reauthorized"
  | "grant.staged"
  | "grant.redeemed"
  | "grant.revoked"
  | "grant.credential_revoked"
  | "grant.purged"
  | "token.refreshed";

/** `app:<key id>` the app's backend, `user` the app's backend with the user's token, `browser`, `broker`. */
export type Actor = `app:${string}` | `user:${string}` | "browser" | "broker";

type About = Partial<
  Pick<
    AuditRow,
    | "app_id"
    | "session_id"
    | "grant_id"
    | "issuer"
    | "subject"
    | "provider"
    | "reason"
    | "request_id"
  >
>;

export type Audit = (
  store: Statements,
  event: AuditEvent,
  actor: Actor,
  about: About,
) => Promise<void>;

export const createAudit =
  (deps: { now: () => number; newId: () => string }): Audit =>
  (store, event, actor, about) =>
    store.audit({
      id: deps.newId(),
      at: deps.now(),
      event,
      actor,
      app_id: null,
      session_id: null,
      grant_id: null,
      issuer: null,
      subject: null,
      provider: null,
      reason: null,
      request_id: null,
      ...about,
    });
