/** Whose call this is: the JWT handed in, or the one the app's getter finds in scope. Never reads inside it. */
import type { UserTokenGetter } from "./configuration.ts";
import { UserTokenError } from "./errors.ts";

/** An error that the getter throws reaches the caller untouched: it is the app's own. */
export const createUserToken =
  (getter: UserTokenGetter | undefined) =>
  async (given: string | undefined): Promise<string> => {
    const token = given ?? (await getter?.());
    if (token === undefined || token === null)
      throw new UserTokenError({
        code: "user_token_missing",
        message: getter
          ? "userTokenGetter found no user token"
          : "There is no user token, and App has no userTokenGetter",
      });
    // Also keeps a broken header from being built, whose error would quote the token.
    if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token))
      throw new UserTokenError({
        code: "invalid_user_token",
        message: "The user token must be the JWT alone, without spaces or `Bearer`",
      });
    return token;
  };

export type UserToken = ReturnType<typeof createUserToken>;
