/** The redirect flow: leaving the app in its own tab and coming back to it. Phones take it by themselves. */
import type { TestApp } from "../../test/servers/app.ts";
import { RETURNS_IN_NEW_TAB } from "../../test/servers/provider.ts";
import { newProof } from "../attacks/kit.ts";
import { createVisitor, type VisitOptions } from "../visit.ts";
import {
  agree,
  connectCalendar,
  continueTo,
  expect,
  goBack,
  logIn,
  successWith,
  test,
  until,
  visit,
  type Driver,
  type Tab,
  type Visit,
} from "./test.ts";

/** On a phone nobody asks for it. */
const leaving = (driver: Driver, app: TestApp, options: VisitOptions & { tab?: Tab } = {}) =>
  visit(driver, app, {
    returns: true,
    listen: "early",
    mode: driver.engine === "iphone" || driver.engine === "pixel" ? "auto" : "redirect",
    ...options,
  });

/** What the page that the redirect came back to was told; the `nth` page of this visit. */
const result = async (ann: Visit, nth = 1): Promise<unknown> => {
  const { result, address } = (await ann.told("redirect result", { nth })) as {
    result: unknown;
    address: string;
  };
  expect(address).not.toContain("alter_connect");
  return result;
};

test.skip(
  ({ engine }) => engine === "chromium" || engine === "iphone",
  "The same engine goes this way on the other phone, and which device it is, unit tests see.",
);

test("redirect: there and back, told once, and the address is clean", async ({ driver, world }) => {
  const ann = await leaving(driver, world.app);
  await ann.tab.press("connect");
  await ann.tab.sees("Connect Test Calendar to Day Planner");
  // The token was in the fragment, and is in no address any more.
  expect(await ann.tab.url()).toMatch(/\/connect\/s\/[\w-]+$/);
  await connectCalendar(ann.tab, ann.email);

  expect(await result(ann)).toEqual(successWith("calendar", ann.email));
  expect(await ann.told("heard success")).toMatchObject({ connection: { provider: "calendar" } });
  expect(await driver.windows()).toBe(1);
  expect(await ann.call(world.calendar, { provider: "calendar" })).toMatchObject({ status: 200 });

  await ann.tab.reload();
  expect(await result(ann, 2)).toBe(null);
  expect(ann.soFar("heard success")).toHaveLength(1);
});

test("redirect: every connection of a session of several", async ({ driver, world }) => {
  const ann = await leaving(driver, world.app, {
    providers: ["calendar", "files"],
    multiple: true,
  });
  await ann.tab.press("connect");
  for (const name of ["Test Calendar", "Test Files"]) {
    await ann.tab.press(name);
    await continueTo(ann.tab, name);
    await agree(ann.tab, ann.email);
    await ann.tab.sees("Connected just now");
  }
  expect(await ann.grants()).toEqual([]);
  await ann.tab.press("Done");
  expect(await result(ann)).toMatchObject({
    connections: [{ provider: "calendar" }, { provider: "files" }],
  });
  expect(await ann.grants()).toHaveLength(2);
});

test("redirect: denied and cancelled come back as what they are", async ({ driver, world }) => {
  const ann = await leaving(driver, world.app);
  await ann.tab.press("connect");
  await continueTo(ann.tab, "Test Calendar");
  await logIn(ann.tab, ann.email);
  await ann.tab.press("deny");
  await ann.tab.press("Cancel");
  expect(await result(ann)).toMatchObject({ status: "error", error: { code: "access_denied" } });
  await ann.told("heard error");

  await ann.tab.press("connect");
  await ann.tab.press("Cancel");
  expect(await result(ann, 2)).toEqual({ status: "exit" });
  await ann.told("heard exit");
  expect(await ann.grants()).toEqual([]);
});

test("redirect: Back from the provider lands on a choice, Back from there on an app that works", async ({
  driver,
  world,
}) => {
  const ann = await leaving(driver, world.app);
  await ann.tab.press("connect");
  await continueTo(ann.tab, "Test Calendar");
  await goBack(ann.tab);
  await ann.tab.sees("Continue to Test Calendar");
  await ann.tab.back();
  await ann.tab.sees("Logged in as");
  // From the back-forward cache or loaded anew: either way Connect begins again. A page from the cache first asks the
  // broker to cancel what Back has left, and until the broker replies, Connect is still that.
  await until(
    "the page to be new, or to hear the end of what it left",
    async () => ann.soFar("loaded").length === 2 || ann.soFar("heard exit").length === 1,
  );
  await ann.tab.press("connect");
  await connectCalendar(ann.tab, ann.email);
  await until("the result", async () =>
    (ann.soFar("redirect result") as { result: unknown }[]).some(({ result }) => result !== null),
  );
  expect(await ann.grants()).toHaveLength(1);
  expect(ann.soFar("heard error")).toEqual([]);
});

test("M16: the provider comes back in a new tab, two attempts at once: each finds its own", async ({
  driver,
  world,
}) => {
  const ann = await leaving(driver, world.app);
  await ann.tab.press("connect");
  await continueTo(ann.tab, "Test Calendar");
  const ben = await leaving(driver, world.app, { tab: await driver.newTab() });
  await ben.tab.press("connect");
  await continueTo(ben.tab, "Test Calendar");

  world.calendar.control.script(RETURNS_IN_NEW_TAB);
  await logIn(ann.tab, ann.email);
  await driver.windowAfter(() => ann.tab.press("allow"));
  expect(await result(ann)).toEqual(successWith("calendar", ann.email));
  world.calendar.control.calm();
  await agree(ben.tab, ben.email);
  expect(await result(ben)).toEqual(successWith("calendar", ben.email));
});

test("M1, H2: a mailed link: the victim's consent makes no grant, tells nobody, and leaves no code", async ({
  driver,
  world,
}) => {
  // Mallory mints a session as herself and keeps the verifier.
  const mallory = createVisitor(world.app, { returns: true });
  const token = await world.app.mint(mallory.user, {
    providers: ["calendar"],
    returnUrl: mallory.url.replace("/app/", "/return/"),
  });
  const { verifier, challenge } = newProof();
  const link = `${world.broker.url}/connect#session=${token}&challenge=${challenge}&state=${challenge}`;
  await driver.tab.goto(link);
  await driver.tab.sees(mallory.email);
  await connectCalendar(driver.tab, "victim@example.com");

  expect(await mallory.told("redirect result")).toMatchObject({
    result: { error: { code: "redirect_state_lost" } },
    address: expect.not.stringContaining("alter_connect"),
  });
  expect(await mallory.grants()).toEqual([]);
  expect(await world.app.standing(token, verifier)).toMatchObject({
    body: { status: "pending", phase: "finishing" },
  });

  // Twin: the same consent by a browser that began it itself.
  const ann = await leaving(driver, world.app);
  await ann.tab.press("connect");
  await connectCalendar(ann.tab, ann.email);
  expect(await result(ann)).toEqual(successWith("calendar", ann.email));
});

test("M20: a link without its challenge, or of a session for popups, opens nothing", async ({
  driver,
  world,
}) => {
  const ann = createVisitor(world.app);
  const { challenge } = newProof();
  const returnUrl = ann.url.replace("/app/", "/return/");
  for (const [options, rest] of [
    [{ returnUrl }, ""],
    [{}, `&challenge=${challenge}&state=${challenge}`],
  ] as const) {
    const token = await world.app.mint(ann.user, { providers: ["calendar"], ...options });
    await driver.tab.goto(`${world.broker.url}/connect#session=${token}${rest}`);
    await driver.tab.sees("Open this from the app");
    expect(await driver.tab.text()).not.toContain("Day Planner");
    // Twin: nothing was consumed, so the app itself still can.
    expect(await world.app.standing(token)).toMatchObject({ body: { phase: "unclaimed" } });
    await driver.tab.goto("about:blank");
  }
});

test("forged parameters in the address are stripped and believed by nobody", async ({
  driver,
  world,
}) => {
  const ann = createVisitor(world.app, { returns: true, listen: "early" });
  const forged = new URL(ann.url);
  forged.searchParams.set("mine", "kept");
  for (const [name, value] of Object.entries({
    code: "x".repeat(43),
    state: "y".repeat(43),
    success: "1",
  }))
    forged.searchParams.set(`alter_connect_${name}`, value);
  await driver.tab.goto(forged.href);
  expect(await ann.told("redirect result")).toMatchObject({
    result: { error: { code: "redirect_state_lost" } },
    address: `${ann.url}?mine=kept`,
  });
  await ann.told("heard error");
  expect(ann.soFar("heard success")).toEqual([]);
});

test("a session that the app's server completes, and another user who cannot", async ({
  driver,
  world,
}) => {
  const ann = await visit(driver, world.app);
  await ann.tab.press("start");
  await connectCalendar(ann.tab, ann.email);
  expect(await ann.told("completed")).toMatchObject({
    connections: [{ provider: "calendar", accountIdentifier: ann.email }],
  });
  await ann.tab.sees("Back at the app");
  expect(await ann.grants()).toHaveLength(1);

  const mallory = await visit(driver, world.app, { completedBy: "somebody-else" });
  await mallory.tab.press("start");
  await connectCalendar(mallory.tab, "victim@example.com");
  expect(await mallory.told("completed")).toMatchObject({ code: "invalid_code" });
  expect(await mallory.grants()).toEqual([]);
});
