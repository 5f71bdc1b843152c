/**
 * Entry of the `<script>` build: the same front door as a global. The broker serves it, so the address the
 * script came from is the broker's, and pages need no base URL.
 */
import { AlterConnect, type AlterConnectConfig } from "./index.ts";

// Only while the script runs for the first time does the browser say which element it is.
const { currentScript } = document;
const home = currentScript instanceof HTMLScriptElement && currentScript.src;

Object.assign(window, {
  AlterConnect: {
    create: (config?: AlterConnectConfig) =>
      AlterConnect.create(home ? { baseURL: new URL(home).origin, ...config } : config),
  },
});
