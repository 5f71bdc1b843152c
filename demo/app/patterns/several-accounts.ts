/** Several accounts: with more than one calendar connected, the call has to say which one it means. */
import express, { type Router } from "express";
import { AmbiguousGrantError, HttpMethod } from "@alter-ai/alter-sdk";
import type { Settings } from "./patterns.ts";

export const severalAccounts = ({ app, calendarApi }: Settings): Router => {
  const router = express.Router();

  router.get("/events", async (req, res) => {
    const { account } = req.query;
    try {
      const response = await app.request(HttpMethod.GET, `${calendarApi}/api/events`, {
        provider: "calendar",
        // What the user has picked. It is no secret and no proof: only the user's own accounts are looked at.
        account: typeof account === "string" ? account : undefined,
      });
      res.status(response.status).json(await response.json());
    } catch (error) {
      if (!(error instanceof AmbiguousGrantError)) throw error;
      res
        .status(409)
        .json({ error: error.name, code: error.code, accounts: error.accountIdentifiers });
    }
  });

  return router;
};
