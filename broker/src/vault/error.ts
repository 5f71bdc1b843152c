/** What an operator is told when the vault cannot be used. Names keys by their ids; never a byte of one. */
export type VaultCode =
  /** No key of the configuration opens what is stored. */
  | "vault_key_mismatch"
  /** The external KMS did not answer, or not in time. */
  | "vault_unreachable"
  /** It answered, and refuses. */
  | "vault_refused"
  /** A value names a key that neither the configuration nor the database has. */
  | "vault_key_unknown"
  /** A value was changed, or stands where it was not sealed for. */
  | "vault_value_unreadable";

export class VaultError extends Error {
  override readonly name = "VaultError";
  readonly code: VaultCode;

  constructor(code: VaultCode, detail: string) {
    super(`${code}: ${detail}`);
    this.code = code;
  }
}
