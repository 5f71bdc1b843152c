/** A page on the way cuts the tie between the windows (COOP). The outcome still comes home. */
import {
  agree,
  closed,
  connectCalendar,
  continueTo,
  deny,
  expect,
  successWith,
  test,
  visit,
} from "../test.ts";

for (const [name, policy] of [
  ["on the provider's page", { page: "same-origin" }],
  ["on a redirect on the way", { redirect: "same-origin" }],
  ["by same-origin-allow-popups", { page: "same-origin-allow-popups" }],
] as const)
  test(`COOP ${name}: onSuccess fires`, async ({ page, world }) => {
    world.calendar.control.coop(policy);
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await continueTo(popup, "Test Calendar");
    // Otherwise the test would show nothing: the page itself has no opener any more.
    expect(await popup.evaluate(() => window.opener === null)).toBe(true);
    await agree(popup, ann.email);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
    await closed(popup);
    expect(ann.soFar("exit")).toEqual([]);
  });

test("COOP twice in one session of several: onSuccess fires with both", async ({ page, world }) => {
  world.calendar.control.coop({ page: "same-origin" });
  world.files.control.coop({ redirect: "same-origin" });
  const ann = await visit(page, world.app, { providers: ["calendar", "files"], multiple: true });
  const popup = await ann.connect();
  for (const name of ["Test Calendar", "Test Files"]) {
    await popup.getByRole("button", { name: new RegExp(`^${name}`) }).click();
    await continueTo(popup, name);
    await agree(popup, ann.email);
  }
  await popup.getByRole("button", { name: "Done" }).click();
  expect(await ann.told("success")).toMatchObject({
    connections: [{ provider: "calendar" }, { provider: "files" }],
  });
  expect(ann.soFar("exit")).toEqual([]);
});

test("severed and denied, then cancelled on the page: the app hears of it", async ({
  page,
  world,
}) => {
  world.calendar.control.coop({ page: "same-origin" });
  const ann = await visit(page, world.app);
  const popup = await ann.connect();
  await continueTo(popup, "Test Calendar");
  await deny(popup, ann.email);
  await popup.getByRole("button", { name: "Cancel" }).click();
  expect(await ann.told("error")).toMatchObject({ code: "access_denied" });
});

test("the app's own page is isolated: it is told which header is in the way", async ({
  page,
  world,
}) => {
  world.app.setHeaders({ "cross-origin-opener-policy": "same-origin" });
  const ann = await visit(page, world.app);
  await ann.connect();
  expect(await ann.told("error")).toMatchObject({ code: "opener_isolated" });
});

test("COOP same-origin-allow-popups on the app's page is no obstacle", async ({ page, world }) => {
  world.app.setHeaders({ "cross-origin-opener-policy": "same-origin-allow-popups" });
  const ann = await visit(page, world.app);
  await connectCalendar(await ann.connect(), ann.email);
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
});
