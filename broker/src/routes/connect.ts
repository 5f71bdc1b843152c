/**
 * The calls of the hosted page, behind the one guard of wire.md section 4: claim, view, authorize, signs of
 * life, finish. Every call names a session and must carry that session's own cookie.
 */
import { page } from "@alter-ai/protocol/http";
import { Hono, type Context, type MiddlewareHandler } from "hono";
import type { App } from "../config.ts";
import type { Broker, Env } from "../context.ts";
import { refuse } from "../error.ts";
import { aboutSession } from "../grants/about.ts";
import { authorize, claim, fail, returned, settled, type Claim } from "../session.ts";
import type { StoredSession } from "../store/sessions.ts";
import { hashSecret } from "../vault.ts";
import type { Cookies } from "./cookies.ts";
import { readBody } from "./request.ts";
import { autoContinue, viewOf } from "./view.ts";

export const connectRoutes = (broker: Broker, cookies: Cookies): Hono<Env> => {
  const { config, store, vault, oauth, audit, waiters, now } = broker;
  const routes = new Hono<Env>();

  for (const { path } of Object.values(page)) routes.use(path, sameOriginJson(config.base_url));

  /** Unknown session, foreign cookie and forgotten outcome are one answer: nothing to learn by trying ids. */
  const mine = async (
    c: Context<Env>,
    id: string,
  ): Promise<{ session: StoredSession; app: App }> => {
    const session = await cookies.sessionOf(c, id);
    const app = session && config.apps.get(session.app_id);
    if (!app) throw refuse("unknown_session");
    c.set("app", app.id);
    return { session, app };
  };

  const show = (c: Context<Env>, session: StoredSession, app: App) =>
    viewOf(broker, session, app, (provider) => cookies.hasConfirmed(c, session, provider));

  routes.post(page.claim.path, async (c) => {
    const body = await readBody(c, page.claim.body);
    const found = await store.sessions.byToken(hashSecret(body.token));
    const app = found && config.apps.get(found.app_id);
    if (!found || !app) throw refuse("unknown_session");
    c.set("app", app.id);
    const secret = broker.newSecret();
    const by: Claim = {
      shape: body.shape,
      opener_origin: body.shape === "popup" ? body.opener_origin : null,
      challenge: body.shape === "backend" ? null : body.challenge,
      state: body.shape === "redirect" ? body.state : null,
      claim_id_hash: hashSecret(body.claim_id),
      cookie_hash: hashSecret(secret),
    };
    let elsewhere = false;
    const request_id = c.get("requestId");
    const stepped = await store.sessions.step(found.id, (session) => {
      const step = claim(session, by, now(), config.deadlines);
      elsewhere = "elsewhere" in step;
      return "elsewhere" in step ? { refuse: "session_claimed_elsewhere" } : step;
    });
    if (!stepped || stepped.refused) {
      const reason = stepped?.refused ?? "unknown_session";
      if (elsewhere) await broker.endSession(found, "claimed_elsewhere", request_id);
      await audit(
        store,
        elsewhere ? "session.claimed_elsewhere" : "session.claim_refused",
        "browser",
        { ...aboutSession(found), reason, request_id },
      );
      throw refuse(reason);
    }
    await audit(store, "session.claimed", "browser", {
      ...aboutSession(found),
      reason: by.shape,
      request_id,
    });
    await cookies.giveSession(c, found.id, secret);
    waiters.wake(found.id);
    const { view } = await show(c, stepped.session, app);
    return c.json({ session_id: found.id, view });
  });

  routes.post(page.view.path, async (c) => {
    const { session_id } = await readBody(c, page.view.body);
    const { session, app } = await mine(c, session_id);
    return c.json(await show(c, session, app));
  });

  routes.post(page.authorize.path, async (c) => {
    const body = await readBody(c, page.authorize.body);
    const { session, app } = await mine(c, body.session_id);
    const client = app.providers.get(body.provider);
    if (!client || !session.providers.includes(body.provider)) throw refuse("provider_not_allowed");
    const hasConfirmed = (provider: string) => cookies.hasConfirmed(c, session, provider);
    if (!body.confirmed && autoContinue(settled(session, now()), hasConfirmed) !== body.provider)
      throw refuse("confirmation_required");

    const state = broker.newSecret();
    const state_hash = hashSecret(state);
    const by = { provider: body.provider, state_hash, auto: !body.confirmed };
    const leave = (current: StoredSession) => authorize(current, by, now(), config.deadlines);
    // Tried before the provider is asked anything, and decided again when its answer is there.
    const first = leave(session);
    if ("refuse" in first) throw refuse(first.refuse);
    const redirect_uri = redirectUri(config.base_url, body.provider);
    const begun = await oauth.begin(client, { redirect_uri, state });
    if (!begun.ok) {
      broker.log("authorize_failed", {
        request_id: c.get("requestId"),
        session_id: session.id,
        provider: body.provider,
        ...begun.cause,
      });
      await store.sessions.step(session.id, (current) => fail(current, begun.failure, null, now()));
      waiters.wake(session.id);
      throw refuse("provider_unavailable");
    }
    const sealed = vault.seal(JSON.stringify(begun.secrets), authorizationPlace(state_hash));
    const stepped = await store.transaction(async (tx) => {
      const done = await tx.sessions.step(session.id, leave);
      if (!done || done.refused) return done;
      await tx.sessions.rememberAuthorization({
        state_hash,
        session_id: session.id,
        provider: body.provider,
        sealed,
        created_at: now(),
        consumed_at: null,
      });
      await audit(tx, "authorization.started", "browser", {
        ...aboutSession(session),
        provider: body.provider,
        request_id: c.get("requestId"),
      });
      return done;
    });
    if (!stepped || stepped.refused) throw refuse(stepped?.refused ?? "unknown_session");
    waiters.wake(session.id);
    if (body.confirmed) cookies.rememberConfirmed(c, session, body.provider);
    return c.json({ authorization_url: begun.url, drop_opener: client.provider.self_hosted });
  });

  routes.post(page.page.path, async (c) => {
    const { session_id, event } = await readBody(c, page.page.body);
    const { session } = await mine(c, session_id);
    await store.sessions.pageSeen(session.id, event, now());
    if (event === "here")
      await store.sessions.step(session.id, (current) => returned(current, now()));
    waiters.wake(session.id);
    return c.body(null, 204);
  });

  routes.post(page.finish.path, async (c) => {
    const { session_id, reason } = await readBody(c, page.finish.body);
    const { session } = await mine(c, session_id);
    if (reason === "not_you") cookies.forgetConfirmed(c, session);
    const ended = await broker.endSession(session, reason, c.get("requestId"));
    const { outcome, shape } = settled(ended, now());
    if (shape === "popup" && outcome) return c.json({ outcome });
    return c.json({ redirect_to: broker.redeem.redirectTo(ended) });
  });

  return routes;
};

/** One redirect URI per provider configuration: the defence against mix-up where providers send no `iss` [H3]. */
export const redirectUri = (base_url: string, provider: string): string =>
  `${base_url}/oauth/callback/${provider}`;

export const authorizationPlace = (state_hash: string) => ({
  table: "authorizations",
  row: state_hash,
  column: "sealed",
});

/**
 * C1: without this, a text/plain form on any site plants its own session, cookie included, in the victim's
 * browser. A missing Origin is refused: every browser sends it on a POST. No CORS headers ever leave these paths.
 */
const sameOriginJson =
  (base_url: string): MiddlewareHandler<Env> =>
  async (c, next) => {
    const site = c.req.header("sec-fetch-site");
    const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
    if (c.req.method !== "POST") throw refuse("method_not_allowed", "Expected POST.");
    if (c.req.header("origin") !== base_url || (site !== undefined && site !== "same-origin"))
      throw refuse("cross_site_refused");
    if (type !== "application/json")
      throw refuse("unsupported_media_type", "Expected application/json.");
    await next();
  };
