/** The front door of the package. What is not named here is not public. */
import { create } from "./alter-connect.ts";
import type { AlterConnect as Instance, AlterConnectConfig } from "./alter-connect.ts";

export type {
  AlterConnectConfig,
  AlterConnectEvents,
  ConnectError,
  ConnectEvent,
  OpenOptions,
  SessionToken,
} from "./alter-connect.ts";
export type { Connection, Outcome } from "@alter-ai/protocol/window";

/** One widget of an app: opens windows, one at a time, and tells how each ended. */
export type AlterConnect = Instance;

export const AlterConnect: { create(config?: AlterConnectConfig): AlterConnect } = { create };

export default AlterConnect;
