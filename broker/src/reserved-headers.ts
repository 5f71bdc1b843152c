/** Names of headers that a configuration may use, and those that say how a message travels or who it is for. */
import { z } from "zod";

/** Neither a caller's to set nor a place for a secret. */
export const RESERVED_HEADERS = [
  ...["accept-encoding", "connection", "content-length", "cookie", "expect", "forwarded", "host"],
  ...["keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "via"],
];
export const RESERVED_BEGINNINGS = ["alter-", "proxy-", "sec-", "x-forwarded-"];

export const isReservedHeader = (name: string): boolean => {
  const lower = name.toLowerCase();
  return (
    RESERVED_HEADERS.includes(lower) ||
    RESERVED_BEGINNINGS.some((beginning) => lower.startsWith(beginning))
  );
};

/** RFC 9110 section 5.6.2. */
export const headerName = z
  .string()
  .max(128)
  .regex(/^[\w!#$%&'*+.^`|~-]+$/, "must be a header name")
  .refine(
    (name) => !isReservedHeader(name),
    `must not be one of ${RESERVED_HEADERS.join(", ")}, nor begin with ${RESERVED_BEGINNINGS.join(", ")}`,
  );
