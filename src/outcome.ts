/**
 * Asks the broker how a session stands, and cancels it. Knows two calls and what their replies mean; must not
 * know when to call.
 */
import {
  CANCEL_PATH,
  OUTCOME_PATH,
  readOutcome,
  readOutcomeReply,
  VERIFIER_HEADER,
  type Outcome,
  type Pending,
} from "@alter-ai/protocol/window";
import type { AppWindow } from "./popup-window.ts";

export type Session = ReturnType<typeof createSession>;
export const createSession = (
  app: AppWindow,
  origin: string,
  token: string,
  verifier: string,
  signal: AbortSignal,
) => async <T>(
      path: string,
    read: (reply: unknown) => T | undefined,
  method?: string,
  ): Promise<T | Outcome | undefined> => {
    try {
      const response = await app.fetch(origin + path, {
        method: method as string,
        headers: { Authorization: "Bearer " + token, [VERIFIER_HEADER]: verifier },
        credentials: "omit",
        cache: "no-store",
        // Neither secret may follow a redirect to another host.
        redirect: "error",
        signal,
      });
      // A broker that restarts or is busy says nothing about the session.
      if (response.status > 428) return;
      const reply = await response.json();
      return (
        (response.ok
          ? read(reply)
          : // Problem details (RFC 9457): a refusal of these calls is how the session ended.
            readOutcome(failure(reply.code, reply.detail ?? reply.title))) ??
        failure("invalid_response")
      );
    } catch (error) {
      if (error instanceof SyntaxError) return failure("invalid_response");
    }
  };
/** Codes are the API; a message is only for names that one has to look for. */
export const failure = (code: string, message = code): Outcome => ({
  status: "error",
  error: { code, message },
});
