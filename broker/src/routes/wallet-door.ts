/**
 * Into the Wallet and out of it: the way to an app's identity provider and back, and the two cookies that go with it. Knows
 * nothing of what there is to see.
 */
import { wallet } from "@alter-ai/protocol/wallet";
import { Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { App, Config } from "../config/config.ts";
import { WALLET_DEADLINES, type WalletClient } from "../config/wallet.ts";
import type { Broker, Env } from "../context.ts";
import { refuse } from "../error.ts";
import { whoseFailure } from "./caller.ts";
import { ownCookies } from "./cookies.ts";
import { languagesOf } from "./language.ts";
import { isVisit, readBody } from "./request.ts";

export type WithWallet = App & { wallet: WalletClient };

export const hasWallet = (app: App | undefined): app is WithWallet => app?.wallet !== undefined;

const CALLBACK = "/wallet/callback/:app";

export const walletCookies = (config: Pick<Config, "base_url">) => {
  const { prefix, attributes } = ownCookies(config);
  /** The page alone needs it, and no page of another's ever brings it along. */
  const session = { name: `${prefix}acw`, options: { ...attributes, sameSite: "Strict" as const } };
  /** Comes back with the browser from another site. */
  const way = { name: `${prefix}acw_in`, options: { ...attributes, sameSite: "Lax" as const } };
  return { session, way };
};

/** The guard of the page's calls is before them already. */
export const doorRoutes = (broker: Broker): Hono<Env> => {
  const { config } = broker;
  const { sessions } = broker.wallet;
  const { session, way } = walletCookies(config);
  const routes = new Hono<Env>();

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
    if (!isVisit(c)) return c.body(null, 204);
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

  return routes;
};
