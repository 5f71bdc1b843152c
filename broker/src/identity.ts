/**
 * User JWT -> user. Verifies against the app's identity provider and nothing else: issuer, signature by a
 * published asymmetric key, time, for whom it was issued, and of what kind it is. Knows no session and no grant.
 */
import { decodeProtectedHeader, jwtVerify, type JWTPayload } from "jose";
import type { App } from "./config/config.ts";
import { TYPES, type IdentityProvider } from "./config/identity-provider.ts";
import { clientOf, groupsOf, subjectOf, wrongClaim } from "./identity/claims.ts";
import { CLOCK_TOLERANCE } from "./identity/gone.ts";
import { createKeys } from "./identity/keys.ts";
import { createMemory } from "./identity/memory.ts";
import {
  ALGORITHMS,
  expected,
  expectedClaim,
  failedCheck,
  type Check,
  type TokenRefusal,
} from "./identity/refusal.ts";
import type { SessionUser } from "./session.ts";

export type User = {
  issuer: string;
  subject: string;
  /** What may be shown of the user, cleaned. */
  shown: SessionUser;
  /** Of the claim that the configuration names, for managed secrets that belong to a group. */
  groups: string[];
  /** Epoch milliseconds: when the token ends. */
  expires_at: number;
  /** Epoch milliseconds; null where the token does not say. */
  issued_at: number | null;
};

export type Verified =
  | { ok: true; user: User }
  /** `detail` says what was expected. */
  | { ok: false; reason: TokenRefusal; detail: string }
  | { ok: false; unavailable: true; detail: string };

export type Identity = (app: App, userToken: string) => Promise<Verified>;

export const createIdentity = (deps: {
  fetch: typeof fetch;
  now: () => number;
  log: (event: string, about: Record<string, unknown>) => void;
}): Identity => {
  const keysOf = createKeys(deps);
  const memory = createMemory<Verified>({
    keysOf,
    now: deps.now,
    tolerance: CLOCK_TOLERANCE,
  });

  const verify = async (idp: IdentityProvider, userToken: string): Promise<Verified> => {
    const refused = (reason: Check): Verified => {
      return { ok: false, reason, detail: expected(reason, idp) };
    };
    let header: ReturnType<typeof decodeProtectedHeader>;
    try {
      header = decodeProtectedHeader(userToken);
    } catch {
      return refused("malformed");
    }
    if (!ALGORITHMS.includes(header.alg ?? "")) return refused("algorithm");
    if (!isOfType(header.typ, idp)) return refused("type");

    let claims: JWTPayload;
    try {
      const verified = await jwtVerify(userToken, keysOf(idp).find, {
        algorithms: ALGORITHMS,
        issuer: idp.issuer,
        ...(idp.audience === undefined ? {} : { audience: idp.audience }),
        ...(idp.max_age_seconds === undefined ? {} : { maxTokenAge: idp.max_age_seconds }),
        requiredClaims: ["exp"],
        clockTolerance: CLOCK_TOLERANCE / 1000,
        currentDate: new Date(deps.now()),
      });
      claims = verified.payload;
    } catch (error) {
      const check = failedCheck(error);
      if (check) return refused(check);
      return { ok: false, unavailable: true, detail: `The keys of ${idp.issuer} cannot be read.` };
    }
    if (isLogoutToken(claims)) return refused("type");
    const wrong = wrongClaim(claims, idp);
    if (wrong !== undefined)
      return { ok: false, reason: "claim", detail: expectedClaim(wrong, idp) };
    if (idp.client_ids && !idp.client_ids.some((id) => id === clientOf(claims, idp)))
      return refused("client");
    const subject = subjectOf(claims, idp);
    if (subject === undefined) return refused("subject");
    return {
      ok: true,
      user: {
        issuer: idp.issuer,
        subject,
        shown: shownUser(claims, subject),
        groups: groupsOf(claims, idp),
        expires_at: (claims.exp ?? 0) * 1000,
        issued_at: claims.iat === undefined ? null : claims.iat * 1000,
      },
    };
  };

  return async ({ identity_provider: idp }, userToken) =>
    memory(idp, userToken, () => verify(idp, userToken));
};

/** Nobody has checked the header's own types yet. RFC 7515 section 4.1.9 leaves out `application/`. */
const isOfType = (typ: unknown, idp: IdentityProvider): boolean => {
  if (typ === undefined) return idp.types === undefined;
  if (typeof typ !== "string") return false;
  const short = typ.toLowerCase().replace(/^application\//, "");
  return (idp.types ?? TYPES).some((type) => type === short);
};

/** OpenID Connect Back-Channel Logout 2.4: told apart by this claim, whatever its header says. It is sent to many. */
const isLogoutToken = ({ events }: JWTPayload): boolean =>
  typeof events === "object" &&
  events !== null &&
  Object.hasOwn(events, "http://schemas.openid.net/event/backchannel-logout");

export const shownUser = (claims: JWTPayload, subject: string): SessionUser => {
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
