/**
 * The page of a demo provider where the owner of an account sees which apps have access, and removes it. Knows
 * oidc-provider's grants; nothing is told to the app, which finds out when its token is refused.
 */
import express, { type Router } from "express";
import type { Provider } from "oidc-provider";
import type { Account, Directory } from "../oidc/directory.ts";
import { accessScreen, problemScreen, whoseScreen, type Brand } from "../oidc/screens.ts";
import type { Store } from "../oidc/store.ts";

const PATH = "/account";

export const accessRoutes = ({
  provider,
  store,
  brand,
  directory,
  wishes,
}: {
  provider: Provider;
  store: Store;
  brand: Brand;
  directory: Directory;
  /** Scope to the words a user reads. */
  wishes: Record<string, string>;
}): Router => {
  const router = express.Router();

  // Whoever names an account is its owner here, as at the login page: there are no passwords.
  router.get(PATH, async (req, res) => {
    const account = directory.byLogin(String(req.query.login ?? ""));
    if (account) res.send(accessScreen(brand, PATH, account, await grantedBy(account)));
    else res.send(whoseScreen(brand, PATH, directory));
  });

  router.post(
    `${PATH}/remove`,
    express.urlencoded({ extended: false, limit: "4kb" }),
    async (req, res) => {
      const { login } = req.body as { login?: unknown };
      const account = directory.byLogin(String(login));
      // No page of another origin removes anything in the owner's name.
      if (!account || req.get("origin") !== provider.issuer) {
        res.status(403).send(problemScreen(brand, "Nothing was removed", "Open this page anew."));
        return;
      }
      for (const id of new Set(grantsOf(account))) await end(id);
      res.redirect(303, `${PATH}?login=${encodeURIComponent(account.login)}`);
    },
  );

  const grantsOf = ({ id }: Account): string[] =>
    store.all("Grant").flatMap(({ accountId, jti }) => (accountId === id && jti ? [jti] : []));

  /** By app: it may have been allowed in more than once. */
  const grantedBy = async (account: Account) => {
    const byClient = new Map<string, Set<string>>();
    for (const id of grantsOf(account)) {
      const grant = await provider.Grant.find(id);
      if (!grant?.clientId) continue;
      const scopes = byClient.get(grant.clientId) ?? new Set();
      for (const scope of grant.getOIDCScope().split(" ")) scopes.add(scope);
      byClient.set(grant.clientId, scopes);
    }
    return Promise.all(
      [...byClient].map(async ([clientId, scopes]) => ({
        client: (await provider.Client.find(clientId))?.clientName ?? clientId,
        wishes: Object.entries(wishes).flatMap(([scope, words]) =>
          scopes.has(scope) ? words : [],
        ),
      })),
    );
  };

  /** The tokens first: whoever comes in between finds no way to new ones. */
  const end = async (grantId: string) => {
    for (const tokens of [provider.RefreshToken, provider.AuthorizationCode, provider.AccessToken])
      await tokens.revokeByGrantId(grantId);
    await (await provider.Grant.find(grantId))?.destroy();
  };

  return router;
};
