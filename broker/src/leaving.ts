/**
 * Leaves for a provider: asks whether the session may go, begins the authorization, remembers what its return
 * will need. The user's click and the claim of a returning user come through here, and nothing else does.
 */
import type { ErrorCode } from "@alter-ai/protocol/http";
import type { Audit } from "./audit.ts";
import type { ProviderClient } from "./config/client.ts";
import type { Config } from "./config/config.ts";
import { isEmbedded } from "./embedded.ts";
import { aboutSession } from "./grants/about.ts";
import { askedScopes } from "./grants/scopes.ts";
import type { Cause } from "./oauth/failures.ts";
import type { OAuth } from "./oauth/oauth.ts";
import { redirectUri } from "./redirect-uri.ts";
import { authorize, fail, type Failure } from "./session.ts";
import type { Grant } from "./store/grants.ts";
import type { StoredSession } from "./store/sessions.ts";
import type { Store } from "./store/store.ts";
import { hashSecret, type Place, type Vault } from "./vault.ts";
import type { Waiters } from "./waiters.ts";

export type Left = { authorization_url: string; drop_opener: boolean } | { refuse: ErrorCode };

/** What a departure asks a provider for. */
export type Wish = {
  scopes: string[];
  /** Values of the record's variables: the tenant, say. */
  variables: Record<string, string>;
  /** Account that the user is expected to choose. */
  login_hint: string | undefined;
  /** The provider is to let the user choose another one. */
  choose_account: boolean;
};

/** Which of their accounts the user means: one by its grant, another one than those, or nothing in particular. */
export type Meant = { renew: Grant } | "another" | undefined;

export const grantMeant = (meant: Meant): string | null =>
  typeof meant === "object" ? meant.renew.id : null;

export type Leave = (departure: {
  session: StoredSession;
  client: ProviderClient;
  wish: Wish;
  meant: Meant;
  /** By the claim, without a click. */
  auto: boolean;
  user_agent: string | undefined;
  request_id: string;
}) => Promise<Left>;

export const createLeaving =
  (deps: {
    config: Config;
    store: Store;
    vault: Vault;
    oauth: OAuth;
    audit: Audit;
    waiters: Waiters;
    now: () => number;
    newSecret: () => string;
    log: (event: string, about: Record<string, unknown>) => void;
  }): Leave =>
  async ({ session, client, wish, meant, auto, user_agent, request_id }) => {
    const { config, store, now } = deps;
    const provider = client.provider.id;
    const state = deps.newSecret();
    const state_hash = hashSecret(state);
    const renew = grantMeant(meant);
    const go = (current: StoredSession) =>
      authorize(current, { provider, state_hash, auto, renew }, now(), config.deadlines);

    const stay = async (failure: Failure, code: ErrorCode, cause: Cause): Promise<Left> => {
      deps.log("authorize_failed", { request_id, session_id: session.id, provider, ...cause });
      await store.sessions.step(session.id, (current) => fail(current, failure, null, now()));
      deps.waiters.wake(session.id);
      return { refuse: code };
    };

    // Tried before the provider is asked anything, and decided again when its answer is there.
    const tried = go(session);
    if ("refuse" in tried) return tried;
    if (client.provider.refuses_embedded_browsers && isEmbedded(user_agent))
      return stay("unsupported_browser", "unsupported_browser", {
        step: "browser",
        kind: "embedded",
      });
    const begun = await deps.oauth.begin(client, {
      redirect_uri: redirectUri(config.base_url, provider),
      state,
      ...wish,
    });
    if (!begun.ok) return stay(begun.failure, "provider_unavailable", begun.cause);
    const sealed = deps.vault.seal(JSON.stringify(begun.secrets), sealedPlace(state_hash));
    const stepped = await store.transaction(async (tx) => {
      const done = await tx.sessions.step(session.id, go);
      if (!done || done.refused) return done;
      await tx.sessions.rememberAuthorization({
        ...{ state_hash, session_id: session.id, provider, sealed },
        created_at: now(),
      });
      await deps.audit(tx, "authorization.started", "browser", {
        ...aboutSession(session),
        provider,
        ...(auto ? { reason: "confirmed_before" } : {}),
        ...(meant === "another" ? { reason: "another_account" } : {}),
        ...(renew === null ? {} : { reason: "renew", grant_id: renew }),
        request_id,
      });
      return done;
    });
    if (!stepped || stepped.refused) return { refuse: stepped?.refused ?? "unknown_session" };
    deps.waiters.wake(session.id);
    // A user who could choose the host could have been told which one to choose [M8].
    const chosen = client.provider.self_hosted || client.open_variables.length > 0;
    return { authorization_url: begun.url, drop_opener: chosen };
  };

/** By what the user has at the provider already. */
export const wishOf = async (
  store: Store,
  session: StoredSession,
  client: ProviderClient,
  variables: Record<string, string>,
  meant: Meant,
): Promise<Wish> => {
  const connected = await store.grants.ofProvider(session, client.provider.id);
  const standing = connected.filter(({ status }) => status !== "revoked");
  const asked = meant === undefined && standing.find(({ id }) => id === session.renewing);
  const expected = typeof meant === "object" ? meant.renew : asked || undefined;
  return {
    variables,
    scopes: askedScopes(client, session, standing),
    login_hint:
      expected && isAt(client, expected, variables) ? expected.account_identifier : undefined,
    choose_account: meant === "another",
  };
};

/** An account of one tenant is nobody's at another: that one's server has no business to hear of it. */
const isAt = (
  { open_variables }: ProviderClient,
  { metadata }: Grant,
  variables: Record<string, string>,
): boolean => open_variables.every((name) => metadata[name] === variables[name]);

/** Where an authorization's secrets are sealed. */
export const sealedPlace = (state_hash: string): Place => ({
  table: "authorizations",
  row: state_hash,
  column: "sealed",
});
