/**
 * Messages that the hosted page did not send, in the window where the widget listens, and windows that wait for
 * it. Frames and windows of a foreign origin, and of the broker's own: none of the broker's pages can be framed,
 * so for that there is a page on its origin as a hole in it would put there.
 */
import { startWorld, type World } from "../world.ts";
import {
  connectCalendar,
  expect,
  newUser,
  onPhonesOnlyRedirect,
  successWith,
  test,
  until,
  visit,
} from "./test.ts";

onPhonesOnlyRedirect();

/** The twin in each: the page's own guard-less listener has received the forgery. */
const arrived = (soFar: (type: string) => unknown[], origin: string): Promise<void> =>
  until(`a forgery from ${origin}`, async () =>
    (soFar("message") as { origin: string; type: string }[]).some(
      (message) => message.origin === origin && message.type === "alter-connect:outcome",
    ),
  );

test("forged outcomes every 50 ms by a frame of the broker's origin and a foreign one: only the real one counts", async ({
  driver,
}) => {
  const world = await startWorld({}, { hole: true });
  try {
    const run = newUser();
    const foreign = world.evil.page("/child", { run });
    const ann = await visit(driver, world.app, {
      frames: [foreign, foreign.replace(world.evil.origin, world.broker.url)],
    });
    const popup = await ann.connect();
    await arrived(ann.soFar, world.evil.origin);
    await arrived(ann.soFar, world.broker.url);
    await connectCalendar(popup, ann.email);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
    await ann.told("success");
    expect(ann.soFar("success")).toHaveLength(1);
    expect(world.evil.journal.entries(run, "stolen")).toEqual([]);
  } finally {
    await world.stop();
  }
});

test("forged outcomes by the window that opened the app: only the real one counts", async ({
  driver,
  world,
}) => {
  const run = crypto.randomUUID();
  const user = newUser();
  const target = world.app.page({ run, user, providers: ["calendar"], mode: "popup" });
  await driver.tab.goto(world.evil.page("/holder", { run, target }));
  const app = await driver.windowAfter(() => driver.tab.press("open"));
  await world.app.journal.wait(run, "loaded");
  const popup = await driver.windowAfter(() => app.press("connect"));
  await arrived((type) => told(world, run, type), world.evil.origin);
  expect(told(world, run, "outcome")).toEqual([]);
  await connectCalendar(popup, `${user}@example.com`);
  expect(await world.app.journal.wait(run, "outcome")).toEqual(
    successWith("calendar", `${user}@example.com`),
  );
  expect(world.evil.journal.entries(run, "stolen")).toEqual([]);
});

test("M9: a window that waits under a name the app might use is left alone", async ({
  driver,
  world,
}) => {
  const run = crypto.randomUUID();
  const target = world.app.page({ run, user: newUser(), providers: ["calendar"], mode: "popup" });
  const trapped = world.app.page({ run: `${run} trap` });
  await driver.tab.goto(
    world.evil.page("/names", { run, target, name: "alter-connect", trap: trapped }),
  );
  const trap = await driver.windowAfter(() => driver.tab.press("prepare"));
  await world.app.journal.wait(`${run} trap`, "loaded");
  const app = await driver.windowAfter(() => driver.tab.press("open"));
  await world.app.journal.wait(run, "loaded");

  // Twin: an open() with a guessable name lands in the attacker's window.
  await app.press("named");
  await until("the trap to be used", async () => (await trap.url()).endsWith("/connect"));
  expect(await driver.windows()).toBe(3);

  const popup = await driver.windowAfter(() => app.press("connect"));
  await popup.sees("Continue to Test Calendar");
  expect(await popup.evaluate("window.name")).toMatch(/^[\w-]{22,}$/);
});

test("the hosted page shows in no frame", async ({ driver, world }) => {
  const run = newUser();
  const twin = newUser();
  await driver.tab.goto(world.evil.page("/frame", { run, target: `${world.broker.url}/connect` }));
  await world.evil.journal.wait(run, "frame");
  expect(await driver.tab.frame.text().catch(() => "")).not.toContain("Open this from the app");
  expect(world.evil.journal.entries(run, "alter-connect:ready")).toEqual([]);
  // Twin: what says nothing about frames does show in one.
  await driver.tab.goto(
    world.evil.page("/frame", { run: twin, target: world.app.page({ run: twin }) }),
  );
  await world.app.journal.wait(twin, "loaded");
});

const told = (world: World, run: string, type: string): unknown[] =>
  world.app.journal.entries(run, type).map(({ detail }) => detail);
