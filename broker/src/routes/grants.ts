/** What users have connected, from the app's backend: lists, ends, and what could be connected. No token passes here. */
import { backend, USER_TOKEN_HEADER } from "@alter-ai/protocol/backend";
import { Hono } from "hono";
import type { App } from "../config/config.ts";
import type { Broker, Env } from "../context.ts";
import { refuse } from "../error.ts";
import { isExpiring } from "../grants/ahead.ts";
import { isOver } from "../grants/lifetime.ts";
import { missingScopes } from "../grants/scopes.ts";
import type { Grant, StandingStatus } from "../store/grants.ts";
import { callerOf, ownerOf, userTokenHeader } from "./caller.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { check } from "./request.ts";

const DEFAULT_PAGE = 50;

export const grantRoutes = (broker: Broker): Hono<Env> => {
  const { store, grants, managedSecrets, now } = broker;
  const routes = new Hono<Env>();

  routes.get(backend.listGrants.path, async (c) => {
    const { app, user: verify } = await callerOf(broker, c);
    const query = c.req.query();
    const asked = check(
      { ...query, limit: Number(query["limit"] ?? DEFAULT_PAGE) },
      backend.listGrants.query,
    );
    const { kind, status, provider, limit = DEFAULT_PAGE } = asked;
    const after = readCursor(asked.cursor);
    const user = await verify(userTokenHeader(c));
    // One more than asked for of either kind tells whether there is a next page.
    const page = { provider, status, after, limit: limit + 1, now: now() };
    const oauth =
      kind === "managed_secret" ? [] : await store.grants.list(ownerOf(app, user), page);
    const managed = kind === "oauth" ? [] : await managedSecrets.list(app, user, page);
    const found = [
      ...oauth.map((grant) => ({ at: grant, view: () => grantView(app, grant, now()) })),
      ...managed.map((secret) => ({ at: secret, view: () => managedSecrets.view(app, secret) })),
    ].sort((a, b) => a.at.created_at - b.at.created_at || (a.at.id < b.at.id ? -1 : 1));
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    return c.json({
      grants: shown.map(({ view }) => view()),
      next_cursor: found.length > limit && last ? writeCursor(last.at) : null,
    });
  });

  routes.delete(backend.revokeGrant.path, async (c) => {
    const {
      app,
      as_app,
      as_user,
      key_prefix,
      needs_user,
      user: verify,
    } = await callerOf(broker, c);
    const { reason } = check(c.req.query(), backend.revokeGrant.query);
    const token = needs_user ? userTokenHeader(c) : c.req.header(USER_TOKEN_HEADER);
    const user = token === undefined ? undefined : await verify(token);
    const grant = await store.grants.byId(app.id, c.req.param("id") ?? "");
    const visible =
      grant &&
      grant.status !== "pending" &&
      // With a user in scope the id must be theirs: it came from a browser [M12].
      (!user || (grant.issuer === user.issuer && grant.subject === user.subject));
    if (!visible) throw refuse("grant_not_found");
    const provider_revocation = await grants.revoke(grant, user ? as_user : as_app, {
      request_id: c.get("requestId"),
      key_prefix,
      reason: reason ?? null,
    });
    return c.json({ grant_id: grant.id, status: "revoked" as const, provider_revocation });
  });

  routes.get(backend.providers.path, async (c) => {
    const { app } = await callerOf(broker, c);
    const providers = [...app.providers.values()].map(({ provider, scopes, optional_scopes }) => ({
      id: provider.id,
      name: provider.name,
      scopes,
      optional_scopes,
    }));
    return c.json({ providers });
  });

  return routes;
};

const grantView = (app: App, grant: Grant, now: number) => {
  const client = app.providers.get(grant.provider);
  return {
    grant_kind: "oauth" as const,
    grant_id: grant.id,
    provider_id: grant.provider,
    provider_name: client?.provider.name ?? grant.provider,
    account_identifier: grant.account_identifier,
    scopes: grant.scopes,
    missing_scopes: missingScopes(client?.required_scopes ?? [], grant.scopes),
    status: isOver(grant, now) ? "expired" : (grant.status as StandingStatus),
    created_at: instant(grant.created_at),
    last_used_at: grant.last_used_at === null ? null : instant(grant.last_used_at),
    expires_at: grant.expires_at === null ? null : instant(grant.expires_at),
    credential_expires_at: grant.ends_at === null ? null : instant(grant.ends_at),
    expiring: isExpiring(grant, now),
    metadata: grant.metadata,
  };
};

const instant = (at: number): string => new Date(at).toISOString();
