/**
 * How far a session has come, and what may go wrong on the way, by name. Knows words only. Imports nothing: the page
 * reads replies by it without the schemas.
 */

/** Reasons for which an attempt at a provider failed and another may work. The page has a sentence for each. */
export const FAILURES = [
  "access_denied",
  "provider_refused",
  "provider_unavailable",
  "provider_timeout",
  "provider_reply_invalid",
  "identity_unavailable",
  "finishing_timed_out",
  "authorization_superseded",
  "authorization_expired",
  "unsupported_browser",
  /** The user left out a scope without which the app cannot work. */
  "scopes_missing",
] as const;

/** Where a session stands, as its page sees it. */
export const PAGE_PHASES = ["choosing", "at_provider", "finishing", "failed", "ended"] as const;
