/**
 * Every state of the hosted page and of the Wallet, as the gallery has them: axe finds nothing to complain about in light and dark, and
 * nothing has to be scrolled sideways, in any language. Each state is loaded once and then looked at in every way.
 */
import axe, { type RunOnly } from "axe-core";
import { expect, test, type Browser, type Page } from "@playwright/test";
import { armed, enter } from "../scripts/gallery/enter.mjs";
import { STATES } from "../scripts/gallery/states.mjs";
import { startStub } from "../scripts/gallery/stub.mjs";

/** Those that differ from another in their words alone are there to be looked at. */
const NAMES = Object.entries(STATES).flatMap(([name, state]) =>
  "words" in state && state.words ? [] : [name],
);
/** One of each kind of screen. */
const MAIN = [
  ...["confirm", "choose_long", "finished_many", "failed_refused", "cancelled"],
  ...["wallet", "wallet_activity"],
];
/** What is made of the same parts is looked at in one theme: the colours of those are seen elsewhere. */
const ONE_THEME = /^wallet_(?!app$|activity$|ask$|ended_untold$|signed_out_app$)/;
const LOCALES = ["de", "fr", "es", "pt", "ja", "zh-Hans", "ar"];
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const ALL: RunOnly = { type: "tag", values: RULES };
/** What another theme changes; names, roles and order are the same markup again. */
const COLOURS: RunOnly = { type: "rule", values: ["color-contrast", "link-in-text-block"] };
const THEMES = [
  { colorScheme: "light", judged: ALL },
  { colorScheme: "dark", judged: COLOURS },
] as const;
/** A phone as narrow as WCAG 1.4.10 has it, and the popup's window at 200 %. */
const NARROW = [
  { width: 320, height: 640 },
  { width: 240, height: 320 },
];
const POPUP = { width: 480, height: 640 };
/** Side by side, because most of the time of each goes by until its buttons count clicks. */
const LANES = 3;

let stub: Awaited<ReturnType<typeof startStub>>;
test.beforeAll(async () => {
  stub = await startStub();
});
test.afterAll(() => stub.stop());

test("every state is free of WCAG 2.2 AA violations in light and dark, and at 320 px and 200 % nothing is wider than the window", async ({
  browser,
}) => {
  test.setTimeout(180_000);
  const found = await inLanes(browser, "en", NAMES, async (page, name) => {
    const shown = await enter(page, stub.url, name);
    await armed(shown, name);
    const said: string[] = [];
    for (const { colorScheme, judged } of ONE_THEME.test(name) ? THEMES.slice(0, 1) : THEMES) {
      await shown.emulateMedia({ colorScheme });
      said.push(...(await violations(shown, judged)).map((one) => `${colorScheme}: ${one}`));
    }
    said.push(...(await overflows(shown)));
    if (shown !== page) await shown.close();
    return said.map((one) => `${name}, ${one}`);
  });
  expect(found).toEqual([]);
});

test("from right to left, too, the main states are free of violations", async ({ browser }) => {
  test.setTimeout(60_000);
  const found = await inLanes(browser, "ar", MAIN, async (page, name) => {
    const shown = await enter(page, stub.url, name, "ar");
    await armed(shown, name);
    expect(await shown.evaluate("document.documentElement.dir")).toBe("rtl");
    return (await violations(shown)).map((one) => `${name}: ${one}`);
  });
  expect(found).toEqual([]);
});

test("no language is wider than the window at 320 px and 200 %", async ({ browser }) => {
  test.setTimeout(120_000);
  const names = MAIN.filter((name) => name !== "wallet_activity");
  const all = LOCALES.flatMap((locale) => names.map((name) => `${locale} ${name}`));
  const found = await inLanes(browser, "en", all, async (page, both) => {
    const [locale = "", name = ""] = both.split(" ");
    await enter(page, stub.url, name, locale);
    expect(await page.evaluate("document.documentElement.lang"), both).toBe(locale);
    return (await overflows(page)).map((one) => `${both}: ${one}`);
  });
  expect(found).toEqual([]);
});

test("twin: in the dark a dark text is found", async ({ browser }) => {
  const found = await inLanes(browser, "en", ["confirm"], async (page, state) => {
    await enter(page, stub.url, state);
    await armed(page, state);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await violations(page, COLOURS)).toEqual([]);
    await page.evaluate(() => document.querySelector("h2")?.style.setProperty("color", "#333"));
    return violations(page, COLOURS);
  });
  expect(found.join()).toContain("color-contrast");
});

test("twin: a pale text, a button without a name and a line that does not break are found", async ({
  browser,
}) => {
  const [contrast, name, wide] = await inLanes(browser, "en", ["confirm"], async (page, state) => {
    await enter(page, stub.url, state);
    await armed(page, state);
    await page.evaluate(() => {
      document.querySelector("h2")?.style.setProperty("color", "#ccc");
      document.querySelector(".button.quiet")?.replaceChildren();
      document.querySelector("h1")?.style.setProperty("white-space", "nowrap");
    });
    return [...(await violations(page)).sort(), ...(await overflows(page))];
  });
  expect(name).toContain("color-contrast");
  expect(contrast).toContain("button-name");
  expect(wide).toMatch(/wider than 320/);
});

/** Looks at each of `names` in a few windows of one browser context; in the order of `names`, what was found. */
const inLanes = async (
  browser: Browser,
  locale: string,
  names: string[],
  look: (page: Page, name: string) => Promise<string[]>,
): Promise<string[]> => {
  // Half-way through a transition no colour is the one that is meant.
  const context = await browser.newContext({ locale, viewport: POPUP, reducedMotion: "reduce" });
  await context.addInitScript("window.close = () => undefined");
  // The Wallet's windows tell each other who has signed in, and here each has somebody else.
  await context.addInitScript("BroadcastChannel.prototype.postMessage = () => undefined");
  const found: string[][] = [];
  const queue = names.entries();
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      const page = await context.newPage();
      for (const [at, name] of queue) {
        await page.setViewportSize(POPUP);
        found[at] = await look(page, name);
      }
    }),
  );
  await context.close();
  return found.flat();
};

/** As `rule: where`. */
const violations = async (page: Page, judged = ALL): Promise<string[]> => {
  // Here and not in every new document: a popup's first one is empty, and axe would keep looking at that.
  await page.evaluate(axe.source);
  const results = await page.evaluate(
    (runOnly) =>
      // The mark is pure decoration, which 1.4.3 leaves out; the banner above says the same to be read.
      (window as unknown as { axe: typeof axe }).axe.run(
        { exclude: [".watermark"] },
        {
          runOnly,
          resultTypes: ["violations"],
        },
      ),
    judged,
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${String(target)} ${failureSummary ?? ""}`),
  );
};

const overflows = async (page: Page): Promise<string[]> => {
  const found: string[] = [];
  for (const size of NARROW) {
    await page.setViewportSize(size);
    const width = await page.evaluate(() => document.scrollingElement?.scrollWidth ?? Infinity);
    if (width > size.width) found.push(`wider than ${size.width}: ${width}`);
  }
  return found;
};
