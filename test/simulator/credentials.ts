/**
 * Keys and passwords that people make at a provider without OAuth, and whether one is on a call as the record has it.
 * Knows the record's words for it; made anew here and not as the broker makes it.
 */
import { randomBytes } from "node:crypto";
import type { Provider } from "../../broker/src/providers/schema.ts";
import type { Call } from "./calls.ts";
import { fitting } from "./fitting.ts";
import type { Play } from "./plays.ts";
import { fillKnown } from "./samples.ts";

export const makeKey = (play: Play, account: string): { name: string; value: string }[] => {
  const { provider, facts, grants } = play;
  const { credential } = provider;
  if (!credential) throw new Error(`${provider.id} has OAuth`);
  const secrets = Object.fromEntries(
    Object.entries(credential.fields).map(([name, { pattern }]) => [
      name,
      pattern === undefined ? randomBytes(16).toString("hex") : unique(pattern),
    ]),
  );
  const filled = (text: string) => fillKnown(text, { ...facts, ...secrets });
  const token =
    credential.kind === "basic"
      ? btoa(`${filled(credential.user)}:${filled(credential.password)}`)
      : (Object.values(secrets)[0] ?? "");
  grants.push({
    ...{ account, scopes: [], code: "", code_used: true, state: "", challenge: undefined },
    ...{ nonce: undefined, with_refresh_token: false, refreshes: 0, ended: false },
    access_tokens: new Map([[token, "live"]]),
    ...{ refresh_tokens: new Set(), replaced: new Map() },
  });
  const users = Object.entries(provider.variables).filter(
    ([, { chosen_by }]) => chosen_by === "user",
  );
  return [
    ...users.map(([name]) => ({ name, value: facts[name] ?? "" })),
    ...Object.entries(secrets).map(([name, value]) => ({ name, value })),
  ];
};

/** What fits a pattern is always the same; where it takes more than that, two keys are not one. */
const unique = (pattern: string): string => {
  const made = fitting(pattern);
  const mark = randomBytes(4).toString("hex");
  const other = made.slice(0, -mark.length) + mark;
  return new RegExp(`^(?:${pattern})$`, "u").test(other) ? other : made;
};

/** In the header or the query that the record names, by its scheme, and nowhere else. */
export const isInjected = (provider: Provider, call: Call, token: string): boolean => {
  const { credential, api_authorization } = provider;
  if (credential?.kind === "basic") return call.headers["authorization"] === `Basic ${token}`;
  const place = credential?.inject ?? api_authorization;
  const value = place.template.replace("{token}", () => token);
  return "query" in place
    ? call.url.searchParams.get(place.query) === value
    : call.headers[place.header.toLowerCase()] === value;
};
