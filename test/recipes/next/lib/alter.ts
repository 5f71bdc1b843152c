/** What the route handlers share: the App, and the user for whom one runs. */
import { AsyncLocalStorage } from "node:async_hooks";
import { App } from "@alter-ai/alter-sdk";
import { answerTo } from "../../answer.ts";
import { authenticate } from "../../authenticate.ts";

export const { ALTER_API_KEY = "", APP_ORIGIN = "", EVENTS_URL = "" } = process.env;

// Next loads a module once for each bundle, and again when you edit it. What an App forgets at a revocation is its own
// cache only, so there should be one.
const shared = globalThis as { alter?: App; alterUsers?: AsyncLocalStorage<string> };
const users = (shared.alterUsers ??= new AsyncLocalStorage());

export const alter = (shared.alter ??= new App({
  apiKey: ALTER_API_KEY, // and the broker's address is in ALTER_BASE_URL
  userTokenGetter: () => users.getStore(),
  throwOnError: true,
  // Next has a cache of its own behind fetch. It must not keep one user's answers, nor tokens.
  fetch: (url, init) => fetch(url, { ...init, cache: "no-store" }),
}));

export const NO_STORE = { headers: { "cache-control": "no-store" } };

/** Not from `request.url`, whose host is whatever a proxy in front has made of it. */
export const redirectTo = (path: string): Response =>
  Response.redirect(new URL(path, APP_ORIGIN), 303);

type RouteHandler<Context> = (request: Request, context: Context) => Promise<Response>;

export const asUser =
  <Context>(handle: RouteHandler<Context>): RouteHandler<Context> =>
  async (request, context) => {
    const jwt = authenticate(request.headers.get("cookie"));
    if (jwt === undefined)
      return Response.json({ code: "login_required" }, { status: 401, ...NO_STORE });
    try {
      return await users.run(jwt, () => handle(request, context));
    } catch (error) {
      const answer = answerTo(error);
      if (answer === undefined) throw error;
      return Response.json(answer.body, answer);
    }
  };
