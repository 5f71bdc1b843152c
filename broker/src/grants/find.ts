/** Which grant a call means, and what to tell an app whose user has none, several, or one that is over. */
import { refuse } from "../error.ts";
import type { Grant, Owner } from "../store/grants.ts";
import type { Store } from "../store/store.ts";
import type { Lifetime } from "./lifetime.ts";

export type Selector = {
  provider: string | undefined;
  grant_id: string | undefined;
  account: string | undefined;
};

/** The user's one grant that fits. @throws Refusal saying what the app should do instead. */
export const findGrant = async (
  store: Store,
  settle: Lifetime["settle"],
  owner: Owner,
  by: Selector,
): Promise<Grant> => {
  if (by.grant_id !== undefined) {
    const grant = await store.grants.byId(owner.app_id, by.grant_id);
    if (!grant || !owns(owner, grant) || grant.status === "pending")
      throw refuse("grant_not_found");
    return usable(await settle(grant));
  }
  const all = await store.grants.ofProvider(owner, by.provider ?? "");
  const fitting = all.filter(
    ({ account_identifier }) => by.account === undefined || account_identifier === by.account,
  );
  const standing = worthwhile(fitting.filter(({ status }) => status !== "revoked"));
  const [only, second] = standing;
  if (second)
    throw refuse("ambiguous_grant", "Pass `account` with one of account_identifiers.", {
      account_identifiers: [...new Set(standing.map((grant) => grant.account_identifier))],
    });
  const last = only ?? fitting[0];
  if (!last)
    throw refuse(
      "grant_not_found",
      by.account === undefined
        ? `The user has not connected ${by.provider}.`
        : `The user has not connected this account of ${by.provider}.`,
    );
  return usable(await settle(last));
};

/**
 * Of accounts that cannot be told apart, those that have ended are out of the choice once one works: the user has
 * connected again, and nobody could say which of two with one name is meant.
 */
const worthwhile = (standing: Grant[]): Grant[] => {
  const nameless = standing.filter(({ account_id }) => account_id === null);
  if (!nameless.some(({ status }) => status === "active")) return standing;
  return standing.filter(({ account_id, status }) => account_id !== null || status === "active");
};

export const usable = (grant: Grant): Grant => {
  if (grant.status === "revoked") throw refuse("grant_revoked");
  if (grant.status === "credential_revoked") throw refuse("credential_revoked");
  if (grant.status === "expired") throw refuse("grant_expired");
  return grant;
};

const owns = (owner: Owner, grant: Grant): boolean =>
  grant.issuer === owner.issuer && grant.subject === owner.subject;
