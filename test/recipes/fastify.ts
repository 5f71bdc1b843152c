/** A backend with Fastify 5. */
import { AsyncLocalStorage } from "node:async_hooks";
import { App, HttpMethod } from "@alter-ai/alter-sdk";
import fastify from "fastify";
import { answerTo, pageAfter } from "./answer.ts";
import { authenticate } from "./authenticate.ts";

const { ALTER_API_KEY = "", APP_ORIGIN = "", EVENTS_URL = "" } = process.env;

const users = new AsyncLocalStorage<string>();
const alter = new App({
  apiKey: ALTER_API_KEY, // and the broker's address is in ALTER_BASE_URL
  userTokenGetter: () => users.getStore(),
  throwOnError: true,
});

export const app = fastify();

// Not earlier: plugins that read bodies, such as the one for uploads, may lose what was in scope before.
app.addHook("preHandler", (request, reply, done) => {
  reply.header("cache-control", "no-store");
  const jwt = authenticate(request.headers.cookie);
  if (jwt === undefined) reply.code(401).send({ code: "login_required" });
  else users.run(jwt, done);
});

app.post("/api/connect-session", async () => {
  const { sessionToken } = await alter.createConnectSession({
    allowedOrigin: APP_ORIGIN,
    allowedProviders: ["calendar"],
    returnUrl: `${APP_ORIGIN}/return`, // a page with the widget: phones come back to it
  });
  return { sessionToken };
});

app.get<{ Querystring: { account?: string } }>("/api/calendar/events", async (request) => {
  const response = await alter.request(HttpMethod.GET, EVENTS_URL, {
    provider: "calendar",
    account: request.query.account,
  });
  return response.json();
});

app.get("/api/connections", async () => {
  const { grants } = await alter.listGrants();
  return grants;
});

app.post<{ Params: { id: string } }>("/api/connections/:id/revoke", async (request, reply) => {
  await alter.revokeGrant(request.params.id, { reason: "asked for by the user" });
  return reply.code(204).send();
});

// The same without the widget, for pages that the server renders: a form posts to /connect.
app.addContentTypeParser(
  "application/x-www-form-urlencoded",
  { parseAs: "string" },
  (_, __, done) => done(null, {}),
);
app.post("/connect", async (_request, reply) => {
  const { connectUrl = "/" } = await alter.createConnectSession({
    allowedOrigin: APP_ORIGIN,
    allowedProviders: ["calendar"],
    completion: "backend",
    returnUrl: `${APP_ORIGIN}/connected`,
  });
  return reply.redirect(connectUrl, 303);
});

app.get("/connected", async (request, reply) => {
  const to = await pageAfter(alter.completeConnectSession({ url: request.url }));
  return reply.redirect(to, 303);
});

app.setErrorHandler((error, _request, reply) => {
  const answer = answerTo(error);
  if (answer === undefined) return reply.send(error);
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
});
