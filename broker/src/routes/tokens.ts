/** Credentials for the app's backend, one call each. All that decides is in access.ts; here is only the wire. */
import { backend } from "@alter-ai/protocol/backend";
import { Hono } from "hono";
import type { Broker, Env } from "../context.ts";
import { callerOf } from "./caller.ts";
import { readBody } from "./request.ts";
import { selectorOf } from "./selector.ts";

export const tokenRoutes = (broker: Broker): Hono<Env> => {
  const routes = new Hono<Env>();

  routes.post(backend.token.path, async (c) => {
    const { app, as_user, key_prefix, address, signedUser } = await callerOf(broker, c);
    const body = await readBody(c, backend.token.body);
    const access = await broker.access({
      app,
      actor: as_user,
      key_prefix,
      user: () => signedUser(body.user_token),
      by: selectorOf(body),
      host: body.request.host,
      method: body.request.method,
      caller_address: address,
      end_user_address: body.request.end_user_ip,
      request_id: c.get("requestId"),
      event: "token.issued",
    });
    return c.json({
      access_token: access.access_token,
      token_type: access.token_type,
      token_id: access.token_id,
      expires_at: access.expires_at === null ? null : new Date(access.expires_at).toISOString(),
      cache_seconds: Math.floor(access.cacheable_for / 1000),
      scopes: access.scopes,
      grant_kind: access.kind,
      grant_id: access.grant_id,
      allowed_hosts: access.allowed_hosts,
      injection: access.injection,
    });
  });

  routes.post(backend.verifyUser.path, async (c) => {
    const { user: verify } = await callerOf(broker, c);
    const body = await readBody(c, backend.verifyUser.body);
    const { issuer, subject, shown, expires_at } = await verify(body.user_token);
    const { label, label_kind } = shown;
    return c.json({
      ...{ issuer, subject, label, label_kind },
      expires_at: new Date(expires_at).toISOString(),
    });
  });

  return routes;
};
