/**
 * What a failed fetch tells: a code of the runtime, and what it means for the request. Its own error goes no further
 * than this file, since messages and fields of such errors quote headers, and a header holds a token.
 */
import { NetworkError } from "./errors.ts";

/** The request was not sent, so that sending it (again) can do no harm. */
const NEVER_MADE = new Set([
  ...["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN"],
  ...["ENETDOWN", "UND_ERR_CONNECT_TIMEOUT"],
  // Bun's.
  ...["ConnectionRefused", "FailedToOpenSocket"],
]);

/** Nobody knows how far the request came. What is not listed, such as a bad certificate, is so the next time too. */
const BROKE = new Set([
  ...["ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "UND_ERR_SOCKET"],
  ...["ConnectionClosed"],
]);

export const networkError = (
  code: "broker_unreachable" | "provider_unreachable",
  whom: string,
  error: unknown,
): NetworkError => {
  const cause = causeOf(error);
  const message = `${whom} could not be reached${cause ? ` (${cause.message})` : ""}`;
  return new NetworkError({ code, message, cause });
};

export const wasNeverMade = (error: NetworkError): boolean => NEVER_MADE.has(codeOf(error.cause));

/** Runtimes other than Node and Bun give no code: a broken connection is the most that can be said then. */
export const broke = (error: NetworkError): boolean =>
  error.status === undefined && (error.cause === undefined || BROKE.has(codeOf(error.cause)));

/** A fresh Error that has the code for its message and its `code`, and nothing else of the one that came. */
const causeOf = (error: unknown): Error | undefined => {
  const { cause } = Object(error) as { cause?: unknown };
  const code = [codeOf(cause), codeOf(error)].find((text) => /^\w{1,64}$/.test(text));
  return code === undefined ? undefined : Object.assign(new Error(code), { code });
};

const codeOf = (error: unknown): string => {
  const { code } = Object(error) as { code?: unknown };
  return typeof code === "string" ? code : "";
};
