/** Back, Forward and reload, as people do. */
import type { Page } from "@playwright/test";
import {
  agree,
  closed,
  connectCalendar,
  continueTo,
  expect,
  logIn,
  successWith,
  test,
  visit,
} from "../test.ts";

test("Back, then Forward: the first authorization is still good", async ({ page, world }) => {
  const ann = await visit(page, world.app);
  const popup = await ann.connect();
  await continueTo(popup, "Test Calendar");
  await popup.goBack({ waitUntil: "commit" });
  await expect(popup.getByRole("button", { name: "Continue to Test Calendar" })).toBeVisible();
  await popup.goForward({ waitUntil: "commit" });
  await agree(popup, ann.email);
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
});

test("M15: Back after an automatic departure does not leave again by itself", async ({
  page,
  world,
}) => {
  const ann = await visit(page, world.app);
  const first = await ann.connect();
  await connectCalendar(first, ann.email);
  await closed(first);
  await ann.told("outcome");
  const popup = await ann.connect();
  await expect(popup.getByTestId("login")).toBeVisible();
  await popup.goBack({ waitUntil: "commit" });
  await expect(popup.getByRole("button", { name: "Continue to Test Calendar" })).toBeVisible();
});

test("a reload of our page goes on where it was", async ({ page, world }) => {
  const ann = await visit(page, world.app);
  const popup = await ann.connect();
  await expect(popup.getByRole("button", { name: "Continue" })).toBeVisible();
  await popup.reload();
  await connectCalendar(popup, ann.email);
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  expect(ann.soFar("exit")).toEqual([]);
});

test("a reload at the provider is nothing to us", async ({ page, world }) => {
  const ann = await visit(page, world.app);
  const popup = await ann.connect();
  await continueTo(popup, "Test Calendar");
  await popup.reload();
  await logIn(popup, ann.email);
  await popup.reload();
  await popup.getByTestId("allow").click();
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
});

test("a reload of the finished page shows the same end", async ({ page, world }) => {
  const ann = await visit(page, world.app);
  const popup = await ann.connect();
  await connectCalendar(popup, "ann@private.test");
  const finished = popup.getByRole("heading", { name: "Test Calendar is connected" });
  await expect(finished).toBeVisible();
  await popup.reload();
  await expect(finished).toBeVisible();
  expect(await ann.grants()).toHaveLength(1);
});

for (const [name, goOn] of [
  ["try again", (popup: Page) => popup.getByRole("button", { name: "Try again" }).click()],
  ["reload", (popup: Page) => popup.reload()],
] as const)
  test(`M6: the reply to the claim is lost: ${name}, and it goes on`, async ({
    context,
    page,
    world,
  }) => {
    let claims = 0;
    await context.route("**/v1/connect/claim", async (route) => {
      claims += 1;
      if (claims > 1) return route.continue();
      // The broker does get it, and what it answers gets lost on the way.
      await route.fetch();
      return route.abort();
    });
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await expect(popup.getByRole("heading", { name: "We can't get through" })).toBeVisible();
    await goOn(popup);
    await connectCalendar(popup, ann.email);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
    expect(claims).toBe(2);
  });
