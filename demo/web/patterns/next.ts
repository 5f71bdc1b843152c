/**
 * From a refusal to what the user should do next: the same for every pattern, as it would be in an app. Knows what
 * app/errors.ts answers, and no element.
 */
export type Refusal = {
  code?: string;
  reauthRequired?: boolean;
  accounts?: string[];
  missingScopes?: string[];
  policyError?: { rule: string; kind: string; retryAt: string | null };
};

export type Next = {
  sentence: string;
  offer: "connect" | "connect_again" | "pick" | "log_in" | undefined;
};

export const nextOf = (refusal: Refusal): Next => {
  const { code, accounts, policyError, reauthRequired } = refusal;
  if (accounts) return { sentence: "Several accounts fit. Which one?", offer: "pick" };
  if (policyError) return { sentence: afterPolicy(policyError), offer: undefined };
  if (reauthRequired)
    return {
      sentence: afterGrant(refusal),
      offer: code === "grant_not_found" ? "connect" : "connect_again",
    };
  if (code === "login_required" || code === "invalid_user_token")
    return { sentence: "Your login at Day Planner has ended.", offer: "log_in" };
  return { sentence: "This is none of the user's doing. Try again later.", offer: undefined };
};

const afterGrant = ({ code, missingScopes = [] }: Refusal): string => {
  switch (code) {
    case "grant_not_found":
      return "Nothing is connected yet: show Connect.";
    case "scope_reauth_required":
      return `The user has not allowed ${missingScopes.join(", ")} yet: show Connect, and ask for it.`;
    case "credential_revoked":
      return "The user took the access away at the provider: show Connect.";
    case "grant_expired":
      return "The time for which it was connected is over: show Connect.";
    default:
      return "The user disconnected it here: show Connect.";
  }
};

const clock = new Intl.DateTimeFormat(undefined, {
  weekday: "long",
  hour: "numeric",
  minute: "2-digit",
  second: "2-digit",
});

const afterPolicy = ({ rule, kind, retryAt }: NonNullable<Refusal["policyError"]>): string => {
  const why = `The operator's rule “${rule}” (${kind}) refused, and the API was not called.`;
  return retryAt === null
    ? `${why} Waiting does not help.`
    : `${why} The same call passes from ${clock.format(new Date(retryAt))} on.`;
};
