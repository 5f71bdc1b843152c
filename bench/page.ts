/**
 * How soon the hosted page is of use on a slow link, beside the same page made with React: from the address to the
 * first paint, to the decision on the screen, and to the button that counts. Knows what is compared; asserts nothing.
 */
import type { Browser, BrowserContext } from "@playwright/test";
import { startWorld, type World } from "../e2e/world.ts";
import { launch } from "./browser.ts";
import { startLink, type Link, type Shape } from "./link.ts";
import { median, table } from "./table.ts";
import { countTrips } from "./trips.ts";
import { watchPage, type Watched } from "./watch.ts";

const SLOW: Shape = { roundTrip: 400, bitsPerSecond: 400_000 };

/** One page, and the browser profile that has been there before. */
type Place = { world: World; returning: BrowserContext };
type Load = Watched & { bytes: number; requests: number; trips: number };
type Bench = { runs: number; json: boolean; yardstick: string };

export const bench = async ({ runs, json, yardstick }: Bench): Promise<string> => {
  const worlds: Record<"ours" | "react", World> = {
    ours: await startWorld(),
    react: await startWorld({}, { program: yardstick }),
  };
  const link = await startLink(() => undefined);
  const browser = await launch(link.proxy);
  try {
    const loads = await measure(worlds, link, browser, runs);
    return json ? JSON.stringify(medians(loads)) : print(loads);
  } finally {
    await browser.close();
    await link.stop();
    for (const world of Object.values(worlds)) await world.stop();
  }
};

type Loads = Record<string, Load[]>;

const measure = async (
  worlds: Record<string, World>,
  link: Link,
  browser: Browser,
  runs: number,
): Promise<Loads> => {
  const loads: Loads = {};
  const places: [string, Place][] = [];
  for (const [name, world] of Object.entries(worlds)) {
    const place = { world, returning: await browser.newContext() };
    places.push([name, place]);
    // Fills the cache and warms the server up.
    await load(place.world, link, place.returning);
  }
  // In turn, since a machine that is busy for a minute must not be so for one page only.
  for (let round = 1; round <= runs; round += 1) {
    console.error(`round ${round} of ${runs}`);
    for (const [name, { world, returning }] of places) {
      const afresh = await browser.newContext();
      (loads[`${name}, first visit`] ??= []).push(await load(world, link, afresh));
      await afresh.close();
      (loads[`${name}, cached`] ??= []).push(await load(world, link, returning));
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
  const from = Date.now();
  const watched = await watchPage(page, `${broker.url}/connect#session=${token}`);
  const until = watched.started + watched.useful;
  const passed = link.passages().filter(({ done }) => done <= until);
  await page.close();
  return {
    ...watched,
    bytes: passed.reduce((sum, { bytes }) => sum + bytes, 0),
    requests: passed.length,
    trips: countTrips(link.passages(), from, until).inARow,
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

const medians = (loads: Loads): Record<string, Record<string, number>> =>
  Object.fromEntries(
    Object.entries(loads).map(([name, of]) => [
      name.replace(", ", "_").replace(" ", "_"),
      Object.fromEntries(
        Object.entries(FIGURES).map(([figure, read]) => [
          figure,
          Number(median(of.map(read)).toFixed(figure === "layout_shift" ? 4 : 0)),
        ]),
      ),
    ]),
  );

const print = (loads: Loads): string => {
  const times = [FIGURES.first_paint_ms, FIGURES.useful_ms, FIGURES.interactive_ms];
  const range = (values: number[]): string =>
    `${median(values).toFixed(0)} (${Math.min(...values).toFixed(0)}-${Math.max(...values).toFixed(0)})`;
  const rows = (cells: (of: Load[]) => string[]): Record<string, string[]> =>
    Object.fromEntries(Object.entries(loads).map(([name, of]) => [name, cells(of)]));
  const most = (of: Load[], read: (load: Load) => number): string =>
    Math.max(...of.map(read)).toFixed(3);
  return [
    `The hosted page, from its address on, ms: median (min-max) of ${Object.values(loads)[0]?.length} ` +
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
  ].join("\n");
};
