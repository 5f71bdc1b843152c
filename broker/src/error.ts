/**
 * How a refusal travels: a code of the protocol, a sentence on what was expected and what came, and the
 * few extra members a code carries. Knows no HTTP framework and never holds a secret: what is in here is
 * shown to the caller and written to the log.
 */
import { ERRORS, type ErrorCode, type Problem } from "@alter-ai/protocol/http";

type Extras = Pick<
  Problem,
  | "account_identifiers"
  | "missing_scopes"
  | "policy_error"
  | "reason"
  | "grant_kind"
  | "allowed_hosts"
  | "detail"
>;

export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: ErrorCode;
  readonly extras: Extras;
  /** For the log only: why, in the operator's terms. */
  readonly why: string | undefined;
  /** Seconds after which the same call may fare better. */
  readonly retry_after: number | undefined;

  constructor(code: ErrorCode, extras: Extras = {}, why?: string, retry_after?: number) {
    super(extras.detail ?? ERRORS[code][1]);
    this.code = code;
    this.extras = extras;
    this.why = why;
    this.retry_after = retry_after;
  }
}

export const refuse = (code: ErrorCode, detail?: string, extras: Extras = {}): Refusal =>
  new Refusal(code, detail === undefined ? extras : { ...extras, detail });

/** RFC 9457 body of a refusal. */
export const toProblem = (refusal: Refusal, requestId: string): Problem => {
  const [status, title] = ERRORS[refusal.code];
  return {
    // No dereferenceable page exists for a self-hosted broker; RFC 9457 section 3.1.1 allows a tag-like URI.
    type: `urn:alter:error:${refusal.code}`,
    title,
    status,
    code: refusal.code,
    request_id: requestId,
    ...refusal.extras,
  };
};

/** What may be logged of an unknown error: class, code and stack, never a message that could quote a value. */
export const describeBug = (error: unknown): { error: string; code?: string; stack?: string } => {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = (error as { code?: unknown }).code;
  const stack = error.stack?.split("\n").filter((line) => line.trimStart().startsWith("at "));
  return {
    error: error.name,
    ...(typeof code === "string" ? { code } : {}),
    ...(stack ? { stack: stack.slice(0, 8).join("\n") } : {}),
  };
};
