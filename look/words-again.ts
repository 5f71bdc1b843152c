/**
 * The same words from other files: Firefox keeps in mind that a module did not come, and never asks for its address
 * again. Must not know which page's they are.
 */
import type { Locale } from "@alter-ai/protocol/locale";

/** `files`: what Vite makes of a glob with a query, a second file of each language at another address. */
export const wordsAgain =
  <Messages>(files: Record<string, () => Promise<unknown>>) =>
  async (locale: Locale): Promise<Messages> => {
    const [words] = Object.values(((await files[`./locales/${locale}.ts`]?.()) ?? {}) as object);
    if (!words) throw new Error(`No words for ${locale}`);
    return words as Messages;
  };
