/**
 * Values of a record's variables for one departure: the operator's, then what the app's session says, then what the user
 * has filled in on the page. Pure. What nobody may choose is nobody's to send.
 */
import type { ProviderClient } from "./config/client.ts";
import { accepts } from "./providers/schema.ts";
import type { Session } from "./session.ts";

type Values = Record<string, string>;
type Wish = Pick<Session, "variables">;

/** Of what anybody types: addresses are shorter, and patterns are not made for more. */
const MOST_TYPED = 512;

/** What the user has to fill in: open in the configuration, and the session does not say it. */
export const askedOf = (client: ProviderClient, session: Wish): string[] => {
  const given = ofSession(client, session);
  return client.open_variables.filter((name) => !Object.hasOwn(given, name));
};

/** What the session says, of a provider that it has something to say of; held against today's configuration. */
const ofSession = (client: ProviderClient, { variables }: Wish): Values => {
  const { id } = client.provider;
  const said = Object.hasOwn(variables, id) ? (variables[id] ?? {}) : {};
  return Object.fromEntries(
    Object.entries(said).filter(
      ([name, value]) => client.open_variables.includes(name) && isAccepted(client, name, value),
    ),
  );
};

/** All of them, or the name of one that is missing or is not of the provider's form. */
export const variablesOf = (
  client: ProviderClient,
  session: Wish,
  chosen: { name: string; value: string }[] = [],
): { ok: true; variables: Values } | { ok: false; name: string } => {
  const asked = askedOf(client, session);
  const variables = { ...client.variables, ...ofSession(client, session) };
  for (const name of asked) {
    // As people type it: with spaces, in capitals, with the rest of the address.
    const typed = chosen.find((one) => one.name === name)?.value ?? "";
    if (typed.length > MOST_TYPED) return { ok: false, name };
    const value = plain(client, name, typed);
    if (!isAccepted(client, name, value)) return { ok: false, name };
    variables[name] = value;
  }
  return { ok: true, variables };
};

export const isAccepted = ({ provider }: ProviderClient, name: string, value: string): boolean => {
  const variable = Object.hasOwn(provider.variables, name) ? provider.variables[name] : undefined;
  return variable !== undefined && accepts(variable, value);
};

const plain = (client: ProviderClient, name: string, typed: string): string => {
  const { suffix } = client.provider.variables[name] ?? {};
  const text = typed.trim();
  if (isAccepted(client, name, text)) return text;
  const address = text.toLowerCase();
  const scheme = ["https://", "http://"].find((one) => address.startsWith(one)) ?? "";
  const [bare = ""] = address.slice(scheme.length).split("/", 1);
  return suffix !== undefined && bare.endsWith(suffix) ? bare.slice(0, -suffix.length) : bare;
};
