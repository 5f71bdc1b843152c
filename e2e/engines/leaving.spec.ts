/** Users who close windows or go back. Each exit is the user's own, and nothing is connected. */
import {
  closed,
  connectCalendar,
  continueTo,
  expect,
  goBack,
  onPhonesOnlyRedirect,
  successWith,
  test,
  visit,
} from "./test.ts";

onPhonesOnlyRedirect();

test("the window is closed before the provider: exit", async ({ driver, world }) => {
  const ann = await visit(driver, world.app);
  const popup = await ann.connect();
  await popup.sees("Continue to Test Calendar");
  await popup.close();
  await ann.told("exit");
  expect(await ann.told("outcome")).toEqual({ status: "exit" });
});

test("the window is closed at the provider: exit after the grace, not before", async ({
  driver,
  world,
}) => {
  const closedGrace = 1_500;
  const ann = await visit(driver, world.app, { open: { closedGrace } });
  const popup = await ann.connect();
  await continueTo(popup, "Test Calendar");
  const start = Date.now();
  await popup.close();
  await ann.told("exit");
  // The widget looks four times a second, and a busy machine lets its looks come in bunches.
  expect(Date.now() - start).toBeGreaterThanOrEqual(closedGrace - 500);
  expect(await ann.grants()).toEqual([]);
});

test("the app closes: exit, and the window goes", async ({ driver, world }) => {
  const ann = await visit(driver, world.app);
  const popup = await ann.connect();
  await popup.sees("Continue to Test Calendar");
  await ann.tab.press("close");
  await ann.told("exit");
  await closed(popup);
});

test("back by the provider's own button lands on a choice, and it works from there", async ({
  driver,
  world,
}) => {
  const ann = await visit(driver, world.app);
  const popup = await ann.connect();
  await continueTo(popup, "Test Calendar");
  await goBack(popup);
  await popup.sees("Continue to Test Calendar");
  await connectCalendar(popup, ann.email);
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
});
