/** An expired session: the user came back to a page whose session token nobody had used in time. */
import express, { type Router } from "express";
import type { Settings } from "./patterns.ts";

export const expiredSession = ({ app, origin }: Settings): Router => {
  const router = express.Router();

  router.post("/short-session", async (_req, res) => {
    const session = await app.createConnectSession({
      allowedProviders: ["calendar"],
      allowedOrigin: origin,
      returnUrl: `${origin}/patterns/expired-session`,
      // Seconds in which Connect must have been opened. Ten minutes if you leave it out.
      expiresIn: 2,
    });
    res.json({ sessionToken: session.sessionToken, expiresAt: session.expiresAt });
  });

  return router;
};
