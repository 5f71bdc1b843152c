/** A backend with Express 5. */
import { AsyncLocalStorage } from "node:async_hooks";
import { App, HttpMethod } from "@alter-ai/alter-sdk";
import express, { type ErrorRequestHandler } from "express";
import { answerTo, pageAfter } from "./answer.ts";
import { authenticate } from "./authenticate.ts";

const { ALTER_API_KEY = "", APP_ORIGIN = "", EVENTS_URL = "" } = process.env;

const users = new AsyncLocalStorage<string>();
const alter = new App({
  apiKey: ALTER_API_KEY, // and the broker's address is in ALTER_BASE_URL
  userTokenGetter: () => users.getStore(),
  throwOnError: true,
});

export const app = express();

// Body parsers go above this: some, such as the one for uploads, lose what was in scope before.
app.use((req, res, next) => {
  res.set("Cache-Control", "no-store");
  const jwt = authenticate(req.headers.cookie);
  if (jwt === undefined) res.status(401).json({ code: "login_required" });
  else users.run(jwt, next);
});

app.post("/api/connect-session", async (_req, res) => {
  const { sessionToken } = await alter.createConnectSession({
    allowedOrigin: APP_ORIGIN,
    allowedProviders: ["calendar"],
    returnUrl: `${APP_ORIGIN}/return`, // a page with the widget: phones come back to it
  });
  res.json({ sessionToken });
});

app.get("/api/calendar/events", async (req, res) => {
  const { account } = req.query;
  const response = await alter.request(HttpMethod.GET, EVENTS_URL, {
    provider: "calendar",
    account: typeof account === "string" ? account : undefined,
  });
  res.json(await response.json());
});

app.get("/api/connections", async (_req, res) => {
  const { grants } = await alter.listGrants();
  res.json(grants);
});

app.post("/api/connections/:id/revoke", async (req, res) => {
  await alter.revokeGrant(req.params.id, { reason: "asked for by the user" });
  res.sendStatus(204);
});

// The same without the widget, for pages that the server renders: a form posts to /connect.
app.post("/connect", async (_req, res) => {
  const { connectUrl = "/" } = await alter.createConnectSession({
    allowedOrigin: APP_ORIGIN,
    allowedProviders: ["calendar"],
    completion: "backend",
    returnUrl: `${APP_ORIGIN}/connected`,
  });
  res.redirect(303, connectUrl);
});

app.get("/connected", async (req, res) => {
  res.redirect(303, await pageAfter(alter.completeConnectSession({ url: req.originalUrl })));
});

const answerErrors: ErrorRequestHandler = (error, _req, res, next) => {
  const answer = answerTo(error);
  if (answer === undefined || res.headersSent) next(error);
  else res.status(answer.status).set(answer.headers).json(answer.body);
};
app.use(answerErrors);
