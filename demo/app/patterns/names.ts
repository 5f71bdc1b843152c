/** The patterns that have a page, in the order of the list. Their names are in the pages' addresses. */
export const PATTERNS = [
  "several-accounts",
  "connected-accounts",
  "revoke",
  "added-scope",
  "policies",
  "revoked-at-provider",
  "managed-secret",
  "expired-session",
] as const;

export type PatternName = (typeof PATTERNS)[number];

export const isPattern = (name: unknown): name is PatternName =>
  PATTERNS.some((known) => known === name);
