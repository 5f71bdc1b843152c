/**
 * The customer's app beside the demo's own identity provider, with stand-ins for the broker and for a provider's
 * API. The SDK is the built one, by its published name, as the app imports it.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "@alter-ai/alter-sdk";
import express from "express";
import { patternRoutes } from "../../demo/app/patterns/patterns.ts";
import { plannerRoutes } from "../../demo/app/planner.ts";
import { createDayPlanner } from "../../demo/app/server.ts";
import { tagRoutes } from "../../demo/app/tag.ts";
import { startIdp } from "../../demo/idp/idp.ts";
import { listen } from "../../demo/listen.ts";
import { createOidcKeys } from "../../demo/oidc/keys.ts";
import { startStandIn, type StandIn } from "./stand-in.ts";
import { createVisitor, type Visit, type Visitor } from "./visitor.ts";

export const API_KEY = `alter_rk_${"k".repeat(43)}`;
export const COOKIE_KEY = Buffer.alloc(32, 7).toString("base64url");
export const OTHER_COOKIE_KEY = Buffer.alloc(32, 8).toString("base64url");

export type World = {
  origin: string;
  issuer: string;
  broker: StandIn;
  api: StandIn;
  /** Stops the app and starts it again. */
  restart: (cookieKey: string) => Promise<void>;
  stop: () => Promise<void>;
};

export const startWorld = async (): Promise<World> => {
  const folder = await mkdtemp(join(tmpdir(), "demo-app-"));
  const broker = await startStandIn();
  const api = await startStandIn();
  // The redirect URI names the app's port, so the port is found first.
  const { port, stop: release } = await listen(0, () => () => undefined);
  await release();
  const origin = `http://localhost:${String(port)}`;
  const client = {
    client_id: "day-planner",
    client_name: "Day Planner",
    client_secret: "a secret of the test",
    redirect_uris: [`${origin}/login/callback`],
  };
  const keys = await createOidcKeys();
  const idp = await startIdp({ port: 0, keys, file: join(folder, "idp.json"), clients: [client] });

  const startApp = (cookieKey: string) => {
    const jwtStore = new AsyncLocalStorage<string>();
    const alter = new App({
      apiKey: API_KEY,
      baseUrl: broker.url,
      userTokenGetter: () => jwtStore.getStore(),
    });
    const app = createDayPlanner({
      login: {
        origin,
        cookieKey,
        issuer: idp.issuer,
        clientId: client.client_id,
        clientSecret: client.client_secret,
      },
      broker: broker.url,
      planner: plannerRoutes({
        alter,
        jwtStore,
        origin,
        calendarApi: api.url,
        filesApi: api.url,
      }),
      patterns: patternRoutes(
        { app: alter, origin, calendarApi: api.url, weatherApi: api.url },
        jwtStore,
      ),
      tag: tagRoutes({ app: alter, origin }),
      guide: express.Router(),
      pages: (_req, res) => res.send("a page"),
    });
    return listen(port, () => app);
  };

  let app = await startApp(COOKIE_KEY);
  return {
    ...{ origin, issuer: idp.issuer, broker, api },
    restart: async (cookieKey) => {
      await app.stop();
      app = await startApp(cookieKey);
    },
    stop: async () => {
      await Promise.all([app, idp, broker, api].map(({ stop }) => stop()));
      await rm(folder, { recursive: true });
    },
  };
};

/** One person's browser at the app. */
export type Person = Visitor & {
  logIn: (name?: string) => Promise<Visit>;
  get: (path: string) => Promise<Response>;
  post: (path: string, body?: object, from?: string) => Promise<Response>;
  /** What the page is told of who is logged in. */
  me: () => Promise<unknown>;
};

export const createPerson = (origin: string): Person => {
  const visitor = createVisitor();
  const get = (path: string) => visitor.fetch(origin + path);
  return {
    ...visitor,
    get,
    logIn: async (name = "ann") =>
      visitor.submit(await visitor.open(`${origin}/login`), "/login", { login: name }),
    post: (path, body = {}, from = origin) =>
      visitor.fetch(origin + path, {
        method: "POST",
        headers: { "content-type": "application/json", origin: from },
        body: JSON.stringify(body),
      }),
    me: async () => ((await (await get("/api/me")).json()) as { user: unknown }).user,
  };
};
