/**
 * The calls of the widget, from the app's origin: outcome, cancel, redeem. Bearer session token and verifier,
 * CORS, never a cookie. A refusal carries CORS headers where the widget must be able to read its code [M7].
 */
import { widget } from "@alter-ai/protocol/http";
import { VERIFIER_HEADER, type Pending } from "@alter-ai/protocol/window";
import { Hono, type Context, type MiddlewareHandler } from "hono";
import type { Config } from "../config/config.ts";
import type { Broker, Env } from "../context.ts";
import { refuse } from "../error.ts";
import { isReadable, mayTellByToken, settled, wasAlarm } from "../session.ts";
import { markOf, type StoredSession } from "../store/sessions.ts";
import { hashSecret, s256, sameSecret } from "../vault.ts";
import { bearer, readBody } from "./request.ts";

/** A beacon may be a reload's: the page has this long to say `here` again. */
const GONE_AFTER = 3_000;
/** The page says `here` every few seconds while it is on screen; browsers throttle hidden tabs to once a minute. */
const SILENT_AFTER = 90_000;
const LONGEST_WAIT = 25;
const RETRY_WHEN_FULL = 2;

export const widgetRoutes = (broker: Broker): Hono<Env> => {
  const { config, store, waiters, redeem, now } = broker;
  const routes = new Hono<Env>();

  const speaksFor = (c: Context<Env>, session: StoredSession): void => {
    if (c.req.header("origin") !== session.allowed_origin) {
      // Another app's page may be configured here too; it gets no readable answer about this session.
      c.set("deny_cors", true);
      throw refuse("origin_not_allowed");
    }
  };

  /** The session of this token, asked for by the browser that started it [M5]. */
  const mine = async (c: Context<Env>): Promise<StoredSession> => {
    const token = bearer(c);
    const session =
      token === undefined ? undefined : await store.sessions.byToken(hashSecret(token));
    if (!session || !config.apps.has(session.app_id)) throw refuse("unknown_session");
    c.set("app", session.app_id);
    speaksFor(c, session);
    if (!isReadable(session, now(), config.deadlines)) throw refuse("session_ended");
    if (session.shape === null) return session;
    const verifier = c.req.header(VERIFIER_HEADER) ?? "";
    if (session.challenge !== null && sameSecret(s256(verifier), session.challenge)) return session;
    if (settled(session, now()).ended_at !== null)
      throw refuse(wasAlarm(session) ? "session_claimed_elsewhere" : "session_ended");
    // The widget asks before its page can claim, so the alarm is raised here as it is by a second claim. A session
    // for the app's server has no widget.
    if (verifier !== "" && session.shape !== "backend")
      await broker.raiseAlarm(session, c.get("requestId"));
    throw refuse("session_claimed_elsewhere");
  };

  routes.get(widget.outcome.path, async (c) => {
    const first = await mine(c);
    const wait = Math.min(LONGEST_WAIT, Math.max(0, Number(c.req.query("wait") ?? 0) || 0));
    const until = now() + wait * 1000;
    for (let session: StoredSession | undefined = first; session;) {
      const current: StoredSession = settled(session, now());
      // Asked with the token alone, and claimed since: the next question has to bring the verifier [M5].
      if (first.shape === null && current.shape !== null) return c.json(pendingOf(current, now()));
      if (current.ended_at !== null && mayTellByToken(current) && current.outcome)
        return c.json(current.outcome);
      const pending = pendingOf(current, now());
      const news =
        current.version !== first.version || current.phase !== first.phase || pending.page_gone;
      if (news || now() >= until) return c.json(pending);
      if (!waiters.hasRoom()) return c.json({ ...pending, retry_after: RETRY_WHEN_FULL });
      const ms = untilNextChange(current, now(), until);
      const why = await waiters.wait(session.id, ms, markOf(session));
      if (why === "replaced" || why === "closed") return c.json({ ...pending, retry_after: 1 });
      session = await store.sessions.byId(session.id);
    }
    throw refuse("session_ended");
  });

  routes.post(widget.cancel.path, async (c) => {
    const session = await mine(c);
    const ended = settled(await broker.endSession(session, "cancel", c.get("requestId")), now());
    // Let in with the token alone, and perhaps claimed since: what another browser has connected is no answer [M5].
    // The model found it (docs/model, NO_LAST_LOOK).
    if (session.shape === null) await mine(c);
    if (!ended.outcome || !mayTellByToken(ended)) throw refuse("session_ended");
    return c.json(ended.outcome);
  });

  routes.post(widget.redeem.path, async (c) => {
    const { code, verifier } = await readBody(c, widget.redeem.body);
    const session = await redeem.sessionOf(code);
    speaksFor(c, session);
    const connections = await redeem.forBrowser(session, verifier);
    waiters.wake(session.id);
    return c.json({ status: "success", connections });
  });

  return routes;
};

/** Before everything that may refuse: a widget has to be able to read why. */
export const widgetCors = (config: Config): Hono<Env> => {
  const routes = new Hono<Env>();
  const anyOrigin = new Set([...config.apps.values()].flatMap(({ origins }) => origins));
  for (const { path } of Object.values(widget)) routes.use(path, cors(anyOrigin));
  return routes;
};

const pendingOf = (session: StoredSession, now: number): Pending => ({
  status: "pending",
  // An ended redirect session is still pending to the token alone, until it is redeemed [H2].
  phase: session.ended_at === null ? session.phase : "finishing",
  page_gone: isGone(session, now),
  expires_in: Math.max(0, Math.ceil((session.expires_at - now) / 1000)),
  retry_after: 0,
});

/**
 * Unclaimed there was no page yet. At the provider nobody can tell gone from away; nor on the way back, and a
 * widget that took the goodbye from before the provider for one from now would cancel what is being finished.
 */
const isGone = ({ phase, gone_at, here_at }: StoredSession, now: number): boolean =>
  (phase === "choosing" || phase === "failed") &&
  ((gone_at !== null && now > gone_at + GONE_AFTER) ||
    (here_at !== null && now > here_at + SILENT_AFTER));

/** When the clock alone would change the answer. */
const untilNextChange = (session: StoredSession, now: number, until: number): number => {
  const { expires_at, finishing_until, gone_at, here_at } = session;
  const times = [
    until,
    expires_at,
    finishing_until,
    gone_at === null ? null : gone_at + GONE_AFTER + 1,
    here_at === null ? null : here_at + SILENT_AFTER + 1,
  ].filter((time): time is number => time !== null && time > now);
  return Math.max(1, Math.min(...times) - now);
};

/**
 * A preflight carries no token, so it allows any origin that some app has configured; the real answer names
 * exactly the caller's, and only if it is configured at all.
 */
const cors =
  (configured: ReadonlySet<string>): MiddlewareHandler<Env> =>
  async (c, next) => {
    const origin = c.req.header("origin");
    const known = origin !== undefined && configured.has(origin);
    if (c.req.method === "OPTIONS") {
      if (!known) return c.body(null, 403, { Vary: "Origin" });
      return c.body(null, 204, {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": `authorization, content-type, ${VERIFIER_HEADER.toLowerCase()}`,
        "Access-Control-Max-Age": "600",
        Vary: "Origin",
      });
    }
    await next();
    c.res.headers.append("Vary", "Origin");
    if (known && !c.get("deny_cors")) c.res.headers.set("Access-Control-Allow-Origin", origin);
  };
