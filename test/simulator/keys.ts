/**
 * The keys of every provider that signs, and the JWTs made and read with keys. Pinned records name no algorithm, so
 * their id_tokens are RS256, which OpenID Connect has by default; ES256 is what a document of discovery announces.
 */
import { createPublicKey } from "node:crypto";
import { exportJWK, generateKeyPair, importPKCS8, jwtVerify, SignJWT, type CryptoKey } from "jose";
import type { Json } from "./paths.ts";

export type Keys = Awaited<ReturnType<typeof createKeys>>;

const LIFETIME_SECONDS = 300;

export const createKeys = async () => {
  const pairs = {
    RS256: await generateKeyPair("RS256"),
    ES256: await generateKeyPair("ES256"),
  };
  const strange = await generateKeyPair("RS256");
  const jwk = async (alg: keyof typeof pairs) => ({
    ...(await exportJWK(pairs[alg].publicKey)),
    ...{ kid: alg, alg, use: "sig" },
  });
  const keys = [await jwk("RS256"), await jwk("ES256")];
  // Times are the real ones, whatever a test has made of the broker's clock: its OAuth library has none but them.
  const sign = (claims: Json, alg: string, kid: string, key: CryptoKey): Promise<string> => {
    const seconds = Math.floor(Date.now() / 1000);
    return new SignJWT({ iat: seconds, exp: seconds + LIFETIME_SECONDS, ...claims })
      .setProtectedHeader({ alg, kid })
      .sign(key);
  };
  return {
    jwks: { keys },
    sign: (claims: Json, alg: keyof typeof pairs) => sign(claims, alg, alg, pairs[alg].privateKey),
    /** By a key that stands in no document. */
    signStrangely: (claims: Json) => sign(claims, "RS256", "strange", strange.privateKey),
  };
};

/** Whether a JWT that stands for a client secret is by the key that the client was registered with (PKCS #8, PEM). */
export const isByKey = async (
  jwt: string,
  pem: string,
  claims: { issuer: string; subject: string; audience: string; kid: string },
  now: number,
): Promise<boolean> => {
  await importPKCS8(pem, "ES256");
  try {
    const { protectedHeader } = await jwtVerify(jwt, createPublicKey(pem), {
      algorithms: ["ES256"],
      ...{ issuer: claims.issuer, subject: claims.subject, audience: claims.audience },
      requiredClaims: ["iat", "exp"],
      currentDate: new Date(now),
    });
    return protectedHeader.kid === claims.kid;
  } catch {
    return false;
  }
};
