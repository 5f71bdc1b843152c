/** Which grant a call means, as the wire says it: exactly one of two names, and what narrows it. */
import { refuse } from "../error.ts";

type Given = {
  provider?: string | undefined;
  grant_id?: string | undefined;
  account?: string | undefined;
  required_scopes?: string[] | undefined;
  refused_token_id?: string | undefined;
};

/** @throws Refusal */
export const selectorOf = (given: Given) => {
  const { provider, grant_id, account, required_scopes, refused_token_id } = given;
  if ((provider === undefined) === (grant_id === undefined))
    throw refuse("invalid_request", "Expected exactly one of provider and grant_id.");
  return { provider, grant_id, account, required_scopes, refused_token_id };
};
