/** The broker's parts that a world is made of, as one module: what twins rebuild with switches in its guards. */
export { createApp } from "../../../broker/src/app.ts";
export { readConfig } from "../../../broker/src/config/config.ts";
export { openStore } from "../../../broker/src/store/store.ts";
export { createWaiters } from "../../../broker/src/waiters.ts";
export { openVault } from "../../../broker/src/vault.ts";
