/**
 * How a secret is put on a request: as a configuration or a record writes it down, and as it is done. Knows headers and
 * queries; whose secret it is, and where the request goes, is decided elsewhere.
 */
import { z } from "zod";
import type { Injection, Opened } from "./credential.ts";
import { refuse } from "./error.ts";
import { headerName } from "./reserved-headers.ts";

const parameterName = z
  .string()
  .max(128)
  .regex(/^[\w.~-]+$/, "must be letters, digits, -, ., _ or ~");

/** Spaces at its ends would be lost on the way. */
const template = z
  .string()
  .max(256)
  .regex(/^(?! )[\x20-\x7e]*(?<! )$/, "must be printable ASCII without spaces at its ends")
  .refine((text) => text.split("{token}").length === 2, "must contain {token} once")
  .default("{token}");

const inHeader = z.strictObject({ header: headerName, template });
const inQuery = z.strictObject({ query: parameterName, template });

/** Of one value. */
export const injectToken = z.union(
  [inHeader, inQuery],
  'must be { header: X-Api-Key }, { header: Authorization, template: "Token {token}" } or { query: key }',
);
/** Of one value, or of a user and a password. */
export const injectAny = z.union(
  [z.literal("basic"), inHeader, inQuery],
  'must be { header: X-Api-Key }, { header: Authorization, template: "Token {token}" }, { query: key } or basic',
);

export const BASIC: Injection = { in: "header", name: "Authorization", template: "Basic {token}" };

export const injectionOf = (given: z.output<typeof injectAny>): Injection => {
  if (given === "basic") return BASIC;
  return "header" in given
    ? { in: "header", name: given.header, template: given.template }
    : { in: "query", name: given.query, template: given.template };
};

/** A credential, and how it is put on a request. */
export type Injected = Pick<Opened, "access_token"> & { injection: Injection };

/** @throws Refusal where the token cannot be one. */
export const inject = (url: URL, headers: Headers, { injection, access_token }: Injected): void => {
  // A function: as a string, the token's own `$&` would be a pattern.
  const value = injection.template.replaceAll("{token}", () => access_token);
  if (injection.in === "query") {
    const pair = new URLSearchParams([[injection.name, value]]).toString();
    url.search += `${url.search ? "&" : "?"}${pair}`;
    return;
  }
  // Providers issue tokens, and not all of them what RFC 6750 says. The runtime's own error would quote it.
  if (!/^[\x20-\x7e]+$/.test(value))
    throw refuse("provider_unavailable", "The provider's token cannot be sent in a header.");
  headers.set(injection.name, value);
};

/** The scheme, where there is one: `Bearer`, `Basic`, `Token`. */
export const typeOf = ({ in: place, name, template: text }: Injection): string => {
  const [, scheme] = /^([\w!#$%&'*+.^`|~-]+) \{token\}$/.exec(text) ?? [];
  return place === "header" && /^authorization$/i.test(name) && scheme ? scheme : "ApiKey";
};

/** RFC 7617 section 2. The first colon divides the two, so that a password may hold one. */
export const pairOf = (user: string, password: string): string =>
  Buffer.from(`${user}:${password}`).toString("base64");
