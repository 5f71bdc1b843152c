/**
 * Entry of the `<script>` build: the front door as `window.AlterConnect`. The broker serves the file, so the
 * address it came from is the broker's and no page has to name it.
 */
import { AlterConnect, type AlterConnectConfig } from "./index.ts";

// The browser says which element it is running only while it runs it for the first time.
const script = document.currentScript as HTMLScriptElement | null;
const home = script?.src ? new URL(script.src).origin : undefined;

Object.assign(window, {
  AlterConnect: {
    create: (config: AlterConnectConfig = {}): AlterConnect =>
      AlterConnect.create({ ...config, baseURL: config.baseURL ?? home }),
  },
});
