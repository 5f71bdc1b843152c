/**
 * Entry of the broker's `connect-button.js`: all of `connect.js`, and the element, whose broker is the one that the file
 * came from. Knows that global; must not know elements.
 */
import "../src/script.ts";
import type { AlterConnect } from "../src/index.ts";
import { defineConnectButton } from "./define-button.ts";

defineConnectButton((window as unknown as { AlterConnect: typeof AlterConnect }).AlterConnect);
