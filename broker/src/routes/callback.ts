/**
 * Where providers send the browser back. Order [M14]: path, duplicates, state, session, that session's cookie,
 * issuer, one compare-and-set that consumes, then the exchange. Refusals before the consume write nothing but
 * an audit row, and look alike: the neutral page. Always a 303, so that no code stays in an address bar.
 * A response that is posted takes one more step: kept, then fetched by a GET with the cookie [H6].
 */
import { Hono, type Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ProviderClient } from "../config/client.ts";
import type { App } from "../config/config.ts";
import type { Broker, Env } from "../context.ts";
import { describeBug } from "../error.ts";
import { aboutSession } from "../grants/about.ts";
import { missingScopes, requiredScopes } from "../grants/scopes.ts";
import { sealedPlace } from "../leaving.ts";
import type { ResponseCheck, Secrets } from "../oauth/oauth.ts";
import { redirectUri } from "../redirect-uri.ts";
import { beginFinishing, fail, isOpen, superseded, type Failure } from "../session.ts";
import type { StoredSession } from "../store/sessions.ts";
import type { AuthorizationRow } from "../store/tables.ts";
import {
  createResponses,
  type AuthorizationResponse,
  type Unreadable,
} from "./authorization-response.ts";
import { whoseFailure } from "./caller.ts";
import type { Cookies } from "./cookies.ts";
import { isVisit, mediaType } from "./request.ts";

const PATH = "/oauth/callback/:provider";

type Refusal =
  Unreadable | Exclude<ResponseCheck, "fine"> | "too_large" | "wrong_type" | "other_browser";

/** Only what names a state of ours is worth a row: anybody can make up the rest, as often as they like. */
const AUDITED: ReadonlySet<Refusal> = new Set<Refusal>([
  "other_provider",
  "other_browser",
  "issuer_mismatch",
  "signature_mismatch",
  "unexpected_value",
]);

const MOST_FORM = 16 * 1024;

type Arrived = AuthorizationResponse & {
  session: StoredSession;
  app: App;
  client: ProviderClient;
};

export const callbackRoutes = (broker: Broker, cookies: Cookies): Hono<Env> => {
  const { config, store, vault, oauth, grants, audit, waiters, redeem, arriving, now } = broker;
  const responses = createResponses(broker);
  const routes = new Hono<Env>();

  const answer = async (
    c: Context<Env>,
    where: (provider: string, query: URLSearchParams) => Promise<{ to: string } | Refusal>,
  ) => {
    const provider = c.req.param("provider") ?? "";
    const request_id = c.get("requestId");
    try {
      const found = await where(provider, new URL(c.req.url).searchParams);
      if (typeof found !== "string") return c.redirect(found.to, 303);
      broker.log("callback_refused", { request_id, provider, reason: found });
      const counted = broker.watchman.callback(found, whoseFailure(config, c));
      if (AUDITED.has(found) && counted)
        await audit(store, "callback.refused", "browser", { reason: found, request_id });
    } catch (error) {
      broker.log("callback_bug", { request_id, provider, ...describeBug(error) });
    }
    return c.redirect("/connect/lost", 303);
  };

  routes.get(PATH, async (c) => {
    if (!isVisit(c)) return c.body(null, 204);
    return answer(c, async (provider, query) => {
      const response = await responses.read(provider, query);
      const arrived = typeof response === "string" ? response : await arrive(c, response);
      if (typeof arrived === "string") return arrived;
      c.set("app", arrived.app.id);
      return { to: await land(c, arrived) };
    });
  });

  const limit = bodyLimit({
    maxSize: MOST_FORM,
    onError: (c: Context<Env>) => answer(c, async () => "too_large"),
  });
  routes.post(PATH, limit, (c) =>
    answer(c, async (provider, query) => {
      if (mediaType(c) !== "application/x-www-form-urlencoded") return "wrong_type";
      return responses.keep(provider, query, new URLSearchParams(await c.req.text()));
    }),
  );

  const arrive = async (
    c: Context<Env>,
    { authorization, parameters }: AuthorizationResponse,
  ): Promise<Arrived | Refusal> => {
    const session = await cookies.sessionOf(c, authorization.session_id);
    if (!session) {
      const exists = await store.sessions.byId(authorization.session_id);
      return exists ? "other_browser" : "session_gone";
    }
    const app = config.apps.get(session.app_id);
    const client = app?.providers.get(authorization.provider);
    if (!app || !client) return "session_gone";
    // Of what is consumed nothing is exchanged any more, whoever issued it.
    if (authorization.consumed_at === null) {
      const { variables } = await secretsOf(authorization);
      const checked = await oauth.checkResponse(client, parameters, variables);
      if (checked !== "fine") return checked;
    }
    return { session, app, client, authorization, parameters };
  };

  const secretsOf = async ({ sealed, state_hash }: AuthorizationRow): Promise<Secrets> =>
    JSON.parse(await vault.unseal(sealed, sealedPlace(state_hash), store)) as Secrets;

  /** Consumes, exchanges, writes; says where the browser goes next. */
  const land = async (c: Context<Env>, arrived: Arrived): Promise<string> => {
    const { session, authorization } = arrived;
    const here = `/connect/s/${session.id}`;
    const request_id = c.get("requestId");
    const over = await arriving.endedOutside(session);
    if (over) {
      await broker.endSession(session, over, request_id, "broker");
      return here;
    }
    const begun = await store.transaction(async (tx) => {
      const done = await tx.sessions.step(session.id, (current) =>
        beginFinishing(current, authorization.state_hash, now()),
      );
      if (done && !done.refused)
        await tx.sessions.consumeAuthorization(authorization.state_hash, now());
      return done;
    });
    if (!begun || begun.refused) {
      // A reload or a second tab of a consumed state waits on the session page for the first one's result.
      const latest = await store.sessions.authorization(authorization);
      if (latest?.consumed_at === null)
        await store.sessions.step(session.id, (current) => superseded(current, now()));
      return here;
    }
    // The browser is back: silence while it was at the provider says nothing about now [H9].
    await store.sessions.pageSeen(session.id, "here", now());
    waiters.wake(session.id);
    const lease = begun.session.finishing_until ?? 0;
    try {
      const failure = await exchange(arrived, lease, request_id);
      if (failure)
        await store.sessions.step(session.id, (current) => fail(current, failure, lease, now()));
    } catch (error) {
      broker.log("callback_bug", { request_id, session_id: session.id, ...describeBug(error) });
      await store.sessions.step(session.id, (current) =>
        fail(current, "provider_unavailable", lease, now()),
      );
    }
    const after = await store.sessions.byId(session.id);
    if (after && isOpen(after, now())) await store.sessions.pageSeen(session.id, "here", now());
    waiters.wake(session.id);
    return (after && redeem.redirectTo(after)) ?? here;
  };

  const exchange = async (
    { session, client, authorization, parameters }: Arrived,
    lease: number,
    request_id: string,
  ): Promise<Failure | undefined> => {
    if (now() > authorization.created_at + config.deadlines.authorization)
      return "authorization_expired";
    const finished = await oauth.finish(client, {
      redirect_uri: redirectUri(config.base_url, client.provider.id),
      parameters,
      secrets: await secretsOf(authorization),
    });
    const about = { ...aboutSession(session), provider: client.provider.id, request_id };
    if (!finished.ok) {
      broker.log("callback_failed", {
        request_id,
        session_id: session.id,
        provider: client.provider.id,
        failure: finished.failure,
        ...finished.cause,
      });
      await audit(store, "callback.failed", "browser", { ...about, reason: finished.failure });
      if (finished.tokens) await grants.drop(client, finished.tokens, finished.metadata);
      return finished.failure;
    }
    const required = requiredScopes(client, session);
    if (missingScopes(required, finished.tokens.scopes).length) {
      // Without them the app could do nothing with it; what the user has connected before stays as it is.
      await audit(store, "callback.failed", "browser", { ...about, reason: "scopes_missing" });
      await grants.drop(client, finished.tokens, finished.metadata);
      return "scopes_missing";
    }
    await arriving.arrive(session, client, finished, { lease, request_id });
    return undefined;
  };

  return routes;
};
