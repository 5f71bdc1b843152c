/** Tokens at rest: sealed to the grant's row, opened only inside the grants' functions. */
import type { Tokens } from "../oauth/oauth.ts";
import type { Grant } from "../store/grants.ts";
import type { Vault } from "../vault.ts";
import type { KeyStore } from "../vault/keyring.ts";

export type TokenSafe = ReturnType<typeof createTokenSafe>;

export const createTokenSafe = (vault: Vault) => {
  /** Rejects when the key is gone or the row was tampered with. `from`: inside a transaction, that transaction. */
  const open = async (grant: Grant, from: KeyStore): Promise<Tokens | undefined> => {
    if (grant.sealed === null) return undefined;
    const text = await vault.unseal(grant.sealed, placeOf(grant.id), from);
    const opened = JSON.parse(text) as Omit<Tokens, "scopes" | "access_expires_at" | "ends_at">;
    const { scopes, access_expires_at, ends_at } = grant;
    return { ...opened, scopes, access_expires_at, ends_at };
  };

  return {
    seal: (id: string, { access_token, refresh_token, token_type }: Tokens): string =>
      vault.seal(JSON.stringify({ access_token, refresh_token, token_type }), placeOf(id)),
    open,
    /** For ends: what cannot be opened any more can still be destroyed, only the provider is not told. */
    openIfPossible: (grant: Grant, from: KeyStore): Promise<Tokens | undefined> =>
      open(grant, from).catch(() => undefined),
  };
};

const placeOf = (id: string) => ({ table: "grants", row: id, column: "sealed" });
