/** The catalogue's sentences in every language of the page: all of them, and none that nobody says any more. */
import { describe, expect, test } from "vitest";
import { COMMON_SCOPES } from "../../broker/src/config/client.ts";
import { catalogued, catalogueIds } from "../../broker/src/providers/catalogue.ts";
import { inWords, WORDS } from "../../broker/src/providers/words.ts";
import { LOCALES } from "../../protocol/locale.ts";

/** Whatever of a record the page shows to a user, but for names. */
const said = (id: string): string[] => {
  const { scopes = {}, variables = {}, credential } = catalogued(id) ?? {};
  const asked = Object.values(variables).filter(({ chosen_by }) => chosen_by === "user");
  return [
    ...Object.values(scopes),
    ...[...asked, ...Object.values(credential?.fields ?? {})].map(({ label }) => label),
  ];
};
const SENTENCES = [...new Set([...catalogueIds().flatMap(said), ...Object.values(COMMON_SCOPES)])]
  .filter((sentence) => sentence !== "")
  .sort();

test("English is what the records say", () => {
  expect(SENTENCES.length).toBeGreaterThan(500);
  for (const sentence of SENTENCES) expect(inWords("en", sentence)).toBe(sentence);
});

describe.each(LOCALES.filter((locale) => locale !== "en"))("%s", (locale) => {
  const words = WORDS[locale];

  test("has every sentence, and none left over", () => {
    expect(Object.keys(words).sort()).toEqual(SENTENCES);
  });

  test("has a translation for each, which is short enough for a list", () => {
    const amiss = Object.entries(words).filter(
      ([sentence, translated]) =>
        translated === sentence ||
        translated.trim() !== translated ||
        !/^.{1,140}$/u.test(translated),
    );
    expect(amiss).toEqual([]);
  });

  test("says of nothing that writes what it says of something that only reads", () => {
    const writes =
      /\b(change|create|edit|manage|delete|send|add|upload|remove|update|post|write|reply|publish|send|share|act)\b/i;
    const meant = new Map<string, boolean>();
    const mixed = Object.entries(words).filter(([sentence, translated]) => {
      const first = meant.get(translated) ?? writes.test(sentence);
      meant.set(translated, first);
      return first !== writes.test(sentence);
    });
    expect(mixed).toEqual([]);
  });

  test("keeps names as they are", () => {
    const NAMES =
      /\b(?:Gmail|GitHub|Slack|Shopify|Zendesk|BambooHR|Google|Microsoft|Twilio|Freshdesk)\b/g;
    const lost = Object.entries(words).filter(([sentence, translated]) =>
      (sentence.match(NAMES) ?? []).some((name) => !translated.includes(name)),
    );
    expect(lost).toEqual([]);
  });
});

test("what is not the catalogue's stays as it is, whatever it is called", () => {
  for (const locale of LOCALES)
    for (const own of ["See what our shop sells", "constructor", "__proto__", "toString", ""])
      expect(inWords(locale, own)).toBe(own);
});
