/**
 * Tokens of a user who was deprovisioned: those from before are over, although their identity provider signed them and
 * they have not expired. Later ones are of somebody who is back. Pure.
 */
import { Refusal } from "../error.ts";

/** The identity provider's clock and ours differ by as much; the same seconds that `exp` and `nbf` get. */
export const CLOCK_TOLERANCE = 5_000;

/** A token that does not say when it was issued is of any time, the one before included. */
export const isIssuedAfter = (issued_at: number | null, gone_at: number): boolean =>
  issued_at !== null && issued_at > gone_at + CLOCK_TOLERANCE;

/** Whether a session may be one that was asked for with such a token. */
export const isMadeBefore = (created_at: number, gone_at: number): boolean =>
  created_at <= gone_at + CLOCK_TOLERANCE;

/** @throws Refusal */
export const checkIssuedAfter = (
  { issued_at }: { issued_at: number | null },
  gone_at: number | null,
): void => {
  if (gone_at === null || isIssuedAfter(issued_at, gone_at)) return;
  const reason = "deprovisioned";
  throw new Refusal(
    "invalid_user_token",
    {
      reason,
      detail:
        "The identity provider has deprovisioned this user. Expected a token with an iat after that.",
    },
    reason,
  );
};
