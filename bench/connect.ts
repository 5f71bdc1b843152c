/**
 * How long connecting takes: from the click to the provider's login page, beside the published reference
 * client on the same slow link, and from the callback to the app's `onSuccess`. Knows what is compared; asserts
 * nothing.
 */
import type { Browser, BrowserContext } from "@playwright/test";
import { startWorld, type World } from "../e2e/world.ts";
import { agree, confirm, launch, loginLoaded, visit } from "./browser.ts";
import { startLink, type Link, type Shape } from "./link.ts";
import { createPlaces, SESSION_TAKES, type Client, type Places } from "./places.ts";
import { median, table } from "./table.ts";
import { countTrips, type Trips } from "./trips.ts";

const SLOW: Shape = { roundTrip: 400, bitsPerSecond: 1_600_000 };
const FAST: Shape = { roundTrip: 0, bitsPerSecond: Infinity };
const GOALS = { ratio: 0.7, message: 50, severed: 500 };

/** The provider's opener policy: none, or one that severs the popup. */
const COOP = { message: {}, severed: { page: "same-origin" } };
type Way = keyof typeof COOP;

type Click = { took: number; trips: Trips };
type Bench = { world: World; places: Places; link: Link; browser: Browser };

export const bench = async ({ runs, json }: { runs: number; json: boolean }): Promise<string> => {
  const world = await startWorld();
  const places = createPlaces(world);
  const link = await startLink(places.answer);
  const browser = await launch(link.proxy);
  try {
    const measured = await measure({ world, places, link, browser }, runs);
    return json ? JSON.stringify(medians(measured)) : print(measured, runs);
  } finally {
    await browser.close();
    await link.stop();
    await world.stop();
  }
};

const measure = async (at: Bench, runs: number) => {
  // One profile each that has been there before: scripts are cached, and ours has confirmed.
  const returning = await at.browser.newContext();
  const reference = await at.browser.newContext();
  const variants = {
    ours: () => afresh(at.browser, (context) => click(at, context, "ours", true)),
    returning: () => click(at, returning, "ours", false),
    reference: async () => {
      // It has no confirmation to remember, so that each of its runs makes the same two calls.
      await reference.clearCookies();
      return click(at, reference, "reference", false);
    },
    message: () => afresh(at.browser, (context) => callback(at, context, "message")),
    severed: () => afresh(at.browser, (context) => callback(at, context, "severed")),
  };

  // The first round fills caches and warms the servers up.
  await click(at, returning, "ours", true);
  await variants.reference();
  await variants.message();

  const results = {
    ours: [] as Click[],
    returning: [] as Click[],
    reference: [] as Click[],
    message: [] as number[],
    severed: [] as number[],
  };
  // In turn, since a machine that is busy for a minute must not be so for one variant only.
  for (let round = 1; round <= runs; round += 1) {
    console.error(`round ${round} of ${runs}`);
    results.ours.push(await variants.ours());
    results.returning.push(await variants.returning());
    results.reference.push(await variants.reference());
    results.message.push(await variants.message());
    results.severed.push(await variants.severed());
  }
  return results;
};

type Measured = Awaited<ReturnType<typeof measure>>;

const afresh = async <T>(
  browser: Browser,
  run: (context: BrowserContext) => Promise<T>,
): Promise<T> => {
  const context = await browser.newContext();
  try {
    return await run(context);
  } finally {
    await context.close();
  }
};

/** Connect clicked -> the provider's login page loaded. */
const click = async (
  { world, places, link }: Bench,
  context: BrowserContext,
  client: Client,
  confirms: boolean,
): Promise<Click> => {
  link.cut();
  link.shape(SLOW);
  const { page, noted, connect } = await visit(context, places.page(client, "ann"));
  const clicked = noted("clicked");
  const popup = await connect();
  if (confirms) await confirm(popup);
  const to = await loginLoaded(popup, world.calendar.url);
  const from = await clicked;
  const trips = countTrips(link.passages(), from, to);
  await popup.close();
  await page.close();
  return { took: to - from, trips };
};

/** The broker has answered the callback -> the app's `onSuccess`. */
const callback = async (
  { world, places, link }: Bench,
  context: BrowserContext,
  way: Way,
): Promise<number> => {
  link.cut();
  link.shape(FAST);
  world.calendar.control.coop(COOP[way]);
  const user = crypto.randomUUID();
  const { noted, connect } = await visit(context, places.page("ours", user));
  const success = noted("success");
  const popup = await connect();
  await confirm(popup);
  await loginLoaded(popup, world.calendar.url);
  // Awaited too, since asking may be faster than the callback's own reply.
  const answered = popup.waitForResponse((response) => isCallback(new URL(response.url())));
  await agree(popup, `${user}@example.com`);
  const [told] = await Promise.all([success, answered]);
  world.calendar.control.calm();
  return told - (link.passages().find(({ url }) => isCallback(url))?.answered ?? NaN);
};

const isCallback = (url: URL): boolean => url.pathname.startsWith("/oauth/callback/");

const medians = (measured: Measured) => {
  const { ours, returning, reference } = measured;
  const took = (clicks: Click[]): number => Math.round(median(clicks.map((click) => click.took)));
  return {
    click_to_provider_ms: {
      ours: took(ours),
      returning: took(returning),
      reference: took(reference),
      ratio: Number((took(returning) / took(reference)).toFixed(3)),
    },
    callback_to_success_ms: {
      message: Math.round(median(measured.message)),
      severed: Math.round(median(measured.severed)),
    },
  };
};

const print = (measured: Measured, runs: number): string => {
  const { ours, returning, reference, message, severed } = measured;
  const { ratio } = medians(measured).click_to_provider_ms;
  const clicks = { ours, returning, reference };
  const spread = (values: number[], goal = ""): string[] => [
    ...[median(values), Math.min(...values), Math.max(...values)].map((ms) => ms.toFixed(0)),
    String(values.length),
    goal,
  ];
  const counted = (of: Click[]): string[] =>
    (["requests", "connections", "inARow"] as const).map((what) =>
      String(median(of.map(({ trips }) => trips[what]))),
    );
  const heads = ["median", "min", "max", "runs", "goal"];
  return [
    `Connect clicked -> the provider's login page, ms (round trip ${SLOW.roundTrip} ms, ` +
      `${SLOW.bitsPerSecond / 1e6} Mb/s, session endpoint ${SESSION_TAKES} ms)`,
    table(heads, {
      ...Object.fromEntries(
        Object.entries(clicks).map(([name, of]) => [name, spread(of.map(({ took }) => took))]),
      ),
      "returning / reference": [String(ratio), "", "", String(runs), `<= ${GOALS.ratio}`],
    }),
    "Callback done -> onSuccess, ms (unthrottled)",
    table(heads, {
      message: spread(message, `<= ${GOALS.message}`),
      severed: spread(severed, `<= ${GOALS.severed}`),
    }),
    "What passed the link between the click and the login page (medians)",
    table(["requests", "connections", "round trips in a row"], {
      ours: counted(ours),
      returning: counted(returning),
      reference: counted(reference),
    }),
  ].join("\n");
};
