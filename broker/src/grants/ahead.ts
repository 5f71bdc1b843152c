/**
 * What is done for grants before anybody asks: an end that comes near is said ahead, and tokens that never end are shown
 * to their provider now and then. Knows times and rows; how a provider is asked is the OAuth folder's.
 */
import type { Audit } from "../audit.ts";
import type { ProviderClient } from "../config/client.ts";
import type { OAuth, Tokens } from "../oauth/oauth.ts";
import type { Provider } from "../providers/schema.ts";
import type { Ahead, Grant } from "../store/grants.ts";
import type { Store } from "../store/store.ts";
import { aboutGrant } from "./about.ts";
import { factsOf } from "./standing.ts";
import type { TokenSafe } from "./tokens.ts";

const DAY = 86_400_000;
/** Said a week ahead, or for the last quarter of tokens that do not live so long. */
const WARNED_AHEAD = 7 * DAY;
const CHECKED_EVERY = DAY;

/** Of tokens that are written now. */
export const aheadOf = (provider: Provider, tokens: Tokens, now: number): Ahead => {
  const { ends_at } = tokens;
  const lasts =
    tokens.access_expires_at === null &&
    tokens.refresh_token === undefined &&
    canBeAsked(provider.identity.source);
  return {
    ends_at,
    warn_at:
      ends_at === null
        ? null
        : ends_at - Math.floor(Math.min(WARNED_AHEAD, Math.max(0, ends_at - now) / 4)),
    warned_at: null,
    check_at: lasts ? now + CHECKED_EVERY : null,
  };
};

const canBeAsked = (source: Provider["identity"]["source"]): boolean =>
  source === "request" || source === "check" || source === "userinfo" || source === "id_token";

/** Whether its user will soon have to connect again. */
export const isExpiring = ({ status, warn_at }: Grant, now: number): boolean =>
  status === "active" && warn_at !== null && now >= warn_at;

export const createAhead = (deps: {
  store: Store;
  safe: TokenSafe;
  oauth: OAuth;
  audit: Audit;
  clientOf: (grant: Grant) => ProviderClient | undefined;
  now: () => number;
}) => {
  const { store, audit, now } = deps;

  const warn = async (limit: number): Promise<number> => {
    const ending = await store.grants.ending(now(), limit);
    for (const grant of ending)
      await store.transaction(async (tx) => {
        if (await tx.grants.warned(grant, now()))
          await audit(tx, "grant.expiring", "broker", aboutGrant(grant));
      });
    return ending.length;
  };

  const check = async (limit: number): Promise<number> => {
    const taken = await store.grants.takeForCheck(now(), now() + CHECKED_EVERY, limit);
    for (const grant of taken) {
      const client = deps.clientOf(grant);
      const facts = factsOf(client, grant);
      const tokens = await deps.safe.openIfPossible(grant, store);
      if (!client || !facts || !tokens || (await deps.oauth.accepts(client, tokens, facts)))
        continue;
      // Only the version that was refused: it may have been renewed while the provider was asked.
      if (await store.grants.credentialRevoked(grant, now()))
        await audit(store, "grant.credential_revoked", "broker", {
          ...aboutGrant(grant),
          reason: "refused_at_check",
        });
    }
    return taken.length;
  };

  return { warn, check };
};
