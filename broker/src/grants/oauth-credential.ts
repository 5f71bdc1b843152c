/**
 * An OAuth grant as a credential: whose it is, where it may go, what it lacks, and how to open it. What a call has
 * to pass before it is opened is access.ts.
 */
import type { App } from "../config/config.ts";
import type { Credential, Injection, Reach } from "../credential.ts";
import { refuse } from "../error.ts";
import type { User } from "../identity.ts";
import { checkIssuedAfter } from "../identity/gone.ts";
import { typeOf } from "../injection.ts";
import { apiHosts } from "../oauth/facts.ts";
import type { Provider } from "../providers/schema.ts";
import type { Grant, Owner } from "../store/grants.ts";
import type { Selector } from "./find.ts";
import { tokenId, type FreshToken } from "./refresh.ts";
import { missingScopes } from "./scopes.ts";
import { factsOf, MOVED } from "./standing.ts";

export const createOAuthCredentials =
  (deps: {
    find: (owner: Owner, by: Selector) => Promise<Grant>;
    freshToken: (app: App, grant: Grant, refused_token_id?: string) => Promise<FreshToken>;
  }) =>
  async (app: App, user: User, by: Selector): Promise<Credential> => {
    if (by.provider !== undefined && !app.providers.has(by.provider)) {
      const names = [...app.providers.keys(), ...app.secrets.keys()].join(", ");
      // Without the one that came: it may be anything, a token in the wrong place included.
      throw refuse("provider_not_allowed", `provider: expected one of ${names}.`);
    }
    const { issuer, subject } = user;
    const grant = await deps.find({ app_id: app.id, issuer, subject }, by);
    // The row says it, so that no call pays for a look at who is gone: who is, has no grant from before.
    checkIssuedAfter(user, grant.user_tokens_after);
    const client = app.providers.get(grant.provider);
    if (!client)
      throw refuse("provider_not_allowed", `${grant.provider} is not configured any more.`);
    // What an operator takes out of the configuration goes at once [M11].
    const reachOf = (of: Grant): Reach => {
      const facts = factsOf(client, of);
      if (!facts) throw refuse("credential_revoked", MOVED);
      const hosts = apiHosts(client.provider, facts);
      return {
        allowed_hosts: of.allowed_hosts.filter((host) => hosts.includes(host)),
        lacks: (wished) => missingScopes(wished, of.scopes),
      };
    };
    return {
      kind: "oauth",
      grant_id: grant.id,
      provider: grant.provider,
      ...reachOf(grant),
      rules: [...app.rules, ...client.rules],
      required_scopes: client.required_scopes,
      injection: injectionAt(client.provider),
      open: async (refused_token_id) => {
        const { grant: opened, tokens } = await deps.freshToken(app, grant, refused_token_id);
        return {
          access_token: tokens.access_token,
          token_type: client.provider.credential ? typeOf(injectionAt(client.provider)) : "Bearer",
          token_id: tokenId(opened),
          expires_at: earlier(tokens.access_expires_at, opened.expires_at),
          scopes: opened.scopes,
          refreshed: opened.version !== grant.version,
          ...reachOf(opened),
        };
      },
    };
  };

const injectionAt = ({ credential, api_authorization }: Provider): Injection =>
  credential?.injection ?? {
    in: "header",
    name: api_authorization.header,
    template: api_authorization.template,
  };

const earlier = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);
