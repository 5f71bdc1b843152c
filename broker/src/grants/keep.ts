/**
 * Grants made: what a callback brings home becomes a grant, the renewal of one, or a staged row that waits to
 * be redeemed. All of it inside the caller's transaction; tokens that are not kept are handed back.
 */
import type { Connection } from "@alter-ai/protocol/window";
import type { Audit } from "../audit.ts";
import type { ProviderClient } from "../config.ts";
import type { Account, Tokens } from "../oauth.ts";
import type { Grant } from "../store/grants.ts";
import type { StoredSession } from "../store/sessions.ts";
import type { Statements } from "../store/store.ts";
import { aboutSession, ownerOf } from "./about.ts";
import type { TokenSafe } from "./tokens.ts";

/** `unused`: tokens nobody keeps; the caller drops them once its transaction has been committed. */
export type Kept = { connection: Connection; unused: Tokens | undefined };

export const createKeeping = (deps: {
  safe: TokenSafe;
  audit: Audit;
  clientOf: (grant: Grant) => ProviderClient | undefined;
  now: () => number;
  newId: (prefix: string) => string;
}) => {
  const { safe, audit, now } = deps;

  /** Redirect and backend shapes stage their row beside any standing one, which stays as it is [H2, M3]. */
  const keep = async (
    tx: Statements,
    session: StoredSession,
    client: ProviderClient,
    { tokens, account }: { tokens: Tokens; account: Account },
  ): Promise<Kept> => {
    const at = now();
    const { provider } = client;
    const owner = ownerOf(session);
    const pending = session.shape !== "popup";
    const standing = pending ? undefined : await tx.grants.standing(owner, provider.id, account.id);
    const id = standing?.id ?? deps.newId("grant");
    const brought = {
      client_id: client.client_id,
      account_identifier: account.label,
      allowed_hosts: provider.api_hosts,
    };
    const renewed = standing && (await renew(tx, standing, client, tokens, brought));
    if (!standing)
      await tx.grants.insert({
        ...owner,
        ...brought,
        id,
        sealed: safe.seal(id, tokens),
        scopes: tokens.scopes,
        access_expires_at: tokens.access_expires_at,
        provider: provider.id,
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
      unused: renewed?.unused,
      connection: {
        grant_id: id,
        provider: provider.id,
        provider_name: provider.name,
        account_identifier: account.label,
        timestamp: new Date(at).toISOString(),
        operation: standing ? "reauth" : "creation",
        scopes: renewed?.scopes ?? tokens.scopes,
        status: "active",
      },
    };
  };

  /** Pending grants become real: alone, or by renewing the account's standing grant. */
  const redeem = async (
    tx: Statements,
    session: StoredSession,
  ): Promise<{
    connections: Connection[];
    unused: { client: ProviderClient; tokens: Tokens }[];
  }> => {
    const staged = await tx.grants.ofSession(session.id);
    const connections = new Map<string, Connection>();
    const unused: { client: ProviderClient; tokens: Tokens }[] = [];
    for (const connection of session.connections) {
      const grant = staged.find(({ id }) => id === connection.grant_id);
      const client = grant && deps.clientOf(grant);
      const tokens = grant && safe.open(grant);
      if (grant?.status !== "pending" || !client || !tokens) continue;
      const standing = await tx.grants.standing(ownerOf(grant), grant.provider, grant.account_id);
      const renewed = standing && (await renew(tx, standing, client, tokens, grant));
      if (renewed?.unused) unused.push({ client, tokens: renewed.unused });
      if (standing) await tx.grants.removePending(grant.id);
      else await tx.grants.activate(grant.id, now());
      const grant_id = standing?.id ?? grant.id;
      await audit(tx, "grant.redeemed", "browser", {
        ...aboutSession(session),
        grant_id,
        provider: grant.provider,
      });
      // An account connected twice in one session is one connection.
      connections.set(grant_id, {
        ...connection,
        grant_id,
        operation: connections.get(grant_id)?.operation ?? (standing ? "reauth" : "creation"),
        scopes: renewed?.scopes ?? grant.scopes,
      });
    }
    return { connections: [...connections.values()], unused };
  };

  /**
   * New tokens for a standing grant. Scopes never narrow silently: tokens that may do less of what the app asks
   * for do not replace working ones that may do more [M3]. A reply without a refresh token keeps the one we
   * have, since some providers give it on the first consent only.
   */
  const renew = async (
    tx: Statements,
    standing: Grant,
    client: ProviderClient,
    tokens: Tokens,
    brought: { client_id: string; account_identifier: string; allowed_hosts: string[] },
  ): Promise<{ scopes: string[]; unused: Tokens | undefined }> => {
    const old = safe.openIfPossible(standing);
    const works =
      standing.status === "active" &&
      old !== undefined &&
      (old.refresh_token !== undefined || now() < (old.access_expires_at ?? Infinity));
    const narrows = standing.scopes.some(
      (scope) => client.scopes.includes(scope) && !tokens.scopes.includes(scope),
    );
    if (works && narrows) return { scopes: standing.scopes, unused: tokens };
    const inherited = standing.client_id === brought.client_id ? old?.refresh_token : undefined;
    const { account_identifier, allowed_hosts, client_id } = brought;
    await tx.grants.reauthorize(
      standing.id,
      {
        sealed: safe.seal(standing.id, {
          ...tokens,
          refresh_token: tokens.refresh_token ?? inherited,
        }),
        scopes: tokens.scopes,
        access_expires_at: tokens.access_expires_at,
        account_identifier,
        allowed_hosts,
        client_id,
      },
      now(),
    );
    return { scopes: tokens.scopes, unused: undefined };
  };

  return { keep, redeem };
};
