/**
 * `alter-broker keys list` and `keys revoke`: what becomes of API keys while brokers run. A revocation is a row that all
 * of them honour within a second; the configuration need not change for it, and cannot undo it.
 */
import type { Config } from "../config/config.ts";
import { endSessionsOfKeys } from "../keys.ts";
import type { ApiKeyRow } from "../store/tables.ts";
import { configuredApp, given, withExisting } from "./secrets.ts";
import { assemble, type UsersDeps } from "./users.ts";

export const KEYS_OPTIONS = { app: { type: "string" }, key: { type: "string" } } as const;

type Options = { [name in keyof typeof KEYS_OPTIONS]?: string | undefined };

type Key = { hash: string; key_id: string; expires_at: number | null; configured: boolean };

/** @throws Error for the operator, before anything is written. */
export const runKeys = async (
  deps: UsersDeps,
  [verb = "", ...rest]: string[],
  options: Options,
): Promise<void> => {
  if ((verb !== "list" && verb !== "revoke") || rest.length)
    throw new Error("keys: expected create, list or revoke");
  const takes = verb === "list" ? ["config", "app"] : ["config", "app", "key"];
  const foreign = Object.keys(options).find((name) => !takes.includes(name));
  if (foreign !== undefined) throw new Error(`--${foreign}: not an option of keys ${verb}`);
  return verb === "list" ? list(deps, options) : revoke(deps, options);
};

const list = async ({ config, say, now = Date.now }: UsersDeps, options: Options) => {
  const apps =
    options.app === undefined ? [...config.apps.keys()] : [configuredApp(config, options.app).id];
  await withExisting(config, async (store) => {
    const lines = [["app", "key", "state", "last used", "hash"]];
    for (const app_id of apps) {
      const rows = await store.apiKeys.ofApp(app_id);
      for (const key of keysOf(config, app_id, rows)) {
        const row = rows.find(({ hash }) => hash === key.hash);
        const last_used = row?.last_used_at ?? null;
        lines.push([
          ...[app_id, key.key_id, stateOf(key, row, now())],
          // To the minute, as it is written down.
          last_used === null ? "-" : `${new Date(last_used).toISOString().slice(0, 16)}Z`,
          `sha256:${key.hash.slice(0, 8)}…`,
        ]);
      }
    }
    const widths = (lines[0] ?? []).map((_, i) =>
      Math.max(...lines.map((line) => line[i]?.length ?? 0)),
    );
    for (const line of lines)
      say(
        line
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join("  ")
          .trimEnd(),
      );
  });
};

const revoke = async (deps: UsersDeps, options: Options) => {
  const { config, say } = deps;
  const { id: app_id } = configuredApp(config, given("app", options.app));
  const key_id = given("key", options.key);
  await withExisting(config, async (opened) => {
    const { store, now, audit, endSession } = await assemble(deps, opened);
    const all = keysOf(config, app_id, await store.apiKeys.ofApp(app_id));
    const named = all.filter((key) => key.key_id === key_id);
    // A name that was given to another key since means the one that has it now.
    const configured = named.filter((key) => key.configured);
    const meant = configured.length ? configured : named;
    if (!meant.length)
      throw new Error(
        `--key: expected one of ${[...new Set(all.map((key) => key.key_id))].join(", ")}`,
      );
    const done = await store.transaction(async (tx) => {
      let revoked = 0;
      for (const { hash } of meant)
        if (await tx.apiKeys.revoke({ hash, app_id, key_id }, now())) revoked += 1;
      if (revoked) await audit(tx, "key.revoked", "operator", { app_id, reason: key_id });
      return revoked > 0;
    });
    // Also of one that was revoked before: the last time may have been broken off here.
    const hashes = meant.map(({ hash }) => hash);
    const ended = await endSessionsOfKeys({ store, endSession, now }, hashes, null, "operator");
    if (!done && !ended) throw new Error("already_revoked: this key has been revoked before");
    say(`revoked ${key_id} of ${app_id}: every broker refuses it within a second`);
    say(`open sessions ended: ${ended}`);
  });
};

/** Those of the configuration first, then those that it has no more and that have been used or revoked. */
const keysOf = ({ api_keys }: Config, app_id: string, rows: ApiKeyRow[]): Key[] => [
  ...[...api_keys]
    .filter(([, { app }]) => app.id === app_id)
    .map(([hash, { key_id, expires_at }]) => ({ hash, key_id, expires_at, configured: true })),
  ...rows
    .filter(({ hash }) => !api_keys.has(hash))
    .map(({ hash, key_id }) => ({ hash, key_id, expires_at: null, configured: false })),
];

const stateOf = (
  { expires_at, configured }: Key,
  row: ApiKeyRow | undefined,
  now: number,
): string => {
  const revoked_at = row?.revoked_at ?? null;
  if (revoked_at !== null) return `revoked ${new Date(revoked_at).toISOString()}`;
  if (!configured) return "not in the configuration";
  if (expires_at === null) return "active";
  const at = new Date(expires_at).toISOString();
  return expires_at <= now ? `expired ${at}` : `active until ${at}`;
};
