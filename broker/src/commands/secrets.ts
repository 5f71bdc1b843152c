/**
 * `alter-broker secrets`: the operator sets, lists and revokes the values of managed secrets, beside a running broker
 * and with effect on its next call. A value comes in by standard input, is sealed, and leaves by no command.
 */
import type { App, Config } from "../config/config.ts";
import type { ManagedSecret } from "../config/secrets.ts";
import { placeOf, tokenOf } from "../managed-secrets.ts";
import type { Audience, StoredSecret } from "../store/managed-secrets.ts";
import { openExisting, openStore, type Store } from "../store/store.ts";
import { readInstant } from "./instant.ts";
import { openOperator } from "./operator.ts";
import { readStdin, type Stdin } from "./stdin.ts";

export const SECRETS_OPTIONS = {
  app: { type: "string" },
  secret: { type: "string" },
  everyone: { type: "boolean" },
  group: { type: "string" },
  user: { type: "string" },
  expires: { type: "string" },
} as const;

type Options = {
  [name in keyof typeof SECRETS_OPTIONS]?: (name extends "everyone" ? boolean : string) | undefined;
};

export type SecretsDeps = {
  config: Config;
  stdin: Stdin;
  /** Prints one line. */
  say: (line: string) => void;
  now?: () => number;
  random?: (bytes: number) => Uint8Array;
};

const TAKES: Record<string, string[]> = {
  set: Object.keys(SECRETS_OPTIONS),
  list: ["app"],
  revoke: [],
};

/** @throws Error for the operator, before anything is written. */
export const runSecrets = async (
  deps: SecretsDeps,
  [verb = "", ...rest]: string[],
  options: Options,
): Promise<void> => {
  const takes = Object.hasOwn(TAKES, verb) ? TAKES[verb] : undefined;
  if (!takes) throw new Error("secrets: expected set, list or revoke");
  const foreign = Object.keys(options).find((name) => name !== "config" && !takes.includes(name));
  if (foreign !== undefined) throw new Error(`--${foreign}: not an option of secrets ${verb}`);
  if (verb === "set") return set(deps, rest, options);
  if (verb === "list") return list(deps, rest, options);
  return revoke(deps, rest);
};

const set = async (deps: SecretsDeps, rest: string[], options: Options): Promise<void> => {
  const { config, say } = deps;
  const { now = Date.now, random } = deps;
  if (rest.length)
    throw new Error(
      "invalid_value: the value is read from standard input only. As an argument it stays in the shell's history and shows in the list of processes: if that was the value, replace it at its provider",
    );
  const app = configuredApp(config, given("app", options.app));
  const secret = configuredSecret(app, given("secret", options.secret));
  const audience = audienceOf(app, options);
  const expires_at = expiryOf(options.expires, now());
  const value = await readStdin(deps.stdin);
  const made = tokenOf(secret, value);
  if (!made.ok) throw new Error(`invalid_value: what came on standard input ${made.problem}`);

  const done = await withStore(config, async (opened) => {
    const operator = await openOperator({ config, store: opened, now, random });
    const { store, vault, audit, newId } = operator;
    return store.transaction(async (tx) => {
      const standing = await tx.managedSecrets.standing(app.id, secret.id, audience);
      const row = { id: standing?.id ?? newId("secret"), app_id: app.id, secret: secret.id };
      const sealed = vault.seal(value, placeOf(row.id));
      const at = now();
      if (standing) await tx.managedSecrets.rotate(row.id, { sealed, expires_at }, at);
      else
        await tx.managedSecrets.insert({
          ...{ ...row, ...audience, sealed, expires_at, version: 1 },
          ...{ created_at: at, updated_at: at, last_used_at: null, revoked_at: null },
        });
      const word = standing ? "rotated" : "set";
      await audit(tx, "secret.set", "operator", aboutRow({ ...row, ...audience }, word));
      return `${word} ${row.id}`;
    });
  });
  say(done);
};

const list = async (
  { config, say, now = Date.now }: SecretsDeps,
  rest: string[],
  options: Options,
) => {
  if (rest.length) throw new Error("secrets list: expected options only");
  const app_id = given("app", options.app);
  const rows = await withExisting(config, (store) => store.managedSecrets.ofApp(app_id));
  // What an app left behind that is no longer configured must still be found, to be revoked.
  const app = rows.length ? config.apps.get(app_id) : configuredApp(config, app_id);
  const head = ["id", "secret", "for", "status", "created", "rotated", "expires", "last used"];
  const lines = rows.map((row) => [
    ...[row.id, row.secret, nameOf(row), statusOf(row, app, now()), instant(row.created_at)],
    instant(row.version > 1 && row.revoked_at === null ? row.updated_at : null),
    ...[instant(row.expires_at), instant(row.last_used_at)],
  ]);
  const table = [head, ...lines];
  const width = (i: number) => Math.max(...table.map((line) => line[i]?.length ?? 0));
  const widths = head.map((_, i) => width(i));
  for (const line of table)
    say(
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    );
};

const revoke = async (deps: SecretsDeps, [id, ...rest]: string[]): Promise<void> => {
  const { config, random } = deps;
  if (id === undefined || rest.length)
    throw new Error("secrets revoke: expected one id, as secrets list prints it");
  await withExisting(config, async (opened) => {
    const operator = await openOperator({ config, store: opened, now: deps.now, random });
    const { store, audit, now } = operator;
    await store.transaction(async (tx) => {
      const row = await tx.managedSecrets.byId(id);
      if (!row)
        throw new Error("unknown_id: no value has this id; secrets list prints those there are");
      if (!(await tx.managedSecrets.revoke(id, now())))
        throw new Error("already_revoked: this value has been destroyed before");
      await audit(tx, "secret.revoked", "operator", aboutRow(row, "revoked"));
    });
  });
  deps.say(`revoked ${id}`);
};

export const given = (name: string, value: string | undefined): string => {
  if (!value) throw new Error(`--${name}: is required`);
  return value;
};

export const configuredApp = ({ apps }: Config, id: string): App => {
  const app = apps.get(id);
  if (!app) throw new Error(`--app: expected one of ${[...apps.keys()].join(", ")}`);
  return app;
};

const configuredSecret = (app: App, id: string): ManagedSecret => {
  const secret = app.secrets.get(id);
  const ids = [...app.secrets.keys()];
  if (!secret)
    throw new Error(
      ids.length
        ? `--secret: expected one of ${ids.join(", ")}`
        : `--secret: the configuration of app ${app.id} has no secrets`,
    );
  return secret;
};

const MOST_NAME = 255;

const audienceOf = (app: App, { everyone, group, user }: Options): Audience => {
  if ([everyone, group, user].filter((option) => option !== undefined).length !== 1)
    throw new Error("expected one of --everyone, --group NAME and --user SUBJECT");
  if (everyone) return { audience: "everyone", issuer: "", audience_id: "" };
  const [audience, name] =
    user === undefined ? (["group", group] as const) : (["user", user] as const);
  const audience_id = given(audience, name);
  if (audience_id.length > MOST_NAME || /\p{Cc}/u.test(audience_id))
    throw new Error(`--${audience}: expected one line of at most ${MOST_NAME} characters`);
  const { issuer, groups_claim } = app.identity_provider;
  if (audience === "group" && groups_claim === undefined)
    throw new Error(
      `--group: nobody is in a group, since app ${app.id} has no identity_provider.groups_claim`,
    );
  return { audience, issuer, audience_id };
};

const expiryOf = (text: string | undefined, now: number): number | null => {
  if (text === undefined) return null;
  const at = readInstant("expires", text);
  if (at <= now) throw new Error("--expires: expected a time to come");
  return at;
};

const withStore = async <T>(
  { storage }: Pick<Config, "storage">,
  work: (store: Store) => Promise<T>,
  open = openStore,
): Promise<T> => {
  if (storage.kind === "sqlite" && storage.file === ":memory:")
    throw new Error("storage.sqlite: is :memory:, where no other process can put or find anything");
  const store = await open(storage);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
};

/** Opening what is not there would make an empty one, and the answer "nothing is set". */
export const withExisting = <T>(
  config: Pick<Config, "storage">,
  work: (store: Store) => Promise<T>,
): Promise<T> => withStore(config, work, openExisting);

type Row = Pick<StoredSecret, "id" | "app_id" | "secret"> & Audience;

const aboutRow = (row: Row, word: string) => ({
  app_id: row.app_id,
  grant_id: row.id,
  provider: row.secret,
  issuer: row.audience === "everyone" ? null : row.issuer,
  subject: row.audience === "user" ? row.audience_id : null,
  reason: `${word} for ${nameOf(row)}`,
});

const nameOf = ({ audience, audience_id }: Row): string => `${audience} ${audience_id}`.trimEnd();

const statusOf = (row: StoredSecret, app: App | undefined, now: number): string => {
  if (row.revoked_at !== null) return "revoked";
  if (!app?.secrets.has(row.secret)) return "not configured";
  if (row.audience !== "everyone" && row.issuer !== app.identity_provider.issuer)
    return "of another issuer";
  return row.expires_at !== null && row.expires_at <= now ? "expired" : "active";
};

const instant = (at: number | null): string => (at === null ? "-" : new Date(at).toISOString());
