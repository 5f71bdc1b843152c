/** The element for those who bundle: importing it defines it, but on a server. Knows nothing else. */
import { defineConnectButton } from "./define-button.ts";

export type {
  AlterConnectButton,
  AlterConnectButtonEvents,
  ConnectOptions,
} from "./define-button.ts";

defineConnectButton();
