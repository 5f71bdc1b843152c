/** Every SQL statement we have, behind one object; inside `transaction` the same object, all or nothing. */
import { auditStore } from "./audit.ts";
import { chainStore } from "./chains.ts";
import { counterStore } from "./counters.ts";
import { openDatabase, type Db, type Tx } from "./database.ts";
import { grantStore } from "./grants.ts";
import { managedSecretStore } from "./managed-secrets.ts";
import { sessionStore } from "./sessions.ts";

export type Statements = ReturnType<typeof statements>;
export type Store = Statements & {
  /** Calls inside must go to the argument: the outer store waits for this transaction to end. */
  transaction: <T>(work: (store: Statements) => Promise<T>) => Promise<T>;
  ping: () => Promise<void>;
  close: () => Promise<void>;
};

export const openStore = async (file: string): Promise<Store> => {
  const db = await openDatabase(file);
  return {
    ...statements(db),
    transaction: (work) => db.transaction().execute((tx) => work(statements(tx))),
    ping: async () => void (await db.selectFrom("migrations").select("id").limit(1).execute()),
    close: () => db.destroy(),
  };
};

const statements = (db: Db | Tx) => ({
  sessions: sessionStore(db),
  grants: grantStore(db),
  managedSecrets: managedSecretStore(db),
  counters: counterStore(db),
  audit: auditStore(db),
  chains: chainStore(db),
});
