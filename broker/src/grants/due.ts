/** When an access token is too old to be handed out, and when it is time to renew it before that. Knows times only. */
import { createHash } from "node:crypto";
import type { ProviderClient } from "../config/client.ts";
import type { Tokens } from "../oauth/oauth.ts";
import type { Grant } from "../store/grants.ts";

/** A token this close to its end is refreshed before it is handed out. */
const MARGIN = 30_000;
/** Tokens that are renewed with themselves live for months, and must not be caught too late. */
const LONG_MARGIN = 7 * 86_400_000;
/** In the last tenth of its life, five minutes at most, a token in use is renewed while callers still get the old one. */
const AHEAD_PART = 10;
const AHEAD_MOST = 5 * 60_000;

export const isFresh = (tokens: Tokens, now: number, client: ProviderClient | undefined): boolean =>
  tokens.access_expires_at === null ||
  now + (client && renewsItself(client, tokens, now) ? LONG_MARGIN : MARGIN) <
    tokens.access_expires_at;

/** Nothing but the token itself to renew it with: possible for as long as it lives, and not a moment later. */
export const renewsItself = (
  { provider }: ProviderClient,
  { access_expires_at }: Tokens,
  now: number,
): boolean => provider.refresh.with === "access_token" && now < (access_expires_at ?? Infinity);

/**
 * Whether a token that is still good is to be renewed already. Each grant and version has its own moment within the
 * last part, the same at every broker: what was connected in one minute is not renewed in one minute.
 */
export const isDue = (grant: Grant, tokens: Tokens, now: number): boolean => {
  const { access_expires_at, refresh_token } = tokens;
  if (access_expires_at === null || refresh_token === undefined) return false;
  const life = Math.max(0, access_expires_at - grant.updated_at);
  const part = Math.min(AHEAD_MOST, life / AHEAD_PART);
  return now >= access_expires_at - MARGIN - part * jitterOf(grant);
};

/** Between 0 and 1. */
const jitterOf = ({ id, version }: Grant): number =>
  createHash("sha256").update(`${id}.${version}`).digest().readUInt32BE() / 2 ** 32;
