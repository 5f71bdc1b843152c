/**
 * Entry of the `<script>` build: the front door as `window.AlterConnect`. The broker serves the file, so the
 * address it came from is the broker's and no page has to name it.
 */
import { AlterConnect, type AlterConnectConfig } from "./index.ts";

// The browser says which element it is running only while it runs it for the first time.
const { currentScript } = document;
const src = currentScript instanceof HTMLScriptElement ? currentScript.src : "";
const home = src ? new URL(src).origin : undefined;

Object.assign(window, {
  AlterConnect: {
    create: (config?: AlterConnectConfig): AlterConnect =>
      AlterConnect.create({ ...config, baseURL: config?.baseURL ?? home }),
  },
});
