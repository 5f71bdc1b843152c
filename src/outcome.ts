/**
 * Calls the broker as one session, and knows what a reply means: an outcome, or that nobody could say. Must
 * not know when to call.
 */
import { readReply, VERIFIER_HEADER, type Outcome, type Standing } from "@alter-ai/protocol/window";
import type { AppWindow } from "./popup-window.ts";

/** One call. `undefined` stands for a broker that is not there, is restarting or is busy. */
export type Session = (
  path: string,
  method?: "GET" | "POST",
) => Promise<Outcome | Standing | undefined>;

/** The token and the verifier stay in here: no address, event or log has them. */
export const createSession =
  (app: AppWindow, origin: string, token: string, verifier: string, signal: AbortSignal): Session =>
  async (path, method = "GET") => {
    try {
      const response = await app.fetch(origin + path, {
        method,
        headers: { Authorization: "Bearer " + token, [VERIFIER_HEADER]: verifier },
        // No cookies: fetch sends them to its own origin only, and the broker is never that [M17]. Nothing
        // cached: every reply says no-store. Neither secret may follow a redirect
        // to another host.
        redirect: "error",
        signal,
      });
      // 429 and 5xx say nothing about the session; every other refusal is how it ended (RFC 9457).
      if (response.status < 429) {
        const reply = await response.json();
        return (
          readReply(response.ok ? reply : failure(reply.code, reply.title)) ??
          failure("invalid_response")
        );
      }
    } catch (error) {
      if (error instanceof SyntaxError) return failure("invalid_response");
    }
    return undefined;
  };

/** Codes are the API. A message of ours is only for what the developer has to look for. */
export const failure = (code: string, message = code): Outcome => ({
  status: "error",
  error: { code, message },
});
