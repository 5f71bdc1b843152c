/**
 * The same words from other files: Firefox keeps in mind that a module did not come, and never asks for its address
 * again. Apart from words.ts, since few need it and the first script of the page is short. Must not know who does.
 */
import type { Locale } from "@alter-ai/protocol/locale";
import type { Messages } from "./locales/en.ts";

/** The build makes a second file of each, which has the query's module in it and so another address. */
const FILES = import.meta.glob<Record<string, Messages>>("./locales/*.ts", { query: "again" });

export const loadWordsAgain = async (locale: Locale): Promise<Messages> => {
  const [words] = Object.values((await FILES[`./locales/${locale}.ts`]?.()) ?? {});
  if (!words) throw new Error(`No words for ${locale}`);
  return words;
};
