/**
 * Where providers send the browser back. Order [M14]: path, duplicates, state, session, that session's cookie,
 * issuer, one compare-and-set that consumes, then the exchange. Refusals before the consume write nothing but
 * an audit row, and look alike: the neutral page. Always a 303, so that no code stays in an address bar.
 */
import { Hono, type Context } from "hono";
import type { App, ProviderClient } from "../config.ts";
import type { Broker, Env } from "../context.ts";
import { describeBug } from "../error.ts";
import { aboutSession } from "../grants/about.ts";
import type { Secrets } from "../oauth.ts";
import {
  beginFinishing,
  connected,
  fail,
  isOpen,
  settled,
  superseded,
  type Failure,
} from "../session.ts";
import type { StoredSession } from "../store/sessions.ts";
import type { AuthorizationRow } from "../store/tables.ts";
import { hashSecret } from "../vault.ts";
import { authorizationPlace, redirectUri } from "./connect.ts";
import type { Cookies } from "./cookies.ts";

/** Longest value we take from a provider in one parameter [L21]. */
const MOST_PARAMETER = 4096;

type Refusal =
  | "unknown_provider"
  | "malformed"
  | "duplicate_parameter"
  | "unknown_state"
  | "other_provider"
  | "session_gone"
  | "other_browser"
  | "issuer_mismatch";

const AUDITED: ReadonlySet<Refusal> = new Set<Refusal>([
  "other_provider",
  "other_browser",
  "issuer_mismatch",
]);

type Arrived = {
  session: StoredSession;
  app: App;
  client: ProviderClient;
  authorization: AuthorizationRow;
  state: string;
  parameters: URLSearchParams;
};

export const callbackRoutes = (broker: Broker, cookies: Cookies): Hono<Env> => {
  const { config, store, vault, oauth, grants, audit, waiters, redeem, now } = broker;
  const routes = new Hono<Env>();

  const arrive = async (c: Context<Env>, provider: string): Promise<Arrived | Refusal> => {
    const parameters = new URL(c.req.url).searchParams;
    const names = [...parameters.keys()];
    if (![...config.apps.values()].some((app) => app.providers.has(provider)))
      return "unknown_provider";
    if (new Set(names).size !== names.length) return "duplicate_parameter";
    if ([...parameters.values()].some((value) => value.length > MOST_PARAMETER)) return "malformed";
    const state = parameters.get("state");
    const authorization =
      state === null ? undefined : await store.sessions.authorization(hashSecret(state));
    if (state === null || !authorization) return "unknown_state";
    if (authorization.provider !== provider) return "other_provider";
    const session = await cookies.sessionOf(c, authorization.session_id);
    if (!session) {
      const exists = await store.sessions.byId(authorization.session_id);
      return exists ? "other_browser" : "session_gone";
    }
    const app = config.apps.get(session.app_id);
    const client = app?.providers.get(provider);
    if (!app || !client) return "session_gone";
    if (!(await oauth.issuerMatches(client.provider, parameters.get("iss"))))
      return "issuer_mismatch";
    return { session, app, client, authorization, state, parameters };
  };

  routes.get("/oauth/callback/:provider", async (c) => {
    // Neither a prefetch nor a HEAD is the user: they must not spend the code.
    if (c.req.method !== "GET" || /prefetch/i.test(c.req.header("sec-purpose") ?? ""))
      return c.body(null, 204);
    const provider = c.req.param("provider");
    const request_id = c.get("requestId");
    try {
      const arrived = await arrive(c, provider);
      if (typeof arrived !== "string") {
        c.set("app", arrived.app.id);
        return c.redirect(await land(c, arrived), 303);
      }
      broker.log("callback_refused", { request_id, provider, reason: arrived });
      // Only what names a state of ours is worth a row: anybody can make up the rest, as often as they like.
      if (AUDITED.has(arrived))
        await audit(store, "callback.refused", "browser", { reason: arrived, request_id });
    } catch (error) {
      broker.log("callback_bug", { request_id, provider, ...describeBug(error) });
    }
    return c.redirect("/connect/lost", 303);
  });

  /** Consumes, exchanges, writes; says where the browser goes next. */
  const land = async (c: Context<Env>, arrived: Arrived): Promise<string> => {
    const { session, authorization } = arrived;
    const here = `/connect/s/${session.id}`;
    const request_id = c.get("requestId");
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
      const latest = await store.sessions.authorization(authorization.state_hash);
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
    { session, client, authorization, state, parameters }: Arrived,
    lease: number,
    request_id: string,
  ): Promise<Failure | undefined> => {
    if (now() > authorization.created_at + config.deadlines.authorization)
      return "authorization_expired";
    const { state_hash, sealed } = authorization;
    const secrets = JSON.parse(vault.unseal(sealed, authorizationPlace(state_hash))) as Secrets;
    const finished = await oauth.finish(client, {
      redirect_uri: redirectUri(config.base_url, client.provider.id),
      parameters,
      state,
      secrets,
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
      if (finished.tokens) await grants.drop(client, finished.tokens);
      return finished.failure;
    }
    // Grant, outcome and audit row together, and only if the session is still waiting for this exchange.
    const late = new Error("The session ended during the exchange");
    try {
      const unused = await store.transaction(async (tx) => {
        const current = await tx.sessions.byId(session.id);
        if (!current || settled(current, now()).ended_at !== null) throw late;
        const { connection, unused } = await grants.keep(tx, current, client, finished);
        const done = await tx.sessions.step(session.id, (latest) =>
          redeem.withCode(latest, connected(latest, connection, lease, now())),
        );
        if (!done || done.refused) throw late;
        if (done.session.ended_at !== null)
          await audit(tx, "session.ended", "browser", { ...about, reason: "done" });
        return unused;
      });
      if (unused) await grants.drop(client, unused);
    } catch (error) {
      await grants.drop(client, finished.tokens);
      if (error !== late) throw error;
      broker.log("callback_too_late", { request_id, session_id: session.id });
    }
    return undefined;
  };

  return routes;
};
