/** Apps inside frames, and pages whose own policy is in the way: a popup where it works, else a code that says why. */
import { connectCalendar, expect, onPhonesOnlyRedirect, successWith, test, visit } from "./test.ts";

onPhonesOnlyRedirect();

test("an app in a frame: a popup, even if it asked for a redirect", async ({ driver, world }) => {
  const ann = await visit(driver, world.app, { embedded: {}, mode: "redirect", returns: true });
  const popup = await driver.windowAfter(() => ann.tab.frame.press("connect"));
  await connectCalendar(popup, ann.email);
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
});

test("M19: a sandboxed frame without an origin: unsupported_context, and no window", async ({
  driver,
  world,
}) => {
  const ann = await visit(driver, world.app, {
    embedded: { sandbox: "allow-scripts allow-popups" },
  });
  // Not a gesture, since WebKit's driver can make none in there. None is needed to be refused.
  await ann.tab.frame.evaluate(`document.querySelector('[data-testid="connect"]').click()`);
  expect(await ann.told("error")).toEqual({
    code: "unsupported_context",
    message: "sandbox",
  });
  expect(await driver.windows()).toBe(1);

  // Twin: with what the message and the docs ask for.
  const ben = await visit(driver, world.app, {
    embedded: {
      sandbox:
        "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-forms",
    },
  });
  const popup = await driver.windowAfter(() => ben.tab.frame.press("connect"));
  await connectCalendar(popup, ben.email);
  expect(await ben.told("outcome")).toEqual(successWith("calendar", ben.email));
});

test("M19: a credentialless frame: unsupported_context, and no window", async ({
  driver,
  engine,
  world,
}) => {
  test.skip(engine !== "chromium", "Only Chromium knows credentialless frames.");
  const ann = await visit(driver, world.app, { embedded: { credentialless: true } });
  await ann.tab.frame.press("connect");
  expect(await ann.told("error")).toEqual({
    code: "unsupported_context",
    message: "credentialless",
  });
  expect(await driver.windows()).toBe(1);
});

test("M7: the app's CSP does not let it ask the broker: blocked_by_csp, before anybody leaves", async ({
  driver,
  world,
}) => {
  const ann = await visit(driver, world.app, {
    headers: { "content-security-policy": "connect-src 'self'" },
  });
  await ann.connect();
  expect(await ann.told("error")).toEqual({
    code: "blocked_by_csp",
    message: `connect-src ${world.broker.url}`,
  });
  expect(await ann.grants()).toEqual([]);
});
