/** From what the SDK throws to what your page acts on. Knows no framework: each of ours uses this one. */
import {
  AlterSDKError,
  AmbiguousGrantError,
  ConnectFlowError,
  PolicyViolationError,
  reauthRequired,
  ScopeReauthRequiredError,
  type Connection,
} from "@alter-ai/alter-sdk";

export type Answer = { status: number; headers: Record<string, string>; body: object };

/** `undefined` for an error that is not the SDK's: your framework has its own way with those. */
export const answerTo = (error: unknown): Answer | undefined => {
  if (!(error instanceof AlterSDKError)) return undefined;
  const { code, retryAfter } = error;
  return {
    status: statusOf(error),
    headers: {
      "cache-control": "no-store",
      ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
    },
    // Not the message: it is for your log, and may name hosts and settings.
    body: { code, reauthRequired: reauthRequired(error), ...moreOf(error) },
  };
};

/** Where a browser goes that came back from Connect: to a page whose address has no code in it. */
export const pageAfter = (completed: Promise<{ connections: Connection[] }>): Promise<string> =>
  completed.then(
    ({ connections }) => `/?connected=${connections.map(({ provider }) => provider).join()}`,
    (error: unknown) => {
      if (error instanceof ConnectFlowError) return `/?connect=${error.code}`;
      throw error;
    },
  );

const statusOf = (error: AlterSDKError): number => {
  if (error instanceof PolicyViolationError)
    return error.policyError?.kind === "rate_limit" ? 429 : 403;
  // All else is between this server, its broker and the provider, and no fault of the page.
  return STATUS[error.code] ?? 502;
};

const STATUS: Record<string, number> = {
  invalid_request: 400,
  user_token_missing: 401,
  invalid_user_token: 401,
  scope_reauth_required: 403,
  grant_not_found: 404,
  ambiguous_grant: 409,
  grant_revoked: 410,
  credential_revoked: 410,
  grant_expired: 410,
};

/** What the page needs to go on. */
const moreOf = (error: AlterSDKError): object => {
  if (error instanceof AmbiguousGrantError) return { accounts: error.accountIdentifiers };
  if (error instanceof ScopeReauthRequiredError) return { missingScopes: error.missingScopes };
  if (error instanceof PolicyViolationError) return { retryAt: error.policyError?.retryAt ?? null };
  return {};
};
