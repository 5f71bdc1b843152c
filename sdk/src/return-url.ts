/**
 * What the browser brought back from Connect. All of it is anybody's to write, so it is only ever a code to redeem or
 * a word to report; the broker decides what the code is worth.
 */
import { ConnectFlowError, invalidRequest } from "./errors.ts";

/** The code in a return URL, or the ConnectFlowError that the URL means. */
export const readReturn = (given: string | URL): string => {
  // Servers have it without the origin, which does not matter here.
  const base = "https://return.invalid";
  if (!URL.canParse(given, base)) throw invalidRequest("url is not a URL");
  const { searchParams } = new URL(given, base);
  const error = searchParams.get("alter_connect_error");
  if (error !== null && !/^[a-z][a-z_]{0,63}$/.test(error))
    throw new ConnectFlowError({
      code: "connect_failed",
      message: "Connect ended without a connection, and the URL has no code that says why",
    });
  if (error !== null)
    throw new ConnectFlowError({
      code: error,
      message: `Connect ended without a connection: ${error}`,
    });
  if (searchParams.has("alter_connect_exit"))
    throw new ConnectFlowError({ code: "connect_exit", message: "The user left Connect" });
  const [code, ...more] = searchParams.getAll("alter_connect_code");
  if (code === undefined || more.length > 0)
    throw new ConnectFlowError({
      code: "connect_code_missing",
      message: "The URL does not have one alter_connect_code",
    });
  return codeIn(code);
};

export const codeIn = (code: string): string => {
  if (typeof code !== "string" || !/^[\w-]{43}$/.test(code))
    throw new ConnectFlowError({
      code: "invalid_code",
      message: "This cannot be a code of Connect",
    });
  return code;
};
