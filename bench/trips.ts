/**
 * Round trips of one run, counted from what passed the link. Pure. Knows that a request which had to open a
 * connection waited for two, and which of the widget's requests nobody waits for.
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
  return {
    requests: between.length,
    connections: between.filter(({ opened }) => opened).length,
    inARow: tripsInARow(passages, from, to).length,
  };
};

/** Those that had to be waited for one after the other, by what they were for, the first of them first. */
export const tripsInARow = (passages: readonly Passage[], from: number, to: number): string[] => {
  const between = passages.filter(({ asked }) => asked >= from && asked <= to);
  const last = latest(between.filter(({ done }) => done <= to));
  return last ? row(last, between) : [];
};

/**
 * What leads to the page's decision. The widget asks meanwhile how it went, and is answered in the moment of the claim:
 * by time alone that would look like what the page waited for.
 */
export const withoutQuestions = (passages: readonly Passage[]): Passage[] =>
  passages.filter(({ url }) => url.pathname !== "/v1/connect/outcome");

/** What a request waited for is, as far as the link can see, what was done last before it. */
const row = (passage: Passage, all: readonly Passage[]): string[] => {
  const before = latest(all.filter(({ done }) => done <= passage.asked));
  return [
    ...(before ? row(before, all) : []),
    ...(passage.opened ? ["connection"] : []),
    nameOf(passage.url),
  ];
};

/** The end of its path, without a built file's hash. */
const nameOf = ({ pathname }: URL): string =>
  pathname.slice(pathname.lastIndexOf("/") + 1).replace(/-[\w-]{8}(?=\.\w+$)/, "");

const latest = (passages: readonly Passage[]): Passage | undefined =>
  passages.reduce<Passage | undefined>(
    (found, passage) => (found && found.done >= passage.done ? found : passage),
    undefined,
  );
