/** The Wallet's words in each of its languages. What is asked of every page is in locales.ts of the look. */
import { expect, it } from "vitest";
import { LOCALES, type Locale } from "../../protocol/locale.ts";
import { words as en, type Messages } from "../../wallet/locales/en.ts";
import { loadWords } from "../../wallet/words.ts";
import { all, describeLanguages, type Arguments } from "../look/locales.ts";

const app = "Plåner & Co.";
const provider = "Acmé 24";
const account = "ann@x.example";
const names = { app, provider, account };
const idp = "Corp";
const forAll: Arguments<Messages>["ending"]["titleAll"] = {
  ...{ app: [app], provider: [provider], both: [names] },
};

const ARGUMENTS: Arguments<Messages> = {
  vouched: all(en.vouched, [idp]),
  foot: { supportOf: [app], privacyOf: [app] },
  connections: {
    ...{ leadOf: [app], may: [app], moreScopes: [17], noScopes: [names] },
    ...{ reconnect: [names], renew: [names], disconnectAll: forAll },
  },
  ending: {
    ...{ title: [provider], text: [names], titleAll: forAll, textAll: forAll },
    ...{ delay: ["5 min"], soFar: [17], count: [17], told: [17], untold: [17], shared: [17] },
  },
  told: {
    ...{ done: [provider], failed: [provider], shared: [provider] },
    ...{ remove: [names], manage: [provider], again: [app] },
  },
  secrets: { title: [app], note: [app], everyone: [app] },
  activity: {
    ...{ because: ["a reason"], revoked: [names] },
    kinds: all(en.activity.kinds, [names]),
    revokedBy: all(en.activity.revokedBy, [names]),
  },
  shown: [17],
  signedOut: { titleOf: [app], signIn: [idp] },
  left: { text: [idp], again: [idp] },
  noWallet: { titleOf: [app], textOf: [app] },
};

const load = describeLanguages({
  en,
  load: loadWords,
  given: ARGUMENTS,
  same: {
    de: ["connections.app", "filter.app"],
    fr: ["filter.provider"],
  },
  nameless: (t) =>
    [
      ...Object.values(t.activity.kinds),
      ...Object.values(t.activity.revokedBy),
      t.activity.revoked,
    ].map((say) => say({ app, provider: undefined })),
  labels: () => [],
});

const more = async (locale: Locale, count: number) =>
  (await load(locale)).connections.moreScopes(count).replace(/\d+|[٠-٩]+/, "#");

it("one is not many in French", async () => {
  expect(await more("fr", 1)).not.toBe(await more("fr", 2));
});

it.each(LOCALES)(
  "%s has a sentence of its own for each way in which a connection ends",
  async (locale) => {
    const { revokedBy, revoked } = (await load(locale)).activity;
    const said = [revoked, ...Object.values(revokedBy)].map((say) => say(names));
    expect(new Set(said).size).toBe(said.length);
  },
);
