/** Day Planner, the customer's app, put together: in which order a request meets which part. */
import express, { type Express, type RequestHandler, type Router } from "express";
import logo from "../web/logo.svg?raw";
import { answerErrors } from "./errors.ts";
import { loginRoutes, type LoginSettings } from "./login.ts";
import { sameOrigin } from "./same-origin.ts";

export const createDayPlanner = ({
  login,
  broker,
  planner,
  patterns,
  tag,
  guide,
  pages,
}: {
  login: LoginSettings;
  /** The broker's origin: the widget loads its window from there and asks it for the outcome. */
  broker: string;
  planner: Router;
  patterns: Router;
  tag: Router;
  guide: Router;
  pages: RequestHandler;
}): Express => {
  const { origin } = login;
  const app = express();
  app.disable("x-powered-by");

  app.get("/healthz", (_req, res) => {
    res.json({ status: "ok" });
  });
  app.get("/logo.svg", (_req, res) => {
    // Shown on the broker's page as well.
    res.set("Cross-Origin-Resource-Policy", "cross-origin").type("svg").send(logo);
  });

  app.use((req, res, next) => {
    // One address only: the cookie, the redirect URI and the broker's allowed origin all name it. It also
    // turns away names that somebody else points at this machine.
    if (req.get("host") === new URL(origin).host) next();
    else res.redirect(303, `${origin}/`);
  });
  app.use((req, res, next) => {
    res.set({
      "Content-Security-Policy": policy(broker, req.path === "/tag"),
      "Referrer-Policy": "same-origin",
      "X-Content-Type-Options": "nosniff",
    });
    next();
  });

  app.use(["/api", "/logout"], sameOrigin(origin), (_req, res, next) => {
    res.set("Cache-Control", "no-store");
    next();
  });
  app.use(loginRoutes(login));
  app.get("/api/me", (req, res) => {
    const user = req.user as typeof req.user | undefined;
    res.json({ user: user ? { name: user.name, email: user.email } : null, broker });
  });
  app.use("/api/patterns", patterns);
  app.use("/api/tag", tag);
  app.use(planner);
  // At the root it answers what the main page's API leaves to it; below /guide all of its routes are its own.
  app.use(guide);
  app.use("/guide", guide);
  app.use("/api", (_req, res) => {
    res.status(404).json({ code: "not_found" });
  });
  app.use(pages);
  app.use(answerErrors);
  return app;
};

/**
 * The widget needs one thing of a policy: `connect-src` for the broker; as the broker's own script, `script-src` as
 * well. No inline script or style.
 */
const policy = (broker: string, brokersScript: boolean) =>
  [
    "default-src 'none'",
    brokersScript ? `script-src 'self' ${broker}` : "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${broker}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
