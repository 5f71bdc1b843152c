/**
 * What a user gives where a provider has no OAuth: fields of its record, held against their form and made into the one
 * token that goes on calls. Pure. Values are secrets: what is wrong is said by the field's name alone.
 */
import type { ProviderClient } from "./config/client.ts";
import { pairOf } from "./injection.ts";
import { matchesWhole, type CredentialRecord } from "./providers/schema.ts";
import { fill, namesIn, type Facts } from "./providers/template.ts";
import type { Session } from "./session.ts";
import { askedOf, variablesOf } from "./variables.ts";

type Given = { name: string; value: string }[];

export type Credential = {
  variables: Facts;
  /** As `{token}` of the injection wants it. */
  token: string;
  /** By which people tell one from another, where the provider names nobody; no secret. */
  hint: string | undefined;
};

export type Made = ({ ok: true } & Credential) | { ok: false; name: string };

/** In the order of the page: which account it is, then what opens it. */
export const credentialFieldsOf = (
  client: ProviderClient,
  session: Pick<Session, "variables">,
): { variables: string[]; secrets: string[] } => ({
  variables: askedOf(client, session),
  secrets: Object.keys(client.provider.credential?.fields ?? {}),
});

/** Each field once, and nothing else: what nobody has asked for may be a secret in the wrong place. */
export const credentialOf = (
  client: ProviderClient,
  record: CredentialRecord,
  session: Pick<Session, "variables">,
  given: Given,
): Made => {
  const { variables: asked, secrets } = credentialFieldsOf(client, session);
  const fields = [...asked, ...secrets];
  if (given.some(({ name }, at) => !fields.includes(name) || isBefore(given, name, at)))
    return { ok: false, name: "values" };
  const settled = variablesOf(client, session, given);
  if (!settled.ok) return settled;
  const values: Record<string, string> = {};
  for (const name of secrets) {
    const typed = given.find((one) => one.name === name)?.value ?? "";
    // Copied with the space around it. Where that may be part of a password, it is.
    const value = [typed, typed.trim()].find((one) => fits(record, name, one));
    if (value === undefined) return { ok: false, name };
    values[name] = value;
  }
  return tokenOf(record, settled.variables, values);
};

const isBefore = (given: Given, name: string, at: number): boolean =>
  given.slice(0, at).some((one) => one.name === name);

/** Whatever the pattern takes, nothing that could end a header. */
const fits = ({ kind, fields }: CredentialRecord, name: string, value: string): boolean => {
  const { pattern } = fields[name] ?? {};
  const form = kind === "basic" ? /^[^\p{Cc}\p{Cs}\u2028\u2029]+$/u : /^[\x21-\x7e]+$/;
  return form.test(value) && (pattern === undefined || matchesWhole(pattern, value));
};

const tokenOf = (
  record: CredentialRecord,
  variables: Facts,
  secrets: Record<string, string>,
): Made => {
  if (record.kind === "api_key") {
    const [token = ""] = Object.values(secrets);
    return { ok: true, variables, token, hint: endOf(token) };
  }
  const all = { ...variables, ...secrets };
  const named = namesIn(record.user);
  // RFC 7617: it would end the user there, and the rest would be somebody else's password.
  const divided = named.find((name) => all[name]?.includes(":"));
  if (divided !== undefined) return { ok: false, name: divided };
  const user = fill(record.user, all);
  const isSecret = named.some((name) => Object.hasOwn(secrets, name));
  return {
    ok: true,
    variables,
    token: pairOf(user, fill(record.password, all)),
    hint: isSecret || !named.length ? endOf(Object.values(secrets)[0] ?? "") : user,
  };
};

/** Below this the end would be too much of it. */
const LEAST_LENGTH = 20;
const SHOWN = 4;

/** As providers themselves list keys. */
const endOf = (secret: string): string | undefined =>
  secret.length < LEAST_LENGTH ? undefined : `…${[...secret].slice(-SHOWN).join("")}`;
