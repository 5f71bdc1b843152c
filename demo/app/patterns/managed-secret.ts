/** A managed secret beside OAuth: one API takes the user's token, the other the company's key. The call is the same. */
import express, { type Router } from "express";
import { HttpMethod } from "@alter-ai/alter-sdk";
import type { Settings } from "./patterns.ts";

export const managedSecret = ({ app, calendarApi, weatherApi }: Settings): Router => {
  const router = express.Router();

  const urls = new Map([
    ["calendar", `${calendarApi}/api/events`],
    ["weather", `${weatherApi}/api/weather`],
  ]);

  router.get("/call/:provider", async (req, res, next) => {
    const { provider } = req.params;
    const { account } = req.query;
    const url = urls.get(provider);
    if (url === undefined) {
      next();
      return;
    }
    const response = await app.request(HttpMethod.GET, url, {
      provider,
      account: typeof account === "string" ? account : undefined,
    });
    res.status(response.status).json(await response.json());
  });

  router.get("/grants", async (_req, res) => {
    const { grants } = await app.listGrants();
    res.json({
      // Branch on grantKind; what `provider` of a call takes, both have.
      grants: grants.map((grant) =>
        grant.grantKind === "oauth"
          ? {
              grantKind: grant.grantKind,
              provider: grant.providerId,
              name: grant.providerName,
              whose: grant.accountIdentifier,
            }
          : {
              grantKind: grant.grantKind,
              provider: grant.secretId,
              name: grant.name,
              whose: "Day Planner's own key",
            },
      ),
    });
  });

  return router;
};
