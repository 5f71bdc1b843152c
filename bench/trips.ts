/**
 * Round trips of one run, counted from what passed the link. Pure. Knows that a request which had to open a
 * connection waited for two.
 */
import type { Passage } from "./link.ts";

export type Trips = {
  requests: number;
  connections: number;
  /** Those that had to be waited for one after the other, connections included. */
  inARow: number;
};

/** From a click until what the last request that is done by then has brought: a page's document, or what it shows. */
export const countTrips = (passages: readonly Passage[], from: number, to: number): Trips => {
  const between = passages.filter(({ asked }) => asked >= from && asked <= to);
  const last = latest(between.filter(({ done }) => done <= to));
  return {
    requests: between.length,
    connections: between.filter(({ opened }) => opened).length,
    inARow: last ? row(last, between) : 0,
  };
};

/** What a request waited for is, as far as the link can see, what was done last before it. */
const row = (passage: Passage, all: readonly Passage[]): number => {
  const before = latest(all.filter(({ done }) => done <= passage.asked));
  return (passage.opened ? 2 : 1) + (before ? row(before, all) : 0);
};

const latest = (passages: readonly Passage[]): Passage | undefined =>
  passages.reduce<Passage | undefined>(
    (found, passage) => (found && found.done >= passage.done ? found : passage),
    undefined,
  );
