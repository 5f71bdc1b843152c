/** The keys of one oidc-provider: what signs its tokens and its cookies. Made once, kept by the caller. */
import { randomBytes } from "node:crypto";
import { exportJWK, generateKeyPair, type JWK } from "jose";

export type OidcKeys = { jwks: { keys: JWK[] }; cookieKeys: string[] };

export const createOidcKeys = async (): Promise<OidcKeys> => {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const kid = randomBytes(8).toString("hex");
  return {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid, alg: "RS256", use: "sig" }] },
    cookieKeys: [randomBytes(32).toString("base64url")],
  };
};
