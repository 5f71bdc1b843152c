/** A backend with nothing but Node. */
import { AsyncLocalStorage } from "node:async_hooks";
import { createServer, type IncomingMessage } from "node:http";
import { App, HttpMethod } from "@alter-ai/alter-sdk";
import { answerTo, pageAfter, type Answer } from "./answer.ts";
import { authenticate } from "./authenticate.ts";

const { ALTER_API_KEY = "", APP_ORIGIN = "", EVENTS_URL = "" } = process.env;

const users = new AsyncLocalStorage<string>();
const alter = new App({
  apiKey: ALTER_API_KEY, // and the broker's address is in ALTER_BASE_URL
  userTokenGetter: () => users.getStore(),
  throwOnError: true,
});

export const server = createServer(async (req, res) => {
  const answer = await answerFor(req).catch((error: unknown) => answerTo(error) ?? failed(error));
  res.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
  res.end(JSON.stringify(answer.body));
});

const answerFor = async ({ method = "", url = "/", headers }: IncomingMessage): Promise<Answer> => {
  const jwt = authenticate(headers.cookie);
  if (jwt === undefined) return reply(401, { code: "login_required" });
  return users.run(jwt, () => route(method, url));
};

const route = async (method: string, path: string): Promise<Answer> => {
  const { pathname, searchParams } = new URL(path, APP_ORIGIN);
  switch (`${method} ${pathname}`) {
    case "POST /api/connect-session": {
      const { sessionToken } = await alter.createConnectSession({
        allowedOrigin: APP_ORIGIN,
        allowedProviders: ["calendar"],
        returnUrl: `${APP_ORIGIN}/return`, // a page with the widget: phones come back to it
      });
      return reply(200, { sessionToken });
    }
    case "GET /api/calendar/events": {
      const response = await alter.request(HttpMethod.GET, EVENTS_URL, {
        provider: "calendar",
        account: searchParams.get("account") ?? undefined,
      });
      return reply(200, await response.json());
    }
    case "GET /api/connections": {
      const { grants } = await alter.listGrants();
      return reply(200, grants);
    }
    // The same without the widget, for pages that the server renders: a form posts to /connect.
    case "POST /connect": {
      const { connectUrl = "/" } = await alter.createConnectSession({
        allowedOrigin: APP_ORIGIN,
        allowedProviders: ["calendar"],
        completion: "backend",
        returnUrl: `${APP_ORIGIN}/connected`,
      });
      return redirect(connectUrl);
    }
    case "GET /connected":
      return redirect(await pageAfter(alter.completeConnectSession({ url: path })));
  }
  const [, id] = /^\/api\/connections\/([^/]+)\/revoke$/.exec(pathname) ?? [];
  if (method !== "POST" || id === undefined) return reply(404, { code: "not_found" });
  await alter.revokeGrant(decodeURIComponent(id), { reason: "asked for by the user" });
  return reply(200, {});
};

const reply = (status: number, body: object, headers = {}): Answer => ({
  status,
  headers: { "cache-control": "no-store", ...headers },
  body,
});

const redirect = (location: string): Answer => reply(303, {}, { location });

const failed = (error: unknown): Answer => {
  console.error(error);
  return reply(500, { code: "internal_error" });
};
