/** Connect sessions, from the app's backend: minted for one user and one origin, completed by the server that asked. */
import { backend } from "@alter-ai/protocol/backend";
import { localeFor } from "@alter-ai/protocol/locale";
import { SESSION_TOKEN_PREFIX } from "@alter-ai/protocol/window";
import { Hono } from "hono";
import type { Actor } from "../audit.ts";
import type { ProviderClient } from "../config/client.ts";
import type { App } from "../config/config.ts";
import type { Broker, Env } from "../context.ts";
import { refuse } from "../error.ts";
import { configuredScopes } from "../grants/scopes.ts";
import { isSecureUrl, parseUrl } from "../providers/url.ts";
import { UNCLAIMED, type Session } from "../session.ts";
import type { Grant, Owner } from "../store/grants.ts";
import type { StoredSession } from "../store/sessions.ts";
import { isAccepted } from "../variables.ts";
import { hashSecret } from "../vault.ts";
import { callerOf, ownerOf } from "./caller.ts";
import { readBody } from "./request.ts";

/** Of one user. A page that asks for a session each time it loads makes them faster than they expire [L19]. */
const MOST_OPEN = 50;

export const sessionRoutes = (broker: Broker): Hono<Env> => {
  const { config, store, now } = broker;
  const routes = new Hono<Env>();

  routes.post(backend.createSession.path, async (c) => {
    const { app, as_app, key_hash, key_prefix, user: verify } = await callerOf(broker, c);
    const body = await readBody(c, backend.createSession.body);
    const user = await verify(body.user_token);
    const owner = ownerOf(app, user);
    const allowed_origin = allowedOrigin(app, body.allowed_origin);
    const completion: Session["completion"] = body.completion ?? "browser";
    const return_url = allowedReturnUrl(app, body.return_url, allowed_origin, completion);
    const preview = body.preview ?? false;
    if (preview && completion === "backend")
      throw refuse("invalid_request", "preview: not with completion: backend, which connects.");
    const renewing = await ownGrant(owner, body.grant_id);
    const providers = offered(app, body.allowed_providers, renewing);
    const required_scopes = allowedScopes(app, providers, body.required_scopes);
    const variables = allowedVariables(app, providers, body.provider_variables);
    const base = Buffer.from(config.base_url).toString("base64url");
    // The widget sees by it whether it may leave by redirect, or would strand the user on a phone.
    // Nothing returns from a preview.
    const returns = return_url !== null && completion === "browser" && !preview ? "r." : "";
    const token = `${SESSION_TOKEN_PREFIX}${base}.${returns}${broker.newSecret()}`;
    const wished = body.expires_in === undefined ? Infinity : body.expires_in * 1000;
    const expires_at = now() + Math.min(config.deadlines.unclaimed, wished);
    const session = {
      id: broker.newId(""),
      ...owner,
      user: user.shown,
      allowed_origin,
      return_url,
      completion,
      multiple: body.multiple ?? false,
      locale: localeFor(body.locale === undefined ? [] : [body.locale]) ?? null,
      providers,
      ...{ required_scopes, variables },
      renewing: renewing?.id ?? null,
      preview,
      key_hash,
      created_at: now(),
      expires_at,
      ...UNCLAIMED,
    };
    await makeRoom(owner, as_app, c.get("requestId"));
    await store.transaction(async (tx) => {
      await tx.sessions.create(session, hashSecret(token));
      await broker.audit(tx, "session.created", as_app, {
        ...owner,
        session_id: session.id,
        request_id: c.get("requestId"),
        key_prefix,
        ...(preview ? { reason: "preview" } : {}),
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
    const { app, user } = await callerOf(broker, c);
    const body = await readBody(c, backend.complete.body);
    const owner = ownerOf(app, await user(body.user_token));
    return c.json({ connections: await broker.redeem.forBackend(body.code, owner) });
  });

  /** The oldest that nobody has opened goes first: whoever opens it now is told to start again. */
  const makeRoom = async (owner: Owner, actor: Actor, request_id: string): Promise<void> => {
    const open = await store.sessions.openOfUser(owner, now(), now(), MOST_OPEN);
    if (open.length < MOST_OPEN) return;
    const unopened = ({ shape }: StoredSession) => shape === null;
    // One that somebody opens at this moment is in use, and the next has to go.
    for (const one of open.filter(unopened).sort((a, b) => a.created_at - b.created_at)) {
      const ended = await broker.endSession(one, "expired", request_id, actor, unopened);
      if (ended.ended_at !== null) return;
    }
    throw refuse("rate_limited", `This user has ${MOST_OPEN} sessions in use.`);
  };

  /** The grant to renew must be the user's own: its id has been in a browser. */
  const ownGrant = async (owner: Owner, id: string | undefined): Promise<Grant | undefined> => {
    if (id === undefined) return undefined;
    const grant = await store.grants.byId(owner.app_id, id);
    const own = grant?.issuer === owner.issuer && grant.subject === owner.subject;
    if (!own || grant.status === "pending" || grant.status === "revoked")
      throw refuse("grant_not_found", "grant_id: expected a grant of this user that still stands.");
    return grant;
  };

  return routes;
};

const offered = (app: App, given: string[] | undefined, renewing: Grant | undefined): string[] => {
  const wished = given ?? (renewing ? [renewing.provider] : [...app.providers.keys()]);
  const providers = [...new Set(wished)];
  const foreign = providers.find((id) => !app.providers.has(id));
  if (foreign !== undefined)
    throw refuse(
      "provider_not_allowed",
      `allowed_providers: expected some of ${[...app.providers.keys()].join(", ")}.`,
    );
  if (renewing && (providers.length > 1 || providers[0] !== renewing.provider))
    throw refuse(
      "provider_not_allowed",
      `allowed_providers: with grant_id, expected ${renewing.provider} alone.`,
    );
  return providers;
};

/** What nobody has configured is not asked for, whoever wishes it [M13]. */
const allowedScopes = (app: App, providers: string[], given: string[] = []): string[] => {
  const configured = providers.flatMap((id) => {
    const client = app.providers.get(id);
    return client ? configuredScopes(client) : [];
  });
  const foreign = given.find((scope) => !configured.includes(scope));
  if (foreign !== undefined)
    throw refuse(
      "invalid_request",
      `required_scopes: expected only what is in scopes or optional_scopes of ${providers.join(", ")}.`,
    );
  return [...new Set(given)];
};

/** Of the record's variables those that the configuration leaves open, in the provider's form. */
const allowedVariables = (
  app: App,
  providers: string[],
  given: Record<string, Record<string, string>> = {},
): Session["variables"] => {
  for (const [id, values] of Object.entries(given)) {
    const client = providers.includes(id) ? app.providers.get(id) : undefined;
    if (!client)
      throw refuse(
        "invalid_request",
        `provider_variables: expected only providers of the session, ${providers.join(", ")}.`,
      );
    for (const [name, value] of Object.entries(values)) {
      if (!client.open_variables.includes(name))
        throw refuse(
          "invalid_request",
          `provider_variables.${id}: ${client.open_variables.length ? `expected only ${client.open_variables.join(", ")}` : "has none that a session may say"}.`,
        );
      if (!isAccepted(client, name, value))
        throw refuse(
          "invalid_request",
          `provider_variables.${id}.${name}: not as ${client.provider.name} writes it${exampleOf(client, name)}.`,
        );
    }
  }
  return given;
};

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

const exampleOf = ({ provider }: ProviderClient, name: string): string => {
  const { example } = provider.variables[name] ?? {};
  return example === undefined ? "" : `, such as ${example}`;
};
