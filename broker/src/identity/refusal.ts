/**
 * Why a user token is refused: which check, and what it expected. Says nothing of what the token held: its claims may
 * be personal, and the caller has the token.
 */
import { errors } from "jose";
import { TYPES, type IdentityProvider } from "../config/identity-provider.ts";

/** The checks of every token. */
export type Check =
  | "malformed"
  | "algorithm"
  | "signature"
  | "issuer"
  | "audience"
  | "client"
  | "type"
  | "expired"
  | "not_yet_valid"
  | "subject";

export type TokenRefusal = Check | "claim";

/** Asymmetric only: with a shared secret anybody who can verify could also sign. */
export const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

/** For the caller, who runs this configuration and may read it. */
export const expected = (check: Check, idp: IdentityProvider): string => {
  switch (check) {
    case "malformed":
      return "Expected a signed JWT in compact form.";
    case "algorithm":
      return `Expected one of the algorithms ${ALGORITHMS.join(", ")}.`;
    case "signature":
      return `Expected a signature by a key that ${idp.issuer} publishes.`;
    case "issuer":
      return `Expected iss to be ${JSON.stringify(idp.issuer)}.`;
    case "audience":
      return `Expected aud to be or to hold ${oneOf(idp.audience ?? [])}.`;
    case "client":
      return `Expected ${idp.client_claim ?? "azp, or without it client_id,"} to be ${oneOf(idp.client_ids ?? [])}.`;
    case "type":
      return `Expected the header's typ to be ${oneOf(idp.types ?? TYPES)}.`;
    case "expired":
      return idp.max_age_seconds === undefined
        ? "Expected exp to be in the future."
        : `Expected exp to be in the future, and iat at most ${idp.max_age_seconds} seconds ago.`;
    case "not_yet_valid":
      return "Expected nbf and iat to be in the past.";
    case "subject":
      return `Expected a text in ${idp.subject_claim.join(" and in ")}, at most 255 characters in all.`;
  }
};

export const expectedClaim = (name: string, idp: IdentityProvider): string =>
  `Expected the claim ${name} to be ${oneOf(idp.required_claims[name] ?? [])}.`;

/** The check that jose found failing; `undefined` where the fault is not the token's. */
export const failedCheck = (error: unknown): Check | undefined => {
  if (error instanceof errors.JWTExpired) return "expired";
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.claim === "iat" && error.reason === "missing"
      ? "expired"
      : (CHECKS[error.claim] ?? "malformed");
  if (error instanceof errors.JOSEAlgNotAllowed) return "algorithm";
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  )
    return "signature";
  // A published key that cannot be used is the identity provider's fault.
  if (!(error instanceof errors.JOSEError) || error instanceof errors.JWKSInvalid) return undefined;
  return error.code === "ERR_JOSE_GENERIC" ? undefined : "malformed";
};

const CHECKS: Record<string, Check> = {
  iss: "issuer",
  aud: "audience",
  nbf: "not_yet_valid",
  exp: "expired",
  iat: "not_yet_valid",
};

const oneOf = (values: readonly unknown[]): string => {
  const texts = values.map((value) => (value === null ? "absent" : JSON.stringify(value)));
  return texts.length === 1 ? texts.join() : `one of ${texts.join(", ")}`;
};
