/**
 * Which scopes a session asks a provider for, and without which its connection would be none. Pure; knows nothing of
 * how a provider spells them in its reply.
 */
import type { ProviderClient } from "../config/client.ts";
import type { Session } from "../session.ts";
import type { Grant } from "../store/grants.ts";

type Wish = Pick<Session, "required_scopes">;

/** In the configuration's order, so that the same wish always reads the same. */
export const askedScopes = (client: ProviderClient, wish: Wish, standing: Grant[]): string[] => {
  const optional = client.optional_scopes.filter(
    (scope) =>
      requiredScopes(client, wish).includes(scope) ||
      // What the user has granted before is asked for again: a renewal must not lose it [M3]. Whose account will
      // come back is not known yet, so every standing grant at this provider counts.
      standing.some(({ scopes }) => scopes.includes(scope)),
  );
  return [...client.scopes, ...optional];
};

export const requiredScopes = (client: ProviderClient, { required_scopes }: Wish): string[] => {
  const configured = configuredScopes(client);
  // A session may offer several providers: each is held to its own scopes.
  const wished = required_scopes.filter((scope) => configured.includes(scope));
  return [...new Set([...client.required_scopes, ...wished])];
};

export const configuredScopes = ({ scopes, optional_scopes }: ProviderClient): string[] => [
  ...scopes,
  ...optional_scopes,
];

export const missingScopes = (required: string[], granted: string[]): string[] =>
  required.filter((scope) => !granted.includes(scope));
