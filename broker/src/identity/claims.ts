/**
 * The claims of a verified token, read by the names that the configuration gives them. Pure. Knows nothing of
 * signatures and keys, and is never shown a token that nobody has verified.
 */
import type { ClaimValue, IdentityProvider } from "../config/identity-provider.ts";

export type Claims = Record<string, unknown>;

const MOST_GROUPS = 200;
/** Of a subject and of a group. */
const MOST_CHARACTERS = 255;

/** A claim of that very name (`https://app.example/roles`); else the dots lead into objects (`realm_access.roles`). */
export const claimOf = (claims: Claims, name: string): unknown => {
  if (Object.hasOwn(claims, name)) return claims[name];
  let found: unknown = claims;
  for (const part of name.split(".")) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, part))
      return undefined;
    found = (found as Claims)[part];
  }
  return found;
};

/** For whom the identity provider issued the token [M10]. */
export const clientOf = (claims: Claims, idp: IdentityProvider): unknown =>
  idp.client_claim === undefined
    ? (claims["azp"] ?? claims["client_id"])
    : claimOf(claims, idp.client_claim);

/** The first claim that is not what the configuration wants it to be. */
export const wrongClaim = (
  claims: Claims,
  { required_claims }: Pick<IdentityProvider, "required_claims">,
): string | undefined =>
  Object.entries(required_claims).find(
    ([name, allowed]) => !valuesOf(claims, name).some((value) => allowed.includes(value)),
  )?.[0];

/** A single claim is the subject as it is. Of several, each must be there: half an identity would be somebody else's. */
export const subjectOf = (claims: Claims, idp: IdentityProvider): string | undefined => {
  const parts = idp.subject_claim.map((name) => claimOf(claims, name));
  if (!parts.every((part) => typeof part === "string" && part !== "")) return undefined;
  const texts = parts as string[];
  const subject = texts.length === 1 ? texts.join() : texts.map(escapeBar).join("|");
  return subject.length > MOST_CHARACTERS ? undefined : subject;
};

/** A text is one group, spaces and all: split, it would make its owner a member of groups that are somebody else's. */
export const groupsOf = (claims: Claims, idp: IdentityProvider): string[] => {
  if (idp.groups_claim === undefined) return [];
  const groups = [claimOf(claims, idp.groups_claim)]
    .flat()
    .filter((group) => typeof group === "string")
    .filter((group) => group !== "" && group.length <= MOST_CHARACTERS);
  return [...new Set(groups)].slice(0, MOST_GROUPS);
};

/** ("a", "b|c") and ("a|b", "c") are two people. */
const escapeBar = (text: string): string => text.replace(/[\\|]/g, "\\$&");

/** A list is all of its members. So are scopes, which are one text with spaces (RFC 8693 section 4.2; Entra's `scp`). */
const valuesOf = (claims: Claims, name: string): ClaimValue[] => {
  const claim = claimOf(claims, name) ?? null;
  if (typeof claim === "string" && (name === "scope" || name === "scp")) return claim.split(" ");
  return [claim].flat().filter(isPlain);
};

const isPlain = (value: unknown): value is ClaimValue =>
  value === null || ["string", "number", "boolean"].includes(typeof value);
