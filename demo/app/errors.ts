/** From the SDK's errors to what the page acts on: a status and a code. Knows no route. */
import { AlterError, AmbiguousGrantError } from "@alter-ai/alter-sdk";
import type { ErrorRequestHandler } from "express";

export const answerErrors: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (res.headersSent) {
    next(error);
    return;
  }
  if (error instanceof AmbiguousGrantError)
    res.status(409).json({ code: error.code, accounts: error.accountIdentifiers });
  else if (error instanceof AlterError)
    res.status(STATUS[error.code] ?? 502).json({ code: error.code });
  else if (isRefusedBody(error)) res.status(400).json({ code: "invalid_request" });
  else {
    console.error(error);
    res.status(500).json({ code: "internal_error" });
  }
};

/** All else is between this app and its broker, and no fault of the page: 502. */
const STATUS: Record<string, number> = {
  grant_not_found: 404,
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
