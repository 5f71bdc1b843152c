/**
 * Who is using the app: login at the identity provider (code, PKCE, state, nonce), the cookie that remembers it,
 * logout. Knows nothing of Connect; it only leaves the user's JWT where the routes find it.
 */
import express, { type NextFunction, type Request, type Response, type Router } from "express";
import * as oidc from "openid-client";
import { sealedCookie } from "./cookies.ts";
import { PATTERNS } from "./patterns/names.ts";

export type User = {
  name: string;
  email: string;
  /** The identity provider's ID token. */ jwt: string;
};

declare module "express-serve-static-core" {
  interface Request {
    /** Who is logged in. Only routes behind `authenticated` can rely on it. */
    user: User;
  }
}

type Pending = { state: string; nonce: string; verifier: string; back: string };

export type LoginSettings = {
  origin: string;
  cookieKey: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
};

/** Routes that need a user go behind this. */
export const authenticated = (req: Request, res: Response, next: NextFunction): void => {
  // The type promises a user; this line is what keeps the promise.
  if ((req.user as User | undefined) === undefined)
    res.status(401).json({ code: "login_required" });
  else next();
};

export const loginRoutes = (settings: LoginSettings): Router => {
  const { origin, cookieKey } = settings;
  // Ports of localhost share their cookies, so the names are the app's own.
  const session = sealedCookie<User>("day_planner_session", "/", cookieKey);
  const pending = sealedCookie<Pending>("day_planner_login", "/login", cookieKey);
  const provider = discoverOnce(settings);
  const router = express.Router();

  router.use(async (req, _res, next) => {
    const user = await session.read(req);
    if (user) req.user = user;
    next();
  });

  router.get("/login", async (req, res) => {
    const verifier = oidc.randomPKCECodeVerifier();
    const state = oidc.randomState();
    const nonce = oidc.randomNonce();
    const back = PAGES.find((page) => page === req.query.back) ?? "/";
    await pending.write(res, { state, nonce, verifier, back }, inSeconds(600));
    const url = oidc.buildAuthorizationUrl(await provider(), {
      redirect_uri: `${origin}/login/callback`,
      scope: "openid email profile",
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      // Else whoever logged in last would be logged in again, and nobody could change from Ann to Ben.
      prompt: "login",
    });
    res.redirect(url.href);
  });

  router.get("/login/callback", async (req, res) => {
    const expected = await pending.read(req);
    pending.clear(res);
    if (!expected) {
      res.redirect("/?login=expired");
      return;
    }
    try {
      const tokens = await oidc.authorizationCodeGrant(
        await provider(),
        new URL(req.originalUrl, origin),
        {
          pkceCodeVerifier: expected.verifier,
          expectedState: expected.state,
          expectedNonce: expected.nonce,
          idTokenExpected: true,
        },
      );
      const claims = tokens.claims();
      if (!claims || tokens.id_token === undefined) throw new Error("No ID token");
      const user = {
        name: String(claims.name),
        email: String(claims.email),
        jwt: tokens.id_token,
      };
      // The cookie ends with the JWT: there is no user whose token the broker would refuse.
      await session.write(res, user, new Date(claims.exp * 1000));
      res.redirect(expected.back);
    } catch (error) {
      const denied =
        error instanceof oidc.AuthorizationResponseError && error.error === "access_denied";
      if (!denied) console.error("Login failed:", error instanceof Error ? error.message : error);
      res.redirect(denied ? "/?login=cancelled" : "/?login=failed");
    }
  });

  router.post("/logout", (_req, res) => {
    session.clear(res);
    res.status(204).end();
  });

  return router;
};

/** Where a login may lead back to; a free choice would be an open redirect. */
const PAGES = ["/", "/guide", "/tag", "/patterns", ...PATTERNS.map((name) => `/patterns/${name}`)];

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000);

/** A discovery that failed is tried again at the next login. */
const discoverOnce = ({ issuer, clientId, clientSecret }: LoginSettings) => {
  let found: Promise<oidc.Configuration> | undefined;
  return () => {
    found ??= oidc
      .discovery(new URL(issuer), clientId, clientSecret, undefined, {
        // The demo's identity provider is on this machine.
        execute: [oidc.allowInsecureRequests],
      })
      .catch((error: unknown) => {
        found = undefined;
        throw error;
      });
    return found;
  };
};
