/** The one place where this app makes Connect sessions. A refused call says what the next session must ask for. */
import express, { type Router } from "express";
import { isPattern } from "./names.ts";
import type { Settings } from "./patterns.ts";

export const connect = ({ app, origin }: Settings): Router => {
  const router = express.Router();

  router.post("/:page", async (req, res) => {
    const { provider, grantId, requiredScopes } = (req.body ?? {}) as Record<string, unknown>;
    const session = await app.createConnectSession({
      // All come from a browser: the broker takes what is configured for this app, and a grant of this user.
      allowedProviders: typeof provider === "string" ? [provider] : undefined,
      grantId: typeof grantId === "string" ? grantId : undefined,
      requiredScopes: Array.isArray(requiredScopes) ? requiredScopes.map(String) : undefined,
      allowedOrigin: origin,
      // Phones leave for Connect and come back here.
      returnUrl: isPattern(req.params.page) ? `${origin}/patterns/${req.params.page}` : undefined,
    });
    res.json({ sessionToken: session.sessionToken });
  });

  return router;
};
