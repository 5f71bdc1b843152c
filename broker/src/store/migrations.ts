/**
 * The schema's history, oldest first; what has landed is never edited, only followed by the next.
 * The portable subset of SQLite and PostgreSQL: text, bigint, no booleans, no arrays, no sequences.
 */
import { sql, type RawBuilder } from "kysely";

export type Migration = {
  up: RawBuilder<unknown>[];
  /** The way back to the schema before. Rows that the broker before could not read are made such as it can. */
  down: RawBuilder<unknown>[];
  /** What the way down throws away, in words for the operator, and how many rows that is. */
  loses: { what: string; rows: RawBuilder<{ n: number }> }[];
  /**
   * Whether the broker before runs on this schema, as it does during a rolling upgrade, or when the program alone is
   * rolled back: new columns are nullable or have a default, nothing it reads is gone, and no row it may meet is of a kind
   * that it does not know. Otherwise all brokers have to stop for this one.
   */
  previous_runs: boolean;
};

/** From here on the database itself says which brokers may run on it: an older one asks before it refuses. */
export const WHO_RUNS: Migration = {
  up: [sql`alter table migrations add column runs_from bigint`],
  down: [sql`alter table migrations drop column runs_from`],
  loses: [],
  previous_runs: true,
};

export const MIGRATIONS: Migration[] = [
  {
    up: [
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
    down: [],
    loses: [],
    previous_runs: false,
  },
  {
    up: [
      sql`alter table authorizations add column handle_hash text`,
      sql`alter table authorizations add column posted text`,
      sql`alter table authorizations add column posted_at bigint`,
      sql`create unique index authorizations_by_handle on authorizations (handle_hash)
        where handle_hash is not null`,
    ],
    down: [
      sql`drop index authorizations_by_handle`,
      sql`alter table authorizations drop column posted_at`,
      sql`alter table authorizations drop column posted`,
      sql`alter table authorizations drop column handle_hash`,
    ],
    loses: [
      {
        what: "answers that a provider has posted and no browser has fetched yet: those users try again",
        rows: sql`select count(*) as n from authorizations where posted is not null`,
      },
    ],
    previous_runs: true,
  },
  {
    up: [
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
    down: [
      sql`drop index managed_secrets_one_each`,
      sql`drop table managed_secrets`,
      sql`drop index counters_by_time`,
      sql`drop table counters`,
      sql`alter table audit drop column key_prefix`,
      sql`alter table sessions drop column renewing`,
      sql`alter table sessions drop column required_scopes`,
      sql`drop index grants_one_per_account`,
      // The one status that the broker before does not know; both ask the user to connect again.
      sql`update grants set status = 'credential_revoked' where status = 'expired'`,
      sql`create unique index grants_one_per_account on grants (app_id, issuer, subject, provider, account_id)
        where status in ('active', 'credential_revoked')`,
      sql`drop index grants_by_expiry`,
      sql`alter table grants drop column expires_at`,
    ],
    loses: [
      {
        what: "managed secrets, with their values",
        rows: sql`select count(*) as n from managed_secrets`,
      },
      { what: "rate limits' counts", rows: sql`select count(*) as n from counters` },
      {
        what: "ends of grants' lifetimes: these grants then last as long as the provider takes them",
        rows: sql`select count(*) as n from grants where expires_at is not null and status = 'active'`,
      },
      {
        what: "grants past their lifetime, which become credential_revoked",
        rows: sql`select count(*) as n from grants where status = 'expired'`,
      },
      {
        what: "what sessions under way require or renew",
        rows: sql`select count(*) as n from sessions where required_scopes <> '[]' or renewing is not null`,
      },
      {
        what: "audit rows' key prefixes",
        rows: sql`select count(*) as n from audit where key_prefix is not null`,
      },
    ],
    previous_runs: false,
  },
  {
    up: [
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
    down: [
      sql`drop index grants_by_check`,
      sql`drop index grants_by_warning`,
      sql`alter table grants drop column check_at`,
      sql`alter table grants drop column warned_at`,
      sql`alter table grants drop column warn_at`,
      sql`alter table grants drop column ends_at`,
      sql`alter table grants drop column metadata`,
      sql`alter table sessions drop column own_account`,
      sql`alter table sessions drop column variables`,
    ],
    loses: [
      {
        what: "facts of connections (metadata), such as a tenant that stands in a URL",
        rows: sql`select count(*) as n from grants where metadata <> '{}'`,
      },
      {
        what: "known ends of credentials, and the warnings and checks ahead of them",
        rows: sql`select count(*) as n from grants where ends_at is not null or check_at is not null`,
      },
      {
        what: "what sessions under way know of a tenant or of the user's own account",
        rows: sql`select count(*) as n from sessions where variables <> '{}' or own_account <> 0`,
      },
    ],
    previous_runs: true,
  },
  WHO_RUNS,
  {
    up: [
      // Which API key asked for it: revoked, it takes its open sessions with it [M10].
      sql`alter table sessions add column key_hash text`,
      sql`create index sessions_of_user on sessions (app_id, issuer, subject)`,
      sql`alter table grants add column user_tokens_after bigint`,
      sql`create table deprovisioned_users (
        app_id text not null,
        issuer text not null,
        subject text not null,
        at bigint not null,
        primary key (app_id, issuer, subject)
      )`,
      sql`create index deprovisioned_users_by_time on deprovisioned_users (at)`,
      sql`create table deliveries (
        id text primary key,
        at bigint not null
      )`,
      sql`create index deliveries_by_time on deliveries (at)`,
      sql`create table api_keys (
        hash text primary key,
        app_id text not null,
        key_id text not null,
        last_used_at bigint,
        revoked_at bigint
      )`,
    ],
    down: [
      sql`drop table api_keys`,
      sql`drop index deliveries_by_time`,
      sql`drop table deliveries`,
      sql`drop index deprovisioned_users_by_time`,
      sql`drop table deprovisioned_users`,
      sql`alter table grants drop column user_tokens_after`,
      sql`drop index sessions_of_user`,
      sql`alter table sessions drop column key_hash`,
    ],
    loses: [
      {
        what: "users that are deprovisioned: their tokens are believed again until they end",
        rows: sql`select count(*) as n from deprovisioned_users`,
      },
      {
        what: "deliveries of identity providers that have been taken: a repeated one acts again",
        rows: sql`select count(*) as n from deliveries`,
      },
      {
        what: "revoked API keys, which work again unless they are taken out of the configuration",
        rows: sql`select count(*) as n from api_keys where revoked_at is not null`,
      },
      {
        what: "when API keys were last used",
        rows: sql`select count(*) as n from api_keys where last_used_at is not null`,
      },
      {
        what: "since when a returned user's tokens count",
        rows: sql`select count(*) as n from grants where user_tokens_after is not null`,
      },
      {
        what: "by which API key sessions under way were asked for",
        rows: sql`select count(*) as n from sessions where key_hash is not null`,
      },
    ],
    // It knows neither revoked keys nor users that are gone, and would let both in.
    previous_runs: false,
  },
  {
    up: [
      sql`alter table audit add column writer text`,
      sql`alter table audit add column seq bigint`,
      sql`alter table audit add column hash text`,
      sql`create unique index audit_by_writer on audit (writer, seq)`,
      // Those of older brokers: few, and looked for by each verification.
      sql`create index audit_unchained on audit (at, id) where writer is null`,
      sql`create table audit_writers (
        writer text primary key,
        started_at bigint not null,
        updated_at bigint not null,
        last_seq bigint not null,
        last_hash text not null,
        mac text not null
      )`,
      sql`create table audit_starts (
        writer text primary key,
        first_seq bigint not null,
        first_prev text not null,
        mac text not null
      )`,
      // One for each thing that the purge looks for, each holding little but what is due.
      sql`create index sessions_by_end on sessions (ended_at) where ended_at is not null`,
      sql`create index authorizations_by_post on authorizations (posted_at) where posted is not null`,
      sql`create index grants_by_end on grants (ended_at) where ended_at is not null`,
      sql`create index grants_pending on grants (id) where status = 'pending'`,
      // The one by expiry alone kept those that have expired long ago in front.
      sql`drop index grants_by_expiry`,
      sql`create index grants_by_expiry on grants (expires_at) where status = 'active' and expires_at is not null`,
      sql`create index managed_secrets_by_end on managed_secrets (revoked_at) where revoked_at is not null`,
    ],
    down: [
      sql`drop index managed_secrets_by_end`,
      sql`drop index grants_by_expiry`,
      sql`create index grants_by_expiry on grants (expires_at) where expires_at is not null`,
      sql`drop index grants_pending`,
      sql`drop index grants_by_end`,
      sql`drop index authorizations_by_post`,
      sql`drop index sessions_by_end`,
      sql`drop table audit_starts`,
      sql`drop table audit_writers`,
      sql`drop index audit_unchained`,
      sql`drop index audit_by_writer`,
      sql`alter table audit drop column hash`,
      sql`alter table audit drop column seq`,
      sql`alter table audit drop column writer`,
    ],
    loses: [
      {
        what: "audit rows' places in their chains: edits of these rows can no longer be found",
        rows: sql`select count(*) as n from audit where writer is not null`,
      },
      {
        what: "ends of audit chains, by which a missing tail is found",
        rows: sql`select count(*) as n from audit_writers`,
      },
      {
        what: "starts of audit chains that retention has moved",
        rows: sql`select count(*) as n from audit_starts`,
      },
    ],
    // It writes rows that are in no chain, which a verification takes for forged ones.
    previous_runs: false,
  },
  {
    up: [
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
    down: [sql`drop index vault_keys_one_current`, sql`drop table vault_keys`],
    loses: [
      {
        what: "the vault's data keys, AND WITH THEM EVERYTHING SEALED since this schema: those users connect again",
        rows: sql`select count(*) as n from vault_keys`,
      },
    ],
    // It cannot open what is sealed with a data key.
    previous_runs: false,
  },
  {
    up: [
      sql`alter table sessions add column chosen text`,
      sql`alter table sessions add column preview integer not null default 0`,
    ],
    down: [
      // The broker before would take them for sessions to connect with.
      sql`delete from sessions where preview = 1`,
      sql`alter table sessions drop column preview`,
      sql`alter table sessions drop column chosen`,
    ],
    loses: [
      {
        what: "previews that somebody is looking at",
        rows: sql`select count(*) as n from sessions where preview = 1`,
      },
      {
        what: "which account sessions under way have chosen to renew",
        rows: sql`select count(*) as n from sessions where chosen is not null`,
      },
    ],
    // It would let somebody connect in a preview, for the very user that the app has made it for: an ordinary session.
    previous_runs: true,
  },
  {
    up: [sql`alter table sessions add column locale text`],
    down: [sql`alter table sessions drop column locale`],
    loses: [
      {
        what: "the language that apps want for sessions under way: their pages speak the browser's",
        rows: sql`select count(*) as n from sessions where locale is not null`,
      },
    ],
    previous_runs: true,
  },
  {
    up: [
      sql`alter table audit add column method text`,
      sql`alter table audit add column host text`,
      // A person's activity, newest first. What it is filtered by stands in it too: a million rows are not looked up to
      // find out that none of them fits.
      sql`create index audit_of_person on audit (subject, at, app_id, provider) where subject is not null`,
      // The same person in every app that trusts the same identity provider.
      sql`create index grants_of_person on grants (issuer, subject, created_at, id)`,
      sql`create table wallet_sign_ins (
        state_hash text primary key,
        at bigint not null
      )`,
      sql`create index wallet_sign_ins_by_time on wallet_sign_ins (at)`,
      sql`create table wallet_sessions (
        secret_hash text primary key,
        app_id text not null,
        issuer text not null,
        owners text not null,
        "user" text not null,
        issued_at bigint not null,
        created_at bigint not null,
        seen_at bigint not null
      )`,
      sql`create index wallet_sessions_by_time on wallet_sessions (seen_at)`,
    ],
    down: [
      sql`drop table wallet_sessions`,
      sql`drop table wallet_sign_ins`,
      sql`drop index grants_of_person`,
      sql`drop index audit_of_person`,
      sql`alter table audit drop column host`,
      sql`alter table audit drop column method`,
    ],
    loses: [
      {
        what: "where audited calls went (method and host): these rows then read as edited ones",
        rows: sql`select count(*) as n from audit where method is not null or host is not null`,
      },
      {
        what: "which sign-ins have come back: the identity provider alone then refuses their codes",
        rows: sql`select count(*) as n from wallet_sign_ins`,
      },
      {
        what: "who is signed in to the Wallet: they sign in again",
        rows: sql`select count(*) as n from wallet_sessions`,
      },
    ],
    // It writes what it always has, and deprovisioning marks what the Wallet looks at.
    previous_runs: true,
  },
];
