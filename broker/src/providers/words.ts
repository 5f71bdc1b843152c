/**
 * The catalogue's sentences in the page's other languages: what a scope allows, what a field is called. Knows texts
 * only; which language is wanted is decided elsewhere. What an operator has written in words of their own stays as it is.
 */
import type { Locale } from "@alter-ai/protocol/locale";
import { ar } from "./words/ar.ts";
import { de } from "./words/de.ts";
import { es } from "./words/es.ts";
import { fr } from "./words/fr.ts";
import { ja } from "./words/ja.ts";
import { pt } from "./words/pt.ts";
import { zhHans } from "./words/zh-Hans.ts";

/** English sentence -> the same in that language. */
export type Words = Readonly<Record<string, string>>;

/** English is what the records themselves say. */
export const WORDS: Record<Exclude<Locale, "en">, Words> = {
  ...{ de, fr, es, pt, ja, ar },
  "zh-Hans": zhHans,
};

export const inWords = (locale: Locale, sentence: string): string => {
  if (locale === "en") return sentence;
  const words = WORDS[locale];
  return Object.hasOwn(words, sentence) ? (words[sentence] ?? sentence) : sentence;
};
