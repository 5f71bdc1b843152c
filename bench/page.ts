/**
 * How soon the hosted page is of use on a slow link, by its address beside the same page made with React, and in the
 * widget's popup: to the first paint, to the decision on the screen, and to the button that counts. Knows what is
 * compared; asserts nothing.
 */
import type { Browser, BrowserContext } from "@playwright/test";
import { startWorld, type World } from "../e2e/world.ts";
import { launch } from "./browser.ts";
import { startLink, type Link, type Passage, type Shape } from "./link.ts";
import { createPopups, type AfterToken } from "./popup.ts";
import { median, table } from "./table.ts";
import { countTrips, withoutQuestions } from "./trips.ts";
import { watchedOf, watchedProfile, type Watched } from "./watch.ts";

const SLOW: Shape = { roundTrip: 400, bitsPerSecond: 400_000 };

/** `afterToken`: where the widget has opened it. */
type Load = Watched & {
  bytes: number;
  requests: number;
  trips: number;
  afterToken?: AfterToken;
};
/** How the page is reached, by somebody with this browser profile. */
type Way = (context: BrowserContext) => Promise<Load>;
type Bench = { runs: number; json: boolean; yardstick: string };

export const bench = async ({ runs, json, yardstick }: Bench): Promise<string> => {
  const stops: (() => unknown)[] = [];
  // Inside, since a world that does not start must not leave the other's processes behind.
  try {
    const ours = await startWorld();
    stops.unshift(ours.stop);
    const react = await startWorld({}, { program: yardstick });
    stops.unshift(react.stop);
    const link: Link = await startLink((req, url) => popups.answer(req, url));
    stops.unshift(link.stop);
    const popups = createPopups(ours, link);
    const browser = await launch(link.proxy);
    stops.unshift(() => browser.close());
    const ways: Record<string, Way> = {
      ours: (context) => load(ours, link, context),
      react: (context) => load(react, link, context),
      popup: async (context) => {
        const opened = await popups.open(context, SLOW);
        return { ...opened, ...passedIn(withoutQuestions(link.passages()), opened) };
      },
    };
    const loads = await measure(ways, browser, runs);
    return json ? JSON.stringify(medians(loads)) : print(loads);
  } finally {
    for (const stop of stops) await stop();
  }
};

type Loads = Record<string, Load[]>;

const measure = async (
  ways: Record<string, Way>,
  browser: Browser,
  runs: number,
): Promise<Loads> => {
  const loads: Loads = {};
  const returning = new Map<string, BrowserContext>();
  for (const [name, way] of Object.entries(ways)) {
    const context = await watchedProfile(browser);
    returning.set(name, context);
    // Fills the cache and warms the server up.
    await way(context);
  }
  // In turn, since a machine that is busy for a minute must not be so for one page only.
  for (let round = 1; round <= runs; round += 1) {
    console.error(`round ${round} of ${runs}`);
    for (const [name, context] of returning) {
      const way = ways[name] as Way;
      const afresh = await watchedProfile(browser);
      (loads[`${name}, first visit`] ??= []).push(await way(afresh));
      await afresh.close();
      (loads[`${name}, cached`] ??= []).push(await way(context));
    }
  }
  return loads;
};

/** A link that a customer's server has made: nothing but the page itself is on the way. */
const load = async ({ app, broker }: World, link: Link, context: BrowserContext): Promise<Load> => {
  const token = await app.mint(crypto.randomUUID(), {
    providers: ["calendar"],
    completion: "backend",
    returnUrl: `${app.origin}/complete/bench`,
  });
  const page = await context.newPage();
  link.cut();
  link.shape(SLOW);
  await page.goto(`${broker.url}/connect#session=${token}`, { waitUntil: "commit" });
  const watched = await watchedOf(page);
  await page.close();
  return { ...watched, ...passedIn(link.passages(), watched) };
};

/** Until the decision is seen. */
const passedIn = (
  passages: readonly Passage[],
  { started, useful }: Watched,
): Omit<Load, keyof Watched> => {
  const until = started + useful;
  const between = passages.filter(({ asked, done }) => asked >= started && done <= until);
  return {
    bytes: between.reduce((sum, { bytes }) => sum + bytes, 0),
    requests: between.length,
    trips: countTrips(passages, started, until).inARow,
  };
};

const FIGURES = {
  first_paint_ms: ({ paint }) => paint,
  useful_ms: ({ useful }) => useful,
  interactive_ms: ({ interactive }) => interactive,
  bytes: ({ bytes }) => bytes,
  requests: ({ requests }) => requests,
  round_trips: ({ trips }) => trips,
  layout_shift: ({ shift }) => shift,
} satisfies Record<string, (load: Load) => number>;

/** Of those that the widget has opened. */
const FROM_TOKEN = {
  after_token_ms: ({ ms }) => ms,
  after_token_round_trips: ({ trips }) => trips.length,
} satisfies Record<string, (after: AfterToken) => number>;

const afterToken = (of: Load[]): AfterToken[] => of.flatMap((load) => load.afterToken ?? []);

const medians = (loads: Loads): Record<string, Record<string, number>> => {
  const each = <T>(of: T[], figures: Record<string, (one: T) => number>): [string, number][] =>
    Object.entries(of.length ? figures : {}).map(([figure, read]) => [
      figure,
      Number(median(of.map(read)).toFixed(figure === "layout_shift" ? 4 : 0)),
    ]);
  return Object.fromEntries(
    Object.entries(loads).map(([name, of]) => [
      name.replace(", ", "_").replace(" ", "_"),
      Object.fromEntries([...each(of, FIGURES), ...each(afterToken(of), FROM_TOKEN)]),
    ]),
  );
};

const print = (loads: Loads): string => {
  const times = [FIGURES.first_paint_ms, FIGURES.useful_ms, FIGURES.interactive_ms];
  const range = (values: number[]): string =>
    `${median(values).toFixed(0)} (${Math.min(...values).toFixed(0)}-${Math.max(...values).toFixed(0)})`;
  const rows = (cells: (of: Load[]) => string[]): Record<string, string[]> =>
    Object.fromEntries(Object.entries(loads).map(([name, of]) => [name, cells(of)]));
  const opened = Object.entries(loads).flatMap(([name, of]) => {
    const after = afterToken(of);
    const trips = String(median(after.map(FROM_TOKEN.after_token_round_trips)));
    const ways = new Set(after.map((one) => one.trips.join(", ")));
    const cells = [range(after.map(FROM_TOKEN.after_token_ms)), trips, [...ways].join("; or ")];
    return after.length ? [[name, cells] as const] : [];
  });
  const most = (of: Load[], read: (load: Load) => number): string =>
    Math.max(...of.map(read)).toFixed(3);
  return [
    `The hosted page, from its address on (popup: from the click on), ms: median (min-max) of ${Object.values(loads)[0]?.length} ` +
      `(round trip ${SLOW.roundTrip} ms, ${SLOW.bitsPerSecond / 1e3} kb/s)`,
    table(
      ["first paint", "the decision is seen", "its button counts"],
      rows((of) => times.map((read) => range(of.map(read)))),
    ),
    "Until the decision is seen (medians; layout shift: the worst, until the button counts)",
    table(
      ["bytes", "requests", "round trips in a row", "layout shift"],
      rows((of) => [
        ...[FIGURES.bytes, FIGURES.requests, FIGURES.round_trips].map((read) =>
          String(median(of.map(read))),
        ),
        most(of, FIGURES.layout_shift),
      ]),
    ),
    "From the app's having a session's token until the decision is seen, ms",
    table(["median (min-max)", "round trips in a row", "which"], Object.fromEntries(opened)),
  ].join("\n");
};
