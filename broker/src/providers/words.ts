/**
 * The catalogue's sentences in the page's other languages: what a scope allows, what a field is called. Knows texts
 * only; which language is wanted is decided elsewhere. What an operator has written in words of their own stays as it is.
 */
import type { Locale } from "@alter-ai/protocol/locale";

/** English sentence -> the same in that language. */
export type Words = Readonly<Record<string, string>>;

/** English is what the records themselves say. */
export const WORDS: Partial<Record<Exclude<Locale, "en">, Words>> = {};

export const inWords = (locale: Locale, sentence: string): string => {
  const words = locale === "en" ? undefined : WORDS[locale];
  return words && Object.hasOwn(words, sentence) ? (words[sentence] ?? sentence) : sentence;
};
