/** The prompt on the app's page: a way on from each window that is lost, blocked or out of reach. */
import {
  agree,
  closed,
  connectCalendar,
  continueTo,
  expect,
  onPhonesOnlyRedirect,
  successWith,
  test,
  until,
  visit,
  type Tab,
} from "./test.ts";

onPhonesOnlyRedirect();

const OPEN = "Finish in the window we opened";
const DETACHED = "Finish in the other window";
const BLOCKED = "Your browser blocked the window";
const ISOLATED = "This page cannot reach the window";

/** The strictest page a customer has. */
const headersOf = (broker: string): Record<string, string> => ({
  "content-security-policy": [
    "default-src 'none'",
    `script-src 'self' ${broker}`,
    "style-src 'self'",
    `connect-src 'self' ${broker}`,
    "form-action 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; "),
});

const focused = (tab: Tab): Promise<unknown> =>
  tab.evaluate("document.activeElement?.dataset?.testid ?? document.activeElement?.tagName");

test("prompt: shown while the window is open, under CSP and Trusted Types; Cancel ends it and gives the focus back", async ({
  driver,
  world,
}) => {
  const ann = await visit(driver, world.app, {
    prompt: true,
    headers: headersOf(world.broker.url),
  });
  const popup = await ann.connect();
  await popup.sees("Continue to Test Calendar");
  await ann.tab.sees(OPEN);
  // The style sheet came through the policy: without it the buttons would be as wide as their words.
  expect(
    await ann.tab.evaluate(`(() => {
      const host = [...document.body.children].find((one) => one.shadowRoot);
      const dialog = host.shadowRoot.querySelector("dialog");
      const button = dialog.querySelector("button");
      return [dialog.matches(":modal"), getComputedStyle(button).minHeight, !!dialog.getAttribute("aria-labelledby")];
    })()`),
  ).toEqual([true, "44px", true]);

  await ann.tab.press("Show window");
  await ann.tab.press("Cancel");
  await ann.told("exit");
  await closed(popup);
  expect(await ann.tab.text()).not.toContain(OPEN);
  expect(await focused(ann.tab)).toBe("connect");

  // Its sentences are the app's to choose, and a success needs no press.
  const ben = await visit(driver, world.app, { prompt: { open: "Weiter im anderen Fenster" } });
  const window = await ben.connect();
  await ben.tab.sees("Weiter im anderen Fenster");
  await connectCalendar(window, ben.email);
  expect(await ben.told("outcome")).toEqual(successWith("calendar", ben.email));
  expect(await ben.tab.text()).not.toContain("Weiter");
});

test("prompt: a blocked window opens by a fresh click", async ({ driver, engine, world }) => {
  const after = engine === "webkit" ? 1_500 : 5_500;
  const ann = await visit(driver, world.app, { prompt: true, after });
  await ann.tab.press("connect");
  // Looking at the page would be a gesture in Chromium.
  await ann.told("opened");
  await ann.tab.sees(BLOCKED);
  expect(await driver.windows()).toBe(1);
  const popup = await driver.windowAfter(() => ann.tab.press("Open window"));
  await ann.tab.sees(OPEN);
  await connectCalendar(popup, ann.email);
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  expect(ann.soFar("error")).toEqual([]);
});

test("prompt: severed, it waits for the other window; closed there, the user says so", async ({
  driver,
  world,
}) => {
  world.calendar.control.coop({ page: "same-origin" });
  const ann = await visit(driver, world.app, { prompt: true, open: { closedGrace: 500 } });
  const popup = await ann.connect();
  await continueTo(popup, "Test Calendar");
  await ann.tab.sees(DETACHED);
  await agree(popup, ann.email);
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));

  const ben = await visit(driver, world.app, { prompt: true, open: { closedGrace: 500 } });
  const window = await ben.connect();
  await continueTo(window, "Test Calendar");
  await window.close();
  await ben.tab.sees(DETACHED);
  await ben.tab.press("I closed it");
  await ben.told("exit");
  expect(await ben.grants()).toEqual([]);
});

test("prompt: the app's page is isolated and the session has a return URL: it continues here", async ({
  driver,
  world,
}) => {
  const ann = await visit(driver, world.app, {
    prompt: true,
    returns: true,
    headers: { "cross-origin-opener-policy": "same-origin" },
  });
  await ann.connect();
  await ann.tab.sees(ISOLATED);
  expect(ann.soFar("error")).toEqual([]);
  await ann.tab.press("Continue here instead");
  await connectCalendar(ann.tab, ann.email);
  expect(await ann.told("redirect result", { nth: 1 })).toMatchObject({
    result: successWith("calendar", ann.email),
  });

  // Twin: without a return URL there is nowhere to come back to.
  const ben = await visit(driver, world.app, {
    prompt: true,
    headers: { "cross-origin-opener-policy": "same-origin" },
  });
  await ben.connect();
  expect(await ben.told("error")).toMatchObject({ code: "opener_isolated" });
  await until("the prompt to go", async () => !(await ben.tab.text()).includes(ISOLATED));
});
