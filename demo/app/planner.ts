/**
 * The main page's API: sessions for Connect, the user's events and files, what is connected.
 * Knows the SDK's calls and the two APIs' addresses. No token and no grant id is stored here.
 */
import { type AsyncLocalStorage } from "node:async_hooks";
import express, { type Response, type Router } from "express";
import { HttpMethod, type App } from "@alter-ai/alter-sdk";
import { authenticated } from "./login.ts";

const PROVIDERS = ["calendar", "files"];

export const plannerRoutes = ({
  alter,
  jwtStore,
  origin,
  calendarApi,
  filesApi,
}: {
  alter: App;
  /** Where `alter` looks for the JWT of the user whose request is being served. */
  jwtStore: AsyncLocalStorage<string>;
  origin: string;
  calendarApi: string;
  filesApi: string;
}): Router => {
  const router = express.Router();
  router.use("/api", express.json({ limit: "4kb" }));
  router.use("/api", authenticated, (req, _res, next) => {
    jwtStore.run(req.user.jwt, next);
  });

  router.post("/api/connect-session", async (req, res, next) => {
    const wish = readWish(req.body);
    // Without a list of providers it is the guide's page that asks; its own route answers.
    if (!wish) {
      next();
      return;
    }
    const session = await alter.createConnectSession({
      allowedProviders: wish.providers,
      allowedOrigin: origin,
      // Phones leave by redirect and come back here.
      returnUrl: `${origin}/`,
      userToken: req.user.jwt,
      multiple: wish.multiple,
    });
    res.json({ sessionToken: session.sessionToken });
  });

  router.get("/api/calendar/events", async (req, res) => {
    await relay(res, `${calendarApi}/api/events`, "calendar", req.query.account);
  });

  router.get("/api/files", async (req, res) => {
    await relay(res, `${filesApi}/api/files`, "files", req.query.account);
  });

  router.get("/api/connections", async (_req, res) => {
    const page = await alter.listGrants();
    res.json(
      page.grants.flatMap((grant) =>
        grant.grantKind === "oauth"
          ? {
              grantId: grant.grantId,
              provider: grant.providerId,
              account: grant.accountIdentifier,
              status: grant.status,
            }
          : [],
      ),
    );
  });

  // The broker's own page, where users see what the app has done for them, and can end it. The same for everybody: who
  // it is, they say by signing in there.
  router.get("/wallet", async (_req, res) => {
    res.redirect(303, await alter.walletUrl());
  });

  router.post("/api/connections/:id/disconnect", async (req, res) => {
    await alter.revokeGrant(req.params.id);
    res.status(204).end();
  });

  /** Calls the provider as this user and hands its answer on. */
  const relay = async (res: Response, url: string, provider: string, account: unknown) => {
    const response = await alter.request(HttpMethod.GET, url, {
      provider,
      ...(typeof account === "string" ? { account } : {}),
    });
    if (response.ok) res.json(await response.json());
    else res.status(502).json({ code: "provider_error", status: response.status });
  };

  return router;
};

const readWish = (body: unknown): { providers: string[]; multiple: boolean } | undefined => {
  const { providers, multiple } = (body ?? {}) as Record<string, unknown>;
  if (!Array.isArray(providers)) return undefined;
  return {
    providers: PROVIDERS.filter((id) => providers.includes(id)),
    multiple: multiple === true,
  };
};
