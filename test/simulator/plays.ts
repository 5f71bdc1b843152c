/**
 * A record while it is being played: its client, the facts of its tenant, what its users have granted. Knows whose a
 * token is and where it may go; what is asked and answered is the others'.
 */
import type { Provider } from "../../broker/src/providers/schema.ts";
import { valuesOf, type Call } from "./calls.ts";
import { capturesOf, fillKnown, variablesOf, type Facts } from "./samples.ts";

export type Client = {
  client_id: string;
  /** Where the record has a hook for it, what the hook makes the secret of. */
  client_secret?: string;
  redirect_uri: string;
  /** Of the record's variables, also those that a user chooses. The rest is made up. */
  variables?: Facts;
  /** Exactly these have to be asked for; without them, any that the record knows. */
  scopes?: string[];
};

/** What the user has allowed, from the code on. */
export type Grant = {
  account: string;
  scopes: string[];
  code: string;
  code_used: boolean;
  challenge: string | undefined;
  nonce: string | undefined;
  state: string;
  with_refresh_token: boolean;
  access_tokens: Map<string, "live" | "expired">;
  refresh_tokens: Set<string>;
  /** Refresh tokens that have been replaced, and when. */
  replaced: Map<string, number>;
  refreshes: number;
  ended: boolean;
};

export type Play = {
  provider: Provider;
  client: Client;
  facts: Facts;
  grants: Grant[];
};

export const createPlay = (provider: Provider, client: Client): Play => ({
  ...{ provider, client, grants: [] },
  facts: { ...capturesOf(provider), ...variablesOf(provider, client.variables) },
});

export const issuerOf = ({ provider, facts }: Pick<Play, "provider" | "facts">): string =>
  fillKnown(provider.issuer ?? "", facts);

/** Exact hosts that take the tokens of this play. */
export const hostsOf = ({ provider, facts }: Play): string[] => [
  ...provider.api_hosts,
  ...provider.tenant_hosts.flatMap((template) => {
    const host = fillKnown(template, facts);
    if (host.includes("{")) return [];
    return [host.includes("://") ? new URL(host).host : host];
  }),
];

export type Holder = { grant: Grant; token: string };

/** Whose access token stands in the request, dead or alive. */
export const holderOf = ({ grants }: Play, call: Call): Holder | undefined => {
  const values = valuesOf(call);
  for (const grant of grants)
    for (const token of grant.access_tokens.keys()) if (values.has(token)) return { grant, token };
  return undefined;
};

export const isLive = ({ grant, token }: Holder): boolean =>
  !grant.ended && grant.access_tokens.get(token) === "live";

export const refreshTokenOf = ({ refresh_tokens }: Grant): string | undefined =>
  [...refresh_tokens].at(-1);

/** What a callback or a reply captures, at its places. */
export const capturedAt = (
  { provider, facts }: Play,
  from: Provider["captures"][string]["from"],
): [string, string][] =>
  Object.entries(provider.captures).flatMap(([name, capture]): [string, string][] =>
    capture.from === from ? [[capture.at, facts[name] ?? ""]] : [],
  );
