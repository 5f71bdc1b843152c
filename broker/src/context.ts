/** What every route may use, made once in app.ts. Types only. */
import type { Audit } from "./audit.ts";
import type { Config } from "./config.ts";
import type { EndSession, RaiseAlarm } from "./ending.ts";
import type { Grants } from "./grants/grants.ts";
import type { Identity } from "./identity.ts";
import type { Leave } from "./leaving.ts";
import type { OAuth } from "./oauth.ts";
import type { Redeem } from "./redeem.ts";
import type { Store } from "./store/store.ts";
import type { Vault } from "./vault.ts";
import type { Waiters } from "./waiters.ts";

export type Broker = {
  config: Config;
  store: Store;
  vault: Vault;
  oauth: OAuth;
  grants: Grants;
  identity: Identity;
  audit: Audit;
  waiters: Waiters;
  endSession: EndSession;
  raiseAlarm: RaiseAlarm;
  leave: Leave;
  redeem: Redeem;
  now: () => number;
  /** 256 bits, base64url. */
  newSecret: () => string;
  newId: (prefix: string) => string;
  log: (event: string, about: Record<string, unknown>) => void;
};

/** Per request, set by app.ts before any route. */
export type Env = { Variables: { requestId: string; app?: string; deny_cors?: boolean } };
