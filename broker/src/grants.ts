/**
 * Grants: made, found, refreshed once however many ask, revoked. Knows the store, the vault and the OAuth
 * engine; knows no HTTP. Tokens are open only inside these functions and in the reply of `freshToken`.
 */
import type { Connection } from "@alter-ai/protocol/window";
import type { Actor, Audit } from "./audit.ts";
import type { App, Config, ProviderClient } from "./config.ts";
import { refuse } from "./error.ts";
import type { Account, Cause, OAuth, Tokens } from "./oauth.ts";
import type { Grant, Owner } from "./store/grants.ts";
import type { StoredSession } from "./store/sessions.ts";
import type { Statements, Store } from "./store/store.ts";
import type { Vault } from "./vault.ts";

export type ProviderRevocation = "done" | "unsupported" | "shared" | "failed";

export type Selector = {
  provider: string | undefined;
  grant_id: string | undefined;
  account: string | undefined;
};

export type FreshToken = { grant: Grant; tokens: Tokens };

export type Grants = ReturnType<typeof createGrants>;

/** A token this close to its end is refreshed before it is handed out. */
const MARGIN = 30_000;
/** Longer than a provider call may take, so that nobody else refreshes while we still wait. */
const LEASE = 45_000;
/** How often a caller in another process looks whether the lease holder is done. */
const LEASE_POLL = 150;

export const createGrants = (deps: {
  config: Config;
  store: Store;
  vault: Vault;
  oauth: OAuth;
  audit: Audit;
  now: () => number;
  newId: (prefix: string) => string;
  sleep: (ms: number) => Promise<void>;
  log: (event: string, about: Record<string, unknown>) => void;
}) => {
  const { store, vault, oauth, audit, now } = deps;
  const refreshing = new Map<string, Promise<FreshToken>>();

  const sealTokens = (id: string, tokens: Tokens): string => {
    const { access_token, refresh_token, token_type } = tokens;
    return vault.seal(JSON.stringify({ access_token, refresh_token, token_type }), placeOf(id));
  };

  const openTokens = (grant: Grant): Tokens | undefined => {
    if (grant.sealed === null) return undefined;
    const open = JSON.parse(vault.unseal(grant.sealed, placeOf(grant.id))) as Omit<
      Tokens,
      "scopes" | "access_expires_at"
    >;
    return { ...open, scopes: grant.scopes, access_expires_at: grant.access_expires_at };
  };

  /** Writes what one callback brought home, inside its transaction. Redirect shapes stage it [H2, M3]. */
  const keep = async (
    tx: Statements,
    session: StoredSession,
    client: ProviderClient,
    brought: { tokens: Tokens; account: Account },
  ): Promise<Connection> => {
    const at = now();
    const { provider } = client;
    const { tokens, account } = brought;
    const owner = ownerOf(session);
    const pending = session.shape !== "popup";
    const standing = pending ? undefined : await tx.grants.standing(owner, provider.id, account.id);
    const id = standing?.id ?? deps.newId("grant");
    const fresh = {
      sealed: sealTokens(id, tokens),
      scopes: tokens.scopes,
      access_expires_at: tokens.access_expires_at,
      account_identifier: account.label,
      allowed_hosts: provider.api_hosts,
    };
    if (standing) await replace(tx, standing, fresh, at);
    else
      await tx.grants.insert({
        ...owner,
        ...fresh,
        id,
        provider: provider.id,
        client_id: client.client_id,
        account_id: account.id,
        status: pending ? "pending" : "active",
        version: 1,
        lease_id: null,
        lease_until: null,
        session_id: session.id,
        created_at: at,
        updated_at: at,
        last_used_at: null,
        ended_at: null,
      });
    const event = pending ? "grant.staged" : standing ? "grant.reauthorized" : "grant.created";
    await audit(tx, event, "browser", {
      ...aboutSession(session),
      grant_id: id,
      provider: provider.id,
    });
    return {
      grant_id: id,
      provider: provider.id,
      provider_name: provider.name,
      account_identifier: account.label,
      timestamp: new Date(at).toISOString(),
      operation: standing ? "reauth" : "creation",
      scopes: standing && narrows(standing, tokens.scopes) ? standing.scopes : tokens.scopes,
      status: "active",
    };
  };

  /** Pending grants become real: alone, or by replacing the tokens of the account's standing grant. */
  const redeem = async (tx: Statements, session: StoredSession): Promise<Connection[]> => {
    const staged = await tx.grants.ofSession(session.id);
    const connections: Connection[] = [];
    for (const connection of session.connections) {
      const grant = staged.find(({ id }) => id === connection.grant_id);
      if (grant?.status !== "pending") continue;
      const standing = await tx.grants.standing(ownerOf(grant), grant.provider, grant.account_id);
      const tokens = openTokens(grant);
      if (standing && tokens) {
        await replace(tx, standing, { ...grant, sealed: sealTokens(standing.id, tokens) }, now());
        await tx.grants.remove(grant.id);
      } else await tx.grants.activate(grant.id, now());
      const id = standing?.id ?? grant.id;
      await audit(tx, "grant.redeemed", "browser", {
        ...aboutSession(session),
        grant_id: id,
        provider: grant.provider,
      });
      connections.push({
        ...connection,
        grant_id: id,
        operation: standing ? "reauth" : "creation",
        scopes: standing && narrows(standing, grant.scopes) ? standing.scopes : grant.scopes,
      });
    }
    return connections;
  };

  /** Scopes never narrow silently: tokens that may do less do not replace working ones that may do more [M3]. */
  const replace = async (
    tx: Statements,
    standing: Grant,
    fresh: Parameters<Statements["grants"]["reauthorize"]>[1],
    at: number,
  ): Promise<void> => {
    if (narrows(standing, fresh.scopes)) return;
    const { sealed, scopes, access_expires_at, account_identifier, allowed_hosts } = fresh;
    await tx.grants.reauthorize(
      standing.id,
      { sealed, scopes, access_expires_at, account_identifier, allowed_hosts },
      at,
    );
  };

  /** The user's one grant that fits. @throws Refusal saying what the app should do instead. */
  const find = async (owner: Owner, by: Selector): Promise<Grant> => {
    if (by.grant_id !== undefined) {
      const grant = await store.grants.byId(owner.app_id, by.grant_id);
      if (!grant || !owns(owner, grant) || grant.status === "pending")
        throw refuse("grant_not_found");
      return usable(grant);
    }
    const all = await store.grants.ofProvider(owner, by.provider ?? "");
    const fitting = all.filter(
      ({ account_identifier }) => by.account === undefined || account_identifier === by.account,
    );
    const standing = fitting.filter(({ status }) => status !== "revoked");
    const [only, second] = standing;
    if (second)
      throw refuse("ambiguous_grant", "Pass `account` with one of account_identifiers.", {
        account_identifiers: [...new Set(standing.map((grant) => grant.account_identifier))],
      });
    const last = only ?? fitting[0];
    if (!last)
      throw refuse(
        "grant_not_found",
        by.account === undefined
          ? `The user has not connected ${by.provider}.`
          : `The user has not connected this account of ${by.provider}.`,
      );
    return usable(last);
  };

  const usable = (grant: Grant): Grant => {
    if (grant.status === "revoked") throw refuse("grant_revoked");
    if (grant.status === "credential_revoked") throw refuse("credential_revoked");
    if (grant.status === "expired") throw refuse("grant_expired");
    return grant;
  };

  /** A token good for at least half a minute. One refresh per expired token, however many ask. */
  const freshToken = async (app: App, grant: Grant): Promise<FreshToken> => {
    const tokens = openTokens(grant);
    if (tokens && isFresh(tokens, now())) return { grant, tokens };
    const running = refreshing.get(grant.id);
    if (running) return running;
    const mine = refreshOnce(app, grant.id).finally(() => refreshing.delete(grant.id));
    refreshing.set(grant.id, mine);
    return mine;
  };

  /** Waits for another process's lease, or takes it; always decides on the row as it is now. */
  const refreshOnce = async (app: App, id: string): Promise<FreshToken> => {
    const giveUpAt = now() + LEASE;
    for (;;) {
      const grant = await store.grants.byId(app.id, id);
      if (!grant) throw refuse("grant_not_found");
      const tokens = openTokens(usable(grant));
      if (tokens && isFresh(tokens, now())) return { grant, tokens };
      const client = app.providers.get(grant.provider);
      if (!client) throw refuse("provider_not_allowed", `${grant.provider} is not configured.`);
      if (!tokens?.refresh_token) {
        if (tokens && now() < (tokens.access_expires_at ?? Infinity)) return { grant, tokens };
        // Nothing left that could be refreshed: only the user can help.
        await condemn(grant, { step: "refresh", kind: "no_refresh_token" });
        continue;
      }
      const lease = deps.newId("lease");
      if (!(await store.grants.lease(grant, lease, now(), now() + LEASE))) {
        if (now() > giveUpAt) throw refuse("provider_unavailable", "The refresh took too long.");
        await deps.sleep(LEASE_POLL);
        continue;
      }
      const { refresh_token, scopes } = { ...tokens, refresh_token: tokens.refresh_token };
      const refreshed = await oauth.refresh(client, { refresh_token, scopes });
      if (refreshed.ok) {
        const fresh = refreshed.tokens;
        const { access_expires_at } = fresh;
        const sealed = sealTokens(id, fresh);
        const credential = { sealed, scopes: fresh.scopes, access_expires_at };
        // Lost only to a revocation or a re-authorisation meanwhile: then the row decides again.
        if (!(await store.grants.refreshed(grant, credential, now()))) continue;
        await audit(store, "token.refreshed", "broker", aboutGrant(grant));
        return { grant: { ...grant, scopes: fresh.scopes }, tokens: fresh };
      }
      deps.log("refresh_failed", { grant_id: id, provider: grant.provider, ...refreshed.cause });
      if (refreshed.revoked) {
        await condemn(grant, refreshed.cause);
        continue;
      }
      await store.grants.release(id, lease);
      // The provider is down, but what we have is still good for a moment.
      if (now() < (tokens.access_expires_at ?? 0)) return { grant, tokens };
      throw refuse("provider_unavailable", `${client.provider.name} did not renew the access.`);
    }
  };

  const condemn = async (grant: Grant, cause: Cause): Promise<void> => {
    if (await store.grants.credentialRevoked(grant, now()))
      await audit(store, "grant.credential_revoked", "broker", {
        ...aboutGrant(grant),
        reason: cause.provider_error ?? cause.kind,
      });
  };

  /** Destroys the tokens here at once, then tells the provider where that touches no other grant [M4]. */
  const revoke = async (
    grant: Grant,
    actor: Actor,
    request_id?: string,
  ): Promise<ProviderRevocation> => {
    const tokens = openTokens(grant);
    const mine = await store.transaction(async (tx) => {
      const won = await tx.grants.revoke(grant.id, now());
      if (won)
        await audit(tx, "grant.revoked", actor, {
          ...aboutGrant(grant),
          request_id: request_id ?? null,
        });
      return won;
    });
    const client = deps.config.apps.get(grant.app_id)?.providers.get(grant.provider);
    if (!mine || !tokens || !client) return "unsupported";
    return tellProvider(client, grant, tokens);
  };

  const tellProvider = async (
    client: ProviderClient,
    grant: Grant,
    tokens: Tokens,
  ): Promise<ProviderRevocation> => {
    const wide = client.provider.revocation_scope === "user_client";
    if (wide && (await store.grants.sharing(grant))) return "shared";
    return oauth.revoke(client, tokens);
  };

  /** Tokens of an attempt that ended before they came home. Never by a revocation that reaches further [M4]. */
  const drop = async (client: ProviderClient, tokens: Tokens): Promise<void> => {
    if (client.provider.revocation_scope === "token") await oauth.revoke(client, tokens);
  };

  /** Pending grants that nobody can redeem any more. */
  const purgePending = async (grants: Grant[]): Promise<void> => {
    for (const grant of grants) {
      const tokens = openTokens(grant);
      await store.grants.remove(grant.id);
      await audit(store, "grant.purged", "broker", aboutGrant(grant));
      const client = deps.config.apps.get(grant.app_id)?.providers.get(grant.provider);
      if (client && tokens) await drop(client, tokens);
    }
  };

  return { keep, redeem, find, freshToken, revoke, drop, purgePending };
};

const placeOf = (id: string) => ({ table: "grants", row: id, column: "sealed" });

const isFresh = (tokens: Tokens, now: number): boolean =>
  tokens.access_expires_at === null || now + MARGIN < tokens.access_expires_at;

const narrows = (standing: Grant, scopes: string[]): boolean =>
  standing.status === "active" && standing.scopes.some((scope) => !scopes.includes(scope));

const owns = (owner: Owner, grant: Grant): boolean =>
  grant.issuer === owner.issuer && grant.subject === owner.subject;

export const ownerOf = ({ app_id, issuer, subject }: Owner): Owner => ({ app_id, issuer, subject });

export const aboutSession = (session: StoredSession) => ({
  ...ownerOf(session),
  session_id: session.id,
});

const aboutGrant = (grant: Grant) => ({
  ...ownerOf(grant),
  grant_id: grant.id,
  provider: grant.provider,
});
