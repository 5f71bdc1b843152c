/**
 * An OAuth provider with an API, as a third party would run it: consent each time it is asked for, PKCE,
 * rotating refresh tokens, access tokens of two minutes, revocation. Knows no Connect, only one client.
 */
import type { Express, Request, Response } from "express";
import type { Provider } from "oidc-provider";
import type { Account } from "../oidc/directory.ts";
import type { Brand } from "../oidc/screens.ts";
import { startOidcServer, type OidcPlace, type OidcServer } from "../oidc/server.ts";
import { accounts } from "./accounts.ts";

/** What one provider is: its name, and the one thing its API can be asked. */
export type ProviderDescription = {
  brand: Brand;
  path: string;
  scope: string;
  /** The scope in a user's words. */
  wish: string;
  read: (account: Account, now: Date) => object;
};

/** Short, so that whoever tries the demo sees a refresh. */
const ACCESS_TOKEN_SECONDS = 120;
const DAY = 24 * 3600;

export const startProvider = (
  { brand, path, scope, wish, read }: ProviderDescription,
  place: OidcPlace,
  now: () => Date = () => new Date(),
): Promise<OidcServer> =>
  startOidcServer({
    ...place,
    brand,
    directory: accounts,
    wishes: {
      [scope]: wish,
      email: "See your e-mail address",
      offline_access: "Keep this access while you are away",
    },
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    settings: {
      rotateRefreshToken: true,
      issueRefreshToken: (_ctx, client) => client.grantTypeAllowed("refresh_token"),
      // Logging in with a second account ends the first one's session; its tokens must outlive that.
      expiresWithSession: () => false,
      ttl: {
        AccessToken: ACCESS_TOKEN_SECONDS,
        RefreshToken: 30 * DAY,
        Grant: 365 * DAY,
        IdToken: 3600,
        Session: 14 * DAY,
        Interaction: 3600,
      },
    },
    routes: (app, provider) => {
      serveApi(app, provider, path, scope, (account) => read(account, now()));
    },
  });

const serveApi = (
  app: Express,
  provider: Provider,
  path: string,
  scope: string,
  read: (account: Account) => object,
) => {
  app.get(path, async (req: Request, res: Response) => {
    // RFC 6750, section 2.1: in the header only; a token in a URL ends up in logs.
    const value = /^Bearer ([\w.~+/-]+=*)$/i.exec(req.get("authorization") ?? "")?.[1];
    if (value === undefined) {
      refuse(res, 401, undefined, "Send a bearer token");
      return;
    }
    const token = await provider.AccessToken.find(value);
    const account = token?.isValid === true ? accounts.byId(token.accountId) : undefined;
    if (!token || !account) {
      refuse(res, 401, "invalid_token", "The token is unknown, expired or revoked");
      return;
    }
    if (!token.scopes.has(scope)) {
      refuse(res, 403, "insufficient_scope", `The token lacks the scope ${scope}`, scope);
      return;
    }
    res.json({ account: account.login, ...read(account) });
  });
};

/** RFC 6750, section 3. A request without a token gets a challenge without an error code. */
const refuse = (
  res: Response,
  status: 401 | 403,
  error: "invalid_token" | "insufficient_scope" | undefined,
  detail: string,
  scope?: string,
) => {
  const challenge = [
    'realm="api"',
    ...(error === undefined ? [] : [`error="${error}"`]),
    ...(scope === undefined ? [] : [`scope="${scope}"`]),
  ];
  res
    .status(status)
    .set("WWW-Authenticate", `Bearer ${challenge.join(", ")}`)
    .json({ error: error ?? "token_required", detail });
};
