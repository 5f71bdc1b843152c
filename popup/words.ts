/** The page's words: a file for each language, which is loaded when it is wanted. Must not know who wants it. */
import type { Locale } from "@alter-ai/protocol/locale";
import type { Messages } from "./locales/en.ts";

/** One import each, written out: the build makes a file of each, and none of them is in the main script. */
const FILES: Record<Locale, () => Promise<Messages>> = {
  en: async () => (await import("./locales/en.ts")).en,
  de: async () => (await import("./locales/de.ts")).de,
  fr: async () => (await import("./locales/fr.ts")).fr,
  es: async () => (await import("./locales/es.ts")).es,
  pt: async () => (await import("./locales/pt.ts")).pt,
  ja: async () => (await import("./locales/ja.ts")).ja,
  "zh-Hans": async () => (await import("./locales/zh-Hans.ts")).zhHans,
  ar: async () => (await import("./locales/ar.ts")).ar,
};

/** A repeated call loads nothing again, unless it has failed. */
export const loadWords = (locale: Locale): Promise<Messages> => FILES[locale]();
