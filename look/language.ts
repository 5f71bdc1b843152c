/**
 * Which language a page speaks. Knows that loading its words can fail and that there is always a next thing to do
 * about it. Must not know who asks for a language or what is drawn.
 */
import { signal } from "@preact/signals";
import type { Locale } from "@alter-ai/protocol/locale";

/** A phone that changes cells is back by then. */
const AGAIN_MS = 1_000;

/** `load`: the words of a language, which may not come; `loadAgain`: from where they may still, after that. */
export const createLanguage = <Messages>(
  load: (locale: Locale) => Promise<Messages>,
  loadAgain = load,
) => {
  /** The words to draw with; `undefined` while those that are wanted are on their way. */
  const messages = signal<Messages>();
  /** Not even English came: only a new start of the page helps. */
  const speechless = signal(false);
  const loading = new Map<Locale, Promise<Messages>>();
  let wanted: Locale | undefined;

  /** What has failed is not kept, so that the next wish asks for it anew. */
  const loaded = (locale: Locale, how = load): Promise<Messages> => {
    const words = loading.get(locale) ?? how(locale);
    loading.set(locale, words);
    words.catch(() => loading.delete(locale));
    return words;
  };

  const speak = async (locale: Locale): Promise<void> => {
    if (locale === wanted) return;
    wanted = locale;
    messages.value = undefined;
    const words = await loaded(locale)
      .catch(() => later(AGAIN_MS, () => loaded(locale, loadAgain)))
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
