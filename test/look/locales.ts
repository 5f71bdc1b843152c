/**
 * Holds every language of a page against its English: the same keys, all names kept, and nothing left untranslated.
 * Must not know which page it is.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { createLanguage } from "../../look/language.ts";
import type { Common } from "../../look/locales/en.ts";
import { LOCALES, type Locale } from "../../protocol/locale.ts";

/** What each sentence that takes something is called with. A new one without a line here is an error of types. */
export type Arguments<T> = {
  [K in keyof T as Given<T[K]> extends never ? never : K]: Given<T[K]>;
};
type Given<T> = T extends string
  ? never
  : T extends (...given: infer A extends unknown[]) => unknown
    ? A
    : keyof Arguments<T> extends never
      ? never
      : Arguments<T>;

type Said = { path: string; text: string };
type Tree = { [key: string]: Tree | string | ((...given: unknown[]) => string | Tree) };

type Page<M extends Common> = {
  en: M;
  /** As the page itself gets at its words. */
  load: (locale: Locale) => Promise<M>;
  given: Arguments<M>;
  /** Paths of the same word in both languages. */
  same: Partial<Record<Locale, string[]>>;
  /** What is said where a name is not known. */
  nameless: (t: M) => string[];
  /** What is written on a button, and what it is called. */
  labels: (t: M) => [written: string, called: string][];
};

/** The same argument for each of them. */
export const all = <K extends string, A>(of: Record<K, unknown>, given: A): Record<K, A> =>
  Object.fromEntries(Object.keys(of).map((key) => [key, given])) as Record<K, A>;

const leaves = (given: unknown): (string | number)[] =>
  typeof given === "string" || typeof given === "number"
    ? [given]
    : Object.values(given as object).flatMap(leaves);

/** All that is said, by where it stands: plain sentences, and the others with what they are called with. */
const saidIn = (messages: unknown, given: unknown, at = ""): Said[] =>
  Object.entries(messages as Tree).flatMap(([key, one]): Said[] => {
    const path = at === "" ? key : `${at}.${key}`;
    const inner = (given as Record<string, unknown> | undefined)?.[key];
    if (typeof one === "string") return [{ path, text: one }];
    if (typeof one !== "function") return saidIn(one, inner, path);
    const text = one(...(inner as unknown[]));
    return typeof text === "string" ? [{ path, text }] : saidIn(text, undefined, path);
  });

/** Registers the tests. What is returned loads a language, for those that a page has beside. */
export const describeLanguages = <M extends Common>(page: Page<M>) => {
  const { en, given } = page;
  const saidBy = ({ language: _, direction: __, ...sentences }: M): Said[] =>
    saidIn(sentences, given);
  const NAMES = [...new Set(leaves(given))];
  const english = saidBy(en);

  const load = async (locale: Locale): Promise<M> => {
    const language = createLanguage(page.load);
    await language.speak(locale);
    if (!language.messages.value) throw new Error(`${locale} did not come`);
    return language.messages.value;
  };

  describe.each(LOCALES)("%s", (locale) => {
    let t: M;
    let said: Said[];
    beforeAll(async () => {
      t = await load(locale);
      said = saidBy(t);
    });

    it("says what it is, and which way it is written", () => {
      expect(t.language).toBe(locale);
      expect(t.direction).toBe(locale === "ar" ? "rtl" : "ltr");
    });

    it("has every sentence, and none of its own", () => {
      expect(said.map(({ path }) => path).sort()).toEqual(english.map(({ path }) => path).sort());
    });

    it("leaves none empty or half made", () => {
      const amiss = said.filter(
        ({ text }) =>
          text.trim() !== text || !text || /undefined|\bnull\b|NaN|\[object|\$\{/.test(text),
      );
      expect(amiss).toEqual([]);
    });

    it("names whatever English names, and nobody else", () => {
      const numbers = new Intl.NumberFormat(locale);
      const named = (text: string) =>
        NAMES.filter(
          (name) =>
            text.includes(String(name)) ||
            (typeof name === "number" && text.includes(numbers.format(name))),
        ).map(String);
      for (const { path, text } of english) {
        const translated = said.find((one) => one.path === path)?.text ?? "";
        expect({ path, names: named(translated) }).toEqual({ path, names: named(text) });
      }
    });

    it("does without a name that is not known", () => {
      for (const text of page.nameless(t)) expect(text).not.toMatch(/undefined|\bnull\b|^\s*$|\s$/);
    });

    // WCAG 2.5.3: who speaks to the page says what is written on the button.
    it("calls a button by what is written on it", () => {
      const labels = [
        ...page.labels(t),
        [t.foot.support, t.foot.supportOf("Acme")],
        [t.foot.privacy, t.foot.privacyOf("Acme")],
      ] as const;
      for (const [written, called] of labels)
        expect(called.toLowerCase()).toContain(written.toLowerCase());
    });

    it("leaves nothing in English, but for words that are the same", () => {
      const same = said.filter(({ path, text }) =>
        english.some((one) => one.path === path && one.text === text),
      );
      expect(same.map(({ path }) => path)).toEqual(
        locale === "en" ? english.map(({ path }) => path) : (page.same[locale] ?? []),
      );
    });
  });

  it("Arabic keeps each name from pulling its neighbours to the wrong side", async () => {
    // UAX #9: a name in Latin letters with a full stop at its end would move it.
    for (const { path, text } of saidBy(await load("ar")))
      for (const name of NAMES.filter((name) => typeof name === "string"))
        expect({ path, text: text.replaceAll(`\u2068${name}\u2069`, "") }).toEqual({
          path,
          text: expect.not.stringContaining(name) as string,
        });
  });

  it("French has no space before a mark at which a line could end", async () => {
    for (const { text } of saidBy(await load("fr"))) expect(text).not.toMatch(/ [?!:;»]|« /);
  });

  return load;
};
