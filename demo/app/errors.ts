/** From the SDK's errors to what the page acts on: a status, a code, and what the code comes with. Knows no route. */
import {
  AlterSDKError,
  AmbiguousGrantError,
  PolicyViolationError,
  reauthRequired,
  ScopeReauthRequiredError,
  UserTokenError,
} from "@alter-ai/alter-sdk";
import type { ErrorRequestHandler } from "express";

export const answerErrors: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (res.headersSent) next(error);
  else if (error instanceof AlterSDKError)
    res.status(STATUS[error.code] ?? 502).json({
      error: error.name,
      code: error.code,
      // The one question that a page must ask of any error: must the user see Connect (again)?
      reauthRequired: reauthRequired(error),
      ...moreOf(error),
    });
  else if (isRefusedBody(error)) res.status(400).json({ code: "invalid_request" });
  else {
    console.error(error);
    res.status(500).json({ code: "internal_error" });
  }
};

const moreOf = (error: AlterSDKError): object => {
  if (error instanceof AmbiguousGrantError) return { accounts: error.accountIdentifiers };
  if (error instanceof ScopeReauthRequiredError) return { missingScopes: error.missingScopes };
  if (error instanceof PolicyViolationError) return { policyError: error.policyError };
  if (error instanceof UserTokenError) return { reason: error.reason };
  return {};
};

/** All else is between this app and its broker, and no fault of the page: 502. */
const STATUS: Record<string, number> = {
  grant_not_found: 404,
  ambiguous_grant: 409,
  grant_revoked: 410,
  credential_revoked: 410,
  grant_expired: 410,
  scope_reauth_required: 403,
  policy_violation: 403,
  invalid_user_token: 401,
};

/** Express's own body parser marks what it throws with a client's status. */
const isRefusedBody = (error: unknown) =>
  error instanceof Error && "status" in error && Number(error.status) < 500;
