/**
 * An OAuth provider with an API, as a third party would run it: consent each time it is asked for, PKCE,
 * rotating refresh tokens, access tokens of two minutes, revocation. Knows no Connect, only one client.
 */
import type { Account } from "../oidc/directory.ts";
import type { Brand } from "../oidc/screens.ts";
import { startOidcServer, type OidcPlace, type OidcServer } from "../oidc/server.ts";
import { accessRoutes } from "./access.ts";
import { accounts } from "./accounts.ts";
import { serveApi } from "./api.ts";

/** What one provider is: its name, and what its API can be asked. */
export type ProviderDescription = {
  brand: Brand;
  path: string;
  scope: string;
  /** The scope in a user's words. */
  wish: string;
  /** `added`: what `write` has made for this account. */
  read: (account: Account, now: Date, added: Entry[]) => object;
  /** A POST to the same path, under a scope of its own. */
  write?: {
    scope: string;
    wish: string;
    /** `undefined` for a body that makes none. */
    entry: (body: unknown, now: Date) => Entry | undefined;
  };
};

export type Entry = Record<string, string>;

/** Short, so that whoever tries the demo sees a refresh. */
const ACCESS_TOKEN_SECONDS = 120;
const DAY = 24 * 3600;

export const startProvider = (
  description: ProviderDescription,
  place: OidcPlace,
  now: () => Date = () => new Date(),
): Promise<OidcServer> => {
  const { brand } = description;
  const words = wordsOf(description);
  const wishes = {
    ...words,
    email: "See your e-mail address",
    offline_access: "Keep this access while you are away",
  };
  return startOidcServer({
    ...place,
    brand,
    directory: accounts,
    wishes,
    optional: Object.keys(words),
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
    routes: (app, provider, store) => {
      serveApi(app, provider, description, now);
      app.use(accessRoutes({ provider, store, brand, directory: accounts, wishes }));
    },
  });
};

/** Scope to the words a user reads. */
export const wordsOf = ({ scope, wish, write }: ProviderDescription): Record<string, string> => ({
  [scope]: wish,
  ...(write && { [write.scope]: write.wish }),
});
