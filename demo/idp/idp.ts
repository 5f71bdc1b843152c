/**
 * Acme Accounts: the identity provider of the customer's app. Two people are offered, and anybody
 * else can come with an e-mail address: no passwords.
 * Knows nothing of Connect; to it, Day Planner is an ordinary OpenID client.
 */
import type { Account, Directory } from "../oidc/directory.ts";
import { startOidcServer, type OidcPlace, type OidcServer } from "../oidc/server.ts";
import logo from "./logo.svg?raw";

export const startIdp = (place: OidcPlace): Promise<OidcServer> =>
  startOidcServer({
    ...place,
    brand: { id: "accounts", name: "Acme Accounts", logo },
    directory: people,
    wishes: { email: "See your e-mail address", profile: "See your name" },
    claims: {
      openid: ["sub"],
      email: ["email", "email_verified"],
      profile: ["name", "preferred_username"],
    },
    settings: {
      ttl: {
        IdToken: HOUR,
        AccessToken: HOUR,
        Session: 14 * DAY,
        Grant: 14 * DAY,
        Interaction: HOUR,
      },
      // The company's own app: logging in is consent enough, so the grant is there before anyone asks.
      loadExistingGrant: async ({ oidc }) => {
        const { client, session, provider } = oidc;
        if (!client || !session?.accountId) return undefined;
        const known = session.grantIdFor(client.clientId);
        const existing = known === undefined ? undefined : await provider.Grant.find(known);
        if (existing) return existing;
        const grant = new provider.Grant({
          clientId: client.clientId,
          accountId: session.accountId,
        });
        grant.addOIDCScope("openid email profile");
        await grant.save();
        return grant;
      },
    },
  });

const HOUR = 3600;
const DAY = 24 * HOUR;

const person = (id: string, name: string, email: string): Account => ({
  id,
  login: id,
  name,
  claims: { name, preferred_username: id, email, email_verified: true },
});

const offered = [
  person("ann", "Ann Arden", "ann@example.com"),
  person("ben", "Ben Brook", "ben@example.com"),
];

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

const byLogin = (typed: string): Account | undefined => {
  const login = typed.toLowerCase();
  const known = offered.find(({ id, claims }) => id === login || claims.email === login);
  if (known) return known;
  const name = /^([\w.+-]{1,60})@[\w-]+(\.[\w-]+)+$/.exec(login)?.[1];
  return name === undefined || login.length > 120
    ? undefined
    : person(
        login,
        name
          .split(/[.+_-]+/)
          .map(capital)
          .join(" "),
        login,
      );
};

const people: Directory = { offered, typed: "Another person", byLogin, byId: byLogin };
