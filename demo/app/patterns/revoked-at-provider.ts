/** Revoked at the provider: the user took the access away over there, and nobody told this app. */
import express, { type Router } from "express";
import { HttpMethod } from "@alter-ai/alter-sdk";
import type { Settings } from "./patterns.ts";

export const revokedAtProvider = ({ app, calendarApi }: Settings): Router => {
  const router = express.Router();

  router.get("/events", async (req, res) => {
    const { account } = req.query;
    // The provider answers the old token with 401. The SDK asks for another, the broker cannot refresh it any more,
    // and this is a CredentialRevokedError: no code of ours had to look for it.
    const response = await app.request(HttpMethod.GET, `${calendarApi}/api/events`, {
      provider: "calendar",
      account: typeof account === "string" ? account : undefined,
    });
    res.status(response.status).json(await response.json());
  });

  // The provider's own page, where the owner of an account sees which apps have access.
  router.get("/provider-page", (_req, res) => {
    res.redirect(303, `${calendarApi}/account`);
  });

  return router;
};
