/** The calls of an app's backend: API key, user token, sessions, tokens, grants (wire.md section 6). */
import { backend, USER_TOKEN_HEADER } from "@alter-ai/protocol/http";
import { SESSION_TOKEN_PREFIX } from "@alter-ai/protocol/window";
import { Hono, type Context } from "hono";
import type { App } from "../config.ts";
import type { Broker, Env } from "../context.ts";
import { Refusal, refuse } from "../error.ts";
import type { User } from "../identity.ts";
import { isSecureUrl, parseUrl } from "../providers/schema.ts";
import { UNCLAIMED, type Session } from "../session.ts";
import type { Grant, Owner } from "../store/grants.ts";
import { hashSecret } from "../vault.ts";
import { bearer, readBody } from "./request.ts";

const USED_RESOLUTION = 60_000;
const DEFAULT_PAGE = 50;
const MOST_PAGE = 100;

export const backendRoutes = (broker: Broker): Hono<Env> => {
  const { config, store, grants, now } = broker;
  const routes = new Hono<Env>();

  const caller = (c: Context<Env>): { app: App; key_id: string } => {
    const key = bearer(c);
    const known = key === undefined ? undefined : config.api_keys.get(hashSecret(key));
    if (!known)
      throw refuse(
        "invalid_api_key",
        "Expected `Authorization: Bearer alter_rk_…` with a key of this broker.",
      );
    c.set("app", known.app.id);
    return known;
  };

  const userOf = async (app: App, token: string): Promise<User> => {
    const verified = await broker.identity(app, token);
    if (verified.ok) return verified.user;
    if ("unavailable" in verified) throw refuse("identity_provider_unavailable");
    throw new Refusal(
      "invalid_user_token",
      { reason: verified.reason, detail: `The token's ${verified.reason} check failed.` },
      verified.reason,
    );
  };

  routes.post(backend.createSession.path, async (c) => {
    const { app, key_id } = caller(c);
    const body = await readBody(c, backend.createSession.body);
    const user = await userOf(app, body.user_token);
    const allowed_origin = allowedOrigin(app, body.allowed_origin);
    const completion: Session["completion"] = body.completion ?? "browser";
    const return_url = allowedReturnUrl(app, body.return_url, allowed_origin, completion);
    const providers = [...new Set(body.allowed_providers ?? app.providers.keys())];
    const foreign = providers.find((id) => !app.providers.has(id));
    if (foreign !== undefined)
      throw refuse(
        "provider_not_allowed",
        `allowed_providers: expected some of ${[...app.providers.keys()].join(", ")}, got "${foreign}".`,
      );
    const base = Buffer.from(config.base_url).toString("base64url");
    // The widget sees by it whether it may leave by redirect, or would strand the user on a phone.
    const returns = return_url !== null && completion === "browser" ? "r." : "";
    const token = `${SESSION_TOKEN_PREFIX}${base}.${returns}${broker.newSecret()}`;
    const expires_at = now() + config.deadlines.unclaimed;
    const session = {
      id: broker.newId(""),
      ...ownerOf(app, user),
      user: user.shown,
      allowed_origin,
      return_url,
      completion,
      multiple: body.multiple ?? false,
      providers,
      created_at: now(),
      expires_at,
      ...UNCLAIMED,
    };
    await store.transaction(async (tx) => {
      await tx.sessions.create(session, hashSecret(token));
      await broker.audit(tx, "session.created", `app:${key_id}`, {
        ...ownerOf(app, user),
        session_id: session.id,
        request_id: c.get("requestId"),
      });
    });
    const reply = { session_token: token, expires_at: new Date(expires_at).toISOString() };
    return c.json(
      completion === "backend"
        ? { ...reply, connect_url: `${config.base_url}/connect#session=${token}` }
        : reply,
      201,
    );
  });

  routes.post(backend.complete.path, async (c) => {
    const { app } = caller(c);
    const body = await readBody(c, backend.complete.body);
    const user = await userOf(app, body.user_token);
    return c.json({ connections: await broker.redeem.forBackend(body.code, ownerOf(app, user)) });
  });

  routes.post(backend.token.path, async (c) => {
    const { app } = caller(c);
    const body = await readBody(c, backend.token.body);
    if ((body.provider === undefined) === (body.grant_id === undefined))
      throw refuse("invalid_request", "Expected exactly one of provider and grant_id.");
    if (body.provider !== undefined && !app.providers.has(body.provider))
      throw refuse(
        "provider_not_allowed",
        `provider: expected one of ${[...app.providers.keys()].join(", ")}, got "${body.provider}".`,
      );
    const user = await userOf(app, body.user_token);
    const found = await grants.find(ownerOf(app, user), {
      provider: body.provider,
      grant_id: body.grant_id,
      account: body.account,
    });
    checkHost(app, found, body.request.host);
    const { grant, tokens } = await grants.freshToken(app, found);
    // Again: a re-authorisation may have changed them while this call waited for a refresh.
    const allowed_hosts = checkHost(app, grant, body.request.host);
    if (now() - (grant.last_used_at ?? 0) > USED_RESOLUTION)
      await store.grants.used(grant.id, now());
    return c.json({
      access_token: tokens.access_token,
      // RFC 6750 names the scheme Bearer; providers spell it in many ways.
      token_type: "Bearer",
      expires_at:
        tokens.access_expires_at === null ? null : new Date(tokens.access_expires_at).toISOString(),
      scopes: grant.scopes,
      grant_id: grant.id,
      allowed_hosts,
      injection: { in: "header" as const, name: "Authorization", template: "Bearer {token}" },
    });
  });

  routes.get(backend.listGrants.path, async (c) => {
    const { app } = caller(c);
    const limit = Number(c.req.query("limit") ?? DEFAULT_PAGE);
    if (!Number.isInteger(limit) || limit < 1 || limit > MOST_PAGE)
      throw refuse("invalid_request", `limit: expected an integer from 1 to ${MOST_PAGE}.`);
    const after = readCursor(c.req.query("cursor"));
    const user = await userOf(app, requiredUserToken(c));
    const found = await store.grants.list(ownerOf(app, user), {
      provider: c.req.query("provider"),
      after,
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return c.json({
      grants: page.map((grant) => grantView(app, grant)),
      next_cursor: found.length > limit && last ? writeCursor(last) : null,
    });
  });

  routes.delete(backend.revokeGrant.path, async (c) => {
    const { app, key_id } = caller(c);
    const token = c.req.header(USER_TOKEN_HEADER);
    const user = token === undefined ? undefined : await userOf(app, token);
    const grant = await store.grants.byId(app.id, c.req.param("id") ?? "");
    const visible =
      grant &&
      grant.status !== "pending" &&
      // With a user in scope the id must be theirs: it came from a browser [M12].
      (!user || (grant.issuer === user.issuer && grant.subject === user.subject));
    if (!visible) throw refuse("grant_not_found");
    const provider_revocation = await grants.revoke(
      grant,
      user ? `user:${key_id}` : `app:${key_id}`,
      c.get("requestId"),
    );
    return c.json({ grant_id: grant.id, status: "revoked" as const, provider_revocation });
  });

  routes.get(backend.providers.path, (c) => {
    const { app } = caller(c);
    const providers = [...app.providers.values()].map(({ provider, scopes }) => ({
      id: provider.id,
      name: provider.name,
      scopes,
    }));
    return c.json({ providers });
  });

  return routes;
};

const ownerOf = (app: App, user: User): Owner => ({
  app_id: app.id,
  issuer: user.issuer,
  subject: user.subject,
});

/** Back ends pass on what browsers send, so only what is configured counts [H5]. */
const allowedOrigin = (app: App, given: string): string => {
  if (!app.origins.includes(given))
    throw refuse(
      "origin_not_allowed",
      `allowed_origin: expected one of ${app.origins.join(", ")}; the value given is not among them.`,
    );
  return given;
};

const allowedReturnUrl = (
  app: App,
  given: string | undefined,
  allowed_origin: string,
  completion: "browser" | "backend",
): string | null => {
  if (given === undefined) {
    if (completion === "backend")
      throw refuse("invalid_request", "return_url: required with completion: backend.");
    return null;
  }
  const url = parseUrl(given);
  const acceptable =
    url !== undefined &&
    isSecureUrl(url) &&
    !url.username &&
    !url.password &&
    !url.hash &&
    ![...url.searchParams.keys()].some((name) => name.startsWith("alter_connect_")) &&
    (completion === "backend" || url.origin === allowed_origin) &&
    app.return_urls.some((configured) => {
      const { href } = new URL(configured);
      // Only a configured value that ends in "/" is a prefix. URL has already resolved "..", but not behind an
      // encoded slash, which many a server decodes later.
      const below = url.href.startsWith(href) && !/%2f|%5c/i.test(url.pathname);
      return url.href === href || (configured.endsWith("/") && below);
    });
  if (!acceptable)
    throw refuse(
      "return_url_not_allowed",
      "return_url: expected one that is configured for the app, on allowed_origin, without user, fragment or alter_connect_ parameters.",
    );
  return url.href;
};

const requiredUserToken = (c: Context<Env>): string => {
  const token = c.req.header(USER_TOKEN_HEADER);
  if (token === undefined || token === "" || token.length > 16_384)
    throw refuse("invalid_user_token", `Expected the user's JWT in ${USER_TOKEN_HEADER}.`, {
      reason: "malformed",
    });
  return token;
};

/** The grant's own hosts that the configuration still allows: what an operator takes out goes at once [M11]. */
const checkHost = (app: App, grant: Grant, host: string): string[] => {
  const today = app.providers.get(grant.provider)?.provider.api_hosts;
  if (!today) throw refuse("provider_not_allowed", `${grant.provider} is not configured any more.`);
  const allowed_hosts = grant.allowed_hosts.filter((allowed) => today.includes(allowed));
  if (!allowed_hosts.includes(host))
    throw refuse(
      "host_not_allowed",
      `This grant's token goes to ${allowed_hosts.join(", ") || "no host"} only.`,
      { allowed_hosts },
    );
  return allowed_hosts;
};

const grantView = (app: App, grant: Grant) => ({
  grant_kind: "oauth" as const,
  grant_id: grant.id,
  provider_id: grant.provider,
  provider_name: app.providers.get(grant.provider)?.provider.name ?? grant.provider,
  account_identifier: grant.account_identifier,
  scopes: grant.scopes,
  status: grant.status as "active" | "credential_revoked" | "expired",
  created_at: new Date(grant.created_at).toISOString(),
  last_used_at: grant.last_used_at === null ? null : new Date(grant.last_used_at).toISOString(),
});

type Cursor = { created_at: number; id: string };

const writeCursor = ({ created_at, id }: Cursor): string =>
  Buffer.from(`${created_at}.${id}`).toString("base64url");

const readCursor = (given: string | undefined): Cursor | undefined => {
  if (given === undefined) return undefined;
  const match = /^(\d{1,15})\.([\w-]{1,128})$/.exec(Buffer.from(given, "base64url").toString());
  if (!match?.[1] || !match[2])
    throw refuse("invalid_request", "cursor: expected a next_cursor of this broker.");
  return { created_at: Number(match[1]), id: match[2] };
};
