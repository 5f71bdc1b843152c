/** Revoke: the user disconnects an account in this app. The broker destroys its tokens and tells the provider. */
import express, { type Router } from "express";
import { HttpMethod } from "@alter-ai/alter-sdk";
import type { Settings } from "./patterns.ts";

export const revoke = ({ app, calendarApi }: Settings): Router => {
  const router = express.Router();

  router.get("/accounts", async (_req, res) => {
    const accounts = [];
    for await (const grant of app.listGrants({ provider: "calendar", kind: "oauth" }))
      if (grant.grantKind === "oauth")
        accounts.push({ grantId: grant.grantId, account: grant.accountIdentifier });
    res.json({ accounts });
  });

  router.post("/accounts/:grantId/revoke", async (req, res) => {
    // With the user's JWT in scope, a grant id of somebody else is a GrantNotFoundError.
    const revoked = await app.revokeGrant(req.params.grantId, {
      reason: "Disconnected by the user in Day Planner",
    });
    res.json(revoked);
  });

  router.get("/events", async (req, res) => {
    const { account } = req.query;
    // Afterwards a GrantRevokedError; errors.ts makes of it what the page shows.
    const response = await app.request(HttpMethod.GET, `${calendarApi}/api/events`, {
      provider: "calendar",
      account: typeof account === "string" ? account : undefined,
    });
    res.status(response.status).json(await response.json());
  });

  return router;
};
