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
import type { Grant } from "../store/grants.ts";
import type { Store } from "../store/store.ts";
import { aboutGrant } from "./about.ts";
import { apiHosts } from "../oauth/facts.ts";
import { aheadOf } from "./ahead.ts";
import { usable } from "./find.ts";
import type { Lifetime } from "./lifetime.ts";
import { factsOf, MOVED } from "./standing.ts";
import type { TokenSafe } from "./tokens.ts";

export type FreshToken = { grant: Grant; tokens: Tokens };

/** A token this close to its end is refreshed before it is handed out. */
const MARGIN = 30_000;
/** Tokens that are renewed with themselves live for months, and must not be caught too late. */
const LONG_MARGIN = 7 * 86_400_000;
/** Longer than a provider call may take, so that nobody else refreshes while we still wait. */
const LEASE = 45_000;
/** How often a caller in another process looks whether the lease holder is done. */
const LEASE_POLL = 150;

/** How long a token that was refreshed because the provider had refused its predecessor is not refreshed for that again. */
const FORCED_REST = 60_000;
const MOST_FORCED = 10_000;

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
    const tokens = safe.open(grant);
    const client = app.providers.get(grant.provider);
    if (tokens && isFresh(tokens, now(), client) && tokenId(grant) !== refused)
      return { grant, tokens };
    const running = refreshing.get(grant.id);
    if (running) return running;
    const mine = refreshOnce(app, grant.id, refused).finally(() => refreshing.delete(grant.id));
    refreshing.set(grant.id, mine);
    return mine;
  };

  const isForcedAnew = (token_id: string | undefined): boolean =>
    token_id === undefined || now() > (forced.get(token_id) ?? -Infinity) + FORCED_REST;

  const rememberForced = (token_id: string): void => {
    const [oldest] = forced.keys();
    if (oldest !== undefined && forced.size >= MOST_FORCED) forced.delete(oldest);
    forced.set(token_id, now());
  };

  /** Waits for another process's lease, or takes it; always decides on the row as it is now. */
  const refreshOnce = async (
    app: App,
    id: string,
    refused: string | undefined,
  ): Promise<FreshToken> => {
    const giveUpAt = now() + LEASE;
    for (;;) {
      const found = await store.grants.byId(app.id, id);
      if (!found) throw refuse("grant_not_found");
      const grant = usable(await deps.settle(found));
      const tokens = safe.open(grant);
      const isRefused = tokenId(grant) === refused;
      const client = app.providers.get(grant.provider);
      if (tokens && isFresh(tokens, now(), client) && !isRefused) return { grant, tokens };
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
        if (now() > giveUpAt) throw refuse("provider_unavailable", "The refresh took too long.");
        await deps.sleep(LEASE_POLL);
        continue;
      }
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
        if (!(await store.grants.refreshed(grant, credential, now()))) {
          const current = await store.grants.byId(app.id, id);
          if (current?.status === "revoked") await deps.drop(client, fresh, metadata);
          continue;
        }
        await audit(store, "token.refreshed", "broker", aboutGrant(grant));
        const renewed = { ...grant, ...credential, version: grant.version + 1 };
        if (isRefused) rememberForced(tokenId(renewed));
        return { grant: renewed, tokens: fresh };
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

/** Names the token of this version of the row without being it. */
export const tokenId = ({ id, version }: Grant): string => `${id}.${version}`;

const isFresh = (tokens: Tokens, now: number, client: ProviderClient | undefined): boolean =>
  tokens.access_expires_at === null ||
  now + (client && renewsItself(client, tokens, now) ? LONG_MARGIN : MARGIN) <
    tokens.access_expires_at;

/** Nothing but the token itself to renew it with: possible for as long as it lives, and not a moment later. */
const renewsItself = (
  { provider }: ProviderClient,
  { access_expires_at }: Tokens,
  now: number,
): boolean => provider.refresh.with === "access_token" && now < (access_expires_at ?? Infinity);
