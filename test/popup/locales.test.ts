/** Every language of the page, held against English: the same keys, all names kept, and nothing left untranslated. */
import { beforeAll, describe, expect, it } from "vitest";
import { LOCALES, type Locale } from "../../protocol/locale.ts";
import { createLanguage } from "../../popup/language.ts";
import { en, type Messages } from "../../popup/locales/en.ts";

/** What each sentence that takes something is called with. A new one without a line here is an error of types. */
type Arguments<T> = {
  [K in keyof T as Given<T[K]> extends never ? never : K]: Given<T[K]>;
};
type Given<T> = T extends string
  ? never
  : T extends (...given: infer A extends unknown[]) => unknown
    ? A
    : keyof Arguments<T> extends never
      ? never
      : Arguments<T>;

const app = "Plåner & Co.";
const provider = "Acmé 24";
const account = "ann@x.example";
const names = { app, provider, account };
const all = <K extends string, A>(of: Record<K, unknown>, given: A): Record<K, A> =>
  Object.fromEntries(Object.keys(of).map((key) => [key, given])) as Record<K, A>;

const ARGUMENTS: Arguments<Messages> = {
  pageTitle: [app],
  identity: {
    caption: [app],
    kind: { verified_email: ["Corp"], username: ["Corp"], subject: ["Corp"] },
  },
  confirm: {
    ...{ title: [names], titleAgain: [names], assurance: [names] },
    ...{ scopes: [app], renewed: [provider], noScopes: [provider], go: [provider] },
    ...{ example: ["acme-7"], amiss: [provider, "acme-7"] },
    ...{ allowedBy: [app], help: [provider], refused: [provider], kept: [names] },
  },
  choose: {
    ...{ title: [app], titleMore: [app], count: [{ count: 4, all: 17 }] },
    ...{ connect: [provider], accountsAt: [provider], anotherAt: [provider] },
    reconnectAt: [names],
  },
  retry: [provider],
  leaving: ["login.acme.example"],
  finished: {
    ...{ title: [provider], titleAgain: [provider], titleMany: [17] },
    ...{ account: [provider], another: [account], differs: [app] },
  },
  failed: all(en.failed, [names]),
  ended: all(en.ended, [app]),
  foot: { supportOf: [app], privacyOf: [app] },
  backTo: [app],
};

type Said = { path: string; text: string };
type Tree = { [key: string]: Tree | string | ((...given: unknown[]) => string | Tree) };

/** All that is said, by where it stands: plain sentences, and the others with what they are called with. */
const saidBy = ({ language: _, direction: __, ...sentences }: Messages): Said[] =>
  saidIn(sentences, ARGUMENTS);
const saidIn = (messages: unknown, given: unknown, at = ""): Said[] =>
  Object.entries(messages as Tree).flatMap(([key, one]): Said[] => {
    const path = at === "" ? key : `${at}.${key}`;
    const inner = (given as Record<string, unknown> | undefined)?.[key];
    if (typeof one === "string") return [{ path, text: one }];
    if (typeof one !== "function") return saidIn(one, inner, path);
    const text = one(...(inner as unknown[]));
    return typeof text === "string" ? [{ path, text }] : saidIn(text, undefined, path);
  });

const leaves = (given: unknown): (string | number)[] =>
  typeof given === "string" || typeof given === "number"
    ? [given]
    : Object.values(given as object).flatMap(leaves);
const NAMES = [...new Set(leaves(ARGUMENTS))];

/** The same word in both languages. */
const SAME: Record<Locale, string[]> = {
  en: saidBy(en).map(({ path }) => path),
  de: ["categories.design", "categories.marketing", "categories.commerce"],
  fr: ["categories.communication", "categories.design", "categories.marketing"],
  es: ["categories.marketing"],
  pt: ["categories.design", "categories.marketing"],
  ...{ ja: [], "zh-Hans": [], ar: [] },
};

/** As the page itself gets at them. */
const load = async (locale: Locale): Promise<Messages> => {
  const language = createLanguage();
  await language.speak(locale);
  if (!language.messages.value) throw new Error(`${locale} did not come`);
  return language.messages.value;
};

describe.each(LOCALES)("%s", (locale) => {
  let t: Messages;
  let said: Said[];
  const english = saidBy(en);
  beforeAll(async () => {
    t = await load(locale);
    said = saidBy(t);
  });

  it("says what it is, and which way it is written", () => {
    expect(t.language).toBe(locale);
    expect(t.direction).toBe(locale === "ar" ? "rtl" : "ltr");
  });

  it("has every sentence, and none of its own", () => {
    expect(said.map(({ path }) => path).sort()).toEqual(english.map(({ path }) => path).sort());
    // Categories are offered in the order of their names here, which is the same in all languages.
    expect(Object.keys(t.categories)).toEqual(Object.keys(en.categories));
  });

  it("leaves none empty or half made", () => {
    const amiss = said.filter(
      ({ text }) =>
        text.trim() !== text || !text || /undefined|\bnull\b|NaN|\[object|\$\{/.test(text),
    );
    expect(amiss).toEqual([]);
  });

  it("names whatever English names, and nobody else", () => {
    const numbers = new Intl.NumberFormat(locale);
    const named = (text: string) =>
      NAMES.filter(
        (name) =>
          text.includes(String(name)) ||
          (typeof name === "number" && text.includes(numbers.format(name))),
      ).map(String);
    for (const { path, text } of english) {
      const translated = said.find((one) => one.path === path)?.text ?? "";
      expect({ path, names: named(translated) }).toEqual({ path, names: named(text) });
    }
  });

  it("does without a name that is not known", () => {
    const nameless = { app, provider: undefined };
    const texts = [
      t.pageTitle(undefined),
      t.retry(undefined),
      t.confirm.amiss(provider),
      ...Object.values(t.failed).flatMap((notice) => Object.values(notice(nameless))),
    ];
    for (const text of texts) expect(text).not.toMatch(/undefined|\bnull\b|^\s*$|\s$/);
  });

  // WCAG 2.5.3: who speaks to the page says what is written on the button.
  it("calls a button by what is written on it", () => {
    const labels = [
      [t.choose.reconnect, t.choose.reconnectAt(names)],
      [t.choose.another, t.choose.anotherAt(provider)],
      [t.foot.support, t.foot.supportOf(app)],
      [t.foot.privacy, t.foot.privacyOf(app)],
    ];
    for (const [written = "", called = ""] of labels)
      expect(called.toLowerCase()).toContain(written.toLowerCase());
  });

  it("leaves nothing in English, but for words that are the same", () => {
    const same = said.filter(({ path, text }) =>
      english.some((one) => one.path === path && one.text === text),
    );
    expect(same.map(({ path }) => path)).toEqual(SAME[locale]);
  });
});

describe("numbers", () => {
  const counted = async (locale: Locale, count: number) => {
    const digits = new Intl.NumberFormat(locale).format(count);
    return (await load(locale)).finished.titleMany(count).replace(digits, "#");
  };

  it.each([
    [1, "تم ربط حساب واحد"],
    [2, "تم ربط حسابين"],
    [3, "تم ربط # حسابات"],
    [10, "تم ربط # حسابات"],
    [11, "تم ربط # حسابًا"],
    [99, "تم ربط # حسابًا"],
    [100, "تم ربط # حساب"],
    [103, "تم ربط # حسابات"],
  ])("%i in Arabic", async (count, text) => {
    expect(await counted("ar", count)).toBe(text);
  });

  it.each(["de", "fr", "es", "pt"] as const)("one is not many in %s", async (locale) => {
    expect(await counted(locale, 1)).not.toBe(await counted(locale, 2));
    expect(await counted(locale, 2)).toBe(await counted(locale, 7));
  });

  it.each(["ja", "zh-Hans"] as const)("one is as good as many in %s", async (locale) => {
    expect(await counted(locale, 1)).toBe(await counted(locale, 7));
  });
});

it("Arabic keeps each name from pulling its neighbours to the wrong side", async () => {
  // UAX #9: a name in Latin letters with a full stop at its end would move it.
  for (const { path, text } of saidBy(await load("ar")))
    for (const name of NAMES.filter((name) => typeof name === "string"))
      expect({ path, text: text.replaceAll(`\u2068${name}\u2069`, "") }).toEqual({
        path,
        text: expect.not.stringContaining(name) as string,
      });
});

it("French has no space before a mark at which a line could end", async () => {
  for (const { text } of saidBy(await load("fr"))) expect(text).not.toMatch(/ [?!:;»]|« /);
});
