/**
 * Which language the page speaks, and its words, a file each that is loaded when it is wanted. Knows that loading can
 * fail and that there is always a next thing to do about it. Must not know who asks for a language or what is drawn.
 */
import { signal } from "@preact/signals";
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

/** A phone that changes cells is back by then. */
const AGAIN_MS = 1_000;

export type Load = (locale: Locale) => Promise<Messages>;

export const createLanguage = (load: Load = (locale) => FILES[locale]()) => {
  /** The words to draw with; `undefined` while those that are wanted are on their way. */
  const messages = signal<Messages>();
  /** Not even English came: only a new start of the page helps. */
  const speechless = signal(false);
  const loading = new Map<Locale, Promise<Messages>>();
  let wanted: Locale | undefined;

  /** What has failed is not kept, so that the next wish asks for it anew. */
  const loaded = (locale: Locale): Promise<Messages> => {
    const words = loading.get(locale) ?? load(locale);
    loading.set(locale, words);
    words.catch(() => loading.delete(locale));
    return words;
  };

  const speak = async (locale: Locale): Promise<void> => {
    if (locale === wanted) return;
    wanted = locale;
    messages.value = undefined;
    const words = await loaded(locale)
      .catch(() => later(AGAIN_MS, () => loaded(locale)))
      .catch(() => loaded("en"))
      .catch(() => undefined);
    // Somebody has wished for another one meanwhile.
    if (locale !== wanted) return;
    messages.value = words;
    speechless.value = !words;
  };

  return { messages, speechless, speak };
};

const later = <T>(ms: number, act: () => Promise<T>): Promise<T> =>
  new Promise((resolve) => setTimeout(() => resolve(act()), ms));
