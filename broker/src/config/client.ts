/**
 * An app's OAuth client at a provider, checked against the provider's record: scopes that have words, values for the
 * record's variables, a secret where one is needed.
 */
import type { Rule } from "../policy.ts";
import { accepts, type Provider } from "../providers/schema.ts";
import type { Complain } from "./error.ts";
import type { File } from "./file.ts";
import { compileRules } from "./policies.ts";

/** One app's OAuth client at one provider. */
export type ProviderClient = {
  provider: Provider;
  /** Empty where there is no OAuth, and so no client. */
  client_id: string;
  client_secret: string | undefined;
  /** Asked for at every connection. */
  scopes: string[];
  /** Asked for where a session requires them. */
  optional_scopes: string[];
  required_scopes: string[];
  /** Of the record's variables: what the operator has decided, defaults included. */
  variables: Record<string, string>;
  /** Names of those that are left to the session or the user. */
  open_variables: string[];
  authorize_parameters: Record<string, string>;
  /** Milliseconds, or null for as long as the provider takes it. */
  grant_lifetime: number | null;
  rules: Rule[];
};

/** Scopes that need no words of a provider's own. */
export const COMMON_SCOPES: Record<string, string> = {
  openid: "",
  email: "See your email address",
  profile: "See your name and picture",
  offline_access: "Keep access when you are not here",
};

type Given = File["apps"][number]["providers"][string];
/** Keys of complaints count from the client's own entry. */
export const clientOf = (provider: Provider, given: Given, complain: Complain): ProviderClient => {
  const scopes = [
    ...new Set([...provider.base_scopes, ...(given.scopes ?? provider.default_scopes)]),
  ];
  if (provider.credential) checkNoClient(provider, given, complain);
  else {
    if (given.client_id === undefined) complain("client_id", "is required");
    checkScopes(provider, { ...given, scopes }, complain);
    if (given.client_secret === undefined && needsSecret(provider))
      complain("client_secret", "is required");
  }
  const { variables, open_variables } = variablesOf(provider, given, complain);
  return {
    provider,
    client_id: given.client_id ?? "",
    client_secret: given.client_secret,
    scopes,
    optional_scopes: given.optional_scopes,
    required_scopes: given.required_scopes,
    ...{ variables, open_variables },
    authorize_parameters: given.authorize_parameters,
    grant_lifetime:
      given.grant_lifetime_seconds === undefined ? null : given.grant_lifetime_seconds * 1000,
    rules: compileRules(given.policies, { to: "provider", id: provider.id }),
  };
};

/** A client secret here would be one that was meant for somewhere else, and a scope would ask nobody for anything. */
const checkNoClient = ({ name }: Provider, given: Given, complain: Complain): void => {
  const set = [
    ...(["client_id", "client_secret", "scopes"] as const).filter(
      (key) => given[key] !== undefined,
    ),
    ...(["optional_scopes", "required_scopes"] as const).filter((key) => given[key].length > 0),
    ...(Object.keys(given.authorize_parameters).length ? ["authorize_parameters"] : []),
  ];
  for (const key of set)
    complain(key, `must not be set: ${name} has no OAuth, and each user gives a key of their own`);
};

/** At the token endpoint, or in one of the calls that the record describes. */
const needsSecret = (provider: Provider): boolean =>
  provider.token_endpoint_auth_method !== "none" ||
  JSON.stringify(provider).includes("{client_secret}");

const checkScopes = (
  provider: Provider,
  given: Given & { scopes: string[] },
  complain: Complain,
): void => {
  const { scopes } = given;
  const asked = [...scopes, ...given.optional_scopes];
  const unknown = asked.filter(
    (scope) => !Object.hasOwn(provider.scopes, scope) && !Object.hasOwn(COMMON_SCOPES, scope),
  );
  if (unknown.length)
    complain(
      "scopes",
      `say what ${unknown.join(", ")} allows in providers.${provider.id}.scopes, in your users' words`,
    );
  const never = given.required_scopes.filter((scope) => !asked.includes(scope));
  if (never.length)
    complain("required_scopes", `${never.join(", ")} must also be in scopes or optional_scopes`);
  if (!provider.issuer && provider.openid === "id_token" && asked.includes("openid"))
    complain("scopes", "must not contain openid: the provider has no issuer to check it by");
  if (
    provider.identity.source === "id_token" &&
    provider.openid === "id_token" &&
    !scopes.includes("openid")
  )
    complain("scopes", "must contain openid, since the account is read from the id_token");
};

const variablesOf = (
  { variables: declared }: Provider,
  given: Given,
  complain: Complain,
): Pick<ProviderClient, "variables" | "open_variables"> => {
  const variables: Record<string, string> = {};
  const open_variables: string[] = [];
  for (const [name, variable] of Object.entries(declared)) {
    const value = Object.hasOwn(given.variables, name) ? given.variables[name] : undefined;
    if (value !== undefined && !accepts(variable, value))
      complain(`variables.${name}`, expected(variable));
    const settled = value ?? variable.default;
    if (settled !== undefined) variables[name] = settled;
    else if (variable.chosen_by === "user") open_variables.push(name);
    else complain(`variables.${name}`, `is required: ${expected(variable)}`);
  }
  const foreign = Object.keys(given.variables).filter((name) => !Object.hasOwn(declared, name));
  if (foreign.length)
    complain(
      "variables",
      `has no ${foreign.join(", ")}; the provider has ${Object.keys(declared).join(", ") || "none"}`,
    );
  return { variables, open_variables };
};

const expected = ({ label, example, pattern, allowed }: Provider["variables"][string]): string =>
  `expected: ${label}${example === undefined ? "" : `, such as ${example}`}, ${
    pattern === undefined ? `one of ${allowed.join(", ")}` : `of the form ${pattern}`
  }`;
