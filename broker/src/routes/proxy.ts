/**
 * Calls that the broker makes in the app's place: the same checks as for a token, then the provider's own answer,
 * streamed. Mounted before the limit on bodies, since it has limits of its own.
 */
import { proxy } from "@alter-ai/protocol/backend";
import { Hono, type Context } from "hono";
import type { Broker, Env } from "../context.ts";
import { refuse } from "../error.ts";
import { isSecureUrl, parseUrl } from "../providers/url.ts";
import { callerOf, userTokenHeader } from "./caller.ts";
import { check } from "./request.ts";
import { selectorOf } from "./selector.ts";

export const proxyRoutes = (broker: Broker): Hono<Env> => {
  const { now } = broker;
  const routes = new Hono<Env>();

  routes.post(proxy.path, async (c) => {
    const { app, as_user, key_prefix, address, signedUser } = await callerOf(broker, c);
    const asked = askedOf(c);
    const url = targetOf(asked.url);
    const request_id = c.get("requestId");
    const length = c.req.header("content-length");
    const ready = await broker.proxy({
      method: asked.method,
      url,
      headers: asked.headers,
      body: c.req.raw.body,
      content_length: length === undefined ? undefined : Number(length),
      signal: c.req.raw.signal,
    });
    const access = await broker.access({
      app,
      actor: as_user,
      key_prefix,
      user: () => signedUser(userTokenHeader(c)),
      by: selectorOf(asked),
      host: url.host,
      method: asked.method,
      caller_address: address,
      end_user_address: asked.end_user_ip,
      request_id,
      fits: ready.fits,
      event: "proxy.called",
    });
    const started = now();
    const response = await ready.send(access);
    const { status } = response;
    broker.log("proxied", { request_id, host: url.host, status, ms: now() - started });
    const { grant_id, token_id } = access;
    response.headers.set(proxy.replyHeader, encode({ grant_id, token_id }));
    return response;
  });

  return routes;
};

const askedOf = (c: Context<Env>) => {
  let asked: unknown;
  try {
    asked = JSON.parse(
      Buffer.from(c.req.header(proxy.requestHeader) ?? "", "base64url").toString(),
    );
  } catch {
    throw refuse("invalid_request", `${proxy.requestHeader}: expected base64url of JSON.`);
  }
  return check(asked, proxy.request);
};

/** The object that is checked is the one that is fetched; no second parser gets to see the text. */
const targetOf = (given: string): URL => {
  const url = parseUrl(given);
  const plain = url && !url.username && !url.password;
  if (!plain || !isSecureUrl(url))
    throw refuse(
      "invalid_request",
      "url: expected an https URL (http only on loopback) that names no user.",
    );
  // A fragment is not sent anyway.
  url.hash = "";
  return url;
};

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
