/** The routes of all patterns, behind a login, with the user's JWT in scope. What each does is in its own file. */
import type { AsyncLocalStorage } from "node:async_hooks";
import express, { type Router } from "express";
import type { App } from "@alter-ai/alter-sdk";
import { authenticated } from "../login.ts";
import { addedScope } from "./added-scope.ts";
import { connect } from "./connect.ts";
import { connectedAccounts } from "./connected-accounts.ts";
import { expiredSession } from "./expired-session.ts";
import { managedSecret } from "./managed-secret.ts";
import type { PatternName } from "./names.ts";
import { policies } from "./policies.ts";
import { revoke } from "./revoke.ts";
import { revokedAtProvider } from "./revoked-at-provider.ts";
import { severalAccounts } from "./several-accounts.ts";

export type Settings = {
  /** The SDK client. */
  app: App;
  origin: string;
  calendarApi: string;
  weatherApi: string;
};

const ROUTES: Record<PatternName, (settings: Settings) => Router> = {
  "several-accounts": severalAccounts,
  "connected-accounts": connectedAccounts,
  revoke,
  "added-scope": addedScope,
  policies,
  "revoked-at-provider": revokedAtProvider,
  "managed-secret": managedSecret,
  "expired-session": expiredSession,
};

export const patternRoutes = (
  settings: Settings,
  /** Where `settings.app` looks for the JWT of the user whose request is being served. */
  jwtStore: AsyncLocalStorage<string>,
): Router => {
  const router = express.Router();
  router.use(express.json({ limit: "4kb" }), authenticated, (req, _res, next) => {
    jwtStore.run(req.user.jwt, next);
  });
  router.use("/connect", connect(settings));
  for (const [name, routes] of Object.entries(ROUTES)) router.use(`/${name}`, routes(settings));
  return router;
};
