/** Times as people say them: in their words, by their own clock. */
import { describe, expect, it } from "vitest";
import { createWhen } from "../../wallet/when.ts";

const NOW = new Date(2026, 2, 10, 12).getTime();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const at = (ms: number): string => new Date(NOW - ms).toISOString();
const when = createWhen("en", NOW);

describe("how long ago", () => {
  it.each([
    [-5 * MINUTE, "now"],
    [59_000, "now"],
    [MINUTE, "1 minute ago"],
    [59 * MINUTE, "59 minutes ago"],
    [HOUR, "1 hour ago"],
    [23 * HOUR, "23 hours ago"],
    [DAY, "yesterday"],
    [6 * DAY, "6 days ago"],
    [7 * DAY, "Mar 3, 2026"],
  ])("%i ms is %s", (ms, words) => expect(when.ago(at(ms))).toBe(words));

  it("is said in the language", () => {
    expect(createWhen("de", NOW).ago(at(2 * MINUTE))).toBe("vor 2 Minuten");
    expect(createWhen("ja", NOW).ago(at(DAY))).toBe("昨日");
  });
});

describe("a day", () => {
  it.each([
    [0, "today"],
    [11 * HOUR, "today"],
    [13 * HOUR, "yesterday"],
    [36 * HOUR, "yesterday"],
    [37 * HOUR, "Sunday, March 8, 2026"],
  ])("%i ms before is %s, whatever 24 hours are", (ms, words) =>
    expect(when.day(at(ms))).toBe(words),
  );
});

it.each([
  [30, "30 seconds"],
  [89.2, "90 seconds"],
  [90, "2 minutes"],
  [300, "5 minutes"],
])("%d seconds are %s: never less than it is", (seconds, words) =>
  expect(when.span(seconds)).toBe(words),
);

it("what is no time is none, and throws nothing", () => {
  for (const say of [when.ago, when.date, when.day, when.time, when.exact])
    expect(say("some day")).toBe("–");
});
