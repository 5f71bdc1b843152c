/**
 * The way in: what the address brought, or else what the opener sends, becomes a claim, and a reload makes the
 * same one again. Knows what is kept until the broker has answered; must not know what the answer is.
 */
import type { Claim } from "./api.ts";
import { startHandshake } from "./handshake.ts";
import type { Opener } from "./opener.ts";

type Entry = {
  opener: Opener;
  memory: Memory;
  /** 256 bits, base64url. */
  random: () => string;
  /** Called once at most. */
  onClaim: (claim: Claim) => void;
  /** Nobody has sent a session so far. One may still come. */
  onSilence: () => void;
};

/**
 * This page's own entry in the history of its tab, and nothing wider: what is left in a tab's storage is found by
 * every later visit, and by the windows that the tab opens, and would give them somebody else's session [H1].
 */
export type Memory = { read: () => Kept | null; write: (kept: Kept | null) => void };
export type Kept = {
  /** Only what the address brought has one: an opener sends its token again. */
  token?: string | undefined;
  challenge?: string | undefined;
  state?: string | undefined;
  claim_id?: string | undefined;
};

/** Starts with what is there; the return value stops the rest. */
export const startEntry = ({ opener, memory, random, onClaim, onSilence }: Entry): (() => void) => {
  const kept = memory.read() ?? {};

  /** The same id after a reload or a lost reply: the broker then repeats what it replied [M6]. */
  const keep = (attempt: Kept): string => {
    const claim_id = attempt.claim_id ?? random();
    memory.write({ ...attempt, claim_id });
    return claim_id;
  };

  if (kept.token !== undefined) {
    onClaim(addressed(kept.token, kept, keep(kept)));
    return () => undefined;
  }
  return startHandshake({
    opener,
    onSession: ({ token, challenge }, opener_origin) => {
      const same = kept.challenge === challenge;
      const claim_id = keep({ challenge, claim_id: same ? kept.claim_id : undefined });
      onClaim({ shape: "popup", token, opener_origin, challenge, claim_id });
    },
    onSilence,
  });
};

/** Half of what a redirect brings is not a backend's link: the broker refuses it, and nothing is claimed. */
const addressed = (token: string, { challenge = "", state = "" }: Kept, claim_id: string): Claim =>
  challenge || state
    ? { shape: "redirect", token, challenge, state, claim_id }
    : { shape: "backend", token, claim_id };
