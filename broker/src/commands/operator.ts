/**
 * What a command that changes something has in hand, beside running brokers: the vault as the configuration opens it, and
 * the store with audit rows that take their place in a chain. Knows neither what is changed nor who is told.
 */
import { randomBytes } from "node:crypto";
import { createAudit } from "../audit.ts";
import { chainAudit } from "../audit/chain.ts";
import { createSeals } from "../audit/seals.ts";
import type { Config } from "../config/config.ts";
import type { Store } from "../store/store.ts";
import { openVault } from "../vault.ts";

/** @throws VaultError where the configuration does not open what is stored. */
export const openOperator = async (deps: {
  config: Pick<Config, "vault">;
  store: Store;
  now?: (() => number) | undefined;
  random?: ((bytes: number) => Uint8Array) | undefined;
  /** Reaches an external KMS. */
  fetch?: typeof fetch | undefined;
}) => {
  const { config, now = Date.now, random = randomBytes } = deps;
  const reaching = deps.fetch && { fetch: deps.fetch };
  const vault = await openVault({ config, store: deps.store, now, random, ...reaching });
  const newId = (prefix: string) => `${prefix}_${Buffer.from(random(16)).toString("base64url")}`;
  const store = chainAudit(deps.store, { sealsOf: createSeals(vault), newId, now });
  const audit = createAudit({ now, newId: () => newId("aud") });
  return { vault, store, audit, newId, now };
};
