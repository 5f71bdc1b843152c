/** What a refusal's code says of the session. Knows codes only; must not know what is done about it. */
import type { Refusal } from "./api.ts";

const codes = (...all: Refusal["code"][]): ReadonlySet<Refusal["code"]> => new Set(all);

/** The broker has not judged: the very same click may work later. */
export const NOT_NOW = codes("unreachable", "rate_limited", "overloaded");

/** The session is over, or somebody else's by now. */
export const OVER = codes("session_expired", "session_ended", "session_claimed_elsewhere");

/** The session is somewhere else by now; a look shows where. */
export const MOVED_ON = codes(...OVER, "session_busy", "unknown_session");
