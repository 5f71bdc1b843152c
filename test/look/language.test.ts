/** A language is a file that is on its way, comes late, or does not come: there is always something to draw with. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Locale } from "../../protocol/locale.ts";
import { createLanguage } from "../../look/language.ts";
import { de } from "../../popup/locales/de.ts";
import { en, type Messages } from "../../popup/locales/en.ts";
import { fr } from "../../popup/locales/fr.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const WORDS: Partial<Record<Locale, Messages>> = { en, de, fr };

/** A network that holds each file back until it is let through or lost. */
const start = () => {
  const asked: string[] = [];
  const under = new Map<Locale, { come: () => void; fail: () => void }>();
  const load = (asking: string) => (locale: Locale) =>
    new Promise<Messages>((resolve, reject) => {
      asked.push(`${asking}${locale}`);
      under.set(locale, {
        come: () => resolve(WORDS[locale] ?? en),
        fail: () => reject(new TypeError("Failed to fetch dynamically imported module")),
      });
    });
  const language = createLanguage(load(""), load("again "));
  const settle = async (locale: Locale, how: "come" | "fail") => {
    under.get(locale)?.[how]();
    await vi.advanceTimersByTimeAsync(0);
  };
  return {
    ...language,
    asked,
    comes: (locale: Locale) => settle(locale, "come"),
    fails: (locale: Locale) => settle(locale, "fail"),
  };
};

it("draws nothing in another language while the right one is on its way", async () => {
  const { speak, messages, asked, comes } = start();
  void speak("de");
  expect([messages.value, asked]).toEqual([undefined, ["de"]]);
  await comes("de");
  expect(messages.value).toBe(de);
  void speak("fr");
  expect(messages.value).toBeUndefined();
  await comes("fr");
  expect(messages.value).toBe(fr);
});

it("loads each once, however often it is wished for", async () => {
  const { speak, asked, messages, comes } = start();
  void speak("de");
  void speak("de");
  await comes("de");
  void speak("de");
  expect([asked, messages.value]).toEqual([["de"], de]);
  void speak("fr");
  await comes("fr");
  void speak("de");
  await vi.advanceTimersByTimeAsync(0);
  expect([asked, messages.value]).toEqual([["de", "fr"], de]);
});

it.each([
  ["before", ["fr", "de"]],
  ["after", ["de", "fr"]],
] as const)("the last wish counts, when it comes %s the one before", async (_, order) => {
  const { speak, messages, comes } = start();
  void speak("de");
  void speak("fr");
  for (const locale of order) await comes(locale);
  expect(messages.value).toBe(fr);
});

describe("where it does not come", () => {
  it("asks once more, a moment later", async () => {
    const { speak, messages, asked, comes, fails } = start();
    void speak("de");
    await fails("de");
    expect([asked, messages.value]).toEqual([["de"], undefined]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual(["de", "again de"]);
    await comes("de");
    expect(messages.value).toBe(de);
  });

  it("speaks English", async () => {
    const { speak, messages, speechless, asked, comes, fails } = start();
    void speak("de");
    await fails("de");
    await vi.advanceTimersByTimeAsync(1_000);
    await fails("de");
    expect(asked).toEqual(["de", "again de", "en"]);
    await comes("en");
    expect([messages.value, speechless.value]).toEqual([en, false]);
  });

  it("and not even English does, says so: a reload is the way on", async () => {
    const { speak, messages, speechless, fails } = start();
    void speak("de");
    await fails("de");
    await vi.advanceTimersByTimeAsync(1_000);
    await fails("de");
    expect(speechless.value).toBe(false);
    await fails("en");
    expect([messages.value, speechless.value]).toEqual([undefined, true]);
  });

  it("what failed for a guess is of no matter once the broker names another", async () => {
    const { speak, messages, speechless, comes, fails } = start();
    void speak("de");
    void speak("fr");
    await fails("de");
    await comes("fr");
    await vi.advanceTimersByTimeAsync(1_000);
    await fails("de");
    await fails("en");
    expect([messages.value, speechless.value]).toEqual([fr, false]);
  });
});
