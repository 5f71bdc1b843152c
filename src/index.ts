/** The front door of the package. What is not named here is not public. */
import { create, type AlterConnect as Instance, type AlterConnectConfig } from "./alter-connect.ts";

export type {
  AlterConnectConfig,
  AlterConnectEvents,
  ConnectError,
  ConnectEvent,
  OpenOptions,
  SessionToken,
} from "./alter-connect.ts";
export type { Connection, Outcome } from "@alter-ai/protocol/window";

/** A widget of the app: opens one Connect window at a time and tells how it ended. */
export type AlterConnect = Instance;

export const AlterConnect: {
  /** Makes a widget. Touches no window, so it may run on a server or while a module loads. */
  create(config?: AlterConnectConfig): AlterConnect;
} = { create };

export default AlterConnect;
