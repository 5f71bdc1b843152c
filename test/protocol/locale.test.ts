/** The rule by which a language is chosen, as page and broker both go by it: pure, over tags as browsers send them. */
import { expect, test } from "vitest";
import { LOCALES, localeFor, type Locale } from "../../protocol/locale.ts";

test.each(LOCALES)("%s is there for those who say so", (locale) => {
  expect(localeFor([locale])).toBe(locale);
});

const CHOSEN: [string[], Locale | undefined][] = [
  [["de-AT"], "de"],
  [["DE-de"], "de"],
  [["pt-PT"], "pt"],
  [["es-419"], "es"],
  [["ar-EG"], "ar"],
  [["en-GB-oxendict"], "en"],
  // The script decides, whether it is said or known of the region.
  [["zh"], "zh-Hans"],
  [["zh-CN"], "zh-Hans"],
  [["zh-SG"], "zh-Hans"],
  [["zh-TW"], undefined],
  [["zh-Hant"], undefined],
  [["zh-Hant", "zh-CN"], "zh-Hans"],
  [["ja-Latn"], undefined],
  // The first that is there, in the order of wishes.
  [["pl", "fr-CA", "de"], "fr"],
  [["nl"], undefined],
  [[], undefined],
  // A browser in another language than its user's is no reason to fail.
  [["", "*", "de_DE", "not a tag", "x-klingon", "a".repeat(5_000)], undefined],
  [["de_DE", "ja"], "ja"],
];
test.each(CHOSEN)("%j: %s", (tags, locale) => {
  expect(localeFor(tags)).toBe(locale);
});
