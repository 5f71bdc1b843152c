/** The log: one JSON object a line. Knows events by name and how much each matters; docs/operations.md lists them. */
import { pino } from "pino";

export type Log = (event: string, about: Record<string, unknown>) => void;

type Level = "debug" | "info" | "warn" | "error" | "silent";

/** Somebody should look at these one day, if they come in numbers. Bugs are errors; the rest is what happens. */
const WARNINGS = new Set([
  "config_warning",
  "callback_failed",
  "callback_value",
  "wallet_sign_in_failed",
  "authorize_failed",
  "refresh_failed",
  "refresh_interrupted",
  "refresh_not_written",
  "database_unavailable",
  "issuer_unexpected",
  "identity_provider_unavailable",
  "connections_dropped",
  "listener_failed",
  "share_failed",
  "cut_off",
  "vault_look_failed",
  "audit_retention_refused",
]);

const BUGS = ["bug", "callback_bug", "credential_bug", "purge_bug", "errand_bug"];

/** What somebody may want to be called for. */
export const NOTABLE: readonly string[] = [...WARNINGS, ...BUGS];

export const createLog = (level: Level, stream: NodeJS.WritableStream): Log => {
  const logger = pino({ level, base: null }, stream);
  return (event, about) => logger[levelOf(event)]({ event, ...about });
};

export const levelOf = (event: string): "info" | "warn" | "error" => {
  if (event === "bug" || event.endsWith("_bug")) return "error";
  return WARNINGS.has(event) ? "warn" : "info";
};
