/** Chance that repeats itself: the same seed always gives the same. */
import { createHash } from "node:crypto";

/** A whole number from 0 to `below` - 1. */
export const spread = (seed: string, below: number): number =>
  createHash("sha256").update(seed).digest().readUInt32BE() % below;

/** The list, begun at another place: no entry comes twice. */
export const rotate = <T>(list: readonly T[], seed: string): T[] => {
  const start = spread(seed, list.length);
  return [...list.slice(start), ...list.slice(0, start)];
};
