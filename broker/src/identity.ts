/**
 * User JWT -> user. Verifies against the app's identity provider and nothing else: issuer, signature by a
 * published asymmetric key, time, and for whom it was issued. Knows no session and no grant.
 */
import {
  createRemoteJWKSet,
  customFetch,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JWTPayload,
} from "jose";
import type { App, IdentityProvider } from "./config.ts";
import { isSecureUrl, parseUrl } from "./providers/schema.ts";
import type { SessionUser } from "./session.ts";

export type User = {
  issuer: string;
  subject: string;
  /** What may be shown of the user, cleaned. */
  shown: SessionUser;
};

export type TokenRefusal =
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

export type Verified =
  { ok: true; user: User } | { ok: false; reason: TokenRefusal } | { ok: false; unavailable: true };

export type Identity = (app: App, userToken: string) => Promise<Verified>;

/** Asymmetric only: with a shared secret anybody who can verify could also sign. */
const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];
/** `typ` values of tokens that speak for a user. A logout token or a DPoP proof of the same issuer does not. */
const TYPES = ["jwt", "at+jwt", "application/at+jwt", "id+jwt"];
const CLOCK_TOLERANCE_SECONDS = 5;
const JWKS_TIMEOUT = 5_000;

type KeySet = ReturnType<typeof createRemoteJWKSet>;

export const createIdentity = (deps: { fetch: typeof fetch; now: () => number }): Identity => {
  const keySets = new Map<string, Promise<KeySet>>();

  const keysOf = (idp: IdentityProvider): Promise<KeySet> => {
    const name = idp.jwks_uri ?? idp.issuer;
    const cached = keySets.get(name);
    if (cached) return cached;
    const fresh = findKeys(idp, deps.fetch);
    keySets.set(name, fresh);
    // A failed discovery is not remembered: the next user tries again.
    fresh.catch(() => keySets.delete(name));
    return fresh;
  };

  return async (app, userToken) => {
    const idp = app.identity_provider;
    let header: ReturnType<typeof decodeProtectedHeader>;
    try {
      header = decodeProtectedHeader(userToken);
    } catch {
      return { ok: false, reason: "malformed" };
    }
    if (!ALGORITHMS.includes(header.alg ?? "")) return { ok: false, reason: "algorithm" };
    // Nobody has checked the header's own types yet.
    const typ: unknown = header.typ;
    if (typ !== undefined && !(typeof typ === "string" && TYPES.includes(typ.toLowerCase())))
      return { ok: false, reason: "type" };

    let keys: KeySet;
    try {
      keys = await keysOf(idp);
    } catch {
      return { ok: false, unavailable: true };
    }
    let claims: JWTPayload;
    try {
      const verified = await jwtVerify(userToken, keys, {
        algorithms: ALGORITHMS,
        issuer: idp.issuer,
        ...(idp.audience === undefined ? {} : { audience: idp.audience }),
        requiredClaims: ["exp"],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(deps.now()),
      });
      claims = verified.payload;
    } catch (error) {
      return refusalOf(error);
    }
    const client = claims.azp ?? claims.client_id;
    if (idp.client_ids && !idp.client_ids.some((id) => id === client))
      return { ok: false, reason: "client" };
    const subject = claims[idp.subject_claim];
    if (typeof subject !== "string" || subject === "" || subject.length > 255)
      return { ok: false, reason: "subject" };
    return { ok: true, user: { issuer: idp.issuer, subject, shown: shownUser(claims, subject) } };
  };
};

const findKeys = async (idp: IdentityProvider, fetcher: typeof fetch): Promise<KeySet> => {
  const uri = idp.jwks_uri ?? (await discoverJwks(idp.issuer, fetcher));
  const url = parseUrl(uri);
  if (!url || !isSecureUrl(url)) throw new Error("jwks_uri is not https");
  return createRemoteJWKSet(url, { timeoutDuration: JWKS_TIMEOUT, [customFetch]: fetcher });
};

const discoverJwks = async (issuer: string, fetcher: typeof fetch): Promise<string> => {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const response = await fetcher(url, {
    // Following a redirect would let whoever answers choose where the keys come from.
    redirect: "manual",
    signal: AbortSignal.timeout(JWKS_TIMEOUT),
  });
  const body = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (response.status !== 200 || body.issuer !== issuer || typeof body.jwks_uri !== "string")
    throw new Error("Discovery document refused");
  return body.jwks_uri;
};

const refusalOf = (error: unknown): Verified => {
  if (error instanceof errors.JWTExpired) return { ok: false, reason: "expired" };
  if (error instanceof errors.JWTClaimValidationFailed) {
    const reasons: Record<string, TokenRefusal> = {
      iss: "issuer",
      aud: "audience",
      nbf: "not_yet_valid",
      exp: "expired",
      iat: "not_yet_valid",
    };
    return { ok: false, reason: reasons[error.claim] ?? "malformed" };
  }
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  )
    return { ok: false, reason: "signature" };
  if (error instanceof errors.JOSEAlgNotAllowed) return { ok: false, reason: "algorithm" };
  if (
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    !(error instanceof errors.JOSEError) ||
    error.code === "ERR_JOSE_GENERIC"
  )
    return { ok: false, unavailable: true };
  return { ok: false, reason: "malformed" };
};

const shownUser = (claims: JWTPayload, subject: string): SessionUser => {
  const email = claims.email_verified === true ? clean(claims.email) : undefined;
  const username = clean(claims.preferred_username);
  const name = clean(claims.name);
  if (email) return { label: email, label_kind: "verified_email", name };
  // A name is whatever its owner typed at the identity provider, "victim@corp.com" included: never the label [H4].
  if (username) return { label: username, label_kind: "username", name };
  return { label: clean(subject) ?? "?", label_kind: "subject", name };
};

/** Control, format and bidi characters can make one text look like another. */
export const clean = (value: unknown): string | undefined => {
  if (typeof value !== "string") return undefined;
  const text = value.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, "").trim();
  return text === "" ? undefined : [...text].slice(0, 128).join("");
};
