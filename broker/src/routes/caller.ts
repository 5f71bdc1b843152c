/** Who calls: the app by its API key, and the user by the token that the app hands in. Refuses both alike. */
import { USER_TOKEN_HEADER } from "@alter-ai/protocol/backend";
import type { Context } from "hono";
import type { Actor } from "../audit.ts";
import { callerAddress } from "../caller-address.ts";
import type { App, Config } from "../config/config.ts";
import type { Broker, Env } from "../context.ts";
import { Refusal, refuse } from "../error.ts";
import type { User } from "../identity.ts";
import { checkIssuedAfter } from "../identity/gone.ts";
import type { Whose } from "../limits.ts";
import type { Owner } from "../store/grants.ts";
import { hashSecret } from "../vault.ts";
import { bearer } from "./request.ts";

export type Caller = {
  app: App;
  /** The app itself, for the audit log. */
  as_app: Actor;
  /** The app, with a user's token in hand. */
  as_user: Actor;
  key_prefix: string;
  /** Where the call comes from, as far as that is sure. */
  address: string | undefined;
  /** The key may do nothing as the app itself. */
  needs_user: boolean;
  /** Of the key. */
  key_hash: string;
  /** @throws Refusal */
  user: (token: string) => Promise<User>;
  /**
   * Without a look at who has been deprovisioned: for calls that go on to a grant or a managed secret, whose rows say
   * so themselves. @throws Refusal
   */
  signedUser: (token: string) => Promise<User>;
};

/** @throws Refusal */
export const callerOf = async (broker: Broker, c: Context<Env>): Promise<Caller> => {
  const { config, identity, keys, store, watchman, now } = broker;
  const key = bearer(c);
  const key_hash = key === undefined ? "" : hashSecret(key);
  const known = config.api_keys.get(key_hash);
  if (key === undefined || !known)
    throw refuse(
      "invalid_api_key",
      "Expected `Authorization: Bearer alter_rk_…` with a key of this broker.",
    );
  const { app, key_id, needs_user, expires_at } = known;
  c.set("app", app.id);
  if (expires_at !== null && now() >= expires_at)
    throw new Refusal("invalid_api_key", { detail: "This key has expired." }, `${key_id} expired`);
  if (await keys.isRevoked(key_hash))
    throw new Refusal("invalid_api_key", { detail: "This key was revoked." }, `${key_id} revoked`);
  await keys.use({ hash: key_hash, app_id: app.id, key_id });
  const key_name = JSON.stringify([app.id, key_id]);
  c.set("key", key_name);
  watchman.call(key_name);
  const signedUser: Caller["user"] = async (token) => {
    const verified = await identity(app, token);
    if (verified.ok) return verified.user;
    if ("unavailable" in verified) throw refuse("identity_provider_unavailable", verified.detail);
    throw new Refusal(
      "invalid_user_token",
      { reason: verified.reason, detail: verified.detail },
      verified.reason,
    );
  };
  return {
    app,
    as_app: `app:${key_id}`,
    as_user: `user:${key_id}`,
    key_prefix: keyPrefix(key),
    address: addressOf(config, c),
    needs_user,
    key_hash,
    user: async (token) => {
      const user = await signedUser(token);
      checkIssuedAfter(user, await store.deprovisioned.at(ownerOf(app, user)));
      return user;
    },
    signedUser,
  };
};

/** Where a call comes from, as far as that is sure. */
export const addressOf = (
  { is_trusted_proxy }: Pick<Config, "is_trusted_proxy">,
  c: Context<Env>,
): string | undefined =>
  callerAddress(c.env.remote_address, c.req.header("x-forwarded-for"), is_trusted_proxy);

/** Whose failure it would be. */
export const whoseFailure = (config: Config, c: Context<Env>): Whose => ({
  key: c.get("key"),
  address: addressOf(config, c),
});

/** On calls that carry no JSON. @throws Refusal */
export const userTokenHeader = (c: Context<Env>): string => {
  const token = c.req.header(USER_TOKEN_HEADER);
  if (token === undefined || token === "" || token.length > 16_384)
    throw refuse("invalid_user_token", `Expected the user's JWT in ${USER_TOKEN_HEADER}.`, {
      reason: "malformed",
    });
  return token;
};

export const ownerOf = (app: App, user: User): Owner => ({
  app_id: app.id,
  issuer: user.issuer,
  subject: user.subject,
});

/** Enough to tell two keys apart in a log; what is left of the key has more than 200 bits. */
const keyPrefix = (key: string): string => /^alter_(?:rk|key)_.{4}/.exec(key)?.[0] ?? "";
