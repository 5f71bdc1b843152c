/** The session of `<alter-connect-button>`, which asks for it by itself: `POST { provider }`. The page is tag.html. */
import express, { type Router } from "express";
import type { App } from "@alter-ai/alter-sdk";
import { authenticated } from "./login.ts";

export const tagRoutes = ({ app, origin }: { app: App; origin: string }): Router => {
  const router = express.Router();

  router.post(
    "/connect-session",
    express.json({ limit: "4kb" }),
    authenticated,
    async (req, res) => {
      const { provider } = (req.body ?? {}) as { provider?: unknown };
      const session = await app.createConnectSession({
        // It comes from a browser: the broker takes what is configured for this app.
        allowedProviders: typeof provider === "string" ? [provider] : undefined,
        allowedOrigin: origin,
        // Phones leave for Connect and come back here.
        returnUrl: `${origin}/tag`,
        userToken: req.user.jwt,
      });
      res.json({ session_token: session.sessionToken });
    },
  );

  return router;
};
