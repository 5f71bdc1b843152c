/**
 * The calls of the hosted page, behind the one guard of wire.md section 4: claim, view, authorize, signs of
 * life, finish. Every call after the claim names a session and must carry that session's own cookie.
 */
import { page } from "@alter-ai/protocol/http";
import { Hono, type Context } from "hono";
import type { ProviderClient } from "../config/client.ts";
import type { App } from "../config/config.ts";
import type { Broker, Env } from "../context.ts";
import { credentialOf } from "../credential-fields.ts";
import { refuse } from "../error.ts";
import { aboutSession } from "../grants/about.ts";
import { wishOf, type Meant, type Wish } from "../leaving.ts";
import { claim, returned, settled, type Claim } from "../session.ts";
import type { StoredSession } from "../store/sessions.ts";
import { askedOf, variablesOf } from "../variables.ts";
import { hashSecret } from "../vault.ts";
import { whoseFailure } from "./caller.ts";
import type { Cookies } from "./cookies.ts";
import { languagesOf } from "./language.ts";
import { readBody } from "./request.ts";
import { sameOriginJson } from "./same-origin.ts";
import { viewOf } from "./view.ts";

export const connectRoutes = (broker: Broker, cookies: Cookies): Hono<Env> => {
  const { config, store, audit, waiters, now } = broker;
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

  /** A grant's id has been in a browser: only the user's own counts, at the provider that is left for. */
  const meantBy = async (
    session: StoredSession,
    {
      provider,
      renew,
      another,
    }: { provider: string; renew?: string | undefined; another?: true | undefined },
  ): Promise<Meant> => {
    if (renew !== undefined && another)
      throw refuse("invalid_request", "Expected renew or another, not both.");
    if (renew === undefined) return another && "another";
    const own = await store.grants.ofProvider(session, provider);
    const grant = own.find(
      ({ id, status }) => id === renew && status !== "pending" && status !== "revoked",
    );
    if (!grant)
      throw refuse("grant_not_found", "renew: expected an account of this user at this provider.");
    return { renew: grant };
  };

  /** A session of this browser's, and the provider of it that is to be connected. */
  const offered = async (c: Context<Env>, body: { session_id: string; provider: string }) => {
    const { session, app } = await mine(c, body.session_id);
    // Before anything is said of accounts: a preview leads nowhere.
    if (session.preview) throw refuse("preview_only");
    const client = app.providers.get(body.provider);
    if (!client || !session.providers.includes(body.provider)) throw refuse("provider_not_allowed");
    return { session, app, client };
  };

  const departure = (c: Context<Env>, session: StoredSession) => ({
    session,
    user_agent: c.req.header("user-agent"),
    request_id: c.get("requestId"),
  });

  /** Nothing to choose in a popup, for somebody who has confirmed the same here before: no click is needed [H4]. */
  const confirmedBefore = async (
    c: Context<Env>,
    session: StoredSession,
    app: App,
  ): Promise<{ client: ProviderClient; wish: Wish } | undefined> => {
    const [only = "", second] = session.providers;
    const client = app.providers.get(only);
    // Whose account is to be renewed is on the page, and has to be seen.
    const isLeft = client && !client.provider.credential && !session.preview;
    const plain =
      isLeft && session.shape === "popup" && second === undefined && session.renewing === null;
    if (!plain || askedOf(client, session).length) return undefined;
    const settled = variablesOf(client, session);
    if (!settled.ok) return undefined;
    const wish = await wishOf(store, session, client, settled.variables, undefined);
    return cookies.hasConfirmed(c, session, only, shownFor(wish)) ? { client, wish } : undefined;
  };

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
    let first = false;
    const request_id = c.get("requestId");
    const stepped = await store.sessions.step(found.id, (session) => {
      const step = claim(session, by, now(), config.deadlines);
      elsewhere = "elsewhere" in step;
      first = session.shape === null;
      return "elsewhere" in step ? { refuse: "session_claimed_elsewhere" } : step;
    });
    if (!stepped || stepped.refused) {
      const reason = stepped?.refused ?? "unknown_session";
      if (elsewhere) await broker.raiseAlarm(found, request_id);
      // Whoever is over their limit leaves no rows: anybody can mint a session, and claim it for ever.
      else if (!broker.watchman.isSpent(reason, whoseFailure(config, c)))
        await audit(store, "session.claim_refused", "browser", {
          ...aboutSession(found),
          reason,
          request_id,
        });
      throw refuse(reason);
    }
    await audit(store, "session.claimed", "browser", {
      ...aboutSession(found),
      reason: by.shape,
      request_id,
    });
    waiters.wake(found.id);
    // A repeat gets none: its page has been on screen, or has left already [M6].
    const confirmed = first ? await confirmedBefore(c, stepped.session, app) : undefined;
    const left =
      confirmed &&
      (await broker.leave({
        ...departure(c, stepped.session),
        ...{ ...confirmed, meant: undefined, auto: true },
      }));
    const session = (left && (await store.sessions.byId(found.id))) ?? stepped.session;
    // Overtaken by its own repeat while the provider was asked, this reply must not undo the newer cookie.
    if (session.cookie_hash === by.cookie_hash) await cookies.giveSession(c, found.id, secret);
    return c.json({
      session_id: found.id,
      ...(await viewOf(broker, session, app, languagesOf(c))),
      // The claim stands even if nobody could leave: the view says why.
      ...(left === undefined || "refuse" in left
        ? {}
        : { authorization: { provider: confirmed?.client.provider.id, ...left } }),
    });
  });

  routes.post(page.view.path, async (c) => {
    const { session_id } = await readBody(c, page.view.body);
    const { session, app } = await mine(c, session_id);
    return c.json(await viewOf(broker, session, app, languagesOf(c)));
  });

  routes.post(page.authorize.path, async (c) => {
    const body = await readBody(c, page.authorize.body);
    const { session, client } = await offered(c, body);
    if (client.provider.credential)
      throw refuse("invalid_request", "provider: has no OAuth; send a credential instead.");
    const settled = variablesOf(client, session, body.variables);
    if (!settled.ok)
      throw refuse("invalid_variable", `variables.${settled.name}: not as it has to be.`);
    const meant = await meantBy(session, body);
    const wish = await wishOf(store, session, client, settled.variables, meant);
    const left = await broker.leave({ ...departure(c, session), client, wish, meant, auto: false });
    if ("refuse" in left) throw refuse(left.refuse);
    // Who has chosen an account has not agreed to any other: next time the page asks again.
    if (meant === undefined) cookies.rememberConfirmed(c, session, body.provider, shownFor(wish));
    return c.json(left);
  });

  routes.post(page.credential.path, async (c) => {
    const body = await readBody(c, page.credential.body);
    const { session, app, client } = await offered(c, body);
    const { credential: record } = client.provider;
    if (!record)
      throw refuse("invalid_request", "provider: takes no credential; authorize instead.");
    const credential = credentialOf(client, record, session, body.values);
    if (!credential.ok)
      throw refuse("invalid_variable", `values.${credential.name}: not as it has to be.`);
    const meant = await meantBy(session, body);
    const { app_id, issuer, subject } = session;
    const guessed = broker.watchman.guess("credential_refused", {
      ...whoseFailure(config, c),
      user: { app: app_id, name: JSON.stringify([app_id, issuer, subject]) },
    });
    const request_id = c.get("requestId");
    const code = await broker.give({ session, client, credential, meant, request_id });
    guessed(code === "credential_refused");
    if (code) throw refuse(code);
    const after = await store.sessions.byId(session.id);
    return c.json(await viewOf(broker, after ?? session, app, languagesOf(c)));
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
    if (reason === "not_you" && !session.preview) cookies.forgetConfirmed(c, session);
    const ended = await broker.endSession(session, reason, c.get("requestId"));
    const { outcome, shape } = settled(ended, now());
    if (shape === "popup" && outcome) return c.json({ outcome });
    return c.json({ redirect_to: broker.redeem.redirectTo(ended) });
  });

  return routes;
};

/** What a departure asks for, and where it goes: what a confirmation was about. */
const shownFor = ({ scopes, variables }: Wish): string[] => [
  ...scopes,
  ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
];
