/**
 * The columns, as the database sees them: text, integers, epoch milliseconds, JSON as text, 0/1 for booleans.
 * STORAGE.md says of each what it holds, whether hashed or sealed, and when it goes.
 */
export type SessionRow = {
  id: string;
  version: number;
  app_id: string;
  token_hash: string;
  issuer: string;
  subject: string;
  user: string;
  allowed_origin: string;
  return_url: string | null;
  completion: string;
  multiple: number;
  providers: string;
  created_at: number;
  expires_at: number;
  shape: string | null;
  challenge: string | null;
  redirect_state: string | null;
  claim_id_hash: string | null;
  cookie_hash: string | null;
  claimed_at: number | null;
  phase: string;
  failure: string | null;
  live_state_hash: string | null;
  authorizations: number;
  authorized_at: number | null;
  finishing_until: number | null;
  denied: number;
  auto_left: number;
  own_account: number;
  connections: string;
  ended_at: number | null;
  outcome: string | null;
  result_code_hash: string | null;
  redeemed_at: number | null;
  required_scopes: string;
  variables: string;
  renewing: string | null;
  chosen: string | null;
  preview: number;
  /** Of the API key that asked for it; null in a session from before this was written down. */
  key_hash: string | null;
  /** Null: the browser's language. */
  locale: string | null;
  /** Signs of life from the page; outside the versioned row, since they decide nothing by themselves. */
  here_at: number | null;
  gone_at: number | null;
};

export type AuthorizationRow = {
  state_hash: string;
  session_id: string;
  provider: string;
  /** PKCE verifier and nonce, the scopes asked for, and where the browser was sent. */
  sealed: string;
  created_at: number;
  consumed_at: number | null;
  /** What a provider posted, and the one-time handle that the browser which brought it has to show [H6]. */
  handle_hash: string | null;
  posted: string | null;
  posted_at: number | null;
};

export type GrantRow = {
  id: string;
  app_id: string;
  issuer: string;
  subject: string;
  provider: string;
  /** OAuth client at the provider: a revocation may reach everything of (client, account) [M4]. */
  client_id: string;
  account_id: string | null;
  account_identifier: string;
  scopes: string;
  allowed_hosts: string;
  status: string;
  /** Access and refresh token; null once destroyed. */
  sealed: string | null;
  access_expires_at: number | null;
  version: number;
  lease_id: string | null;
  lease_until: number | null;
  /** For pending grants: the session that must be redeemed first. */
  session_id: string | null;
  created_at: number;
  updated_at: number;
  last_used_at: number | null;
  ended_at: number | null;
  /** Null for a grant without a lifetime. */
  expires_at: number | null;
  /** Facts of the connection, such as a tenant: they stand in URLs, and the app may read them. */
  metadata: string;
  /** When its tokens can no longer be renewed and the user has to come back; null if nobody knows of such a time. */
  ends_at: number | null;
  /** From when on that is said ahead, and when it was written down. */
  warn_at: number | null;
  warned_at: number | null;
  /** For tokens that do not end: when the provider is next asked whether it still takes them. */
  check_at: number | null;
  /** Of a user who had been deprovisioned before: only JWTs that were issued later may use it. */
  user_tokens_after: number | null;
};

/** A rate limit's state: one number, see policy.ts. */
export type CounterRow = { name: string; full_at: number };

export type ManagedSecretRow = {
  id: string;
  app_id: string;
  /** Key of the configuration. */
  secret: string;
  /** `everyone`, `group` or `user`. */
  audience: string;
  /** Whose group or user it is; empty for everyone. */
  issuer: string;
  /** Group, subject, or empty. */
  audience_id: string;
  /** Null once revoked. */
  sealed: string | null;
  /** Counts rotations. */
  version: number;
  expires_at: number | null;
  created_at: number;
  updated_at: number;
  last_used_at: number | null;
  revoked_at: number | null;
};

export type VaultKeyRow = {
  /** Stands in every value that was sealed with it. */
  id: string;
  /** `seal`, or `mac` for keyed hashes; the latter is never replaced. */
  purpose: string;
  /** The key, encrypted by what `wrapped_by` names. */
  wrapped: string;
  wrapped_by: string;
  /** `current`: one of each purpose. `replaced`: values are still being resealed. `retired`: none is known to be left. */
  state: string;
  created_at: number;
  retired_at: number | null;
};

export type AuditRow = {
  id: string;
  at: number;
  event: string;
  actor: string;
  app_id: string | null;
  session_id: string | null;
  grant_id: string | null;
  issuer: string | null;
  subject: string | null;
  provider: string | null;
  reason: string | null;
  request_id: string | null;
  /** First letters of the API key that called, such as `alter_rk_Ab3d`; never enough to be one. */
  key_prefix: string | null;
  /** Of a call: `GET` and the host it was for. Never a path or a query. */
  method: string | null;
  host: string | null;
};

/** A sign-in that has come back: it does so once. */
export type WalletSignInRow = { state_hash: string; at: number };

export type WalletSessionRow = {
  /** Of the cookie. */
  secret_hash: string;
  /** Whose client signed the user in. */
  app_id: string;
  issuer: string;
  /** JSON: who the user is in each app that trusts this issuer, and in which groups. */
  owners: string;
  /** JSON: what is shown of them. */
  user: string;
  /** Of the ID token: whoever was deprovisioned later is signed out. */
  issued_at: number;
  created_at: number;
  /** To the minute. */
  seen_at: number;
};

/** A user whose identity provider has said that they are gone. */
export type DeprovisionedUserRow = {
  app_id: string;
  issuer: string;
  subject: string;
  /** JWTs from before speak for nobody. */
  at: number;
};

/** A delivery of an identity provider's whose effect is complete: its repetition has none. */
export type DeliveryRow = { id: string; at: number };

/** What the configuration cannot say of an API key. */
export type ApiKeyRow = {
  /** SHA-256, hex, as in the configuration. */
  hash: string;
  app_id: string;
  /** As the configuration called it then. */
  key_id: string;
  /** To the minute. */
  last_used_at: number | null;
  revoked_at: number | null;
};

/** Which writer's how manieth row it is, and the hash over it and the one before. Null in rows of older brokers. */
export type AuditLink = { writer: string; seq: number; hash: string };
export type StoredAuditRow = AuditRow & { [column in keyof AuditLink]: AuditLink[column] | null };

/** Where a writer's chain ends: written with each of its rows, by itself alone. */
export type AuditWriterRow = {
  writer: string;
  started_at: number;
  updated_at: number;
  last_seq: number;
  last_hash: string;
  mac: string;
};

/** Where a writer's chain begins once retention has removed rows: a row of its own, since others than the writer move it. */
export type AuditStartRow = {
  writer: string;
  first_seq: number;
  /** Hash of the last row that was removed. */
  first_prev: string;
  mac: string;
};

export type Tables = {
  /** `runs_from`: the oldest schema whose broker runs on this one; see migrations.ts. */
  migrations: { id: number; applied_at: number; runs_from?: number | null };
  sessions: SessionRow;
  authorizations: AuthorizationRow;
  grants: GrantRow;
  audit: StoredAuditRow;
  audit_writers: AuditWriterRow;
  audit_starts: AuditStartRow;
  counters: CounterRow;
  managed_secrets: ManagedSecretRow;
  deprovisioned_users: DeprovisionedUserRow;
  deliveries: DeliveryRow;
  api_keys: ApiKeyRow;
  wallet_sign_ins: WalletSignInRow;
  wallet_sessions: WalletSessionRow;
  vault_keys: VaultKeyRow;
};
