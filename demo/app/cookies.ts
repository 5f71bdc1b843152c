/**
 * Values that a browser keeps for the app and only the app can read: encrypted, with an end.
 * Knows cookies and JWE, not what is in them. Nothing is kept here, so a restart logs nobody out.
 */
import type { CookieOptions, Request, Response } from "express";
import { base64url, EncryptJWT, jwtDecrypt } from "jose";

export type SealedCookie<T extends object> = {
  read: (req: Request) => Promise<T | undefined>;
  write: (res: Response, value: T, expires: Date) => Promise<void>;
  clear: (res: Response) => void;
};

/** `T` holds JSON values only. The name is in the seal, so that one cookie cannot stand in for another. */
export const sealedCookie = <T extends object>(
  name: string,
  path: string,
  key: string,
): SealedCookie<T> => {
  const secret = base64url.decode(key);
  // Lax: the way back from the identity provider is a link from another origin.
  const options: CookieOptions = { httpOnly: true, sameSite: "lax", path };
  return {
    read: async (req) => {
      const sealed = valueOf(req.get("cookie") ?? "", name);
      if (sealed === undefined) return undefined;
      // Expired, cut short or sealed with another folder's key: as good as none.
      const opened = await jwtDecrypt(sealed, secret, { audience: name }).catch(() => undefined);
      return opened?.payload.value as T | undefined;
    },
    write: async (res, value, expires) => {
      const sealed = await new EncryptJWT({ value })
        .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
        .setAudience(name)
        .setExpirationTime(expires)
        .encrypt(secret);
      res.cookie(name, sealed, { ...options, expires });
    },
    clear: (res) => {
      res.clearCookie(name, options);
    },
  };
};

const valueOf = (header: string, name: string): string | undefined =>
  header
    .split("; ")
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
