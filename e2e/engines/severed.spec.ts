/**
 * Something on the way cuts the tie between the windows, or takes another one. The outcome still comes home, and
 * no exit is told that the user did not make.
 */
import {
  DROPS_OPENER,
  RETURNS_IN_NEW_TAB,
  RETURNS_IN_OWN_WINDOW,
  type TestProvider,
} from "../../test/servers/provider.ts";
import {
  agree,
  closed,
  continueTo,
  expect,
  goBack,
  logIn,
  onPhonesOnlyRedirect,
  successWith,
  test,
  visit,
} from "./test.ts";

onPhonesOnlyRedirect();

type Control = TestProvider["control"];

for (const [name, sever] of [
  ["COOP on the provider's page", (to: Control) => to.coop({ page: "same-origin" })],
  ["COOP on a redirect only", (to: Control) => to.coop({ redirect: "same-origin" })],
  [
    "COOP in the middle of a chain of redirects",
    (to: Control) => to.coop({ chain: "same-origin" }),
  ],
  ["COOP same-origin-allow-popups", (to: Control) => to.coop({ page: "same-origin-allow-popups" })],
  ["opener nulled by the provider's page", (to: Control) => to.script(DROPS_OPENER)],
] as const)
  test(`severed by ${name}: success`, async ({ driver, world }) => {
    sever(world.calendar.control);
    const ann = await visit(driver, world.app);
    const popup = await ann.connect();
    await continueTo(popup, "Test Calendar");
    // Otherwise the test would show nothing: the page itself has no opener any more.
    expect(await popup.evaluate("window.opener === null")).toBe(true);
    await agree(popup, ann.email);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
    await closed(popup);
    expect(ann.soFar("exit")).toEqual([]);
  });

test("COOP noopener-allow-popups, severed where the engine knows it: success", async ({
  driver,
  engine,
  world,
}) => {
  world.calendar.control.coop({ page: "noopener-allow-popups" });
  const ann = await visit(driver, world.app);
  const popup = await ann.connect();
  await continueTo(popup, "Test Calendar");
  expect(await popup.evaluate("window.opener === null")).toBe(engine !== "firefox");
  await agree(popup, ann.email);
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  expect(ann.soFar("exit")).toEqual([]);
});

test("severed, then back by the provider's own button, then another try: success", async ({
  driver,
  engine,
  world,
}) => {
  test.skip(
    engine === "webkit",
    "WebKitWebDriver loses its session when Back crosses a COOP border. Without COOP it does not: see leaving.",
  );
  world.calendar.control.coop({ page: "same-origin" });
  const ann = await visit(driver, world.app);
  const popup = await ann.connect();
  await continueTo(popup, "Test Calendar");
  await goBack(popup);
  await popup.sees("Continue to Test Calendar");
  expect(await popup.evaluate("window.opener === null")).toBe(true);
  await continueTo(popup, "Test Calendar");
  await agree(popup, ann.email);
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  expect(ann.soFar("exit")).toEqual([]);
});

for (const [name, script] of [
  ["a new tab", RETURNS_IN_NEW_TAB],
  ["a window that the provider's page opened", RETURNS_IN_OWN_WINDOW],
] as const)
  test(`the provider returns in ${name}: success, and the popup goes`, async ({
    driver,
    world,
  }) => {
    world.calendar.control.script(script);
    const ann = await visit(driver, world.app);
    const popup = await ann.connect();
    await continueTo(popup, "Test Calendar");
    await logIn(popup, ann.email);
    await driver.windowAfter(() => popup.press("allow"));
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
    await closed(popup);
    expect(ann.soFar("exit")).toEqual([]);
  });

test("the app's page is isolated by COOP, no return URL: opener_isolated names the header", async ({
  driver,
  world,
}) => {
  const headers = { "cross-origin-opener-policy": "same-origin" };
  const ann = await visit(driver, world.app, { headers });
  await ann.connect();
  const error = (await ann.told("error")) as { code: string; message: string };
  expect(error.code).toBe("opener_isolated");
  expect(error.message).toContain("Cross-Origin-Opener-Policy");

  // Twin: the header that is meant for this.
  const ben = await visit(driver, world.app, {
    headers: { "cross-origin-opener-policy": "same-origin-allow-popups" },
  });
  const popup = await ben.connect();
  await continueTo(popup, "Test Calendar");
  await agree(popup, ben.email);
  expect(await ben.told("outcome")).toEqual(successWith("calendar", ben.email));
});
