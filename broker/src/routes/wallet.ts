/**
 * The calls of the Wallet's page, behind the one guard of wire.md section 4: what there is to see, and what ends it. Each
 * is for whoever the session's cookie says, and for nobody else. How one gets that cookie is wallet-door.ts.
 */
import { backend } from "@alter-ai/protocol/backend";
import { localeFor, type Locale } from "@alter-ai/protocol/locale";
import { wallet } from "@alter-ai/protocol/wallet";
import { Hono, type Context } from "hono";
import { getCookie } from "hono/cookie";
import { Readable } from "node:stream";
import type { Broker, Env } from "../context.ts";
import { Refusal, refuse } from "../error.ts";
import { appShown, userShown } from "../shown.ts";
import type { Place } from "../store/people.ts";
import { createDownload } from "../wallet/download.ts";
import { personOf } from "../wallet/person.ts";
import type { WalletSession } from "../wallet/sessions.ts";
import type { Whole } from "../wallet/views.ts";
import { sameSecret } from "../vault.ts";
import { callerOf } from "./caller.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { languagesOf } from "./language.ts";
import { readBody } from "./request.ts";
import { sameOriginJson } from "./same-origin.ts";
import { doorRoutes, hasWallet, walletCookies } from "./wallet-door.ts";

const PAGE = 50;

export const walletRoutes = (broker: Broker): Hono<Env> => {
  const { config, store, audit, now } = broker;
  const { sessions, views, revoking } = broker.wallet;
  const routes = new Hono<Env>();
  const { session } = walletCookies(config);

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
  const userOf = ({ user, app_id }: WalletSession) => userShown(user, config.apps.get(app_id));

  const withWallet = [...config.apps.values()].filter(hasWallet);
  /** One for each issuer: whoever is in does not care whose client it was. */
  const waysIn = withWallet.filter(
    ({ identity_provider: { issuer } }, i) =>
      withWallet.findIndex((other) => other.identity_provider.issuer === issuer) === i,
  );

  /** What there is to see for whom, or why nothing; the same for both views. */
  const open = async (c: Context<Env>, asked: string | undefined) => {
    const locale = localeOf(c);
    const app = asked === undefined ? undefined : config.apps.get(asked);
    const shown = app === undefined ? {} : { app: { id: app.id, ...appShown(app) } };
    const ways = asked === undefined ? waysIn : [app].filter(hasWallet);
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
    const { hash, issuer, known, app_id, subject } = found;
    if (downloading.has(hash))
      throw new Refusal("rate_limited", { detail: "A download is under way." }, undefined, 5);
    downloading.add(hash);
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

  routes.route("/", doorRoutes(broker));

  routes.get(backend.wallet.path, async (c) => {
    const { app } = await callerOf(broker, c);
    if (!hasWallet(app)) throw refuse("no_wallet");
    return c.json({ url: `${config.base_url}/wallet?app=${app.id}` });
  });

  return routes;
};
