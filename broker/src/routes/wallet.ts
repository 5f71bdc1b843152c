/**
 * The calls of the Wallet's page, behind the one guard of wire.md section 4, and where identity providers send the browser
 * back. Its cookies are known here alone. Every call but the sign-in is for whoever the cookie says, and for nobody else.
 */
import { backend } from "@alter-ai/protocol/backend";
import { localeFor, type Locale } from "@alter-ai/protocol/locale";
import { wallet } from "@alter-ai/protocol/wallet";
import { Hono, type Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { Readable } from "node:stream";
import type { App } from "../config/config.ts";
import { WALLET_DEADLINES, type WalletClient } from "../config/wallet.ts";
import type { Broker, Env } from "../context.ts";
import { Refusal, refuse } from "../error.ts";
import type { Place } from "../store/people.ts";
import { createDownload } from "../wallet/download.ts";
import { personOf } from "../wallet/person.ts";
import type { WalletSession } from "../wallet/sessions.ts";
import type { Whole } from "../wallet/views.ts";
import { sameSecret } from "../vault.ts";
import { callerOf, whoseFailure } from "./caller.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { languagesOf } from "./language.ts";
import { readBody } from "./request.ts";
import { sameOriginJson } from "./same-origin.ts";

type WithWallet = App & { wallet: WalletClient };

const PAGE = 50;
const CALLBACK = "/wallet/callback/:app";

export const walletRoutes = (broker: Broker): Hono<Env> => {
  const { config, store, audit, now } = broker;
  const { sessions, views, revoking } = broker.wallet;
  const routes = new Hono<Env>();

  const secure = config.base_url.startsWith("https:");
  // On http loopback neither prefix nor Secure: WebKit drops Secure cookies there.
  const prefix = secure ? "__Host-" : "";
  const cookie = { path: "/", httpOnly: true, secure };
  /** The page alone needs it, and no page of another's ever brings it along. */
  const session = { name: `${prefix}acw`, options: { ...cookie, sameSite: "Strict" as const } };
  /** Comes back with the browser from another site. */
  const way = { name: `${prefix}acw_in`, options: { ...cookie, sameSite: "Lax" as const } };

  for (const { path } of Object.values(wallet)) routes.use(path, sameOriginJson(config.base_url));

  const localeOf = (c: Context<Env>): Locale => localeFor(languagesOf(c)) ?? "en";
  const signedIn = (c: Context<Env>): Promise<WalletSession | undefined> =>
    sessions.find(getCookie(c, session.name));
  /** For the one whom the page shows. @throws Refusal */
  const mine = async (c: Context<Env>, session_id: string): Promise<WalletSession> => {
    const found = await signedIn(c);
    if (!found || !sameSecret(session_id, found.id)) throw refuse("signed_out");
    return found;
  };
  const userOf = ({ user, app_id }: WalletSession) => ({
    ...{ label: user.label, label_kind: user.label_kind },
    ...(user.name === undefined ? {} : { name: user.name }),
    identity_provider: config.apps.get(app_id)?.identity_provider.name ?? "",
  });

  const hasWallet = (app: App | undefined): app is WithWallet => app?.wallet !== undefined;

  /** One for each issuer: whoever is in does not care whose client it was. */
  const waysIn = (): WithWallet[] => {
    const all = [...config.apps.values()].filter(hasWallet);
    return all.filter(
      ({ identity_provider: { issuer } }, i) =>
        all.findIndex((other) => other.identity_provider.issuer === issuer) === i,
    );
  };

  /** What there is to see for whom, or why nothing; the same for both views. */
  const open = async (c: Context<Env>, asked: string | undefined) => {
    const locale = localeOf(c);
    const app = asked === undefined ? undefined : config.apps.get(asked);
    const shown = app === undefined ? {} : { app: appearanceOf(app) };
    const ways = asked === undefined ? waysIn() : [app].filter(hasWallet);
    if (!ways.length) return { closed: { state: "no_wallet" as const, locale, ...shown } };
    const found = await signedIn(c);
    const known = found?.known.filter(({ app_id }) => asked === undefined || app_id === asked);
    if (!found || !known?.length) {
      const sign_in = ways.map(({ id, identity_provider: { name } }) => ({
        ...{ app: id, identity_provider: name },
      }));
      return { closed: { state: "signed_out" as const, locale, ...shown, sign_in } };
    }
    const whole: Whole = { issuer: found.issuer, known };
    const expires_in = Math.max(0, Math.ceil((found.ends_at - now()) / 1000));
    const user = userOf(found);
    return {
      ...{ whole, app, locale },
      head: {
        ...{ state: "signed_in" as const, session_id: found.id, locale },
        ...shown,
        ...{ user, expires_in },
      },
    };
  };

  const pageOf = (body: { provider?: string | undefined; cursor?: string | undefined }) => {
    const from = readCursor(body.cursor);
    const after: Place | undefined = from && { at: from.created_at, id: from.id };
    return { provider: body.provider, after, limit: PAGE };
  };
  const cursorOf = (next: Place | undefined): string | null =>
    next ? writeCursor({ created_at: next.at, id: next.id }) : null;

  routes.post(wallet.view.path, async (c) => {
    const body = await readBody(c, wallet.view.body);
    const page = pageOf(body);
    const opened = await open(c, body.app);
    if (opened.closed) return c.json(opened.closed);
    const { head, whole, app, locale } = opened;
    const { names, given } = await views.names(whole, app);
    const { rows, next } = await views.connections(whole, page, locale);
    const secrets = page.after
      ? []
      : given.filter(({ row }) => body.provider === undefined || row.secret === body.provider);
    const caches = whole.known.map(({ app_id }) => config.apps.get(app_id)?.token_cache ?? 0);
    return c.json({
      ...head,
      ...names,
      connections: rows,
      next_cursor: cursorOf(next),
      secrets: secrets.map(views.secretView),
      takes_effect_within: Math.ceil(Math.max(...caches) / 1000),
    });
  });

  routes.post(wallet.activity.path, async (c) => {
    const body = await readBody(c, wallet.activity.body);
    const page = pageOf(body);
    const opened = await open(c, body.app);
    if (opened.closed) return c.json(opened.closed);
    const { head, whole, app } = opened;
    const { rows, next } = await views.activity(whole, page);
    const told = rows.flatMap(({ app: app_id, provider }) =>
      provider === null ? [] : [{ app_id, provider }],
    );
    const { names } = await views.names(whole, app, told);
    return c.json({ ...head, ...names, activity: rows, next_cursor: cursorOf(next) });
  });

  routes.post(wallet.revoke.path, async (c) => {
    const { grant_id, session_id } = await readBody(c, wallet.revoke.body);
    const { issuer, known } = await mine(c, session_id);
    const person = personOf(issuer, known);
    const provider_revocation = await revoking.revoke(person, grant_id, c.get("requestId"));
    return c.json({ grant_id, status: "revoked" as const, provider_revocation });
  });

  routes.post(wallet.revokeAll.path, async (c) => {
    const { app, provider, session_id } = await readBody(c, wallet.revokeAll.body);
    // All there is of everything is nothing that anybody says by leaving two fields out.
    if (app === undefined && provider === undefined)
      throw refuse("invalid_request", "Expected app, provider or both.");
    const { issuer, known } = await mine(c, session_id);
    const some = known.filter(({ app_id }) => app === undefined || app_id === app);
    const person = personOf(issuer, some);
    return c.json(await revoking.revokeSome(person, provider, c.get("requestId")));
  });

  /** Of one session one at a time: they are long. */
  const downloading = new Set<string>();

  routes.post(wallet.download.path, async (c) => {
    const { session_id } = await readBody(c, wallet.download.body);
    const found = await mine(c, session_id);
    const { hash, issuer, known, app_id } = found;
    if (downloading.has(hash))
      throw new Refusal("rate_limited", { detail: "A download is under way." }, undefined, 5);
    downloading.add(hash);
    const subject = known.find((one) => one.app_id === app_id)?.subject ?? null;
    const request_id = c.get("requestId");
    try {
      await audit(store, "wallet.downloaded", "wallet", { app_id, issuer, subject, request_id });
    } catch (error) {
      downloading.delete(hash);
      throw error;
    }
    const about = { user: userOf(found), locale: localeOf(c), now: now() };
    const pieces = createDownload(views, { issuer, known }, about).once("close", () =>
      downloading.delete(hash),
    );
    return c.body(Readable.toWeb(pieces) as ReadableStream<Uint8Array>, 200, {
      "Content-Type": "application/json",
      "Content-Disposition": 'attachment; filename="wallet.json"',
    });
  });

  routes.post(wallet.signIn.path, async (c) => {
    const { app: id, again = false, all = false } = await readBody(c, wallet.signIn.body);
    const app = config.apps.get(id);
    if (!hasWallet(app)) throw refuse("no_wallet");
    const locales = languagesOf(c).slice(0, 3);
    const wishes = { again, all, locales, request_id: c.get("requestId") };
    const begun = await sessions.begin(app, getCookie(c, session.name), wishes);
    if (!begun) throw refuse("identity_provider_unavailable");
    const maxAge = WALLET_DEADLINES.sign_in / 1000;
    setCookie(c, way.name, begun.cookie, { ...way.options, maxAge });
    return c.json({ authorization_url: begun.url });
  });

  routes.get(CALLBACK, async (c) => {
    // Neither a prefetch nor a HEAD is the user: they must not spend the code.
    if (c.req.method !== "GET" || /prefetch/i.test(c.req.header("sec-purpose") ?? ""))
      return c.body(null, 204);
    const arrived = await sessions.finish({
      cookie: getCookie(c, way.name),
      at: c.req.param("app"),
      parameters: new URL(c.req.url).searchParams,
      request_id: c.get("requestId"),
      guess: () => broker.watchman.guess("signed_out", whoseFailure(config, c)),
    });
    const to = new URL("/wallet", config.base_url);
    if (arrived.app_id !== undefined) to.searchParams.set("app", arrived.app_id);
    if ("problem" in arrived) {
      to.searchParams.set("problem", arrived.problem);
      to.searchParams.set("reference", c.get("requestId"));
    } else {
      const maxAge = WALLET_DEADLINES.most / 1000;
      setCookie(c, session.name, arrived.secret, { ...session.options, maxAge });
    }
    // Another way that is under way in this browser keeps its cookie.
    if (!("problem" in arrived && arrived.problem === "other_browser"))
      deleteCookie(c, way.name, way.options);
    return c.redirect(to.pathname + to.search, 303);
  });

  routes.post(wallet.signOut.path, async (c) => {
    await readBody(c, wallet.signOut.body);
    const secret = getCookie(c, session.name);
    if (secret !== undefined) await sessions.end(secret, c.get("requestId"));
    deleteCookie(c, session.name, session.options);
    return c.body(null, 204);
  });

  routes.get(backend.wallet.path, async (c) => {
    const { app } = await callerOf(broker, c);
    if (!hasWallet(app)) throw refuse("no_wallet");
    return c.json({ url: `${config.base_url}/wallet?app=${app.id}` });
  });

  return routes;
};

const appearanceOf = ({ id, name, logo_url, theme, branding }: App) => ({
  ...{ id, name, theme },
  ...(logo_url === undefined ? {} : { logo_url }),
  ...branding,
});
