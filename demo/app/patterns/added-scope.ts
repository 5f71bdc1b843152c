/** A scope added later: reading came first, and writing is asked for on the day the user wants to write. */
import express, { type Router } from "express";
import { HttpMethod } from "@alter-ai/alter-sdk";
import type { Settings } from "./patterns.ts";

export const addedScope = ({ app, calendarApi }: Settings): Router => {
  const router = express.Router();

  router.post("/events", async (req, res) => {
    const { account } = req.query;
    const { title } = (req.body ?? {}) as { title?: unknown };
    const response = await app.request(HttpMethod.POST, `${calendarApi}/api/events`, {
      provider: "calendar",
      account: typeof account === "string" ? account : undefined,
      // Without it a ScopeReauthRequiredError, before anything is sent. Its missingScopes are the requiredScopes
      // of the session that cures it.
      requiredScopes: ["calendar.write"],
      json: { title },
    });
    res.status(response.status).json(await response.json());
  });

  return router;
};
