/** What the calling user has connected, its end, and what could be connected. Shapes only: no token passes here. */
import { backend } from "@alter-ai/protocol/http";
import { instant, type Broker } from "./broker.ts";
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
  /** Other than `active`: the user must see Connect again. */
  status: "active" | "credential_revoked" | "expired";
  createdAt: Date;
  lastUsedAt: Date | null;
};

/** A credential that the operator put in; it has no provider and no account. */
export type ManagedSecretGrant = {
  grantKind: "managed_secret";
  grantId: string;
  /** What the operator calls it. */
  name: string;
  status: "active" | "expired";
  createdAt: Date;
  lastUsedAt: Date | null;
};

/** Branch on `grantKind` before reading what only one kind has. */
export type Grant = OAuthGrant | ManagedSecretGrant;

export type ListGrantsOptions = {
  /** Only grants at this provider. */
  provider?: string | undefined;
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

export type RevokeGrantOptions = {
  /**
   * Default: what `userTokenGetter` returns. `null` revokes as the app itself: the broker then does not ask whose
   * grant it is, so never do it with an id that came from a browser.
   */
  userToken?: string | null | undefined;
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
  scopes: string[];
};

export const createGrants = (broker: Broker, userToken: UserToken) => ({
  list: async (options: ListGrantsOptions): Promise<GrantPage> => {
    const { provider, limit, cursor } = options;
    const page = await broker.call(backend.listGrants, {
      query: { provider, limit, cursor },
      userToken: await userToken(options.userToken),
    });
    return { grants: page.grants.map(toGrant), nextCursor: page.next_cursor };
  },

  revoke: async (grantId: string, options: RevokeGrantOptions): Promise<RevokedGrant> => {
    // Never the app's own act by default: an id from a browser would then revoke anybody's grant [M12].
    const token = options.userToken === null ? undefined : await userToken(options.userToken);
    const reply = await broker.call(backend.revokeGrant, { id: grantId, userToken: token });
    return {
      grantId: reply.grant_id,
      status: reply.status,
      providerRevocation: reply.provider_revocation,
    };
  },

  providers: async (): Promise<Provider[]> => {
    const { providers } = await broker.call(backend.providers);
    return providers.map(({ id, name, scopes }) => ({ id, name, scopes }));
  },
});

type WireGrant = ReturnType<typeof backend.listGrants.reply.parse>["grants"][number];

const toGrant = (grant: WireGrant): Grant => {
  const times = {
    createdAt: instant(grant.created_at),
    lastUsedAt: grant.last_used_at === null ? null : instant(grant.last_used_at),
  };
  if (grant.grant_kind === "managed_secret")
    return {
      grantKind: grant.grant_kind,
      grantId: grant.grant_id,
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
    status: grant.status,
    ...times,
  };
};
