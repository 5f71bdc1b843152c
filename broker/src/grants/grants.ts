/** Everything that happens to grants, behind one object. Knows the parts; what each does is in its file. */
import type { Audit } from "../audit.ts";
import type { ProviderClient } from "../config/client.ts";
import type { Config } from "../config/config.ts";
import type { OAuth } from "../oauth/oauth.ts";
import type { Grant } from "../store/grants.ts";
import type { Store } from "../store/store.ts";
import type { Vault } from "../vault.ts";
import { redirectUri as redirectUriOf } from "../redirect-uri.ts";
import { createAhead } from "./ahead.ts";
import { findGrant } from "./find.ts";
import { createKeeping } from "./keep.ts";
import { createLifetime } from "./lifetime.ts";
import { createOAuthCredentials } from "./oauth-credential.ts";
import { createRefresh } from "./refresh.ts";
import { createRevocation } from "./revoke.ts";
import { createTokenSafe } from "./tokens.ts";

export type Grants = ReturnType<typeof createGrants>;

export const createGrants = (deps: {
  config: Config;
  store: Store;
  vault: Vault;
  oauth: OAuth;
  audit: Audit;
  now: () => number;
  newId: (prefix: string) => string;
  sleep: (ms: number) => Promise<void>;
  log: (event: string, about: Record<string, unknown>) => void;
}) => {
  const safe = createTokenSafe(deps.vault);
  const clientOf = ({ app_id, provider }: Grant): ProviderClient | undefined =>
    deps.config.apps.get(app_id)?.providers.get(provider);
  const revocation = createRevocation({ ...deps, safe, clientOf });
  const { settle, sweep } = createLifetime(deps);
  const { drop } = revocation;
  const redirectUri = (provider: string) => redirectUriOf(deps.config.base_url, provider);
  const refresh = createRefresh({ ...deps, safe, settle, drop, redirectUri });
  const ahead = createAhead({ ...deps, safe, clientOf });

  return {
    ...createKeeping({ ...deps, safe, clientOf }),
    ...revocation,
    settled: refresh.settled,
    /** So many of each that is due; how many there were. */
    sweep: async (limit: number): Promise<number> =>
      (await sweep(limit)) + (await ahead.warn(limit)) + (await ahead.check(limit)),
    credential: createOAuthCredentials({
      freshToken: refresh.freshToken,
      find: (owner, by) => findGrant(deps.store, settle, owner, by),
    }),
  };
};
