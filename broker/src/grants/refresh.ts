/**
 * Fresh tokens: one refresh per expired token, however many callers and processes ask. Knows the lease; what
 * is written before and after the provider's answer is in STORAGE.md.
 */
import type { Audit } from "../audit.ts";
import type { ProviderClient } from "../config/client.ts";
import type { App } from "../config/config.ts";
import { refuse } from "../error.ts";
import type { Cause } from "../oauth/failures.ts";
import type { OAuth, Tokens } from "../oauth/oauth.ts";
import { isUnavailable } from "../store/error.ts";
import type { Credential, Grant } from "../store/grants.ts";
import type { Store } from "../store/store.ts";
import { aboutGrant } from "./about.ts";
import { apiHosts } from "../oauth/facts.ts";
import { aheadOf } from "./ahead.ts";
import { isDue, isFresh, renewsItself } from "./due.ts";
import { usable } from "./find.ts";
import type { Lifetime } from "./lifetime.ts";
import { factsOf, MOVED } from "./standing.ts";
import type { TokenSafe } from "./tokens.ts";

export type FreshToken = { grant: Grant; tokens: Tokens };

/** Longer than a provider call may take, so that nobody else refreshes while we still wait. */
const LEASE = 45_000;
/** How often a caller in another process looks whether the lease holder is done. */
const LEASE_POLL = 150;

/** How long a token that was refreshed because the provider had refused its predecessor is not refreshed for that again. */
const FORCED_REST = 60_000;
/** And how long a grant is left alone after a renewal ahead of time. */
const AHEAD_REST = 60_000;
/** Between two tries to write what a provider has given and a database did not take. */
const WRITE_AGAIN = 250;

export const createRefresh = (deps: {
  store: Store;
  settle: Lifetime["settle"];
  safe: TokenSafe;
  oauth: OAuth;
  audit: Audit;
  drop: (client: ProviderClient, tokens: Tokens, metadata: Grant["metadata"]) => Promise<void>;
  /** As the provider knows it: some want it again. */
  redirectUri: (provider: string) => string;
  now: () => number;
  newId: (prefix: string) => string;
  sleep: (ms: number) => Promise<void>;
  log: (event: string, about: Record<string, unknown>) => void;
}) => {
  const { store, safe, oauth, audit, now } = deps;
  const refreshing = new Map<string, Promise<FreshToken>>();
  /** Tokens that took the place of a refused one. An API that answers 401 whatever comes must not cost a refresh each. */
  const forced = new Map<string, number>();
  /** Renewals ahead of time. A provider that is down must not be asked by every call. */
  const triedAhead = new Map<string, number>();

  /**
   * A token good for at least half a minute, and not the refused one. One refresh per expired token, however many
   * ask. What comes back may be the refused one all the same: then nothing better can be had now.
   */
  const freshToken = async (
    app: App,
    grant: Grant,
    refused_token_id?: string,
  ): Promise<FreshToken> => {
    const refused = isForcedAnew(refused_token_id) ? refused_token_id : undefined;
    const tokens = await safe.open(grant, store);
    const client = app.providers.get(grant.provider);
    if (tokens && isFresh(tokens, now(), client) && tokenId(grant) !== refused) {
      if (isDue(grant, tokens, now()) && mayTryAhead(grant.id)) renewAhead(app, grant);
      return { grant, tokens };
    }
    return share(grant.id, () => refreshOnce(app, grant.id, { refused }));
  };

  /** One at a time for each grant in this process; whoever comes meanwhile gets its result. */
  const share = (id: string, work: () => Promise<FreshToken>): Promise<FreshToken> => {
    const running = refreshing.get(id);
    if (running) return running;
    const mine = work().finally(() => refreshing.delete(id));
    refreshing.set(id, mine);
    return mine;
  };

  /** While callers go on with the token that is there. What goes wrong is in the log, and tried again by a later call. */
  const renewAhead = (app: App, { id, version }: Grant): void => {
    remember(triedAhead, id, now());
    void share(id, () => refreshOnce(app, id, { refused: undefined, ahead_of: version })).catch(
      () => undefined,
    );
  };

  const mayTryAhead = (id: string): boolean =>
    !refreshing.has(id) && now() > (triedAhead.get(id) ?? -Infinity) + AHEAD_REST;

  const isForcedAnew = (token_id: string | undefined): boolean =>
    token_id === undefined || now() > (forced.get(token_id) ?? -Infinity) + FORCED_REST;

  /** Waits for another process's lease, or takes it; always decides on the row as it is now. */
  const refreshOnce = async (
    app: App,
    id: string,
    { refused, ahead_of }: { refused: string | undefined; ahead_of?: number },
  ): Promise<FreshToken> => {
    // A little longer than any lease that there is: one whose holder died is taken over, not given up with.
    const giveUpAt = now() + LEASE + 10 * LEASE_POLL;
    for (;;) {
      const found = await store.grants.byId(app.id, id);
      if (!found) throw refuse("grant_not_found");
      const grant = usable(await deps.settle(found));
      const tokens = await safe.open(grant, store);
      const isRefused = tokenId(grant) === refused;
      const client = app.providers.get(grant.provider);
      const isAhead = grant.version === ahead_of;
      if (tokens && isFresh(tokens, now(), client) && !isRefused && !isAhead)
        return { grant, tokens };
      if (!client) throw refuse("provider_not_allowed", `${grant.provider} is not configured.`);
      // A refresh token is its client's; at another, by whatever configuration, it would go to strangers.
      const facts = factsOf(client, grant);
      if (!facts) throw refuse("credential_revoked", MOVED);
      if (!tokens || (tokens.refresh_token === undefined && !renewsItself(client, tokens, now()))) {
        const lives = tokens && now() < (tokens.access_expires_at ?? Infinity);
        // Nothing to refresh with: the provider is asked whether it still knows the token.
        const accepted = lives && (!isRefused || (await oauth.accepts(client, tokens, facts)));
        if (tokens && accepted) return { grant, tokens };
        // Nothing left that could be refreshed: only the user can help.
        await condemn(grant, { step: "refresh", kind: "no_refresh_token" });
        continue;
      }
      const lease = deps.newId("lease");
      if (!(await store.grants.lease(grant, lease, now(), now() + LEASE))) {
        if (isAhead && tokens) return { grant, tokens };
        if (now() > giveUpAt) throw refuse("provider_unavailable", "The refresh took too long.");
        await deps.sleep(LEASE_POLL);
        continue;
      }
      // Whoever held it has said nothing since: it may have died with a new refresh token in hand.
      const interrupted = grant.lease_id !== null;
      if (interrupted) deps.log("refresh_interrupted", { grant_id: id, provider: grant.provider });
      const redirect_uri = deps.redirectUri(grant.provider);
      const refreshed = await oauth.refresh(client, tokens, facts, redirect_uri);
      if (refreshed.ok) {
        const { tokens: fresh, metadata } = refreshed;
        const { access_expires_at } = fresh;
        const sealed = safe.seal(id, fresh);
        const credential = {
          ...{ sealed, scopes: fresh.scopes, access_expires_at, metadata },
          allowed_hosts: apiHosts(client.provider, metadata),
          ...aheadOf(client.provider, fresh, now()),
        };
        // Lost only to a revocation or a re-authorisation meanwhile: then the row decides again.
        if (!(await write(grant, credential))) {
          const current = await store.grants.byId(app.id, id);
          if (current?.status === "revoked") await deps.drop(client, fresh, metadata);
          continue;
        }
        const renewed = { ...grant, ...credential, version: grant.version + 1 };
        if (isRefused) remember(forced, tokenId(renewed), now());
        return { grant: renewed, tokens: fresh };
      }
      deps.log("refresh_failed", { grant_id: id, provider: grant.provider, ...refreshed.cause });
      if (refreshed.revoked) {
        await condemn(grant, interrupted ? { ...refreshed.cause, interrupted } : refreshed.cause);
        continue;
      }
      await store.grants.release(id, lease);
      // The provider is down, but what we have is still good for a moment.
      if (now() < (tokens.access_expires_at ?? 0)) return { grant, tokens };
      throw refuse("provider_unavailable", `${client.provider.name} did not renew the access.`);
    }
  };

  /**
   * The provider has rotated, and nobody but us has the new token: what can be done to keep it is done. A commit that
   * got lost on its way back is recognised by what it has written.
   */
  const write = async (grant: Grant, credential: Credential): Promise<boolean> => {
    const giveUpAt = now() + LEASE;
    for (;;) {
      try {
        return await store.transaction(async (tx) => {
          if (!(await tx.grants.refreshed(grant, credential, now())))
            return (await tx.grants.byId(grant.app_id, grant.id))?.sealed === credential.sealed;
          await audit(tx, "token.refreshed", "broker", aboutGrant(grant));
          return true;
        });
      } catch (error) {
        if (!isUnavailable(error) || now() > giveUpAt) throw error;
        deps.log("refresh_not_written", { grant_id: grant.id, provider: grant.provider });
        await deps.sleep(WRITE_AGAIN);
      }
    }
  };

  const condemn = async (
    grant: Grant,
    { interrupted, ...cause }: Cause & { interrupted?: boolean },
  ): Promise<void> => {
    const reason = cause.provider_error ?? cause.kind;
    await store.transaction(async (tx) => {
      if (await tx.grants.credentialRevoked(grant, now()))
        await audit(tx, "grant.credential_revoked", "broker", {
          ...aboutGrant(grant),
          reason: interrupted ? `refresh_interrupted: ${reason}` : reason,
        });
    });
  };

  return {
    freshToken,
    /** Resolves when no refresh is under way any more: what a provider has given by then is written. */
    settled: async (): Promise<void> => {
      while (refreshing.size) await Promise.allSettled(refreshing.values());
    },
  };
};

/** Names the token of this version of the row without being it. */
export const tokenId = ({ id, version }: Grant): string => `${id}.${version}`;

const MOST_REMEMBERED = 10_000;

const remember = (times: Map<string, number>, key: string, at: number): void => {
  const [oldest] = times.keys();
  if (oldest !== undefined && times.size >= MOST_REMEMBERED) times.delete(oldest);
  times.set(key, at);
};
