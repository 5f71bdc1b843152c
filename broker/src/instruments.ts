/**
 * Where the numbers and the spans come from: the broker's parts, wrapped. Knows what the parts are called and what
 * their results say; the parts know nothing of being watched. Labels come from the configuration and the protocol.
 */
import { ERRORS } from "@alter-ai/protocol/http";
import { AUDIT_EVENTS } from "./audit.ts";
import type { createAccess } from "./access.ts";
import type { Config } from "./config/config.ts";
import { Refusal } from "./error.ts";
import { NOTABLE, type Log } from "./log.ts";
import { among, counted, NO_METRICS, type Metrics } from "./metrics.ts";
import type { Cause } from "./oauth/failures.ts";
import type { OAuth } from "./oauth/oauth.ts";
import { DatabaseError } from "./store/error.ts";
import type { Statements, Store } from "./store/store.ts";
import type { Tracing } from "./tracing.ts";

type Access = ReturnType<typeof createAccess>;

export const createInstruments = (deps: { metrics: Metrics; tracing: Tracing; config: Config }) => {
  const { metrics, tracing } = deps;
  const apps = [...deps.config.apps.values()];
  const providers = new Set(apps.flatMap((app) => [...app.providers.keys()]));
  const credentials = new Set([...providers, ...apps.flatMap((app) => [...app.secrets.keys()])]);

  // At nought from the start: who asks how much it has grown would not see the first of a counter that begins with it.
  for (const event of NOTABLE) metrics.count("alter_log_events_total", { event }, 0);
  for (const code of Object.keys(ERRORS)) metrics.count("alter_refusals_total", { code }, 0);

  /** One call to a provider, whatever it is. */
  const asked = async <T>(
    provider: string,
    call: string,
    work: () => Promise<T>,
    resultOf: (result: T) => { result: string; cause?: Cause | undefined },
  ): Promise<T> => {
    const started = performance.now();
    const about = { provider: among(providers, provider), call };
    const say = (result: string): void =>
      metrics.observe("alter_provider_call_duration_seconds", { ...about, result }, since(started));
    const attributes = { "alter.provider": about.provider, "alter.call": call };
    try {
      return await tracing.step(`provider ${call}`, attributes, "client", work, (done) => {
        const { result, cause } = resultOf(done);
        say(result);
        const kind = cause && kindOf(cause);
        if (kind) metrics.count("alter_provider_failures_total", { ...about, kind });
        return {
          attributes: { "alter.result": result, ...(kind ? { "alter.failure": kind } : {}) },
          failed: cause !== undefined,
        };
      });
    } catch (error) {
      say("bug");
      throw error;
    }
  };

  return {
    /** Lines of the log, and what some of them say. */
    log: (log: Log): Log =>
      counted(metrics, (event, about) => {
        if (event === "callback_refused")
          metrics.count("alter_callbacks_refused_total", { reason: String(about["reason"]) });
        log(event, about);
      }),

    oauth: (oauth: OAuth): OAuth => ({
      ...oauth,
      begin: (client, request) =>
        asked(
          client.provider.id,
          "authorize",
          () => oauth.begin(client, request),
          (begun) => (begun.ok ? { result: "ok" } : { result: begun.failure, cause: begun.cause }),
        ),
      finish: (client, request) =>
        asked(
          client.provider.id,
          "exchange",
          () => oauth.finish(client, request),
          (done) => (done.ok ? { result: "ok" } : { result: done.failure, cause: done.cause }),
        ),
      check: (client, given) =>
        asked(
          client.provider.id,
          "check",
          () => oauth.check(client, given),
          (done) =>
            done.ok
              ? { result: "ok" }
              : { result: done.failure ?? "credential_refused", cause: done.failure && done.cause },
        ),
      refresh: (client, ...request) =>
        asked(
          client.provider.id,
          "refresh",
          () => oauth.refresh(client, ...request),
          (done) =>
            done.ok
              ? { result: "ok" }
              : { result: done.revoked ? "revoked" : "failed", cause: done.cause },
        ),
      revoke: (client, ...request) =>
        asked(
          client.provider.id,
          "revoke",
          () => oauth.revoke(client, ...request),
          (result) => ({ result }),
        ),
    }),

    access:
      (access: Access): Access =>
      async (asking) => {
        const call = asking.event === "proxy.called" ? "proxy" : "token";
        const say = (provider: string | undefined, result: string): void =>
          metrics.count("alter_token_calls_total", {
            call,
            provider: provider === undefined ? "unknown" : among(credentials, provider),
            result,
          });
        try {
          const given = await access(asking);
          say(given.provider, given.refreshed ? "refreshed" : "fresh");
          return given;
        } catch (error) {
          say(asking.by.provider, error instanceof Refusal ? error.code : "internal_error");
          throw error;
        }
      },

    /** Without metrics as it came: a call more for each statement would be for nothing. */
    store: (store: Store): Store => {
      if (metrics === NO_METRICS) return store;
      const { pool } = store;
      if (pool)
        metrics.gauge("alter_database_connections", () =>
          Object.entries(pool()).map(([state, value]) => ({ labels: { state }, value })),
        );
      const timed = timing(metrics);
      return {
        ...store,
        ...watched(store, timed, metrics),
        transaction: (work, isolation) =>
          timed("transaction", () =>
            tracing.step("database transaction", {}, "client", () =>
              store.transaction((tx) => work({ ...tx, ...watched(tx, timed, metrics) }), isolation),
            ),
          ),
      };
    },
  };
};

export type Instruments = ReturnType<typeof createInstruments>;

const since = (started: number): number => (performance.now() - started) / 1000;

/** Of the many things that a cause may name, what an operator acts on differently. */
const kindOf = ({ kind }: Cause): string => {
  if (["timeout", "private_address", "error_reply", "embedded"].includes(kind)) return kind;
  // The system's own, such as ECONNREFUSED or ENOTFOUND; undici's begin with UND_ERR.
  if (/^(E[A-Z]+|UND_ERR_\w+|CERT_\w+|\w+_CERTIFICATE\w*)$/.test(kind)) return "network";
  return "unusable_reply";
};

type Timed = <T>(operation: string, work: () => Promise<T>) => Promise<T>;

const timing =
  (metrics: Metrics): Timed =>
  async (operation, work) => {
    const started = performance.now();
    try {
      return await work();
    } catch (error) {
      if (error instanceof DatabaseError)
        metrics.count("alter_database_errors_total", { operation, code: codeOf(error) });
      throw error;
    } finally {
      metrics.observe("alter_database_duration_seconds", { operation }, since(started));
    }
  };

/** SQLSTATE, SQLite's name, or our own. */
const codeOf = ({ code }: DatabaseError): string => (/^\w{1,40}$/.test(code) ? code : "other");

type Parts = { [N in keyof Statements]: Statements[N] };

/** Whatever parts a store has: its functions are named in the code, so that their names are known. */
const watched = (statements: Statements, timed: Timed, metrics: Metrics): Parts =>
  Object.fromEntries(
    Object.entries(statements).flatMap(([name, part]) =>
      typeof part === "object" ? [[name, watchedPart(name, part, timed, metrics)]] : [],
    ),
  ) as Parts;

const watchedPart = (name: string, part: object, timed: Timed, metrics: Metrics): object =>
  new Proxy(part, {
    get: (target, property) => {
      const statement: unknown = Reflect.get(target, property);
      if (typeof statement !== "function" || typeof property !== "string") return statement;
      return (...args: unknown[]) =>
        timed(`${name}.${property}`, async () => {
          const result: unknown = await Reflect.apply(statement, target, args);
          if (property.startsWith("purge") && typeof result === "number")
            metrics.count("alter_purged_rows_total", { table: name }, result);
          if (name === "chains" && property === "append") countAudit(metrics, args[0]);
          return result;
        });
    },
  });

/** By what the audit log's own list knows; a reason only where it is one of ours. */
const countAudit = (metrics: Metrics, rows: unknown): void => {
  if (!Array.isArray(rows)) return;
  metrics.observe("alter_audit_batch_rows", {}, rows.length);
  for (const { event, reason } of rows as { event: string; reason: string | null }[]) {
    metrics.count("alter_audit_events_total", { event: among(AUDIT_EVENTS, event) });
    if (event === "session.ended")
      metrics.count("alter_sessions_ended_total", { reason: among(ENDS, reason) });
  }
};

/** As session.ts names them. */
const ENDS = [
  "done",
  "cancel",
  "denied",
  "not_you",
  "expired",
  "claimed_elsewhere",
  "deprovisioned",
  "key_revoked",
];
