/** From the broker's problem details (RFC 9457) to the error of the SDK. Knows shapes; sends nothing. */
import { problemSchema, type Problem } from "@alter-ai/protocol/http";
import type { AlterSDKError, PolicyError } from "./alter-sdk-error.ts";
import { errorOf, invalidResponse, NetworkError, RateLimitedError } from "./errors.ts";

type Refused = { status: number; text: string; retryAfter: number | undefined };

/** What an answer means that is not the endpoint's reply. */
export const refusalOf = (
  baseUrl: string,
  { status, text, retryAfter }: Refused,
): AlterSDKError => {
  const problem = problemSchema.safeParse(parseJson(text));
  if (problem.success) return toError(problem.data, status, retryAfter);
  if (status === 429)
    return new RateLimitedError({
      code: "rate_limited",
      message: `What stands before the broker at ${baseUrl} limits requests`,
      status,
      retryAfter,
    });
  if (status >= 502 && status <= 504)
    return new NetworkError({
      code: "broker_unreachable",
      message: `The broker at ${baseUrl} is down: a gateway answered ${status}`,
      status,
      retryAfter,
    });
  return invalidResponse(`${baseUrl} answered ${status}, but not as a broker does`, status);
};

/** `undefined` for what is not JSON: it fails every schema, which is all there is to say about it. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** An RFC 3339 time of a reply. */
export const instant = (text: string): Date => {
  const date = new Date(text);
  if (Number.isNaN(date.getTime()))
    throw invalidResponse("The broker's reply has a time that is none");
  return date;
};

export const instantOrNull = (text: string | null): Date | null =>
  text === null ? null : instant(text);

const toError = (problem: Problem, status: number, retryAfter: number | undefined): AlterSDKError =>
  errorOf({
    code: problem.code,
    message: problem.detail ?? problem.title,
    status,
    requestId: problem.request_id,
    accountIdentifiers: problem.account_identifiers,
    missingScopes: problem.missing_scopes,
    allowedHosts: problem.allowed_hosts,
    policyError: problem.policy_error && toPolicyError(problem.policy_error),
    reason: problem.reason,
    grantKind: problem.grant_kind,
    retryAfter,
  });

const toPolicyError = (error: NonNullable<Problem["policy_error"]>): PolicyError => ({
  rule: error.rule,
  kind: error.kind,
  attachedTo: error.attached_to,
  retryAt: instantOrNull(error.retry_at),
});
