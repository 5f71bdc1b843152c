/**
 * Tokens that have been verified, so that the signature of one that comes with every call is not checked each time. It
 * can say nothing but what the check would say again: the same token, for the same identity provider, by the same keys
 * as they were read last; what time changes is looked at anew. Refusals are not remembered, and no token is kept, only
 * its hash. Whether the user is gone is in the database, and asked there, each time.
 */
import { createHash } from "node:crypto";
import type { IdentityProvider } from "../config/identity-provider.ts";
import type { KeySet } from "./keys.ts";

/** About 5 MB. */
const MOST = 10_000;

/** Milliseconds. */
type Checked = { ok: true; user: { expires_at: number; issued_at: number | null } } | { ok: false };

type Remembered<V> = {
  verified: V;
  /** By which keys: those that were withdrawn since verify nothing any more. */
  edition: object;
  from: number;
  until: number;
};

export const createMemory = <V extends Checked>(deps: {
  keysOf: (idp: IdentityProvider) => Pick<KeySet, "edition">;
  now: () => number;
  /** Milliseconds. */
  tolerance: number;
}) => {
  const { now } = deps;
  const remembered = new WeakMap<IdentityProvider, Map<string, Remembered<V>>>();

  return async (idp: IdentityProvider, token: string, verify: () => Promise<V>): Promise<V> => {
    const ofIdp = remembered.get(idp) ?? new Map<string, Remembered<V>>();
    remembered.set(idp, ofIdp);
    const name = createHash("sha256").update(token).digest("base64url");
    const known = ofIdp.get(name);
    if (known) {
      const is_same = known.edition === deps.keysOf(idp).edition();
      // A clock that was set back makes tokens of the future, and those are refused.
      if (is_same && now() >= known.from && now() < known.until) return known.verified;
      ofIdp.delete(name);
    }
    const from = now();
    const edition = deps.keysOf(idp).edition();
    const verified = await verify();
    // Read again meanwhile: nobody knows which of the two editions it was.
    if (!verified.ok || !edition || edition !== deps.keysOf(idp).edition()) return verified;
    const { expires_at, issued_at } = verified.user;
    const oldest =
      idp.max_age_seconds === undefined
        ? Infinity
        : (issued_at ?? -Infinity) + idp.max_age_seconds * 1000;
    // The oldest goes: the ones in use come back at the cost of one check.
    const [first] = ofIdp.size >= MOST ? ofIdp.keys() : [];
    if (first !== undefined) ofIdp.delete(first);
    // By the second, as the check counts.
    const until = Math.min(expires_at, oldest) + deps.tolerance - 1000;
    ofIdp.set(name, { verified, edition, from, until });
    return verified;
  };
};
