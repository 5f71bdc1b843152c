/**
 * The customer's app as a program of its own, with its settings in the environment, as in life.
 * The only file of the app, beside the guide's, that reads the environment.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { join } from "node:path";
import { App } from "@alter-ai/alter-sdk";
import { listen } from "../listen.ts";
import { router as guide } from "./guide.ts";
import { builtPages } from "./pages.ts";
import { patternRoutes } from "./patterns/patterns.ts";
import { plannerRoutes } from "./planner.ts";
import { createDayPlanner } from "./server.ts";
import { tagRoutes } from "./tag.ts";

const setting = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};

const origin = setting("APP_ORIGIN");
const broker = setting("ALTER_BASE_URL");
const jwtStore = new AsyncLocalStorage<string>();

const app = new App({
  apiKey: setting("ALTER_API_KEY"),
  baseUrl: broker,
  userTokenGetter: () => jwtStore.getStore(),
});
const calendarApi = setting("CALENDAR_API");

const server = await listen(Number(new URL(origin).port), () =>
  createDayPlanner({
    login: {
      origin,
      cookieKey: setting("COOKIE_KEY"),
      issuer: setting("IDP_ISSUER"),
      clientId: setting("IDP_CLIENT_ID"),
      clientSecret: setting("IDP_CLIENT_SECRET"),
    },
    broker,
    planner: plannerRoutes({
      alter: app,
      jwtStore,
      origin,
      calendarApi,
      filesApi: setting("FILES_API"),
    }),
    patterns: patternRoutes(
      { app, origin, calendarApi, weatherApi: setting("WEATHER_API") },
      jwtStore,
    ),
    tag: tagRoutes({ app, origin }),
    guide,
    pages: builtPages(join(import.meta.dirname, "web"), broker),
  }),
);

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void server.stop());
