/**
 * Fresh tokens: one refresh per expired token, however many callers and processes ask. Knows the lease; what
 * is written before and after the provider's answer is in STORAGE.md.
 */
import type { Audit } from "../audit.ts";
import type { App, ProviderClient } from "../config.ts";
import { refuse } from "../error.ts";
import type { Cause, OAuth, Tokens } from "../oauth.ts";
import type { Grant } from "../store/grants.ts";
import type { Store } from "../store/store.ts";
import { aboutGrant } from "./about.ts";
import { usable } from "./find.ts";
import type { TokenSafe } from "./tokens.ts";

export type FreshToken = { grant: Grant; tokens: Tokens };

/** A token this close to its end is refreshed before it is handed out. */
const MARGIN = 30_000;
/** Longer than a provider call may take, so that nobody else refreshes while we still wait. */
const LEASE = 45_000;
/** How often a caller in another process looks whether the lease holder is done. */
const LEASE_POLL = 150;

export const createRefresh = (deps: {
  store: Store;
  safe: TokenSafe;
  oauth: OAuth;
  audit: Audit;
  drop: (client: ProviderClient, tokens: Tokens) => Promise<void>;
  now: () => number;
  newId: (prefix: string) => string;
  sleep: (ms: number) => Promise<void>;
  log: (event: string, about: Record<string, unknown>) => void;
}) => {
  const { store, safe, oauth, audit, now } = deps;
  const refreshing = new Map<string, Promise<FreshToken>>();

  /** A token good for at least half a minute. One refresh per expired token, however many ask. */
  const freshToken = async (app: App, grant: Grant): Promise<FreshToken> => {
    const tokens = safe.open(grant);
    if (tokens && isFresh(tokens, now())) return { grant, tokens };
    const running = refreshing.get(grant.id);
    if (running) return running;
    const mine = refreshOnce(app, grant.id).finally(() => refreshing.delete(grant.id));
    refreshing.set(grant.id, mine);
    return mine;
  };

  /** Waits for another process's lease, or takes it; always decides on the row as it is now. */
  const refreshOnce = async (app: App, id: string): Promise<FreshToken> => {
    const giveUpAt = now() + LEASE;
    for (;;) {
      const grant = await store.grants.byId(app.id, id);
      if (!grant) throw refuse("grant_not_found");
      const tokens = safe.open(usable(grant));
      if (tokens && isFresh(tokens, now())) return { grant, tokens };
      const client = app.providers.get(grant.provider);
      if (!client) throw refuse("provider_not_allowed", `${grant.provider} is not configured.`);
      if (!tokens?.refresh_token) {
        if (tokens && now() < (tokens.access_expires_at ?? Infinity)) return { grant, tokens };
        // Nothing left that could be refreshed: only the user can help.
        await condemn(grant, { step: "refresh", kind: "no_refresh_token" });
        continue;
      }
      const lease = deps.newId("lease");
      if (!(await store.grants.lease(grant, lease, now(), now() + LEASE))) {
        if (now() > giveUpAt) throw refuse("provider_unavailable", "The refresh took too long.");
        await deps.sleep(LEASE_POLL);
        continue;
      }
      const { refresh_token, scopes } = { ...tokens, refresh_token: tokens.refresh_token };
      const refreshed = await oauth.refresh(client, { refresh_token, scopes });
      if (refreshed.ok) {
        const fresh = refreshed.tokens;
        const { access_expires_at } = fresh;
        const sealed = safe.seal(id, fresh);
        const credential = { sealed, scopes: fresh.scopes, access_expires_at };
        // Lost only to a revocation or a re-authorisation meanwhile: then the row decides again.
        if (!(await store.grants.refreshed(grant, credential, now()))) {
          const current = await store.grants.byId(app.id, id);
          if (current?.status === "revoked") await deps.drop(client, fresh);
          continue;
        }
        await audit(store, "token.refreshed", "broker", aboutGrant(grant));
        return { grant: { ...grant, scopes: fresh.scopes }, tokens: fresh };
      }
      deps.log("refresh_failed", { grant_id: id, provider: grant.provider, ...refreshed.cause });
      if (refreshed.revoked) {
        await condemn(grant, refreshed.cause);
        continue;
      }
      await store.grants.release(id, lease);
      // The provider is down, but what we have is still good for a moment.
      if (now() < (tokens.access_expires_at ?? 0)) return { grant, tokens };
      throw refuse("provider_unavailable", `${client.provider.name} did not renew the access.`);
    }
  };

  const condemn = async (grant: Grant, cause: Cause): Promise<void> => {
    if (await store.grants.credentialRevoked(grant, now()))
      await audit(store, "grant.credential_revoked", "broker", {
        ...aboutGrant(grant),
        reason: cause.provider_error ?? cause.kind,
      });
  };

  return freshToken;
};

const isFresh = (tokens: Tokens, now: number): boolean =>
  tokens.access_expires_at === null || now + MARGIN < tokens.access_expires_at;
