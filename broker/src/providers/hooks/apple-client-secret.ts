/**
 * Apple takes a JWT for a client secret: ES256, signed with the key of the developer's team. The operator configures the
 * key (PKCS #8, PEM); `team_id` and `key_id` are variables of the record.
 */
import { importPKCS8, SignJWT } from "jose";
import type { Hook } from "../hook.ts";

/** Made for each call, so it need not outlive one. Apple takes up to six months. */
const LIFETIME_SECONDS = 300;

export const appleClientSecret: Hook = async ({ client_id, client_secret, facts, now }) => {
  const { team_id = "", key_id = "" } = facts;
  let key: Awaited<ReturnType<typeof importPKCS8>>;
  try {
    key = await importPKCS8(client_secret.replaceAll("\\n", "\n"), "ES256");
  } catch {
    // Without what the parser says: it may quote the key.
    return { ok: false, reason: "client_secret_is_no_pkcs8_key" };
  }
  const seconds = Math.floor(now / 1000);
  const jwt = await new SignJWT()
    .setProtectedHeader({ alg: "ES256", kid: key_id })
    .setIssuer(team_id)
    .setSubject(client_id)
    .setAudience("https://appleid.apple.com")
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + LIFETIME_SECONDS)
    .sign(key);
  return { ok: true, facts: { client_secret: jwt } };
};
