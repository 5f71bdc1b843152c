/**
 * The backend of the guide, as the guide has it: only hosts and the provider's name differ. It reads its key from
 * the environment while it is loaded. The main page's backend, planner.ts, does the same with more care.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import express from "express";
import { AmbiguousGrantError, App, HttpMethod } from "@alter-ai/alter-sdk";
import { authenticated } from "./login.ts";

const jwtStore = new AsyncLocalStorage<string>();

const app = new App({
  apiKey: process.env.ALTER_API_KEY!,
  userTokenGetter: () => jwtStore.getStore()!,
}); // SDK client
export const router = express.Router();

const url = `${process.env.CALENDAR_API}/api/events`;

router.post("/api/connect-session", authenticated, async (req, res) => {
  const session = await app.createConnectSession({
    allowedProviders: ["calendar"],
    allowedOrigin: process.env.APP_ORIGIN!,
    userToken: req.user.jwt,
  });
  res.json({ sessionToken: session.sessionToken });
});

// The guide's own page asks with GET.
router.get("/api/connect-session", authenticated, async (req, res) => {
  const session = await app.createConnectSession({
    allowedProviders: ["calendar"],
    allowedOrigin: process.env.APP_ORIGIN!,
    userToken: req.user.jwt,
  });
  res.json({ sessionToken: session.sessionToken });
});

router.get("/api/calendar/events", authenticated, async (req, res) => {
  await jwtStore.run(req.user.jwt, async () => {
    const response = await app.request(HttpMethod.GET, url, { provider: "calendar" });
    res.json(await response.json());
  });
});

// The guide's pattern for users with several accounts. A server prompts by answering with the choices
// (errors.ts: 409); the page asks again and names one.
router.get("/api/calendar/picked-events", authenticated, async (req, res) => {
  await jwtStore.run(req.user.jwt, async () => {
    let response;
    try {
      response = await app.request(HttpMethod.GET, url, { provider: "calendar" });
    } catch (e) {
      if (e instanceof AmbiguousGrantError) {
        const promptUserToPick = (accounts: readonly string[]) => {
          const picked = accounts.find((account) => account === req.query.account);
          if (picked === undefined) throw e;
          return picked;
        };
        const chosen = await promptUserToPick(e.accountIdentifiers);
        response = await app.request(HttpMethod.GET, url, {
          provider: "calendar",
          account: chosen,
        });
      } else {
        throw e;
      }
    }
    res.json(await response.json());
  });
});

router.get("/api/connections", authenticated, async (req, res) => {
  await jwtStore.run(req.user.jwt, async () => {
    const page = await app.listGrants();
    // Branch on grantKind: managed-secret items have no providerId.
    res.json(
      page.grants
        .filter((g) => g.grantKind === "oauth")
        .map((g) => ({ provider: g.providerId, account: g.accountIdentifier, grantId: g.grantId })),
    );
  });
});
