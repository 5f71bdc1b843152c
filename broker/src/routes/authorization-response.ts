/**
 * The authorization response on its way in (RFC 6749 section 4.1.2), by query or by form: checked, and found by
 * its state. Does not know whose browser brought it and consumes nothing; callback.ts asks for the cookie first.
 */
import type { Broker } from "../context.ts";
import { isOpen } from "../session.ts";
import type { AuthorizationRow } from "../store/tables.ts";
import { hashSecret, type Place } from "../vault.ts";

export type AuthorizationResponse = {
  authorization: AuthorizationRow;
  /** Empty once the authorization is consumed: there is nothing left to exchange. */
  parameters: URLSearchParams;
};

export type Unreadable =
  | "unknown_provider"
  | "malformed"
  | "duplicate_parameter"
  | "unknown_state"
  | "unknown_handle"
  | "handle_expired"
  | "other_provider"
  | "wrong_mode"
  | "session_gone";

/** Longest value we take from a provider in one parameter [L21]. */
const MOST_PARAMETER = 4096;
/** From the post to the redirect that follows it at once. */
export const POSTED_LIFETIME = 60_000;

export const createResponses = (
  broker: Pick<Broker, "config" | "store" | "vault" | "now" | "newSecret">,
) => {
  const { config, store, vault, now } = broker;

  const modeOf = (provider: string) =>
    [...config.apps.values()].flatMap(({ providers }) => providers.get(provider) ?? [])[0]?.provider
      .response_mode;

  const find = async (
    provider: string,
    parameters: URLSearchParams,
    beside = new URLSearchParams(),
  ): Promise<AuthorizationResponse | Unreadable> => {
    const names = [...parameters.keys(), ...beside.keys()];
    if (new Set(names).size !== names.length) return "duplicate_parameter";
    if ([...parameters.values()].some((value) => value.length > MOST_PARAMETER)) return "malformed";
    // An error is nobody's account and need not show what an account has to: nothing else may pass for one.
    const error = parameters.get("error");
    if (error === "" || (error !== null && parameters.has("code"))) return "malformed";
    const state = parameters.get("state");
    const authorization =
      state === null
        ? undefined
        : await store.sessions.authorization({ state_hash: hashSecret(state) });
    if (!authorization) return "unknown_state";
    return authorization.provider === provider ? { authorization, parameters } : "other_provider";
  };

  return {
    /** What a GET brings: the response itself, or the handle of one that was posted. */
    read: async (
      provider: string,
      query: URLSearchParams,
    ): Promise<AuthorizationResponse | Unreadable> => {
      const mode = modeOf(provider);
      if (mode === undefined) return "unknown_provider";
      const handle = query.get("handle");
      // Where a form was asked for, a response by query is read all the same: it has to pass what everybody's has
      // to pass, and some providers answer errors by query whatever they were asked.
      if (mode !== "form_post" || handle === null) return find(provider, query);
      if ([...query.keys()].length !== 1) return "malformed";
      const authorization = await store.sessions.authorization({ handle_hash: hashSecret(handle) });
      if (!authorization) return "unknown_handle";
      if (authorization.provider !== provider) return "other_provider";
      const { consumed_at, posted, posted_at, state_hash } = authorization;
      if (consumed_at !== null) return { authorization, parameters: new URLSearchParams() };
      if (posted === null || now() >= (posted_at ?? 0) + POSTED_LIFETIME) return "handle_expired";
      const form = await vault.unseal(posted, postedPlace(state_hash), store);
      const parameters = new URLSearchParams(form);
      return { authorization, parameters };
    },

    /**
     * What a provider posts [H6]. The browser sends no Lax cookie with it, so the form waits, sealed, for the GET
     * that it is answered with. The handle goes to the browser that brought this form and can be had in no other
     * way, a second post least of all: Mallory knows her own state, and her victim's browser may have posted to it.
     */
    keep: async (
      provider: string,
      query: URLSearchParams,
      form: URLSearchParams,
    ): Promise<{ to: string } | Unreadable> => {
      const mode = modeOf(provider);
      if (mode === undefined) return "unknown_provider";
      if (mode !== "form_post") return "wrong_mode";
      const response = await find(provider, form, query);
      if (typeof response === "string") return response;
      const { state_hash, session_id } = response.authorization;
      const session = await store.sessions.byId(session_id);
      if (!session) return "session_gone";
      const handle = broker.newSecret();
      const kept =
        isOpen(session, now()) &&
        (await store.sessions.postAuthorization(state_hash, {
          handle_hash: hashSecret(handle),
          posted: vault.seal(form.toString(), postedPlace(state_hash)),
          posted_at: now(),
        }));
      // Too late or once too often: the session's own page says how it stands, to whoever has its cookie.
      return {
        to: kept ? `/oauth/callback/${provider}?handle=${handle}` : `/connect/s/${session_id}`,
      };
    },
  };
};

const postedPlace = (state_hash: string): Place => ({
  table: "authorizations",
  row: state_hash,
  column: "posted",
});
