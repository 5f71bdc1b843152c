/** Storage is partitioned, as users have it: the wire counts on nothing that a driver's defaults would allow. */
import {
  connectCalendar,
  expect,
  newUser,
  onPhonesOnlyRedirect,
  successWith,
  test,
  visit,
} from "./test.ts";

onPhonesOnlyRedirect();
test.use({ alone: true });

test("one origin's window and its frame in the app share nothing; Connect works beside it", async ({
  driver,
  world,
}) => {
  const run = newUser();
  const alone = await driver.newTab();
  await alone.goto(world.evil.page("/storage", { run, as: "window" }));
  await world.evil.journal.wait(run, "read");
  const ann = await visit(driver, world.app, {
    frames: [world.evil.page("/storage", { run, as: "frame" })],
  });
  expect(await world.evil.journal.wait(run, "read", { nth: 1 })).toEqual({
    as: "frame",
    keys: ["frame"],
  });
  await alone.press("look");
  expect(await world.evil.journal.wait(run, "read", { nth: 2 })).toEqual({
    as: "window",
    keys: ["window"],
  });
  const popup = await ann.connect();
  await connectCalendar(popup, ann.email);
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  expect(world.evil.journal.entries(run, "heard")).toEqual([]);

  // Twin: two windows of that origin do share.
  const other = await driver.newTab();
  await other.goto(world.evil.page("/storage", { run, as: "other" }));
  expect(await world.evil.journal.wait(run, "read", { nth: 3 })).toEqual({
    as: "other",
    keys: ["other", "window"],
  });
  await world.evil.journal.wait(run, "heard");
});
