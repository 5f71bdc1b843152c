/** What the calling user has connected, its end, and what could be connected. Shapes only: no token passes here. */
import { backend } from "@alter-ai/protocol/backend";
import type { Broker } from "./broker.ts";
import type { CallOptions, Calls } from "./calls.ts";
import { instant, instantOrNull } from "./problem.ts";
import type { Tokens } from "./tokens.ts";
import type { UserToken } from "./user-token.ts";

export type OAuthGrant = {
  grantKind: "oauth";
  grantId: string;
  providerId: string;
  /** For people, such as `Google Calendar`. */
  providerName: string;
  /** The account as people know it, and what `account` of `request` takes. A label: never an identity. */
  accountIdentifier: string;
  scopes: string[];
  /** What the app requires today and this grant lacks. If there are any, the user must see Connect again. */
  missingScopes: string[];
  /** Other than `active`: the user must see Connect again. */
  status: "active" | "credential_revoked" | "expired";
  createdAt: Date;
  lastUsedAt: Date | null;
  /** When the grant itself ends, whatever its tokens; `null` for one without a lifetime. */
  expiresAt: Date | null;
  /** When its tokens can no longer be renewed; `null` if nobody knows of such a time. */
  credentialExpiresAt: Date | null;
  /** True once that is near: a good moment to show Connect. */
  expiring: boolean;
  /** What API calls need besides the token, by the provider's page in the docs: `{ realm_id: "…" }`. No proof of anything. */
  metadata: Record<string, string>;
};

/** A credential that the operator put in; it has no provider and no account. */
export type ManagedSecretGrant = {
  grantKind: "managed_secret";
  grantId: string;
  /** What `provider` of `request` takes. */
  secretId: string;
  /** What the operator calls it. */
  name: string;
  status: "active" | "expired";
  createdAt: Date;
  lastUsedAt: Date | null;
};

/** Branch on `grantKind` before reading what only one kind has. */
export type Grant = OAuthGrant | ManagedSecretGrant;

export type ListGrantsOptions = CallOptions & {
  /** Only grants at this provider. */
  provider?: string | undefined;
  kind?: Grant["grantKind"] | undefined;
  status?: Grant["status"] | undefined;
  /** Grants a page, 1 to 100; default 50. */
  limit?: number | undefined;
  /** `nextCursor` of the page before. */
  cursor?: string | undefined;
  /** Default: what `userTokenGetter` returns. */
  userToken?: string | undefined;
};

export type GrantPage = {
  grants: Grant[];
  /** `null` on the last page. */
  nextCursor: string | null;
};

/** Await it for its first page, or loop over it with `for await` for the grants of all pages, fetched as needed. */
export type GrantList = Promise<GrantPage> & AsyncIterable<Grant>;

export type RevokeGrantOptions = CallOptions & {
  /** For the audit log, at most 200 characters. */
  reason?: string | undefined;
  /** Default: what `userTokenGetter` returns. */
  userToken?: string | undefined;
  /**
   * Revokes as the app itself: the broker then does not ask whose grant it is, so never do it with an id that came
   * from a browser.
   */
  asApp?: boolean | undefined;
};

export type RevokedGrant = {
  grantId: string;
  status: "revoked";
  /** At the provider: told; has no way to be told; not told, as another grant shares the consent; did not answer. */
  providerRevocation: "done" | "unsupported" | "shared" | "failed";
};

export type Provider = {
  /** What `provider` of `request` takes. */
  id: string;
  name: string;
  /** Asked for at every connection. */
  scopes: string[];
  /** Asked for only in sessions that require them. */
  optionalScopes: string[];
};

export const createGrants = (
  calls: Calls,
  broker: Broker,
  userToken: UserToken,
  tokens: Pick<Tokens, "forgetGrants" | "revoke">,
) => ({
  list: (options: ListGrantsOptions): GrantList => {
    // The user of the first page, whoever is in scope where the loop comes to the next.
    let user: string | undefined;
    const pageAt = (cursor: string | undefined): Promise<GrantPage> =>
      calls.run({ operation: "listGrants", provider: options.provider }, options, async (call) => {
        user ??= await userToken(options.userToken);
        const { provider, kind, status, limit } = options;
        const page = await broker.call(call, backend.listGrants, {
          query: { provider, kind, status, limit, cursor },
          userToken: user,
        });
        return { grants: page.grants.map(toGrant), nextCursor: page.next_cursor };
      });
    const first = pageAt(options.cursor);
    const all = async function* (): AsyncGenerator<Grant, void, undefined> {
      for (let page = await first; ; page = await pageAt(page.nextCursor)) {
        yield* page.grants;
        if (page.nextCursor === null) return;
      }
    };
    return Object.assign(first, { [Symbol.asyncIterator]: all });
  },

  revoke: (grantId: string, options: RevokeGrantOptions): Promise<RevokedGrant> =>
    calls.run({ operation: "revokeGrant", grantId }, options, async (call) => {
      // Before, so that nothing begins with a token that is about to end; after, for what was fetched meanwhile.
      tokens.forgetGrants([grantId]);
      try {
        // Never the app's own act by default: an id from a browser would then revoke anybody's grant [M12].
        const user = options.asApp === true ? undefined : await userToken(options.userToken);
        const asked = { id: grantId, query: { reason: options.reason }, userToken: user };
        const reply = await broker.call(call, backend.revokeGrant, asked);
        tokens.revoke(grantId);
        return {
          grantId: reply.grant_id,
          status: reply.status,
          providerRevocation: reply.provider_revocation,
        };
      } finally {
        tokens.forgetGrants([grantId]);
      }
    }),

  walletUrl: (options: CallOptions): Promise<string> =>
    calls.run({ operation: "walletUrl" }, options, async (call) => {
      const { url } = await broker.call(call, backend.wallet);
      return url;
    }),

  providers: (options: CallOptions): Promise<Provider[]> =>
    calls.run({ operation: "listProviders" }, options, async (call) => {
      const { providers } = await broker.call(call, backend.providers);
      return providers.map(({ id, name, scopes, optional_scopes }) => ({
        ...{ id, name, scopes },
        optionalScopes: optional_scopes,
      }));
    }),
});

type WireGrant = ReturnType<typeof backend.listGrants.reply.parse>["grants"][number];

const toGrant = (grant: WireGrant): Grant => {
  const times = {
    createdAt: instant(grant.created_at),
    lastUsedAt: instantOrNull(grant.last_used_at),
  };
  if (grant.grant_kind === "managed_secret")
    return {
      grantKind: grant.grant_kind,
      grantId: grant.grant_id,
      secretId: grant.secret_id,
      name: grant.name,
      status: grant.status,
      ...times,
    };
  return {
    grantKind: grant.grant_kind,
    grantId: grant.grant_id,
    providerId: grant.provider_id,
    providerName: grant.provider_name,
    accountIdentifier: grant.account_identifier,
    scopes: grant.scopes,
    missingScopes: grant.missing_scopes,
    status: grant.status,
    ...times,
    expiresAt: instantOrNull(grant.expires_at),
    credentialExpiresAt: instantOrNull(grant.credential_expires_at),
    expiring: grant.expiring,
    metadata: grant.metadata,
  };
};
