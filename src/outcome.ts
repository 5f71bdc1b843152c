/**
 * Calls the broker as one session, and knows what a reply means: an outcome, or that nobody could say. Must
 * not know when to call.
 */
import { VERIFIER_HEADER, type Outcome } from "@alter-ai/protocol/window";
import type { AppWindow } from "./popup-window.ts";

/** `undefined` stands for a broker that is not there, is restarting or is busy. */
export type Session = <T>(
  path: string,
  read: (reply: unknown) => T | undefined,
  method?: "GET" | "POST",
) => Promise<T | Outcome | undefined>;

/** The token and the verifier stay in here: no address, event or log has them. */
export const createSession =
  (app: AppWindow, origin: string, token: string, verifier: string, signal: AbortSignal): Session =>
  async (path, read, method = "GET") => {
    try {
      const response = await app.fetch(origin + path, {
        method,
        headers: { Authorization: "Bearer " + token, [VERIFIER_HEADER]: verifier },
        credentials: "omit",
        cache: "no-store",
        // Neither secret may follow a redirect to another host.
        redirect: "error",
        signal,
      });
      // 429 and 5xx say nothing about the session; every other refusal is how it ended (RFC 9457).
      if (response.status < 429) {
        const reply = await response.json();
        return (
          read(response.ok ? reply : failure(reply.code, reply.detail ?? reply.title)) ??
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
