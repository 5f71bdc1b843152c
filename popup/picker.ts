/**
 * What of a long list is looked at: the words typed, the category, the row that is open. Kept here and not on the
 * screen, so that Back finds the list as it was left. Must not know what a choice leads to.
 */
import { signal } from "@preact/signals";
import type { Provider } from "./screen.ts";

export type Picker = ReturnType<typeof createPicker>;

export const createPicker = () => ({
  query: signal(""),
  category: signal<string>(),
  /** The provider whose accounts are shown. */
  open: signal<string>(),
});

/** Fewer are seen at a glance. */
export const SEARCH_FROM = 8;

/** Those whose name has every word of the query, and which are of the category if there is one. */
export const found = (providers: Provider[], query: string, category?: string): Provider[] => {
  const words = query.split(/\s+/).map(fold);
  return providers.filter(
    ({ name, ...provider }) =>
      words.every((word) => fold(name).includes(word)) &&
      (category === undefined || provider.category === category),
  );
};

/** The categories that there are, in the order of the names: only those that have one, and none if it is alone. */
export const categoriesOf = (
  providers: Provider[],
  names: Readonly<Record<string, string>>,
): string[] => {
  const there = new Set(providers.map(({ category }) => category));
  const known = Object.keys(names).filter((category) => there.has(category));
  return providers.length < SEARCH_FROM || known.length < 2 ? [] : known;
};

/** As people type names: without accents, dots and blanks, in whatever case ("one drive", "Pénnylane", "cal.com"). */
const fold = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/[^\p{L}\p{N}]/gu, "")
    .toLowerCase();
