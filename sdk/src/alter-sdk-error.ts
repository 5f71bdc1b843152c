/** The root of every error of the SDK. Knows its fields and what may be printed of them; which codes there are, not. */
import { OF_A_SECRET, remedyOf } from "./remedies.ts";

export type PolicyError = {
  /** What the operator calls the rule that refused. */
  rule: string;
  /** `time_window`, `ip_allow_list` or `rate_limit`; a newer broker may know others. */
  kind: string;
  /** What the rule is attached to. */
  attachedTo: "app" | "provider" | "secret";
  /** When the same call would pass this rule; `null` where waiting does not help. */
  retryAt: Date | null;
};

/** What an error is made of. Apps need it only to make errors of their own, in tests. */
export type AlterSDKErrorDetails = {
  code: string;
  /** What went wrong; the remedy is appended. */
  message: string;
  status?: number | undefined;
  requestId?: string | undefined;
  retryAfter?: number | undefined;
  cause?: Error | undefined;
  accountIdentifiers?: readonly string[] | undefined;
  missingScopes?: readonly string[] | undefined;
  allowedHosts?: readonly string[] | undefined;
  policyError?: PolicyError | undefined;
  reason?: string | undefined;
  grantKind?: "managed_secret" | undefined;
  host?: string | undefined;
  response?: Response | undefined;
};

/**
 * The root of all errors here; thrown itself for codes that have no class of their own, such as `invalid_response`
 * and `app_closed`. The message says what went wrong and ends with what to do. `cause`, where there is one, is a
 * plain Error with the runtime's `code` (`ECONNREFUSED`) and nothing else: its own message may quote a token.
 */
export class AlterSDKError extends Error {
  /** Stable; the message is for people and may change. */
  readonly code: string;
  /** HTTP status of the broker's refusal (of a ProviderAPIError: the provider's); `undefined` when there was none. */
  readonly status: number | undefined;
  /** Names the line in the broker's log. */
  readonly requestId: string | undefined;
  /** Seconds to wait before the next try, where broker or provider said so. */
  readonly retryAfter: number | undefined;
  /** Set where the grant is a managed secret: the operator can help then, and Connect cannot. */
  readonly grantKind: "managed_secret" | undefined;

  constructor(
    details: AlterSDKErrorDetails,
    remedy = details.grantKind ? OF_A_SECRET : remedyOf(details.code),
  ) {
    const { code, message, status, requestId, retryAfter, grantKind, cause } = details;
    super(`${message.replace(/[.\s]*$/, "")}. ${remedy}`, cause && { cause });
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
    this.grantKind = grantKind;
  }

  /** For logs: an Error alone serialises without its message. Leaves out fields that name people. */
  toJSON(): {
    name: string;
    code: string;
    message: string;
    status?: number;
    requestId?: string;
    retryAfter?: number;
  } {
    const { name, code, message, status, requestId, retryAfter } = this;
    return {
      name,
      code,
      message,
      ...(status !== undefined && { status }),
      ...(requestId !== undefined && { requestId }),
      ...(retryAfter !== undefined && { retryAfter }),
    };
  }
}
