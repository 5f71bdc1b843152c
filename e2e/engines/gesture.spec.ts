/** Popup blockers, as users have them: what a click allows, and for how long. */
import { createVisitor } from "../visit.ts";
import {
  closed,
  connectCalendar,
  expect,
  onPhonesOnlyRedirect,
  successWith,
  test,
  visit,
} from "./test.ts";

onPhonesOnlyRedirect();

/** Milliseconds: a back end that is not fast, and a user who would not call it slow. */
const DELAY = 1_500;

test("token after 1.5 s: our Connect opens its window", async ({ driver, world }) => {
  const ann = await visit(driver, world.app, { token: "promise", delay: DELAY });
  const popup = await ann.connect();
  await connectCalendar(popup, ann.email);
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  await closed(popup);
});

test("token after 1.5 s: the reference client's quick start (WebKit blocks its window, others do not)", async ({
  driver,
  engine,
  world,
}) => {
  const ann = createVisitor(world.app, { load: "reference", delay: DELAY });
  await driver.tab.goto(ann.url);
  await ann.told("loaded");
  if (engine === "webkit") {
    await driver.tab.press("connect");
    expect(await ann.told("error")).toEqual({ code: "popup_blocked" });
    expect(await driver.windows()).toBe(1);
  } else {
    const popup = await driver.windowAfter(() => driver.tab.press("connect"));
    await popup.sees("The reference client's page");
    expect(ann.soFar("error")).toEqual([]);
  }
});

test("open() long after the click: popup_blocked, and no window", async ({
  driver,
  engine,
  world,
}) => {
  // A click is good for five seconds in Chromium and Firefox, for one in WebKit.
  const ann = await visit(driver, world.app, { after: engine === "webkit" ? 1_500 : 5_500 });
  await ann.tab.press("connect");
  expect(await ann.told("error")).toMatchObject({ code: "popup_blocked" });
  expect(await ann.told("outcome")).toMatchObject({ status: "error" });
  expect(await driver.windows()).toBe(1);

  // Twin: the same page, in a click.
  const ben = await visit(driver, world.app);
  await (await ben.connect()).sees("Continue to Test Calendar");
});
