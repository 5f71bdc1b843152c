/** Connected accounts: all that the user has connected, in what state it is, and until when. */
import express, { type Router } from "express";
import type { Settings } from "./patterns.ts";

export const connectedAccounts = ({ app }: Settings): Router => {
  const router = express.Router();

  router.get("/accounts", async (_req, res) => {
    const accounts = [];
    // Further pages are fetched as the loop comes to them.
    for await (const grant of app.listGrants()) {
      const { grantKind, grantId, status } = grant;
      // Branch on grantKind: a managed secret has neither account nor scopes, and the user cannot renew it.
      if (grantKind === "managed_secret")
        accounts.push({ grantKind, grantId, status, name: grant.name });
      else
        accounts.push({
          ...{ grantKind, grantId, status },
          name: grant.providerName,
          account: grant.accountIdentifier,
          scopes: grant.scopes,
          missingScopes: grant.missingScopes,
          expiresAt: grant.expiresAt,
        });
    }
    res.json({ accounts });
  });

  return router;
};
