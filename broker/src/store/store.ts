/** Every SQL statement we have, behind one object; inside `transaction` the same object, all or nothing. */
import { existsSync } from "node:fs";
import { apiKeyStore } from "./api-keys.ts";
import { auditStore } from "./audit.ts";
import { chainStore } from "./chains.ts";
import { counterStore } from "./counters.ts";
import { connectDatabase, inTransaction, openDatabase, type Db, type Tx } from "./database.ts";
import { deprovisionedStore } from "./deprovisioned.ts";
import { checkBindable } from "./error.ts";
import { grantStore, type OfProvider } from "./grants.ts";
import { managedSecretStore } from "./managed-secrets.ts";
import { peopleStore } from "./people.ts";
import { sessionStore } from "./sessions.ts";
import type { Storage } from "./storage.ts";
import { together } from "./together.ts";
import { vaultStore } from "./vault.ts";
import { walletStore } from "./wallet.ts";

export type Statements = ReturnType<typeof statements>;
export type Store = Statements & {
  /**
   * Calls inside must go to the argument: the outer store waits for this transaction to end, or is another connection.
   * Where another transaction was in its way, `work` is run again from the start: it touches nothing outside. With
   * `read committed` each statement sees what others have committed by then, and the work must fit that.
   */
  transaction: <T>(
    work: (store: Statements) => Promise<T>,
    isolation?: "serializable" | "read committed",
  ) => Promise<T>;
  ping: () => Promise<void>;
  /** Where there is a pool: how its connections are used, for whoever watches. */
  pool?: () => { total: number; idle: number; waiting: number };
  close: () => Promise<void>;
};

export const openStore = async (storage: Storage): Promise<Store> => {
  let pool: Store["pool"];
  const db = await openDatabase(storage, (use) => (pool = use));
  const all = statements(db);
  // What every call begins with.
  const ofProvider = together(all.grants.ofProviders, (one: OfProvider) =>
    Object.values(one).forEach(checkBindable),
  );
  return {
    ...all,
    grants: {
      ...all.grants,
      ofProvider: ({ app_id, issuer, subject }, provider) =>
        ofProvider({ app_id, issuer, subject, provider }),
    },
    ...(pool ? { pool } : {}),
    transaction: (work, isolation = "serializable") =>
      inTransaction(db, (tx) => work(statements(tx)), isolation),
    ping: async () => void (await db.selectFrom("migrations").select("id").limit(1).execute()),
    close: () => db.destroy(),
  };
};

/** As it stands, for whoever must change nothing: whatever its schema is. */
export const lookAtStore = (storage: Storage): Statements & { close: () => Promise<void> } => {
  const db = connectDatabase(storage);
  return { ...statements(db), close: () => db.destroy() };
};

/** For commands beside a broker. @throws Error for the operator, where opening would make an empty file. */
export const openExisting = async (storage: Storage): Promise<Store> => {
  if (storage.kind === "sqlite" && storage.file !== ":memory:" && !existsSync(storage.file))
    throw new Error(`storage.sqlite: there is no database at ${storage.file} yet`);
  return openStore(storage);
};

const statements = (db: Db | Tx) => ({
  sessions: sessionStore(db),
  grants: grantStore(db),
  managedSecrets: managedSecretStore(db),
  counters: counterStore(db),
  deprovisioned: deprovisionedStore(db),
  apiKeys: apiKeyStore(db),
  audit: auditStore(db),
  chains: chainStore(db),
  vault: vaultStore(db),
  people: peopleStore(db),
  wallet: walletStore(db),
});
