/**
 * Languages of the hosted page, and the one rule by which both page and broker choose among them. Knows tags of
 * BCP 47; must not know where they came from. Imports nothing: the page's main script carries all of it.
 */

/** English first, which stands in for all that are not here. */
export const LOCALES = ["en", "de", "fr", "es", "pt", "ja", "zh-Hans", "ar"] as const;
export type Locale = (typeof LOCALES)[number];

/**
 * The first of these that we have: the same language in the same script, so that de-AT gets German and zh-TW does
 * not get the simplified characters.
 */
export const localeFor = (tags: readonly string[]): Locale | undefined => {
  for (const tag of tags) {
    const written = writtenAs(tag);
    const found = written && LOCALES.find((locale) => writtenAs(locale) === written);
    if (found) return found;
  }
  return undefined;
};

/** Language and script, such as `zh-Hans`; `undefined` for what is no tag: browsers are known to send such. */
const writtenAs = (tag: string): string | undefined => {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    return `${language}-${script ?? ""}`;
  } catch {
    return undefined;
  }
};
