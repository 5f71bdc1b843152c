/** The page's words in each of its languages. What is asked of every page is in locales.ts of the look. */
import { describe, expect, it } from "vitest";
import { en, type Messages } from "../../popup/locales/en.ts";
import { loadWords } from "../../popup/words.ts";
import { LOCALES, type Locale } from "../../protocol/locale.ts";
import { all, describeLanguages, type Arguments } from "../look/locales.ts";

const app = "Plåner & Co.";
const provider = "Acmé 24";
const account = "ann@x.example";
const names = { app, provider, account };

const ARGUMENTS: Arguments<Messages> = {
  pageTitle: [app],
  identity: { caption: [app] },
  vouched: all(en.vouched, ["Corp"]),
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

const load = describeLanguages({
  en,
  load: loadWords,
  given: ARGUMENTS,
  same: {
    de: ["categories.design", "categories.marketing", "categories.commerce"],
    fr: ["categories.communication", "categories.design", "categories.marketing"],
    es: ["categories.marketing"],
    pt: ["categories.design", "categories.marketing"],
  },
  nameless: (t) => [
    t.pageTitle(undefined),
    t.retry(undefined),
    t.confirm.amiss(provider),
    ...Object.values(t.failed).flatMap((notice) =>
      Object.values(notice({ app, provider: undefined })),
    ),
  ],
  labels: (t) => [
    [t.choose.reconnect, t.choose.reconnectAt(names)],
    [t.choose.another, t.choose.anotherAt(provider)],
  ],
});

it.each(LOCALES)("%s offers the categories in the order of their names here", async (locale) => {
  expect(Object.keys((await load(locale)).categories)).toEqual(Object.keys(en.categories));
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
