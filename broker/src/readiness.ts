/**
 * Whether this broker should be given work: not while it is stopping, nor without its database or its vault. Knows what
 * to try and how long; what a probe is told is routes/health.ts. Being alive is another question, and asks nobody.
 */
import type { Store } from "./store/store.ts";
import type { Vault } from "./vault.ts";

/** Why not: names that an alert may be written for. */
export type NotReady = "shutting_down" | "database_unavailable" | "vault_unusable";

export type Readiness = {
  check: () => Promise<NotReady | undefined>;
  /** From now on: not ready, whatever else works. */
  drain: () => void;
};

/** Balancers ask every few seconds, and wait for about as long. */
const PATIENCE = 2_000;

const PROBE = { table: "readiness", row: "probe", column: "sealed" };

export const createReadiness = (deps: {
  store: Pick<Store, "ping" | "vault">;
  vault: Pick<Vault, "seal" | "unseal">;
  sleep: (ms: number) => Promise<void>;
}): Readiness => {
  const { store, vault } = deps;
  let draining = false;
  let running: Promise<NotReady | undefined> | undefined;

  const within = (work: () => Promise<unknown>): Promise<boolean> =>
    Promise.race([
      work().then(
        () => true,
        () => false,
      ),
      deps.sleep(PATIENCE).then(() => false),
    ]);

  const look = async (): Promise<NotReady | undefined> => {
    if (!(await within(() => store.ping()))) return "database_unavailable";
    const opens = async () => {
      // Awaited: a key may be somebody else's to use, over a network.
      const opened = await vault.unseal(vault.seal("ready", PROBE), PROBE, store);
      if (opened !== "ready") throw new Error("The vault opened something else");
    };
    return (await within(opens)) ? undefined : "vault_unusable";
  };

  return {
    check: async () => {
      if (draining) return "shutting_down";
      // One at a time, however many ask: a database that hangs must not collect probes.
      running ??= look().finally(() => (running = undefined));
      const found = await running;
      return draining ? "shutting_down" : found;
    },
    drain: () => (draining = true),
  };
};
