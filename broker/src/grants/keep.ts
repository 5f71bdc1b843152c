/**
 * Grants made: what a callback brings home becomes a grant, the renewal of one, or a staged row that waits to
 * be redeemed. All of it inside the caller's transaction; tokens that are not kept are handed back.
 */
import type { Connection } from "@alter-ai/protocol/window";
import { isDeepStrictEqual } from "node:util";
import type { Audit } from "../audit.ts";
import type { ProviderClient } from "../config/client.ts";
import type { Account, Tokens } from "../oauth/oauth.ts";
import type { Grant, Owner } from "../store/grants.ts";
import { meantGrant } from "../session.ts";
import type { StoredSession } from "../store/sessions.ts";
import type { Statements } from "../store/store.ts";
import { aboutSession, ownerOf } from "./about.ts";
import { aheadOf } from "./ahead.ts";
import { isOver } from "./lifetime.ts";
import { configuredScopes, missingScopes, requiredScopes } from "./scopes.ts";
import { factsOf } from "./standing.ts";
import type { TokenSafe } from "./tokens.ts";

/** `unused`: tokens nobody keeps; the caller drops them once its transaction has been committed. */
export type Kept = { connection: Connection; unused: Unused | undefined };

export type Unused = { tokens: Tokens; metadata: Grant["metadata"] };

type Brought = Pick<
  Grant,
  "client_id" | "account_identifier" | "allowed_hosts" | "metadata" | "expires_at"
>;

/** What a callback brings home. */
type Brings = {
  tokens: Tokens;
  account: Account;
  metadata: Grant["metadata"];
  hosts: string[];
};

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
    { tokens, account, metadata, hosts }: Brings,
  ): Promise<Kept> => {
    const at = now();
    const { provider } = client;
    const owner = ownerOf(session);
    const pending = session.shape !== "popup";
    const standing = pending
      ? undefined
      : await renewable(
          tx,
          session,
          { ...owner, provider: provider.id, account_id: account.id, metadata },
          keyOf(client, tokens),
        );
    const id = standing?.id ?? deps.newId("grant");
    const brought = {
      client_id: client.client_id,
      account_identifier: account.label,
      allowed_hosts: hosts,
      metadata,
      expires_at: client.grant_lifetime === null ? null : at + client.grant_lifetime,
    };
    const required = requiredScopes(client, session);
    const renewed = standing && (await renew(tx, standing, client, required, tokens, brought));
    if (!standing)
      await tx.grants.insert({
        ...owner,
        ...brought,
        id,
        sealed: safe.seal(id, tokens),
        scopes: tokens.scopes,
        access_expires_at: tokens.access_expires_at,
        ...aheadOf(provider, tokens, at),
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
        user_tokens_after: await tx.deprovisioned.at(owner),
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
    unused: (Unused & { client: ProviderClient })[];
  }> => {
    const staged = await tx.grants.ofSession(session.id);
    const connections = new Map<string, Connection>();
    const unused: (Unused & { client: ProviderClient })[] = [];
    for (const connection of session.connections) {
      const grant = staged.find(({ id }) => id === connection.grant_id);
      const client = grant && deps.clientOf(grant);
      const tokens = grant && (await safe.open(grant, tx));
      if (grant?.status !== "pending" || !client || !tokens) continue;
      const standing = await renewable(tx, session, grant, keyOf(client, tokens));
      const required = requiredScopes(client, session);
      const renewed = standing && (await renew(tx, standing, client, required, tokens, grant));
      if (renewed?.unused) unused.push({ client, ...renewed.unused });
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
   * The grant that a connection renews: the standing one of the same account. Where a provider does not say whose
   * account it is, only the one that the app or the user asked to have renewed, and only if it is of no use any more: another
   * account's tokens must not take the place of working ones [M3]. The very same key at the same tenant is the same
   * account, whoever says so; at another it is a new one, or what works would from now on lead there [M11].
   */
  const renewable = async (
    tx: Statements,
    session: StoredSession,
    made: Pick<Grant, keyof Owner | "provider" | "account_id" | "metadata">,
    /** What the user has given, where there is no OAuth: tokens that an OAuth provider hands out twice say nothing. */
    key: string | undefined,
  ): Promise<Grant | undefined> => {
    const owner = ownerOf(made);
    if (made.account_id !== null) return tx.grants.standing(owner, made.provider, made.account_id);
    const given = key === undefined ? [] : await tx.grants.ofProvider(owner, made.provider);
    for (const same of given) {
      if (same.account_id !== null || same.status !== "active") continue;
      if (!isDeepStrictEqual(same.metadata, made.metadata)) continue;
      const held = await safe.openIfPossible(same, tx);
      if (held?.access_token === key) return same;
    }
    const meant = meantGrant(session);
    if (meant === null) return undefined;
    const grant = await tx.grants.byId(owner.app_id, meant);
    const own = grant?.issuer === owner.issuer && grant.subject === owner.subject;
    const fits = own && grant.provider === made.provider && grant.account_id === null;
    const ended = grant?.status === "credential_revoked" || grant?.status === "expired";
    return fits && (ended || isOver(grant, now())) ? grant : undefined;
  };

  /**
   * New tokens for a standing grant. Scopes never narrow silently: tokens that may do less of what the app has
   * configured do not replace working ones that may do more, unless only the new ones have what is required [M3]. A
   * reply without a refresh token keeps the one we have, since some providers give it on the first consent only.
   */
  const renew = async (
    tx: Statements,
    standing: Grant,
    client: ProviderClient,
    required: string[],
    tokens: Tokens,
    brought: Brought,
  ): Promise<{ scopes: string[]; unused: Unused | undefined }> => {
    const old = await safe.openIfPossible(standing, tx);
    const placed = factsOf(client, standing) !== undefined;
    const works =
      placed &&
      standing.status === "active" &&
      old !== undefined &&
      now() < (standing.expires_at ?? Infinity) &&
      (old.refresh_token !== undefined || now() < (old.access_expires_at ?? Infinity));
    const kept = standing.scopes.filter((scope) => configuredScopes(client).includes(scope));
    const narrows = missingScopes(kept, tokens.scopes).length > 0;
    const serves = missingScopes(required, standing.scopes).length === 0;
    const { account_identifier, allowed_hosts, metadata, client_id, expires_at } = brought;
    if (works && narrows && serves)
      return { scopes: standing.scopes, unused: { tokens, metadata } };
    const inherits =
      placed && tokens.refresh_token === undefined && standing.client_id === client_id;
    const written: Tokens =
      inherits && old?.refresh_token !== undefined
        ? { ...tokens, refresh_token: old.refresh_token, ends_at: standing.ends_at }
        : tokens;
    await tx.grants.reauthorize(
      standing.id,
      {
        sealed: safe.seal(standing.id, written),
        scopes: tokens.scopes,
        access_expires_at: tokens.access_expires_at,
        ...aheadOf(client.provider, written, now()),
        ...{ account_identifier, allowed_hosts, metadata, client_id, expires_at },
      },
      now(),
    );
    return { scopes: tokens.scopes, unused: undefined };
  };

  return { keep, redeem };
};

const keyOf = ({ provider }: ProviderClient, { access_token }: Tokens): string | undefined =>
  provider.credential ? access_token : undefined;
