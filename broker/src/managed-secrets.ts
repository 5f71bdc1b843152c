/**
 * Managed secrets: which of the operator's values a user's call may use, and what is told of them. The
 * configuration says what a secret is, the store which values are set and for whom, the vault opens one. Nothing
 * here writes: values are set at the command line.
 */
import type { managedSecretSchema } from "@alter-ai/protocol/backend";
import type { App } from "./config/config.ts";
import type { ManagedSecret } from "./config/secrets.ts";
import type { Credential, Opened, Reach } from "./credential.ts";
import { Refusal, refuse } from "./error.ts";
import type { User } from "./identity.ts";
import { checkIssuedAfter } from "./identity/gone.ts";
import { pairOf, typeOf } from "./injection.ts";
import type { StoredSecret } from "./store/managed-secrets.ts";
import type { Store } from "./store/store.ts";
import type { Vault } from "./vault.ts";
import type { KeyStore } from "./vault/keyring.ts";

export type ManagedSecrets = ReturnType<typeof createManagedSecrets>;

/** Whom a value is for; of several, the user gets the closest, however the call names it. */
const CLOSENESS = { everyone: 0, group: 1, user: 2 } as const;

type Who = Pick<User, "issuer" | "subject" | "groups">;

export const createManagedSecrets = (deps: {
  store: Pick<Store, "managedSecrets" | "vault">;
  vault: Vault;
  now: () => number;
}) => {
  const { store, vault, now } = deps;

  /** The user's, of secrets that the configuration still has; oldest first. */
  const ofUser = async (app: App, user: Who) =>
    app.secrets.size === 0
      ? []
      : (await store.managedSecrets.ofUser(app.id, user)).filter(({ secret }) =>
          app.secrets.has(secret),
        );

  /** Undefined when the call means no managed secret, so that it may mean something else. */
  const find = async (
    app: App,
    user: Who & Pick<User, "issued_at">,
    by: {
      provider?: string | undefined;
      grant_id?: string | undefined;
      account?: string | undefined;
    },
  ): Promise<Credential | undefined> => {
    if (by.grant_id === undefined && !app.secrets.has(by.provider ?? "")) return undefined;
    const all = await ofUser(app, user);
    const row =
      by.grant_id === undefined
        ? oneOf(standing(all), by.provider ?? "", by.account)
        : byId(all, by.grant_id);
    const secret = row && app.secrets.get(row.secret);
    if (!secret) return undefined;
    // A value for everyone, or for a group, stays when one of them goes.
    checkIssuedAfter(user, all[0]?.deprovisioned_at ?? null);
    if (isOver(row, now()))
      throw refuse("grant_expired", `${secret.id}: the operator has to set a new value.`, KIND);
    return {
      kind: "managed_secret",
      grant_id: row.id,
      provider: secret.id,
      ...reachOf(secret),
      rules: [...app.rules, ...secret.rules],
      required_scopes: [],
      injection: secret.injection,
      // A token that the provider refused is handed out again, and known by its id: only the operator has another.
      open: async () => opened(secret, row, await unseal(vault, row, store)),
    };
  };

  /** A page of what the user's calls can use, oldest first; `after` is the last row of the page before. */
  const list = async (
    app: App,
    user: Who,
    page: {
      after: { created_at: number; id: string } | undefined;
      limit: number;
      provider?: string | undefined;
      status?: string | undefined;
    },
  ): Promise<StoredSecret[]> => {
    const { after, provider, status } = page;
    return standing(await ofUser(app, user))
      .filter((row) => provider === undefined || row.secret === provider)
      .filter((row) => status === undefined || statusOf(row, now()) === status)
      .filter((row) => !after || isAfter(row, after))
      .slice(0, page.limit);
  };

  const view = (app: App, row: StoredSecret): ReturnType<typeof managedSecretSchema.parse> => ({
    grant_kind: "managed_secret",
    grant_id: row.id,
    secret_id: row.secret,
    name: app.secrets.get(row.secret)?.name ?? row.secret,
    status: statusOf(row, now()),
    created_at: new Date(row.created_at).toISOString(),
    last_used_at: row.last_used_at === null ? null : new Date(row.last_used_at).toISOString(),
  });

  return { find, list, view };
};

/** Tells the app that showing Connect would not help. */
const KIND = { grant_kind: "managed_secret" } as const;

/** Where a value lives: what its seal is bound to. */
export const placeOf = (id: string) => ({ table: "managed_secrets", row: id, column: "sealed" });

const MOST_CHARACTERS = 8192;

/** What stands for `{token}`, or what is wrong with the value, in words that do not quote it. */
export const tokenOf = (
  { is_pair }: Pick<ManagedSecret, "is_pair">,
  value: string,
): { ok: true; token: string } | { ok: false; problem: string } => {
  const problem = is_pair ? problemOfPair(value) : problemOfToken(value);
  if (problem !== undefined) return { ok: false, problem };
  if (!is_pair) return { ok: true, token: value };
  const [user = "", ...password] = value.split(":");
  return { ok: true, token: pairOf(user, password.join(":")) };
};

const problemOfText = (value: string): string | undefined => {
  if (value === "") return "is empty";
  if (value.length > MOST_CHARACTERS) return `has more than ${MOST_CHARACTERS} characters`;
  if (/[\p{Cc}\u2028\u2029]/u.test(value)) return "is not one line without control characters";
  return undefined;
};

/** Any script: base64 makes a header of it. */
const problemOfPair = (value: string): string | undefined =>
  problemOfText(value) ??
  (value.includes(":") ? undefined : "is not user:password, which `inject: basic` takes");

const problemOfToken = (value: string): string | undefined =>
  problemOfText(value) ??
  (/^[\x21-\x7e]+$/.test(value)
    ? undefined
    : "is not printable ASCII without spaces; what stands around a token belongs into its template");

const statusOf = (row: StoredSecret, now: number): "active" | "expired" =>
  isOver(row, now) ? "expired" : "active";

const isOver = ({ expires_at }: StoredSecret, now: number): boolean =>
  expires_at !== null && expires_at <= now;

const isAfter = (row: StoredSecret, after: { created_at: number; id: string }): boolean =>
  row.created_at > after.created_at || (row.created_at === after.created_at && row.id > after.id);

/** What is revoked or has a closer one beside it is not there. */
const standing = (all: StoredSecret[]): StoredSecret[] => {
  const rows = all.filter(({ revoked_at }) => revoked_at === null);
  return rows.filter(
    ({ secret, audience }) =>
      !rows.some(
        (other) => other.secret === secret && CLOSENESS[other.audience] > CLOSENESS[audience],
      ),
  );
};

const byId = (all: StoredSecret[], id: string): StoredSecret | undefined => {
  if (all.some((row) => row.id === id && row.revoked_at !== null))
    throw refuse("grant_revoked", "The operator has revoked this secret.", KIND);
  return standing(all).find((row) => row.id === id);
};

const oneOf = (rows: StoredSecret[], secret: string, account: string | undefined): StoredSecret => {
  const fitting = rows.filter(
    (row) =>
      row.secret === secret &&
      (account === undefined || (row.audience === "group" && row.audience_id === account)),
  );
  const [only, second] = fitting;
  if (second)
    throw refuse("ambiguous_grant", "Pass `account` with one of account_identifiers.", {
      account_identifiers: fitting.map(({ audience_id }) => audience_id),
    });
  if (!only)
    throw refuse(
      "grant_not_found",
      account === undefined
        ? `The operator has set no value of ${secret} for this user.`
        : `The operator has set no value of ${secret} for such a group of this user's.`,
      KIND,
    );
  return only;
};

/** @throws Refusal when the value is no longer what its configuration takes. */
const opened = (secret: ManagedSecret, row: StoredSecret, value: string): Opened => {
  const made = tokenOf(secret, value);
  if (!made.ok) throw broken(row, made.problem);
  return {
    access_token: made.token,
    token_type: typeOf(secret.injection),
    token_id: `${row.id}.${row.version}`,
    expires_at: row.expires_at,
    scopes: [],
    refreshed: false,
    ...reachOf(secret),
  };
};

const reachOf = ({ api_hosts }: ManagedSecret): Reach => ({
  allowed_hosts: api_hosts,
  // Scopes are OAuth's. What a key may do was settled where the operator got it, and nobody here knows.
  lacks: () => [],
});

const unseal = (vault: Vault, row: StoredSecret, from: KeyStore): Promise<string> =>
  vault.unseal(row.sealed ?? "", placeOf(row.id), from).catch(() => {
    throw broken(row, "does not open: its vault key is gone, or the row was changed");
  });

/** The operator reads why in the log and sets the value again; the app can do nothing. */
const broken = ({ id, secret }: StoredSecret, problem: string): Refusal =>
  new Refusal("internal_error", {}, `The value of ${secret} (${id}) ${problem}.`);
