/**
 * A credential that the user gives on the page, in place of leaving for the provider: asks whether the session may
 * take one, has it checked by the provider, and brings home what comes of it. Never says or writes what was given.
 */
import type { ErrorCode } from "@alter-ai/protocol/http";
import type { Arriving } from "./arriving.ts";
import type { Audit } from "./audit.ts";
import type { ProviderClient } from "./config/client.ts";
import type { Config } from "./config/config.ts";
import type { Credential } from "./credential-fields.ts";
import type { EndSession } from "./ending.ts";
import { describeBug } from "./error.ts";
import { aboutSession } from "./grants/about.ts";
import { grantMeant, type Meant } from "./leaving.ts";
import type { OAuth } from "./oauth/oauth.ts";
import { decline, fail, give, type Failure } from "./session.ts";
import type { StoredSession } from "./store/sessions.ts";
import type { Store } from "./store/store.ts";
import type { Waiters } from "./waiters.ts";

/** Undefined: it has been taken, and the session says what has become of it. */
export type Give = (offer: {
  session: StoredSession;
  client: ProviderClient;
  credential: Credential;
  meant: Meant;
  request_id: string;
}) => Promise<ErrorCode | undefined>;

export const createGiving =
  (deps: {
    config: Config;
    store: Store;
    oauth: OAuth;
    audit: Audit;
    waiters: Waiters;
    arriving: Arriving;
    endSession: EndSession;
    now: () => number;
    log: (event: string, about: Record<string, unknown>) => void;
  }): Give =>
  async ({ session, client, credential, meant, request_id }) => {
    const { store, waiters, arriving, now } = deps;
    const provider = client.provider.id;
    const over = await arriving.endedOutside(session);
    if (over) {
      await deps.endSession(session, over, request_id, "broker");
      return "session_ended";
    }
    const renew = grantMeant(meant);
    const begun = await store.sessions.step(session.id, (current) =>
      give(current, { provider, renew }, now(), deps.config.deadlines),
    );
    if (!begun || begun.refused) return begun?.refused ?? "unknown_session";
    waiters.wake(session.id);
    const lease = begun.session.finishing_until ?? 0;
    const stay = async (failure: Failure, code: ErrorCode): Promise<ErrorCode> => {
      await store.sessions.step(session.id, (current) => fail(current, failure, lease, now()));
      return code;
    };
    try {
      const checked = await deps.oauth.check(client, credential);
      if (checked.ok) {
        await arriving.arrive(begun.session, client, checked, { lease, request_id });
        return undefined;
      }
      const { failure, cause } = checked;
      deps.log("credential_failed", { request_id, session_id: session.id, provider, ...cause });
      const code = codeOf(failure);
      await deps.audit(store, "credential.refused", "browser", {
        ...aboutSession(session),
        provider,
        reason: failure ?? code,
        request_id,
      });
      if (failure) return await stay(failure, code);
      await store.sessions.step(session.id, (current) => decline(current, lease, now()));
      return code;
    } catch (error) {
      deps.log("credential_bug", { request_id, session_id: session.id, ...describeBug(error) });
      return stay("provider_unavailable", "internal_error");
    } finally {
      waiters.wake(session.id);
    }
  };

const codeOf = (failure: Failure | undefined): ErrorCode => {
  if (failure === undefined) return "credential_refused";
  return failure === "provider_timeout" ? failure : "provider_unavailable";
};
