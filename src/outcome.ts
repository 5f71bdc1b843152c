/**
 * Calls the broker, and knows what a reply means: an outcome, or that nobody could say. Must not know when
 * to call.
 */
import { isReply, type Outcome, type Standing } from "@alter-ai/protocol/window";
import type { AppWindow } from "./popup-window.ts";

/** One call. `undefined` stands for a broker that is not there, is restarting or is busy. */
export const callBroker = async (
  app: AppWindow,
  url: string,
  init: RequestInit,
): Promise<Outcome | Standing | undefined> => {
  try {
    // No cookies: fetch sends them to its own origin only, and the broker is never that [M17]. Nothing cached:
    // every reply says no-store. No secret may follow a redirect to another host.
    const response = await app.fetch(url, { redirect: "error", ...init });
    const body = await response.json();
    // 429 and 5xx say nothing about the session; every other refusal is how it ended (RFC 9457).
    const reply = response.ok ? body : failure(body.code, body.title);
    if (response.status < 429) return isReply(reply) ? reply : failure("invalid_response");
  } catch {
    // Cut off, or the page of some proxy.
  }
  return undefined;
};

/** Codes are the API. A message of ours is only for what the developer has to look for. */
export const failure = (code: string, message = code): Outcome => ({
  status: "error",
  error: { code, message },
});
