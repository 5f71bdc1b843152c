/** The front door of the package. What is not named here is not public. */
export { AlterConnect, AlterConnect as default } from "./alter-connect.ts";
export type {
  AlterConnectConfig,
  AlterConnectEvents,
  ConnectError,
  ConnectEvent,
  Mode,
  OpenOptions,
  PromptText,
  SessionToken,
} from "./alter-connect.ts";
export type { Connection, Outcome } from "@alter-ai/protocol/window";
/** As the reference client calls them, for apps that come from it. */
export type { ConnectError as AlterError } from "./alter-connect.ts";
export type { Connection as Grant } from "@alter-ai/protocol/window";
