/**
 * The schema's history, oldest first; what has landed is never edited, only followed by the next.
 * The portable subset of SQLite and PostgreSQL: text, bigint, no booleans, no arrays, no sequences.
 */
import { sql, type RawBuilder } from "kysely";

export const MIGRATIONS: RawBuilder<unknown>[][] = [
  [
    sql`create table sessions (
      id text primary key,
      version bigint not null,
      app_id text not null,
      token_hash text not null unique,
      issuer text not null,
      subject text not null,
      "user" text not null,
      allowed_origin text not null,
      return_url text,
      completion text not null,
      multiple integer not null,
      providers text not null,
      created_at bigint not null,
      expires_at bigint not null,
      shape text,
      challenge text,
      redirect_state text,
      claim_id_hash text,
      cookie_hash text,
      claimed_at bigint,
      phase text not null,
      failure text,
      live_state_hash text,
      authorizations integer not null,
      authorized_at bigint,
      finishing_until bigint,
      denied integer not null,
      auto_left integer not null,
      connections text not null,
      ended_at bigint,
      outcome text,
      result_code_hash text unique,
      redeemed_at bigint,
      here_at bigint,
      gone_at bigint
    )`,
    sql`create index sessions_by_expiry on sessions (expires_at)`,
    sql`create table authorizations (
      state_hash text primary key,
      session_id text not null references sessions (id) on delete cascade,
      provider text not null,
      sealed text not null,
      created_at bigint not null,
      consumed_at bigint
    )`,
    sql`create index authorizations_by_session on authorizations (session_id)`,
    sql`create table grants (
      id text primary key,
      app_id text not null,
      issuer text not null,
      subject text not null,
      provider text not null,
      client_id text not null,
      account_id text,
      account_identifier text not null,
      scopes text not null,
      allowed_hosts text not null,
      status text not null,
      sealed text,
      access_expires_at bigint,
      version bigint not null,
      lease_id text,
      lease_until bigint,
      session_id text,
      created_at bigint not null,
      updated_at bigint not null,
      last_used_at bigint,
      ended_at bigint
    )`,
    // One standing grant per account; what is pending or over does not count. A null account never matches.
    sql`create unique index grants_one_per_account on grants (app_id, issuer, subject, provider, account_id)
      where status in ('active', 'credential_revoked')`,
    sql`create index grants_of_user on grants (app_id, issuer, subject, created_at, id)`,
    sql`create index grants_of_account on grants (provider, client_id, account_id)`,
    sql`create index grants_of_session on grants (session_id) where session_id is not null`,
    sql`create table audit (
      id text primary key,
      at bigint not null,
      event text not null,
      actor text not null,
      app_id text,
      session_id text,
      grant_id text,
      issuer text,
      subject text,
      provider text,
      reason text,
      request_id text
    )`,
    sql`create index audit_by_time on audit (at)`,
  ],
  [
    sql`alter table authorizations add column handle_hash text`,
    sql`alter table authorizations add column posted text`,
    sql`alter table authorizations add column posted_at bigint`,
    sql`create unique index authorizations_by_handle on authorizations (handle_hash)
      where handle_hash is not null`,
  ],
  [
    sql`alter table grants add column expires_at bigint`,
    sql`create index grants_by_expiry on grants (expires_at) where expires_at is not null`,
    // A grant past its lifetime is renewed like one that the provider has ended: same account, same id.
    sql`drop index grants_one_per_account`,
    sql`create unique index grants_one_per_account on grants (app_id, issuer, subject, provider, account_id)
      where status in ('active', 'credential_revoked', 'expired')`,
    sql`alter table sessions add column required_scopes text not null default '[]'`,
    sql`alter table sessions add column renewing text`,
    sql`alter table audit add column key_prefix text`,
    sql`create table counters (
      name text primary key,
      full_at bigint not null
    )`,
    sql`create index counters_by_time on counters (full_at)`,
    sql`create table managed_secrets (
      id text primary key,
      app_id text not null,
      secret text not null,
      audience text not null,
      issuer text not null,
      audience_id text not null,
      sealed text,
      version bigint not null,
      expires_at bigint,
      created_at bigint not null,
      updated_at bigint not null,
      last_used_at bigint,
      revoked_at bigint
    )`,
    sql`create unique index managed_secrets_one_each
      on managed_secrets (app_id, secret, audience, issuer, audience_id)
      where revoked_at is null`,
  ],
  [
    sql`alter table sessions add column variables text not null default '{}'`,
    sql`alter table sessions add column own_account integer not null default 0`,
    sql`alter table grants add column metadata text not null default '{}'`,
    sql`alter table grants add column ends_at bigint`,
    sql`alter table grants add column warn_at bigint`,
    sql`alter table grants add column warned_at bigint`,
    sql`alter table grants add column check_at bigint`,
    sql`create index grants_by_warning on grants (warn_at) where warn_at is not null and warned_at is null`,
    sql`create index grants_by_check on grants (check_at) where check_at is not null`,
  ],
  [
    sql`create table vault_keys (
      id text primary key,
      purpose text not null,
      wrapped text not null,
      wrapped_by text not null,
      state text not null,
      created_at bigint not null,
      retired_at bigint
    )`,
    // Of brokers that start or rotate at once, one wins.
    sql`create unique index vault_keys_one_current on vault_keys (purpose) where state = 'current'`,
  ],
];
