/** A backend with Hono 4. */
import { AsyncLocalStorage } from "node:async_hooks";
import { App, HttpMethod } from "@alter-ai/alter-sdk";
import { Hono } from "hono";
import { answerTo, pageAfter } from "./answer.ts";
import { authenticate } from "./authenticate.ts";

const { ALTER_API_KEY = "", APP_ORIGIN = "", EVENTS_URL = "" } = process.env;

const users = new AsyncLocalStorage<string>();
const alter = new App({
  apiKey: ALTER_API_KEY, // and the broker's address is in ALTER_BASE_URL
  userTokenGetter: () => users.getStore(),
  throwOnError: true,
});

export const app = new Hono();

app.use(async (c, next) => {
  c.header("cache-control", "no-store");
  const jwt = authenticate(c.req.header("cookie"));
  if (jwt === undefined) return c.json({ code: "login_required" }, 401);
  return users.run(jwt, next);
});

app.post("/api/connect-session", async (c) => {
  const { sessionToken } = await alter.createConnectSession({
    allowedOrigin: APP_ORIGIN,
    allowedProviders: ["calendar"],
    returnUrl: `${APP_ORIGIN}/return`, // a page with the widget: phones come back to it
  });
  return c.json({ sessionToken });
});

app.get("/api/calendar/events", async (c) => {
  const response = await alter.request(HttpMethod.GET, EVENTS_URL, {
    provider: "calendar",
    account: c.req.query("account"),
    signal: c.req.raw.signal, // ends the call when the browser has left
  });
  return c.json(await response.json());
});

app.get("/api/connections", async (c) => {
  const { grants } = await alter.listGrants();
  return c.json(grants);
});

app.post("/api/connections/:id/revoke", async (c) => {
  await alter.revokeGrant(c.req.param("id"), { reason: "asked for by the user" });
  return c.body(null, 204);
});

// The same without the widget, for pages that the server renders: a form posts to /connect.
app.post("/connect", async (c) => {
  const { connectUrl = "/" } = await alter.createConnectSession({
    allowedOrigin: APP_ORIGIN,
    allowedProviders: ["calendar"],
    completion: "backend",
    returnUrl: `${APP_ORIGIN}/connected`,
  });
  return c.redirect(connectUrl, 303);
});

app.get("/connected", async (c) =>
  c.redirect(await pageAfter(alter.completeConnectSession({ url: c.req.url })), 303),
);

app.onError((error) => {
  const answer = answerTo(error);
  if (answer === undefined) throw error;
  return Response.json(answer.body, answer);
});
