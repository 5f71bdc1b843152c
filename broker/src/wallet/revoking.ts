/**
 * Ending connections in the Wallet: one, or all of an app or a provider. Only the person's own are ever looked up, so that
 * another's id is an unknown one. Knows nothing of cookies and replies.
 */
import { refuse } from "../error.ts";
import type { Grants } from "../grants/grants.ts";
import type { ProviderRevocation } from "../grants/revoke.ts";
import type { Person } from "../store/people.ts";
import type { Store } from "../store/store.ts";

export type Revoking = ReturnType<typeof createRevoking>;

/** Of one call: their providers are told before it answers. */
const BATCH = 20;

export const createRevoking = (deps: {
  store: Pick<Store, "people">;
  grants: Pick<Grants, "revoke">;
}) => {
  const { store, grants } = deps;

  /** @throws Refusal */
  const revoke = async (
    person: Person,
    grant_id: string,
    request_id: string,
  ): Promise<ProviderRevocation> => {
    const grant = await store.people.grant(person, grant_id);
    if (!grant) throw refuse("grant_not_found");
    return grants.revoke(grant, "wallet", { request_id });
  };

  /** At once: each is here ended before its provider is told, and a provider that is slow holds up none of the others. */
  const revokeSome = async (
    person: Person,
    provider: string | undefined,
    request_id: string,
  ): Promise<Record<ProviderRevocation, number> & { more: boolean }> => {
    const some = await store.people.revocable(person, { provider, limit: BATCH + 1 });
    const told = await Promise.all(
      some.slice(0, BATCH).map((grant) => grants.revoke(grant, "wallet", { request_id })),
    );
    const count = (one: ProviderRevocation): number => told.filter((what) => what === one).length;
    return {
      done: count("done"),
      unsupported: count("unsupported"),
      shared: count("shared"),
      failed: count("failed"),
      more: some.length > BATCH,
    };
  };

  return { revoke, revokeSome };
};
