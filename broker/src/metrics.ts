/**
 * What is counted, as a table: names, words, labels. Knows no library and no part; prometheus.ts keeps the numbers,
 * instruments.ts says where they come from. Every label's values are known beforehand (a route's pattern, a provider
 * of the configuration, a code of the protocol): nothing that a caller sends may become one.
 */
import type { Log } from "./log.ts";

type Described = {
  kind: "counter" | "gauge" | "histogram";
  help: string;
  labels: readonly string[];
  buckets?: readonly number[];
};

const FAST = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const DATABASE = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5];
const CALLS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];

export const METRICS = {
  alter_build_info: { kind: "gauge", help: "1, with the broker's version", labels: ["version"] },
  alter_request_duration_seconds: {
    kind: "histogram",
    help: "Requests, from their headers to the headers of the answer",
    labels: ["route", "method", "status"],
    buckets: FAST,
  },
  alter_requests_in_flight: {
    kind: "gauge",
    help: "Requests that are being worked on, waiting long polls included",
    labels: [],
  },
  alter_long_polls_waiting: { kind: "gauge", help: "Widgets that wait for news", labels: [] },
  alter_connections: { kind: "gauge", help: "Open connections of the public port", labels: [] },
  alter_connections_dropped_total: {
    kind: "counter",
    help: "Connections refused because limits.connections were open",
    labels: [],
  },
  alter_requests_cut_total: {
    kind: "counter",
    help: "Requests that did not arrive whole in time",
    labels: [],
  },
  alter_refusals_total: {
    kind: "counter",
    help: "Refused requests by the code that they were answered with",
    labels: ["code"],
  },
  alter_failures_total: {
    kind: "counter",
    help: "What the limits on failures count; limited says whether one was over its limit",
    labels: ["per", "code", "limited"],
  },
  alter_token_calls_total: {
    kind: "counter",
    help: "Calls for a credential: fresh, refreshed, or the code of the refusal",
    labels: ["call", "provider", "result"],
  },
  alter_provider_call_duration_seconds: {
    kind: "histogram",
    help: "What was asked of a provider's OAuth endpoints, discovery and identity included",
    labels: ["provider", "call", "result"],
    buckets: CALLS,
  },
  alter_provider_failures_total: {
    kind: "counter",
    help: "Calls to a provider that failed, by the kind of failure",
    labels: ["provider", "call", "kind"],
  },
  alter_callbacks_refused_total: {
    kind: "counter",
    help: "Callbacks that led to the neutral page",
    labels: ["reason"],
  },
  alter_sessions_ended_total: {
    kind: "counter",
    help: "Connect sessions that were ended, by the reason",
    labels: ["reason"],
  },
  alter_audit_events_total: {
    kind: "counter",
    help: "Rows written to the audit log",
    labels: ["event"],
  },
  alter_audit_batch_rows: {
    kind: "histogram",
    help: "Audit rows that shared a statement",
    labels: [],
    buckets: [1, 2, 4, 8, 16, 32, 64],
  },
  alter_database_duration_seconds: {
    kind: "histogram",
    help: "Functions of the store, waiting for a connection included; transaction is a whole one",
    labels: ["operation"],
    buckets: DATABASE,
  },
  alter_database_errors_total: {
    kind: "counter",
    help: "Functions of the store that the database refused, by its code",
    labels: ["operation", "code"],
  },
  alter_database_connections: {
    kind: "gauge",
    help: "Connections of the pool: total, idle, and callers that wait for one",
    labels: ["state"],
  },
  alter_purged_rows_total: { kind: "counter", help: "Rows purged", labels: ["table"] },
  alter_log_events_total: { kind: "counter", help: "Lines of the log", labels: ["event"] },
} as const satisfies Record<string, Described>;

type Table = typeof METRICS;
type Of<K extends Described["kind"]> = {
  [N in keyof Table]: Table[N]["kind"] extends K ? N : never;
}[keyof Table];
export type LabelsOf<N extends keyof Table> = Record<Table[N]["labels"][number], string>;

export type Metrics = {
  count: <N extends Of<"counter">>(name: N, labels: LabelsOf<N>, by?: number) => void;
  observe: <N extends Of<"histogram">>(name: N, labels: LabelsOf<N>, value: number) => void;
  /** Asked whenever somebody reads the metrics. */
  gauge: <N extends Of<"gauge">>(
    name: N,
    read: () => { labels: LabelsOf<N>; value: number }[],
  ) => void;
};

/** For whoever has not asked for any. */
export const NO_METRICS: Metrics = {
  count: () => undefined,
  observe: () => undefined,
  gauge: () => undefined,
};

/** A value that is one of those known, and one name for all others. */
export const among = (known: Iterable<string>, value: string | null | undefined): string =>
  [...known].find((one) => one === value) ?? "other";

/** Each of the two that write lines (app.ts, serve.ts) counts its own. */
export const counted =
  (metrics: Metrics, log: Log): Log =>
  (event, about) => {
    metrics.count("alter_log_events_total", { event });
    log(event, about);
  };
