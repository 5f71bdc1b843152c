/**
 * `{name}` in a record's URLs, headers and bodies. What a name may stand for is the schema's; here it is only found
 * and filled in. A value that nobody has checked never gets to say more than one part of a URL.
 */
import { z } from "zod";
import { secureUrlOf } from "./url.ts";

/** Names and values: variables and captures that have passed their patterns. */
export type Facts = Readonly<Record<string, string>>;

const NAME = /\{([a-z][a-z0-9_]*)\}/g;

export const namesIn = (template: string): string[] =>
  [...template.matchAll(NAME)].map(([, name = ""]) => name);

/** Those that say, alone or with others, whose server it is. */
export const namesInHost = (template: string): string[] =>
  namesIn(template.replace(/^https?:\/\//, "").split("/", 1)[0] ?? "");

/** A name of the template that nobody has a value for. */
export class MissingFact extends Error {
  readonly fact: string;

  constructor(fact: string) {
    super(`no value for {${fact}}`);
    this.fact = fact;
  }
}

/** @throws MissingFact */
export const fill = (template: string, facts: Facts): string =>
  template.replace(NAME, (_, name: string) => valueOf(facts, name));

/** A value that would end the host which it is a part of, or begin another. */
export class UnsafeFact extends Error {
  readonly fact: string;

  constructor(fact: string) {
    super(`{${fact}} is no part of a host`);
    this.fact = fact;
  }
}

const HOST = /^https?:\/\/[^/]*/;
const HOST_PART = /^[\w.-]+(?::\d{1,5})?$/;
/** Behind a whole host a path may begin: Okta's `https://{domain}{server}`. */
const PATH_OR_NONE = /^(?:\/[\w.~-]+)*$/;

/**
 * A URL: facts as they are, since their patterns say what they may be, but in a host never more than a part of one,
 * whatever the pattern; secrets as one part of a path or query.
 * @throws MissingFact, UnsafeFact
 */
export const fillUrl = (template: string, facts: Facts, secrets: Facts = {}): string => {
  const { length } = HOST.exec(template)?.[0] ?? "";
  return template.replace(NAME, (whole, name: string, at: number) => {
    if (Object.hasOwn(secrets, name)) return encodeURIComponent(valueOf(secrets, name));
    const value = valueOf(facts, name);
    const isLast = at + whole.length === length && !template.slice(0, at).endsWith("/");
    if (at < length && !HOST_PART.test(value) && !(isLast && PATH_OR_NONE.test(value)))
      throw new UnsafeFact(name);
    return value;
  });
};

const valueOf = (facts: Facts, name: string): string => {
  const value = Object.hasOwn(facts, name) ? facts[name] : undefined;
  if (value === undefined) throw new MissingFact(name);
  return value;
};

/** A URL once its names are filled in: as they are now, it stands with a stand-in for each that a host could be. */
export const urlTemplate = z
  .string()
  .max(2048)
  .refine(
    (value) => secureUrlOf(standIn(value)) !== undefined,
    "must be an https URL (http only on loopback) without user or fragment; {names} may stand in it",
  );

/** At the beginning a name is a whole origin; elsewhere it is a part. */
const standIn = (template: string): string =>
  template.replace(/^\{[a-z][a-z0-9_]*\}/, "https://host.example").replace(NAME, "x");
