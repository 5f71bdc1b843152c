/** What every route may use, made once in app.ts. Types only. */
import type { createAccess } from "./access.ts";
import type { Arriving } from "./arriving.ts";
import type { Audit, Recorder } from "./audit.ts";
import type { Config } from "./config/config.ts";
import type { Deprovisioning } from "./deprovisioning.ts";
import type { EndSession, RaiseAlarm } from "./ending.ts";
import type { Give } from "./giving.ts";
import type { Grants } from "./grants/grants.ts";
import type { Identity } from "./identity.ts";
import type { Keys } from "./keys.ts";
import type { Leave } from "./leaving.ts";
import type { ManagedSecrets } from "./managed-secrets.ts";
import type { OAuth } from "./oauth/oauth.ts";
import type { MarkOf } from "./providers/mark.ts";
import type { Proxy } from "./proxy/proxy.ts";
import type { Readiness } from "./readiness.ts";
import type { Redeem } from "./redeem.ts";
import type { Watchman } from "./limits.ts";
import type { Store } from "./store/store.ts";
import type { Vault } from "./vault.ts";
import type { Waiters } from "./waiters.ts";
import type { Revoking } from "./wallet/revoking.ts";
import type { WalletSessions } from "./wallet/sessions.ts";
import type { Views } from "./wallet/views.ts";

export type Broker = {
  config: Config;
  store: Store;
  vault: Vault;
  oauth: OAuth;
  grants: Grants;
  managedSecrets: ManagedSecrets;
  access: ReturnType<typeof createAccess>;
  proxy: Proxy;
  markOf: MarkOf;
  identity: Identity;
  audit: Audit;
  record: Recorder;
  waiters: Waiters;
  endSession: EndSession;
  keys: Keys;
  deprovisioning: Deprovisioning;
  raiseAlarm: RaiseAlarm;
  leave: Leave;
  give: Give;
  arriving: Arriving;
  redeem: Redeem;
  readiness: Readiness;
  watchman: Watchman;
  wallet: { sessions: WalletSessions; views: Views; revoking: Revoking };
  now: () => number;
  /** 256 bits, base64url. */
  newSecret: () => string;
  newId: (prefix: string) => string;
  log: (event: string, about: Record<string, unknown>) => void;
};

/** Per request, set by app.ts before any route. */
export type Env = {
  /** Given with the request by whoever has the socket. */
  Bindings: { remote_address?: string | undefined };
  Variables: {
    requestId: string;
    app?: string;
    /** Of a call with a right API key: whose failures are counted. */
    key?: string;
    deny_cors?: boolean;
  };
};
