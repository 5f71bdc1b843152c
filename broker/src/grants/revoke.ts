/**
 * Grants ended: the tokens are destroyed here first, in one transaction, and only then is the provider told,
 * where that reaches no other grant [M4]. Nothing here depends on a provider or on a key that still opens.
 */
import type { Actor, Audit } from "../audit.ts";
import type { ProviderClient } from "../config/client.ts";
import type { OAuth, Tokens } from "../oauth/oauth.ts";
import type { Grant, Owner } from "../store/grants.ts";
import type { Statements, Store } from "../store/store.ts";
import { aboutGrant } from "./about.ts";
import { factsOf } from "./standing.ts";
import type { TokenSafe } from "./tokens.ts";

export type ProviderRevocation = "done" | "unsupported" | "shared" | "failed";

/** Tells the providers of what a transaction has ended. Call it after the commit; it never throws. */
export type TellProviders = () => Promise<void>;

/** What the audit log says of a revocation besides whose it was. */
type By = { request_id: string | null; key_prefix?: string; reason?: string | null };

const BATCH = 50;

export const createRevocation = (deps: {
  store: Store;
  safe: TokenSafe;
  oauth: OAuth;
  audit: Audit;
  clientOf: (grant: Grant) => ProviderClient | undefined;
  now: () => number;
}) => {
  const { store, safe, oauth, audit, now } = deps;

  /** The row as it is now, so that the tokens we destroy are the ones the provider hears of. */
  const end = async (
    tx: Statements,
    { app_id, id }: Grant,
    actor: Actor,
    by: By,
  ): Promise<{ grant: Grant; tokens: Tokens | undefined } | undefined> => {
    const grant = await tx.grants.byId(app_id, id);
    if (!grant || !(await tx.grants.revoke(id, now()))) return undefined;
    await audit(tx, "grant.revoked", actor, { ...aboutGrant(grant), ...by });
    return { grant, tokens: await safe.openIfPossible(grant, tx) };
  };

  const revoke = async (grant: Grant, actor: Actor, by: By): Promise<ProviderRevocation> => {
    const ended = await store.transaction((tx) => end(tx, grant, actor, by));
    return ended?.tokens ? tell(ended.grant, ended.tokens) : "unsupported";
  };

  const tell = async (grant: Grant, tokens: Tokens): Promise<ProviderRevocation> => {
    const client = deps.clientOf(grant);
    const facts = factsOf(client, grant);
    if (!client || !facts) return "unsupported";
    const wide = client.provider.revocation_scope === "user_client";
    return wide && (await store.grants.sharing(grant))
      ? "shared"
      : oauth.revoke(client, tokens, facts);
  };

  /** What a session created goes with it; an account that was connected before stays as it was. */
  const takeBack = async (
    tx: Statements,
    session_id: string,
    actor: Actor,
    by: By,
  ): Promise<TellProviders> => {
    const tellings: (() => Promise<unknown>)[] = [];
    for (const grant of await tx.grants.ofSession(session_id)) {
      if (grant.status === "pending") tellings.push(await discard(tx, grant));
      else {
        const ended = await end(tx, grant, actor, by);
        const tokens = ended?.tokens;
        if (tokens) tellings.push(() => tell(grant, tokens));
      }
    }
    return async () => {
      for (const telling of tellings) await telling().catch(() => undefined);
    };
  };

  /**
   * Ends some of what a user has connected by then, pending or not: call it until nothing is left. Each batch is a
   * transaction of its own, so that no number of grants holds up the others.
   */
  const endOfUser = async (
    owner: Owner,
    until: number,
    actor: Actor,
    by: By,
  ): Promise<{ ended: number; tellings: TellProviders[] }> =>
    store.transaction(async (tx) => {
      const grants = await tx.grants.unrevoked(owner, until, BATCH);
      const tellings: TellProviders[] = [];
      for (const grant of grants) {
        if (grant.status === "pending") tellings.push(await discard(tx, grant, actor, by));
        else {
          const ended = await end(tx, grant, actor, by);
          const tokens = ended?.tokens;
          if (tokens) tellings.push(async () => void (await tell(ended.grant, tokens)));
        }
      }
      return { ended: grants.length, tellings };
    });

  /** A pending grant nobody may redeem any more; what has become active meanwhile stays. */
  const discard = async (
    tx: Statements,
    grant: Grant,
    actor: Actor = "broker",
    by: Partial<By> = {},
  ): Promise<TellProviders> => {
    if (!(await tx.grants.removePending(grant.id))) return async () => undefined;
    await audit(tx, "grant.purged", actor, { ...aboutGrant(grant), ...by });
    const client = deps.clientOf(grant);
    const facts = factsOf(client, grant);
    const tokens = await safe.openIfPossible(grant, tx);
    return async () => {
      if (client && facts && tokens) await drop(client, tokens, facts);
    };
  };

  const purgePending = async (grants: Grant[]): Promise<void> => {
    for (const grant of grants) {
      const tellProvider = await store.transaction((tx) => discard(tx, grant));
      await tellProvider();
    }
  };

  /** Tokens that found no grant. Never by a revocation that reaches further than they do [M4]. */
  const drop = async (
    client: ProviderClient,
    tokens: Tokens,
    metadata: Grant["metadata"],
  ): Promise<void> => {
    if (client.provider.revocation_scope === "token") await oauth.revoke(client, tokens, metadata);
  };

  return { revoke, takeBack, endOfUser, purgePending, drop };
};
