/** The front door of the package. What is not named here is not public. */
export { AlterConnect, AlterConnect as default } from "./alter-connect.ts";
export type {
  AlterConnectConfig,
  AlterConnectEvents,
  ConnectError,
  ConnectEvent,
  OpenOptions,
  SessionToken,
} from "./alter-connect.ts";
export type { Connection, Outcome } from "@alter-ai/protocol/window";
