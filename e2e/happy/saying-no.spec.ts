/** Every honest way out without a connection, and what the app is told. */
import {
  agree,
  closed,
  continueTo,
  deny,
  expect,
  leave,
  logIn,
  press,
  successWith,
  test,
  visit,
} from "../test.ts";

test("deny, then try again", async ({ page, world }) => {
  const ann = await visit(page, world.app);
  const popup = await ann.connect();
  await continueTo(popup, "Test Calendar");
  await deny(popup, ann.email);
  await expect(popup.getByRole("heading", { name: "Access was not given" })).toBeVisible();
  // The sentence is ours: what the provider wrote is not on the page.
  await expect(popup.getByText("The user said no")).toHaveCount(0);
  await press(popup, "Try Test Calendar again");
  await agree(popup, ann.email);
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  expect(ann.soFar("error")).toEqual([]);
});

test("deny, then cancel: access_denied", async ({ page, world }) => {
  const ann = await visit(page, world.app);
  const popup = await ann.connect();
  await continueTo(popup, "Test Calendar");
  const { token } = world.calendar.counts;
  await deny(popup, ann.email);
  await leave(popup, "Cancel");
  expect(await ann.told("error")).toMatchObject({ code: "access_denied" });
  expect(await ann.grants()).toEqual([]);
  expect(world.calendar.counts.token).toBe(token);
});

test("leave out what the app needs, then try again", async ({ page, world }) => {
  const ann = await visit(page, world.app);
  const popup = await ann.connect();
  await continueTo(popup, "Test Calendar");
  await logIn(popup, ann.email);
  await popup.getByRole("checkbox", { name: "calendar.read" }).uncheck();
  await popup.getByTestId("allow").click();
  await expect(popup.getByRole("heading", { name: "Something was left out" })).toBeVisible();
  expect(await ann.grants()).toEqual([]);
  await press(popup, "Try Test Calendar again");
  await agree(popup, ann.email);
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  expect(ann.soFar("error")).toEqual([]);
});

test("cancel on the page: exit", async ({ page, world }) => {
  const ann = await visit(page, world.app);
  const popup = await ann.connect();
  await leave(popup, "Cancel");
  await ann.told("exit");
  await closed(popup);
  expect(ann.soFar("error")).toEqual([]);
});

test("Not you: nothing is connected and the app is told why", async ({ page, world }) => {
  const ann = await visit(page, world.app);
  const popup = await ann.connect();
  await leave(popup, "Not you?");
  expect(await ann.told("error")).toMatchObject({ code: "wrong_user" });
  expect(await ann.grants()).toEqual([]);
});
