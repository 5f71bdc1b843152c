/** The Wallet's words: a file for each language, which is loaded when it is wanted. Must not know who wants it. */
import type { Locale } from "@alter-ai/protocol/locale";
import type { Messages } from "./locales/en.ts";

/** One import each, written out: the build makes a file of each, and none of them is in the main script. */
const FILES: Record<Locale, () => Promise<{ words: Messages }>> = {
  en: () => import("./locales/en.ts"),
  de: () => import("./locales/de.ts"),
  fr: () => import("./locales/fr.ts"),
  es: () => import("./locales/es.ts"),
  pt: () => import("./locales/pt.ts"),
  ja: () => import("./locales/ja.ts"),
  "zh-Hans": () => import("./locales/zh-Hans.ts"),
  ar: () => import("./locales/ar.ts"),
};

/** A repeated call loads nothing again, unless it has failed. */
export const loadWords = async (locale: Locale): Promise<Messages> => (await FILES[locale]()).words;
