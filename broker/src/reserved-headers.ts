/** Headers that say how a message travels or who it is for: neither a caller's to set nor a place for a secret. */
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
